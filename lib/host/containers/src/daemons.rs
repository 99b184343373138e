//! Private daemons: containerd, and Docker over it, in namespaces of their own.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::forward::Forward;
use crate::{Fatal, TICK, system};

const SCRIPT: &str = include_str!("../daemons.sh");
/// Where programs of the build root are.
const PATH: &str = "/usr/sbin:/usr/bin";
/// How long killed processes may take to be gone.
const PATIENCE: Duration = Duration::from_secs(20);

/// Which daemons to start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// containerd only.
    Containerd,
    /// containerd and dockerd, which keeps its images and containers there.
    Docker,
}

/// Running daemons. Dropping them ends them with all that they run, and leaves nothing:
/// no process, mount, network, file or cgroup. So does the end of this process, whatever
/// ends it.
pub struct Daemons {
    unshare: Child,
    /// `daemons.sh` lives until this is closed.
    stdin: Option<ChildStdin>,
    cgroup: String,
}

impl Daemons {
    /// Starts daemons that know the shim at the path `shim`, and waits until they answer.
    ///
    /// # Errors
    /// One line for the user: this process is not root, a daemon does not come up.
    pub fn start(which: Which, shim: &Path) -> Result<Self, Fatal> {
        Self::start_unless(which, shim, || false)
    }

    /// The same, until it should `stop`.
    ///
    /// # Errors
    /// Also that it was stopped.
    pub(crate) fn start_unless(
        which: Which,
        shim: &Path,
        stop: impl Fn() -> bool,
    ) -> Result<Self, Fatal> {
        let shim = shim
            .canonicalize()
            .map_err(|error| format!("{}: {error}; expected the shim", shim.display()))?;
        let folder = shim.parent().unwrap_or(Path::new("/")).display();
        let mut unshare = Command::new("/usr/bin/unshare")
            .args([
                "--mount",
                "--net",
                "--pid",
                "--ipc",
                "--fork",
                "--kill-child",
            ])
            .args(["/bin/bash", "-c", SCRIPT, "daemons.sh"])
            .arg(match which {
                Which::Containerd => "containerd",
                Which::Docker => "docker",
            })
            .arg(format!("{folder}:{PATH}"))
            .env_clear()
            .current_dir("/")
            // Ctrl-C in the terminal is for us; we stop the daemons when we are done.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("/usr/bin/unshare: {error}"))?;
        let stdin = unshare.stdin.take();
        let stdout = unshare.stdout.take();
        let stderr = unshare.stderr.take();
        let mut daemons = Self {
            unshare,
            stdin,
            cgroup: String::new(),
        };
        let (ready, is_ready) = mpsc::channel();
        thread::spawn(move || {
            let mut line = String::new();
            let _ = stdout.map(|stdout| BufReader::new(stdout).read_line(&mut line));
            ready.send(line)
        });
        let line = loop {
            match is_ready.recv_timeout(TICK) {
                Ok(line) => break line,
                Err(_) if stop() => {
                    // They have nothing to lose yet.
                    let _ = daemons.unshare.kill();
                    return Err("stopped while they started".to_owned());
                }
                Err(_) => {}
            }
        };
        if let Some(cgroup) = line.trim().strip_prefix("ready ") {
            cgroup.clone_into(&mut daemons.cgroup);
            return Ok(daemons);
        }
        let mut said = Vec::new();
        if let Some(mut stderr) = stderr {
            stderr.read_to_end(&mut said).map_err(system)?;
        }
        let said = String::from_utf8_lossy(&said);
        let last = said.trim().lines().last().unwrap_or("no reason is known");
        Err(format!("private daemons do not start: {last}"))
    }

    /// The cgroup that all containers should be below, relative to each hierarchy's root.
    #[must_use]
    pub fn cgroup(&self) -> &str {
        &self.cgroup
    }

    /// The process whose namespaces are the daemons'; it runs outside.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.unshare.id()
    }

    /// Docker's address, for clients outside.
    #[must_use]
    pub fn docker_host(&self) -> String {
        format!("unix:///proc/{}/root/run/anyhost/docker.sock", self.pid())
    }

    /// A program of the build root as a process inside: it sees the daemons' files,
    /// network and processes, and ends with them. `docker` and `ctr` find their daemon.
    #[must_use]
    pub fn command(&self, program: &str) -> Command {
        let pid = self.pid();
        let mut command = Command::new("/usr/bin/nsenter");
        command
            .arg(format!("--target={pid}"))
            .args(["--mount", "--net", "--ipc"])
            .arg(format!("--pid=/proc/{pid}/ns/pid_for_children"))
            .arg("--")
            .arg(program)
            .env_clear()
            .envs([
                ("PATH", PATH),
                ("HOME", "/run/anyhost"),
                ("TMPDIR", "/run/anyhost/tmp"),
                ("DOCKER_HOST", "unix:///run/anyhost/docker.sock"),
                ("CONTAINERD_ADDRESS", "/run/anyhost/containerd.sock"),
            ]);
        command
    }

    /// Passes what connects to `listeners`, outside, on to `to` inside.
    ///
    /// # Errors
    /// One line for the user: the system's error.
    pub fn forward(&self, listeners: Vec<TcpListener>, to: SocketAddr) -> Result<Forward, Fatal> {
        let network = File::open(format!("/proc/{}/ns/net", self.pid())).map_err(system)?;
        Forward::start(listeners, network, to)
    }
}

impl Drop for Daemons {
    fn drop(&mut self) {
        drop(self.stdin.take());
        let start = Instant::now();
        while let Ok(None) = self.unshare.try_wait() {
            if start.elapsed() > PATIENCE {
                // Takes process 1 with it; the next start sweeps the cgroup.
                let _ = self.unshare.kill();
                let _ = self.unshare.wait();
                let _ = writeln!(std::io::stderr(), "error: killed processes do not end");
                return;
            }
            thread::sleep(Duration::from_millis(5));
        }
    }
}
