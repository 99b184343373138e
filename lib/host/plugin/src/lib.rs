//! Components as plugins.
//!
//! A component is opened with bounds and with what it imports ([`Plugin::open`],
//! [`Options`]), its functions are found by name ([`Plugin::function`]) and called with
//! values of any kind: a [`Source`] is what the host's language has for a WIT type, a
//! [`Sink`] makes it. wasmtime's own values are one of each ([`Vals`]), and so is
//! [`Json`]; a binding for a language brings its own. What is wrong with a value is
//! said with its place, and before anything enters the component.
//!
//! An instance that has trapped, or whose host failed, is replaced by a fresh one with the
//! next call. What a component imports of WASI 0.2 it gets as far as [`Wasi`] grants; waiting
//! blocks the thread, so in an async runtime a call belongs into its `spawn_blocking`.
//!
//! Where the contract is known, [`Plugin::with_instance`] runs what
//! [`bindgen!`](wasmtime::component::bindgen) makes of it, with the same bounds and errors.

mod asked;
mod canonical;
mod cases;
mod command;
mod copied;
mod describe;
mod engine;
mod error;
mod functions;
mod handle;
mod image;
mod imports;
mod instance;
mod json;
mod layout;
mod lift;
mod lookup;
mod lower;
mod made;
mod opened;
mod output;
mod plugin;
mod reader;
mod reflect;
mod scope;
mod types;
mod vals;
mod value;
mod wasi;
mod wave;

pub use anyhost_manners::Dir;
pub use cases::run_cases;
pub use engine::Engine;
pub use error::{CallError, Error, Wrong};
pub use functions::Functions;
pub use handle::Handle;
pub use imports::{HostCall, Imports, Nothing};
pub use instance::State;
pub use json::Json;
pub use lower::{Arguments, Lowering};
pub use opened::{Compiled, Options, Prepared};
pub use output::{Output, Stream};
pub use plugin::Plugin;
pub use reflect::{Function, Interface, Types, find, short_name};
pub use scope::Scope;
pub use types::{Enum, Flags, Integer, Name, Record, Resource, ResultType, Type, Variant};
pub use vals::Vals;
pub use value::{Not, Return, Sink, Source, Taken, nested};
pub use wasi::Wasi;
pub use wave::{WaveError, is_call, show};
