//! Components as containers: private daemons to run them with.

mod daemons;
mod forward;

pub use daemons::{Daemons, Which};
pub use forward::Forward;

/// A reason to stop, in one line.
pub type Fatal = String;

fn system(error: impl std::fmt::Display) -> Fatal {
    format!("the system refuses: {error}")
}
