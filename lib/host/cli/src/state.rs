//! What belongs to the instance: its resources, its memory budget, its grants.

use anyhost_engine::{Budget, NoOutgoing, open_dirs};
use wasmtime::ResourceLimiter;
use wasmtime::component::{Linker, ResourceTable};
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpHooks, WasiHttpView};

use crate::args::Args;
use crate::outgoing::Outgoing;

/// What the host links, for error messages; to what has async functions also 0.3.
pub const PROVIDED: &str = "wasi:cli, wasi:io, wasi:clocks, wasi:random, wasi:filesystem, \
                            wasi:http and wasi:sockets (no network), all 0.2";

/// Handles that the guest may hold at once; each costs the host some memory.
pub const MAX_RESOURCES: usize = 1 << 16;

/// The state of the instance.
pub struct State {
    table: ResourceTable,
    http: WasiHttpCtx,
    hooks: Box<dyn WasiHttpHooks>,
    wasi: WasiCtx,
    budget: Budget,
}

impl State {
    /// The state of an instance with the grants and bounds of `args`.
    ///
    /// # Errors
    /// One line about a directory, or requests, that cannot be granted.
    pub fn new(args: &Args, guest_args: &[String]) -> Result<Self, String> {
        let mut wasi = WasiCtxBuilder::new();
        wasi.inherit_stdio()
            .args(guest_args)
            .envs(&args.grants.environment())
            .allow_tcp(false)
            .allow_udp(false);
        let mut wasi = wasi.build();
        // There is nothing else for this thread to do while it waits for the disk.
        *wasi.filesystem() = open_dirs(&args.grants.dir, true).map_err(|e| format!("--dir {e}"))?;
        let mut table = ResourceTable::new();
        table.set_max_capacity(MAX_RESOURCES);
        Ok(Self {
            table,
            http: WasiHttpCtx::new(),
            hooks: if args.allow_http {
                Box::new(Outgoing::new()?)
            } else {
                Box::new(NoOutgoing)
            },
            wasi,
            budget: Budget::new(args.max_memory),
        })
    }

    /// What bounds the instance's memory.
    pub fn limiter(&mut self) -> &mut dyn ResourceLimiter {
        &mut self.budget
    }

    /// Whether the instance has asked for more memory than it may have.
    pub fn was_refused_memory(&self) -> bool {
        self.budget.refused()
    }
}

/// Links all that [`PROVIDED`] names, and WASI 0.3 if the engine has async functions.
///
/// # Errors
/// Only if an interface is linked twice.
pub fn link(linker: &mut Linker<State>, concurrent: bool) -> wasmtime::Result<()> {
    wasmtime_wasi::p2::add_to_linker_async(linker)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(linker)?;
    if concurrent {
        wasmtime_wasi::p3::add_to_linker(linker)?;
        wasmtime_wasi_http::p3::add_to_linker(linker)?;
    }
    Ok(())
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            hooks: &mut *self.hooks,
            table: &mut self.table,
            ctx: &mut self.http,
        }
    }
}
