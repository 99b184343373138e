//! What belongs to one instance: its resources, its memory budget, its grants.

use anyhost_engine::Budget;
use wasmtime::component::{HasData, Linker, ResourceTable};
use wasmtime::{ResourceLimiter, Result};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use crate::Outgoing;

/// What [`link`] links, for error messages; to what has async functions also 0.3.
pub const PROVIDED: &str = "wasi:cli, wasi:io, wasi:clocks, wasi:random, wasi:filesystem, \
                            wasi:http and wasi:sockets (no network), all 0.2";

/// Makes what an instance is given, when it first asks for something of it: most requests
/// of a server never do, and it is dear to make.
pub type Make = Box<dyn Fn() -> WasiCtx + Send>;

/// The state of one instance.
pub struct State {
    table: ResourceTable,
    http: WasiHttpCtx,
    outgoing: Outgoing,
    wasi: Option<Box<WasiCtx>>,
    make: Make,
    budget: Budget,
}

impl State {
    /// The state of an instance that may have `memory` bytes of linear memory, and
    /// `handles` at once: each costs the host some memory, too.
    #[must_use]
    pub fn new(memory: u64, handles: usize, outgoing: Outgoing, make: Make) -> Self {
        let mut table = ResourceTable::new();
        table.set_max_capacity(handles);
        Self {
            table,
            http: WasiHttpCtx::new(),
            outgoing,
            wasi: None,
            make,
            budget: Budget::new(memory),
        }
    }

    /// From now on it is given what `make` makes.
    pub fn turn_to(&mut self, make: Make) {
        self.wasi = None;
        self.make = make;
    }

    /// What bounds the instance's memory.
    pub fn limiter(&mut self) -> &mut dyn ResourceLimiter {
        &mut self.budget
    }

    /// Whether the instance has asked for more memory than it may have.
    #[must_use]
    pub fn was_refused_memory(&self) -> bool {
        self.budget.refused()
    }
}

/// Links all that [`PROVIDED`] names, and WASI 0.3 if the engine is `concurrent`.
///
/// # Errors
/// Only if an interface is linked twice.
pub fn link(linker: &mut Linker<State>, concurrent: bool) -> Result<()> {
    use wasmtime_wasi::p2::bindings::io;

    wasmtime_wasi::p2::add_to_linker_async(linker)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(linker)?;
    // The same implementations again, but reached without making a `WasiCtx`.
    linker.allow_shadowing(true);
    io::error::add_to_linker::<_, Io>(linker, |state| &mut state.table)?;
    io::poll::add_to_linker::<_, Io>(linker, |state| &mut state.table)?;
    io::streams::add_to_linker::<_, Io>(linker, |state| &mut state.table)?;
    linker.allow_shadowing(false);
    if concurrent {
        wasmtime_wasi::p3::add_to_linker(linker)?;
        wasmtime_wasi_http::p3::add_to_linker(linker)?;
    }
    Ok(())
}

struct Io;

impl HasData for Io {
    type Data<'a> = &'a mut ResourceTable;
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: self.wasi.get_or_insert_with(|| Box::new((self.make)())),
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            hooks: &mut self.outgoing,
            table: &mut self.table,
            ctx: &mut self.http,
        }
    }
}
