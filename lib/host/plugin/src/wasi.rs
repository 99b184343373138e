//! WASI 0.2, as far as it is granted.
//!
//! A component that imports it is linked with the engine's implementation. What waits,
//! waits no longer than the call may take; nothing runs in threads of its own, so that
//! a process may fork. HTTP can be imported and not used: a component that handles
//! requests elsewhere exports something for plugins, too.

use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use anyhost_engine::open_dirs;
use anyhost_manners::Dir;
use tokio::runtime::{Builder, Handle, Runtime};
use wasmtime::Trap;
use wasmtime::component::{HasData, Linker, Resource, ResourceTable, ResourceType};
use wasmtime_wasi::filesystem::WasiFilesystemCtx;
use wasmtime_wasi::p2::bindings::io::poll as asynchronous;
use wasmtime_wasi::p2::bindings::sync::io::poll::{Host, HostPollable, add_to_linker};
use wasmtime_wasi::p2::pipe::MemoryInputPipe;
use wasmtime_wasi::p2::{
    DynInputStream, DynOutputStream, DynPollable, IoError, add_to_linker_sync,
};
use wasmtime_wasi::{
    Deterministic, HostMonotonicClock, HostWallClock, WasiCtx, WasiCtxBuilder, WasiCtxView,
    WasiView,
};

use crate::error::Error;
use crate::instance::State;
use crate::output::{Output, Printed, Stream, to_stderr};
use crate::reflect::Interface;

/// The packages of WASI that components get.
const PACKAGES: [&str; 7] = [
    "wasi:cli",
    "wasi:clocks",
    "wasi:filesystem",
    "wasi:http",
    "wasi:io",
    "wasi:random",
    "wasi:sockets",
];
/// Handles that a component may hold at once; each costs the host some memory.
const MAX_RESOURCES: usize = 1 << 12;
/// The most that is read of random numbers at once, in bytes.
const MAX_RANDOM: u64 = 1 << 20;

/// What a component is granted of WASI 0.2. By default: clocks and random numbers, and its
/// outputs go to the process's standard error; no files, no environment, no arguments, no
/// network, and nothing to read.
#[derive(Clone, Default)]
pub struct Wasi {
    /// Its arguments.
    pub args: Vec<String>,
    /// Its environment.
    pub env: Vec<(String, String)>,
    /// The directories that it may use.
    pub dirs: Vec<Dir>,
    /// What it reads from standard input.
    pub stdin: Vec<u8>,
    /// What takes the lines that it prints; see [`Output`].
    pub output: Option<Arc<Output>>,
    /// The time at which its clocks stand still, since 1970; else they are the machine's.
    pub clock: Option<Duration>,
    /// The bytes that all its random numbers are made of, over and over; else they are the
    /// machine's. There must be one.
    pub random: Option<Vec<u8>>,
}

/// Whether an import is one of WASI 0.2.
pub(crate) fn is_wasi(interface: &str) -> bool {
    let (name, version) = interface.split_once('@').unwrap_or((interface, ""));
    let package = name.split('/').next().unwrap_or_default();
    PACKAGES.contains(&package) && version.starts_with("0.2.")
}

/// Gives a linker WASI, all but HTTP.
pub(crate) fn link(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    add_to_linker_sync(linker)?;
    linker.allow_shadowing(true);
    add_to_linker::<_, Waits>(linker, |state| Waits::of(state.wasi()))
}

/// Gives a linker an interface of `wasi:http` whose functions end the component's call.
pub(crate) fn refuse(linker: &mut Linker<State>, interface: &Interface) -> wasmtime::Result<()> {
    let mut instance = linker.instance(&interface.name)?;
    for (name, resource) in &interface.named {
        let ty = match name.as_str() {
            "input-stream" => ResourceType::host::<DynInputStream>(),
            "output-stream" => ResourceType::host::<DynOutputStream>(),
            "pollable" => ResourceType::host::<DynPollable>(),
            "io-error" => ResourceType::host::<IoError>(),
            _ => ResourceType::host_dynamic(resource.number),
        };
        instance.resource(name, ty, |_, _| Ok(()))?;
    }
    for function in &interface.functions {
        let name = format!("{}.{}", interface.name, function.call_name());
        instance.func_new(&function.name, move |_, _, _, _| {
            Err(wasmtime::format_err!(
                "{name} is refused: no HTTP in a plugin"
            ))
        })?;
    }
    Ok(())
}

/// What is granted, ready for instances.
pub(crate) struct Grants {
    wasi: Wasi,
    output: Arc<Output>,
    files: WasiFilesystemCtx,
}

impl Grants {
    pub fn of(wasi: &Wasi) -> Result<Self, Error> {
        let files = open_dirs(&wasi.dirs, true);
        Ok(Self {
            output: wasi.output.clone().unwrap_or_else(to_stderr),
            files: files.map_err(|reason| Error::Plugin(format!("dirs: {reason}")))?,
            wasi: wasi.clone(),
        })
    }

    /// What an instance has.
    pub fn instance(&self) -> Granted {
        let Wasi { args, env, .. } = &self.wasi;
        let stdout = Printed::new(&self.output, Stream::Stdout);
        let stderr = Printed::new(&self.output, Stream::Stderr);
        let mut wasi = WasiCtxBuilder::new();
        wasi.args(args)
            .envs(env)
            .stdin(MemoryInputPipe::new(self.wasi.stdin.clone()))
            .stdout(stdout.clone())
            .stderr(stderr.clone())
            .max_random_size(MAX_RANDOM)
            .allow_tcp(false)
            .allow_udp(false);
        if let Some(time) = self.wasi.clock {
            wasi.wall_clock(Still(time)).monotonic_clock(Still(time));
        }
        if let Some(bytes) = &self.wasi.random {
            let bytes = || Deterministic::new(bytes.clone());
            let seed = self.wasi.random.iter().flatten().cycle().take(16);
            let seed = seed.fold(0, |seed: u128, byte| seed << 8 | u128::from(*byte));
            wasi.secure_random(bytes())
                .insecure_random(bytes())
                .insecure_random_seed(seed);
        }
        let mut wasi = wasi.build();
        wasi.filesystem().clone_from(&self.files);
        let mut table = ResourceTable::new();
        table.set_max_capacity(MAX_RESOURCES);
        Granted {
            wasi,
            table,
            printed: [stdout, stderr],
            deadline: None,
        }
    }
}

/// What belongs to an instance that has WASI.
pub(crate) struct Granted {
    wasi: WasiCtx,
    table: ResourceTable,
    printed: [Printed; 2],
    deadline: Option<Instant>,
}

impl Granted {
    /// A call begins, which may take that long.
    pub fn begin(&mut self, timeout: Option<Duration>) {
        self.deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        enter();
    }

    /// A call ends: what it has printed of a line is one.
    pub fn end(&self) -> Result<(), Error> {
        self.printed.iter().try_for_each(Printed::finish)
    }
}

/// The engine looks for an async runtime in the thread that runs a component, and else
/// starts one with threads. This one has none: nothing that it is asked for waits.
fn enter() {
    static RUNTIME: LazyLock<Runtime> = LazyLock::new(runtime);
    if Handle::try_current().is_err() {
        // For good: calls of several plugins may end in any order, where fibers switch.
        std::mem::forget(RUNTIME.enter());
    }
}

fn runtime() -> Runtime {
    let runtime = Builder::new_current_thread().enable_time().build();
    runtime.expect("it is made of nothing that the system could refuse")
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let Granted { wasi, table, .. } = self.wasi();
        WasiCtxView { ctx: wasi, table }
    }
}

/// Clocks that stand still.
struct Still(Duration);

impl HostWallClock for Still {
    fn resolution(&self) -> Duration {
        Duration::from_nanos(1)
    }

    fn now(&self) -> Duration {
        self.0
    }
}

impl HostMonotonicClock for Still {
    fn resolution(&self) -> u64 {
        1
    }

    fn now(&self) -> u64 {
        u64::try_from(self.0.as_nanos()).unwrap_or(u64::MAX)
    }
}

/// `wasi:io/poll`, with an end.
struct Waits<'a> {
    table: &'a mut ResourceTable,
    deadline: Option<Instant>,
}

impl HasData for Waits<'static> {
    type Data<'a> = Waits<'a>;
}

impl<'a> Waits<'a> {
    fn of(granted: &'a mut Granted) -> Self {
        Self {
            table: &mut granted.table,
            deadline: granted.deadline,
        }
    }

    fn wait<T>(
        deadline: Option<Instant>,
        work: impl Future<Output = wasmtime::Result<T>>,
    ) -> wasmtime::Result<T> {
        // One that is new is in step with the machine's clock, and was in no process
        // before this one.
        runtime().block_on(async {
            match deadline {
                None => work.await,
                Some(deadline) => match tokio::time::timeout_at(deadline.into(), work).await {
                    Ok(done) => done,
                    Err(_) => Err(Trap::Interrupt.into()),
                },
            }
        })
    }
}

impl Host for Waits<'_> {
    fn poll(&mut self, pollables: Vec<Resource<DynPollable>>) -> wasmtime::Result<Vec<u32>> {
        Self::wait(
            self.deadline,
            asynchronous::Host::poll(self.table, pollables),
        )
    }
}

impl HostPollable for Waits<'_> {
    fn ready(&mut self, pollable: Resource<DynPollable>) -> wasmtime::Result<bool> {
        Self::wait(
            self.deadline,
            asynchronous::HostPollable::ready(self.table, pollable),
        )
    }

    fn block(&mut self, pollable: Resource<DynPollable>) -> wasmtime::Result<()> {
        Self::wait(
            self.deadline,
            asynchronous::HostPollable::block(self.table, pollable),
        )
    }

    fn drop(&mut self, pollable: Resource<DynPollable>) -> wasmtime::Result<()> {
        asynchronous::HostPollable::drop(self.table, pollable)
    }
}

#[cfg(test)]
mod tests {
    use super::is_wasi;

    #[test]
    fn wasi_is_known_by_package_and_version() {
        for name in ["wasi:cli/stdout@0.2.0", "wasi:http/types@0.2.12"] {
            assert!(is_wasi(name), "{name}");
        }
        for name in [
            "wasi:cli/stdout@0.3.0",
            "wasi:cli/stdout",
            "wasi:keyvalue/store@0.2.0",
            "wasip:cli/stdout@0.2.0",
            "anyhost:hello/greeter@0.2.1",
            "",
        ] {
            assert!(!is_wasi(name), "{name}");
        }
    }
}
