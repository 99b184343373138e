//! What the native hosts share: one engine configuration, one way to load a
//! component, one form of error.
//!
//! A host loads a component ([`load`]) into the engine that it needs ([`on_its_engine`]), moves it to a pool
//! if it serves many requests ([`Loaded::pooled`]), checks its contract
//! ([`Loaded::exported`], [`Loaded::resolve_imports`]), bounds its memory
//! ([`Loaded::check_start`], [`Budget`]) and its reach ([`open_dirs`], [`NoOutgoing`]), and starts
//! the clock that interrupts guests ([`start_ticker`]). What [`precompile`] writes loads
//! into any of these engines.

mod artifact;
mod budget;
mod config;
mod contract;
mod error;
mod files;
mod lines;
mod load;
mod no_outgoing;
mod pool;
mod source;
mod ticker;

pub use artifact::{CODE_FORMAT, compile, precompile, precompile_without_signals};
pub use budget::Budget;
pub use config::{concurrent, embedded, on_demand, without_signals};
pub use error::{Error, Result, one_line};
pub use files::open_dirs;
pub use lines::Lines;
pub use load::{Loaded, load, load_bytes, on_its_engine};
pub use no_outgoing::NoOutgoing;
pub use pool::PoolLimits;
pub use ticker::{TICK, start_ticker};
