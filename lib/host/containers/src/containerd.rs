//! The user's containerd, by its own client `ctr`, in a namespace of ours.

use std::fmt::Display;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use tokio::net::UnixStream;

use crate::Fatal;
use crate::archive::{Config, bad_image};
use crate::client::{ask, quietly, succeed};
use crate::engine::{Engine, Image, Options};
use crate::signals::Signals;

/// Where a machine has its programs.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// A containerd daemon.
pub struct Containerd {
    address: String,
    /// The name of the container, of its cgroup, and of the namespace that has it.
    container: String,
    /// containerd takes the shim by its path, wherever it is.
    shim: PathBuf,
    /// The daemon's process.
    pid: i32,
}

impl Containerd {
    /// The daemon at the socket `address`.
    ///
    /// # Errors
    /// One line for the user: nobody answers there.
    pub fn at(
        address: &str,
        container: String,
        shim: &Path,
        signals: &Signals,
    ) -> Result<Self, Fatal> {
        let error = |reason: &dyn Display| format!("--containerd {address}: {reason}");
        let containerd = Self {
            address: address.to_owned(),
            container,
            shim: shim.to_owned(),
            pid: server(address).map_err(|e| error(&e))?,
        };
        ask(containerd.command().arg("version"), signals).map_err(|line| error(&line))?;
        Ok(containerd)
    }

    /// The client that belongs to the daemon, where the daemon is: both must see the same
    /// files, which the build root hides.
    fn command(&self) -> Command {
        let mut command = Command::new("/usr/bin/nsenter");
        command
            .args([&format!("--target={}", self.pid), "--mount", "--", "ctr"])
            .args(["--address", &self.address, "--namespace", &self.container])
            .env_clear()
            .env("PATH", PATH);
        command
    }
}

impl Engine for Containerd {
    fn load(&mut self, tar: &Path, _: &Config, signals: &Signals) -> Result<String, Fatal> {
        let error = |reason| bad_image(tar, reason);
        let file = File::open(tar).map_err(|e| bad_image(tar, e))?;
        let mut import = self.command();
        // One without a name is called by its digest.
        import.args(["images", "import", "--digests", "--all-platforms", "-"]);
        ask(import.stdin(file), signals).map_err(error)?;
        // The only one of our namespace, which has two names if it had one.
        let names = succeed(self.command().args(["images", "list", "--quiet"])).map_err(error)?;
        let has_name = |name: &&str| !name.starts_with("import-");
        let name = names.lines().find(has_name).or(names.lines().next());
        name.map(str::to_owned)
            .ok_or_else(|| bad_image(tar, "no image in it"))
    }

    fn run(&self, image: &Image, options: &Options) -> Command {
        let mut command = self.command();
        command.args(["run", "--rm", "--platform", &image.config.platform]);
        command.arg("--runtime").arg(&self.shim);
        command.args(["--cgroup", &format!("/{}", self.container)]);
        for (name, value) in &options.env {
            command.arg("--env").arg(format!("{name}={value}"));
        }
        if !options.publish.is_empty() {
            // containerd has no bridge of its own: the container listens on the machine itself.
            let given = options
                .env
                .iter()
                .rfind(|(name, _)| name == "ANYHOST_FLAGS");
            let given = given.map_or("", |(_, value)| value);
            let addrs: Vec<_> = options.publish.iter().map(ToString::to_string).collect();
            let addrs = addrs.join(",");
            command.arg("--net-host");
            command
                .arg("--env")
                .arg(format!("ANYHOST_FLAGS=--addr {addrs} {given}"));
        }
        command.args([&image.name, &self.container]);
        if !options.args.is_empty() {
            // Arguments take the place of the image's own.
            command.args(&image.config.entrypoint).args(&options.args);
        }
        command
    }

    fn signal(&self, signal: &str) -> Command {
        let mut command = self.command();
        command.args(["tasks", "kill", "--signal", signal, &self.container]);
        command
    }

    fn clean_up(&mut self) {
        let quietly = |args: &[&str]| quietly(self.command().args(args));
        quietly(&["tasks", "delete", "--force", &self.container]);
        quietly(&["containers", "delete", &self.container]);
        if let Ok(names) = succeed(self.command().args(["images", "list", "--quiet"])) {
            for name in names.lines() {
                quietly(&["images", "delete", "--sync", name]);
            }
        }
        quietly(&["namespaces", "remove", &self.container]);
    }
}

/// The process that listens at a socket.
fn server(socket: &str) -> io::Result<i32> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let pid = runtime
        .block_on(async { UnixStream::connect(socket).await?.peer_cred() })?
        .pid();
    pid.filter(|pid| *pid > 0)
        .ok_or_else(|| io::Error::other("its process is not seen from here"))
}
