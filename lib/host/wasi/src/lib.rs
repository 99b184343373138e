//! What `cli` and `http` give a guest of WASI, 0.2 and 0.3: the state of an instance, and the
//! functions that it imports. They are compiled here, once for both.

mod address;
mod connect;
mod outgoing;
mod reply;
mod state;

pub use outgoing::Outgoing;
pub use state::{Make, PROVIDED, State, link};
