//! What runs a container for us, and what is asked of it.

use std::ffi::OsString;
use std::fmt::Display;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::archive::Config;
use crate::{Daemons, Fatal};

/// The shim's name for Docker: containerd looks for `containerd-shim-anyhost-v1`.
pub(crate) const RUNTIME: &str = "io.containerd.anyhost.v1";

/// What [`Engine::load`] expects.
pub(crate) const IMAGE: &str = "an image in a tar archive";

/// An image that was loaded.
#[derive(Clone, Debug)]
pub struct Image {
    /// What the engine calls it.
    pub name: String,
    pub(crate) config: Config,
}

/// How a container is run.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Its environment.
    pub env: Vec<(String, String)>,
    /// Where its port 8080 can be reached.
    pub publish: Option<SocketAddr>,
    /// What follows the entrypoint.
    pub args: Vec<OsString>,
}

/// Docker or containerd, with at most one container and one image of ours.
pub trait Engine {
    /// Loads the image in a tar archive; the result is its name.
    ///
    /// # Errors
    /// One line for the user, that names the file.
    fn load(&mut self, tar: &Path) -> Result<String, Fatal>;

    /// The command that runs a container in the foreground: its standard streams and its
    /// exit code are the container's.
    fn run(&self, image: &Image, options: &Options) -> Command;

    /// The command that sends the container a signal, as `TERM`.
    fn signal(&self, signal: &str) -> Command;

    /// Removes the container, and the image if it was not there before.
    fn clean_up(&mut self);

    /// What may help somebody whose container does not start.
    fn hint(&self) -> Option<String> {
        None
    }

    /// The daemons, if they are ours.
    fn daemons(&self) -> Option<&Daemons> {
        None
    }
}

/// What a client that should succeed has printed.
///
/// # Errors
/// The first line that it said on stderr, if it fails.
pub fn succeed(command: &mut Command) -> Result<String, Fatal> {
    let output = command
        .output()
        .map_err(|error| format!("{}: {error}", command.get_program().display()))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(first_line(&output))
}

fn first_line(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    let line = said.lines().find(|line| !line.trim().is_empty());
    let line = line.unwrap_or("no reason is known").trim();
    ["Error response from daemon: ", "ctr: ", "/usr/bin/tar: "]
        .iter()
        .fold(line, |line, prefix| line.trim_start_matches(prefix))
        .to_owned()
}

/// Runs a client whose success does not matter: what is not there need not be removed.
pub fn quietly(command: &mut Command) {
    let _ = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
}

/// Why a file is not loaded.
pub fn bad_image(tar: &Path, reason: impl Display) -> Fatal {
    format!("{}: {reason}; expected {IMAGE}", tar.display())
}
