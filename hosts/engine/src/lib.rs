//! What the native hosts share: one engine configuration, one way to load a
//! component, one form of error.
//!
//! A host makes an engine ([`on_demand`] or [`pooling`]), loads a component
//! ([`load`]), checks its contract ([`version_of_export`], [`resolve_imports`])
//! and starts the clock that interrupts guests ([`start_ticker`]). What
//! [`precompile`] writes loads into any of these engines.

mod artifact;
mod config;
mod contract;
mod error;
mod load;
mod ticker;

pub use artifact::precompile;
pub use config::{PoolLimits, on_demand, pooling};
pub use contract::{check_initial_memory, resolve_imports, version_of_export};
pub use error::{Error, Result, fail, one_line};
pub use load::{Loaded, load};
pub use ticker::{TICK, start_ticker};
