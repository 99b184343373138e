//! What the instance gets.

use anyhost_engine::open_dirs;
use anyhost_wasi::{Outgoing, State};
use wasmtime_wasi::WasiCtxBuilder;

use crate::args::Args;

/// Handles that the guest may hold at once.
pub const MAX_RESOURCES: usize = 1 << 16;

/// The state of an instance with the grants and bounds of `args`.
///
/// # Errors
/// One line about a directory, or requests, that cannot be granted.
pub fn state(args: &Args) -> Result<State, String> {
    // There is nothing else for this thread to do while it waits for the disk.
    let files = open_dirs(&args.grants.dir, true).map_err(|e| format!("--dir {e}"))?;
    let outgoing = Outgoing::new(&args.servers.allow_http)?;
    let (words, env) = (args.guest_args(), args.grants.environment());
    let make = Box::new(move || {
        let mut wasi = WasiCtxBuilder::new();
        wasi.inherit_stdio()
            .args(&words)
            .envs(&env)
            .allow_tcp(false)
            .allow_udp(false);
        let mut wasi = wasi.build();
        wasi.filesystem().clone_from(&files);
        wasi
    });
    Ok(State::new(args.max_memory, MAX_RESOURCES, outgoing, make))
}
