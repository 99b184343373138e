//! What belongs to one instance: its resources, its memory budget, its grants.

use anyhost_engine::{Budget, NoOutgoing};
use wasmtime::component::{HasData, Linker, ResourceTable};
use wasmtime::{ResourceLimiter, Result};
use wasmtime_wasi::filesystem::WasiFilesystemCtx;
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use crate::log::Log;
use crate::request_id::RequestId;
use crate::stdio::GuestOutput;

/// What the host links, for error messages; to what has async functions also 0.3.
pub const PROVIDED: &str = "wasi:http, wasi:io, wasi:cli, wasi:clocks, wasi:random, \
                            wasi:filesystem and wasi:sockets (no network), all 0.2";

/// Handles that a guest may hold at once; each costs the host some memory.
const MAX_RESOURCES: usize = 1024;

/// The same for all instances.
pub struct Grants {
    /// The environment.
    pub env: Vec<(String, String)>,
    /// Directories.
    pub files: WasiFilesystemCtx,
    /// Linear memory of an instance, in bytes.
    pub memory: u64,
    /// Where output goes.
    pub output: Log,
}

/// The state of one instance.
pub struct State {
    table: ResourceTable,
    http: WasiHttpCtx,
    hooks: NoOutgoing,
    wasi: Option<Box<WasiCtx>>,
    budget: Budget,
    grants: &'static Grants,
    id: RequestId,
}

impl State {
    /// The state of an instance that serves the request `id`.
    pub fn new(grants: &'static Grants, id: RequestId) -> Self {
        let mut table = ResourceTable::new();
        table.set_max_capacity(MAX_RESOURCES);
        Self {
            table,
            http: WasiHttpCtx::new(),
            hooks: NoOutgoing,
            wasi: None,
            budget: Budget::new(grants.memory),
            grants,
            id,
        }
    }

    /// The instance is to serve the request `id` next.
    pub fn turn_to(&mut self, id: RequestId) {
        self.id = id;
        // What is printed from now on belongs to that request.
        self.wasi = None;
    }

    /// What bounds the instance's memory.
    pub fn limiter(&mut self) -> &mut dyn ResourceLimiter {
        &mut self.budget
    }

    fn make_wasi(grants: &Grants, id: &RequestId) -> Box<WasiCtx> {
        let output = |stream| GuestOutput::new(grants.output.clone(), id.clone(), stream);
        let mut wasi = WasiCtxBuilder::new();
        wasi.envs(&grants.env)
            .stdout(output("stdout"))
            .stderr(output("stderr"));
        wasi.allow_tcp(false).allow_udp(false);
        let mut wasi = wasi.build();
        wasi.filesystem().clone_from(&grants.files);
        Box::new(wasi)
    }
}

/// Links all that [`PROVIDED`] names, and WASI 0.3 if the engine has async functions.
///
/// # Errors
/// Only if an interface is linked twice.
pub fn link(linker: &mut Linker<State>, concurrent: bool) -> Result<()> {
    use wasmtime_wasi::p2::bindings::io;

    wasmtime_wasi::p2::add_to_linker_async(linker)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(linker)?;
    // The same implementations again, but reached without making a `WasiCtx`:
    // most requests need nothing else of it, and it is dear to make.
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
        let ctx = self
            .wasi
            .get_or_insert_with(|| Self::make_wasi(self.grants, &self.id));
        WasiCtxView {
            ctx,
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            hooks: &mut self.hooks,
            table: &mut self.table,
            ctx: &mut self.http,
        }
    }
}
