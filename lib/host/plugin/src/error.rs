//! What can be wrong: each error is one line, in the words of all hosts.

use std::convert::Infallible;
use std::fmt::{self, Display, Formatter};

/// Whose fault it is, and what is wrong in words.
///
/// The lines of all but [`Error::Value`] and [`Error::Host`] begin with the component's
/// file.
#[derive(Clone, Debug, PartialEq)]
pub enum Error {
    /// The file is no component that can be opened as it was asked for.
    Component(String),
    /// The component has no interface or function of that name.
    Missing(String),
    /// The component trapped; the next call gets a fresh instance.
    Trap(String),
    /// The component ran longer than it may, and was stopped; as after a trap.
    TimeLimit(String),
    /// A function of the host's failed, with this message; as after a trap.
    Host(String),
    /// A handle cannot be used, or the plugin is not ready.
    Plugin(String),
    /// A value is not what was expected. If it is an argument, nothing has entered the
    /// component.
    Value(Wrong),
}

impl Display for Error {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Component(line)
            | Self::Missing(line)
            | Self::Trap(line)
            | Self::TimeLimit(line)
            | Self::Host(line)
            | Self::Plugin(line) => f.write_str(line),
            Self::Value(wrong) => wrong.fmt(f),
        }
    }
}

impl std::error::Error for Error {}

/// A value that is not what was expected at its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Wrong {
    /// Where it is: `cart.items[3].quantity`.
    pub place: String,
    /// What should be there: `u32`.
    pub expected: String,
    /// What is there, in the words of whoever gave it.
    pub got: String,
    /// Whether it is of another kind, and not only out of bounds.
    pub kind: bool,
}

impl Wrong {
    /// The same, in what is at `step` of something larger.
    #[must_use]
    pub(crate) fn at(mut self, step: &str) -> Self {
        self.place.insert_str(0, step);
        self
    }
}

impl Display for Wrong {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: expected {}, got {}",
            self.place, self.expected, self.got
        )
    }
}

/// What a call with a binding's own values ends with if not with a result.
#[derive(Debug)]
pub enum CallError<E> {
    /// An error of this library's.
    Plugin(Error),
    /// What the binding raised itself while it was asked for a value, or given one.
    Foreign(E),
}

impl<E> From<Error> for CallError<E> {
    fn from(error: Error) -> Self {
        Self::Plugin(error)
    }
}

impl From<CallError<Infallible>> for Error {
    fn from(error: CallError<Infallible>) -> Self {
        match error {
            CallError::Plugin(error) => error,
            CallError::Foreign(never) => match never {},
        }
    }
}
