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

pub use daemons::{Daemons, Which};
pub use engine::{Image, Options};
pub use forward::Forward;
pub use session::{ContainerArgs, Session};

/// A reason to stop, in one line.
pub type Fatal = String;

/// Ends a program with its one line.
pub fn fail(error: impl Display) -> ExitCode {
    // Whoever closed stderr does not want to know.
    let _ = writeln!(std::io::stderr(), "error: {error}");
    ExitCode::FAILURE
}

/// An error of the operating system, as one line.
pub fn system(error: impl Display) -> Fatal {
    format!("the system refuses: {error}")
}
