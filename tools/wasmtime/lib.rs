//! Nothing but a dependency, for Cargo to resolve.
