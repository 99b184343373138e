//! How the native hosts are spoken to: the same flag has the same name, values and
//! errors in each of them.

mod grants;
pub mod listen;
mod servers;
mod signals;
pub mod units;
mod usage;

use std::fmt::Display;
use std::io::Write;
use std::process::ExitCode;

pub use grants::{Dir, Grants, variable};
pub use servers::{Server, Servers};
pub use signals::Signals;
pub use usage::{parse, parse_from, wrong_usage};

/// A reason to stop, in one line.
pub type Fatal = String;

/// Reports a fatal error as one line on stderr; the exit code is 1.
pub fn fail(error: impl Display) -> ExitCode {
    // `eprintln!` would panic when stderr is closed.
    let _ = writeln!(std::io::stderr(), "error: {error}");
    ExitCode::FAILURE
}

/// An error of the operating system, as one line.
pub fn system(error: impl Display) -> Fatal {
    format!("system error: {error}")
}
