//! Components as containers: daemons of our own or the user's, an image, a container,
//! and nothing left behind.

mod archive;
mod containerd;
mod daemons;
mod docker;
mod engine;
mod forward;
mod session;
mod signals;
mod steps;

use std::fmt::Display;
use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

pub use daemons::{Daemons, Which};
pub use engine::{Image, Options};
pub use forward::Forward;
pub use session::{ContainerArgs, Session};

/// A reason to stop, in one line.
pub type Fatal = String;

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
    // Whoever closed stderr does not want to know.
    let _ = writeln!(std::io::stderr(), "error: {}", failure.line);
    failure.code.into()
}

/// An error of the operating system, as one line.
pub fn system(error: impl Display) -> Fatal {
    format!("the system refuses: {error}")
}
