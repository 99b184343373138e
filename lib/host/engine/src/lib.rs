//! What the native hosts share: one engine configuration, one way to load a
//! component, one form of error.
//!
//! A host loads a component ([`load`]) into an engine
//! ([`on_demand`]), moves it to a pool if it serves many requests ([`pooled`]), checks
//! its contract ([`version_of_export`], [`resolve_imports`]), bounds its memory
//! ([`check_start`], [`Budget`]) and its reach ([`open_dirs`], [`NoOutgoing`]), and starts
//! the clock that interrupts guests ([`start_ticker`]). What [`precompile`] writes loads
//! into any of these engines.

mod artifact;
mod budget;
mod config;
mod contract;
mod error;
mod files;
mod load;
mod no_outgoing;
mod pool;
mod ticker;

pub use artifact::precompile;
pub use budget::{Budget, check_start};
pub use config::on_demand;
pub use contract::{exports, resolve_imports, version_of_export};
pub use error::{Error, Result, one_line};
pub use files::open_dirs;
pub use load::{Loaded, load, load_bytes};
pub use no_outgoing::NoOutgoing;
pub use pool::{PoolLimits, pooled};
pub use ticker::{TICK, start_ticker};
