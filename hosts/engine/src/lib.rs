//! What the native hosts share: one engine configuration, one way to load a
//! component, one form of error.
//!
//! A host loads a component ([`load`]) into an engine ([`on_demand`]), moves it to a
//! pool if it serves many requests ([`pooled`]), checks its contract ([`version_of_export`], [`resolve_imports`])
//! and starts the clock that interrupts guests ([`start_ticker`]). What
//! [`precompile`] writes loads into any of these engines.

mod artifact;
mod config;
mod contract;
mod error;
mod load;
mod pool;
mod ticker;

pub use artifact::precompile;
pub use config::on_demand;
pub use contract::{resolve_imports, version_of_export};
pub use error::{Error, Result, fail, one_line};
pub use load::{Loaded, load};
pub use pool::{PoolLimits, pooled};
pub use ticker::{TICK, start_ticker};
