//! Components as containers: daemons of our own or the user's, an image, a container,
//! and nothing left behind.

mod archive;
mod client;
mod containerd;
mod daemons;
mod docker;
mod engine;
mod forward;
mod session;
mod signals;
mod steps;

use std::process::ExitCode;
use std::time::Duration;

pub use anyhost_manners::{Fatal, system};
pub use daemons::{Daemons, Which};
pub use engine::{Image, Options};
pub use forward::Forward;
pub use session::{ContainerArgs, Session};

/// How long nothing is looked at.
const TICK: Duration = Duration::from_millis(5);

/// Why a program ends: its one line, and its exit code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    line: Fatal,
    code: u8,
}

impl From<Fatal> for Failure {
    fn from(line: Fatal) -> Self {
        Self { line, code: 1 }
    }
}

/// Ends a program with its one line.
pub fn fail(failure: Failure) -> ExitCode {
    anyhost_manners::fail(failure.line);
    failure.code.into()
}
