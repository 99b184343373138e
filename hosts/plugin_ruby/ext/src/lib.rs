//! `Anyhost`: components as plugins, for Ruby.
//!
//! A thin binding of the crate `anyhost_plugin`: [`given`] has what components are given of
//! Ruby's values, [`made`] makes Ruby's values of theirs, and [`imports`] lets them call
//! Ruby. What is plain Ruby of the library is in `lib/`.
//!
//! # The global VM lock
//! Compiling gives the lock back to other Ruby threads. Calling a guest keeps it: a
//! call takes about a microsecond, and whoever gives the lock back waits for it again
//! while another thread computes, for 100 ms. Measured beside one such thread: 3 µs a
//! call with the lock kept, 107,000 µs with the lock released. The time limit bounds how
//! long a guest can keep the other threads waiting.
//!
//! # The garbage collector
//! Ruby values live on the stack, or in an object that marks them; what a plugin's guest
//! uses is marked by [`roots::Roots`], which is never borrowed while Ruby runs.

#![allow(missing_docs, reason = "magnus::init makes a public function without")]

mod active;
mod bytes;
mod contents;
mod errors;
mod given;
mod gvl;
mod imports;
mod interface;
mod kinds;
mod made;
mod native;
mod reflect;
mod resource;
mod roots;
mod stack;

use magnus::{Error, Module as _, RModule, Ruby};

#[magnus::init(name = "anyhost_rb")]
fn init(ruby: &Ruby) -> Result<(), Error> {
    let anyhost: RModule = ruby.class_object().const_get("Anyhost")?;
    stack::init(ruby)?;
    native::init(ruby, anyhost)?;
    interface::init(ruby, anyhost)?;
    resource::init(ruby, anyhost)
}
