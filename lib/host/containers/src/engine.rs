//! What runs a container for us, and what is asked of it.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use crate::archive::Config;
use crate::signals::Signals;
use crate::{Daemons, Fatal};

/// The shim's name for Docker: containerd looks for `containerd-shim-anyhost-v1`.
pub(crate) const RUNTIME: &str = "io.containerd.anyhost.v1";

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
    pub publish: Vec<SocketAddr>,
    /// What follows the entrypoint.
    pub args: Vec<OsString>,
}

/// Docker or containerd, with at most one container and one image of ours.
pub trait Engine {
    /// Loads the image in a tar archive; the result is its name.
    ///
    /// # Errors
    /// One line for the user, that names the file; also that there was a signal.
    fn load(&mut self, tar: &Path, config: &Config, signals: &Signals) -> Result<String, Fatal>;

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
