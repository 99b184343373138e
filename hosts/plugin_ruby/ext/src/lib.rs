//! `Wasmtime`: WebAssembly components for Ruby.
//!
//! The module and its classes are those of the `wasmtime` gem, as far as hosts of
//! components need them, so that Ruby code runs on either. What is plain Ruby of it
//! (`Result`, `Variant`, the exceptions) is in `lib/`.
//!
//! # The global VM lock
//! Compiling gives the lock back to other Ruby threads. Calling a guest keeps it: a
//! call takes about a microsecond, and whoever gives the lock back waits for it again
//! while another thread computes, for 100 ms. Measured beside one such thread: 3 µs a
//! call with the lock kept, 107,000 µs with the lock released. The epoch deadline
//! bounds how long a guest can keep the other threads waiting.
//!
//! # The garbage collector
//! Ruby values live on the stack, or in an object that marks them; what a store's
//! guest uses is marked by [`store::Roots`], which is never borrowed while Ruby runs.

#![allow(missing_docs, reason = "magnus::init makes a public function without")]

mod active;
mod component;
mod engine;
mod errors;
mod func;
mod gvl;
mod instance;
mod linker;
mod options;
mod stack;
mod store;
mod to_ruby;
mod to_wasm;

use magnus::{Error, Module as _, RModule, Ruby};

#[magnus::init]
fn init(ruby: &Ruby) -> Result<(), Error> {
    let wasmtime: RModule = ruby.class_object().const_get("Wasmtime")?;
    let components: RModule = wasmtime.const_get("Component")?;
    stack::init(ruby)?;
    engine::init(ruby, wasmtime)?;
    store::init(ruby, wasmtime)?;
    component::init(ruby, components)?;
    linker::init(ruby, components)?;
    instance::init(ruby, components)?;
    func::init(ruby, components)
}
