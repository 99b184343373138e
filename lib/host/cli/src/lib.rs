//! Runs a WebAssembly component as a command.
//!
//! The program `cli` is a command line around [`run`]; the containerd shim calls it in
//! a container.

mod args;
mod deadline;
mod state;

use std::convert::Infallible;
use std::io::{self, Write};
use std::process;

use anyhost_engine::{Error, Loaded, one_line};
use anyhost_manners::{Fatal, fail, system};
use anyhost_wasi::State;
use wasmtime::component::{Accessor, Linker};
use wasmtime::{Engine, Store, Trap};
use wasmtime_wasi::I32Exit;
use wasmtime_wasi::{p2, p3};

pub use args::Args;

/// What a shell makes of a process that aborts; `wasmtime run` has it, too.
const TRAPPED: i32 = 134;

/// Runs a component and exits with its code.
///
/// # Errors
/// One line for the user, when it cannot be run.
pub fn run(args: &Args, loaded: Loaded) -> Result<Infallible, Fatal> {
    let file = loaded.file.clone();
    let file = file.display();
    let state = state::state(args)?;
    let command = prepare(args.max_memory, loaded).map_err(|e| e.to_string())?;
    let mut store = Store::new(command.engine(), state);
    store.limiter(State::limiter);
    if let Some(table) = store.concurrent_resource_table() {
        table.set_max_capacity(state::MAX_RESOURCES);
    }
    // At each tick a computing guest lets its connections have their turn.
    store.set_epoch_deadline(1);
    store.epoch_deadline_async_yield_and_update(1);
    anyhost_engine::start_ticker(command.engine()).map_err(system)?;
    deadline::start(&file, args.timeout).map_err(system)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(system)?;
    let ended = runtime.block_on(command.run(&mut store));
    if let Err(Stopped::Start(error)) = &ended
        && !error.is::<Trap>()
        && !error.is::<I32Exit>()
    {
        return Err(format!("{file}: cannot start: {}", one_line(error)));
    }
    let code = match &ended {
        Ok(result) => i32::from(result.is_err()),
        Err(Stopped::Start(error) | Stopped::Run(error)) => match error.downcast_ref() {
            Some(I32Exit(code)) => *code,
            None => {
                fail(format_args!("{file}: {}", trap(error, store.data())));
                TRAPPED
            }
        },
    };
    flush(code);
    // Not by way of `main`'s end: the system takes everything back at once.
    process::exit(code)
}

/// A component that is ready to run, by the version of WASI that its export has.
enum Command {
    P2(p2::bindings::CommandPre<State>),
    P3(p3::bindings::CommandPre<State>),
}

/// When a guest was stopped, and by what.
enum Stopped {
    Start(wasmtime::Error),
    Run(wasmtime::Error),
}

impl Command {
    fn engine(&self) -> &Engine {
        match self {
            Self::P2(command) => command.engine(),
            Self::P3(command) => command.engine(),
        }
    }

    /// Runs an instance until its `run` returns, whatever it has begun besides.
    async fn run(&self, store: &mut Store<State>) -> Result<Result<(), ()>, Stopped> {
        let ended = match self {
            Self::P2(command) => {
                let command = command.instantiate_async(&mut *store).await;
                let command = command.map_err(Stopped::Start)?;
                command.wasi_cli_run().call_run(&mut *store).await
            }
            Self::P3(command) => {
                let command = command.instantiate_async(&mut *store).await;
                let command = command.map_err(Stopped::Start)?;
                let run =
                    async |store: &Accessor<State>| command.wasi_cli_run().call_run(store).await;
                store.run_concurrent(run).await.flatten()
            }
        };
        ended.map_err(Stopped::Run)
    }
}

/// Makes the component ready to run.
fn prepare(max_memory: u64, loaded: Loaded) -> anyhost_engine::Result<Command> {
    if let Some(note) = &loaded.note {
        let _ = writeln!(io::stderr(), "note: {note}");
    }
    let (place, _) = loaded.exported(&["wasi:cli/run@0.2", "wasi:cli/run@0.3"])?;
    loaded.check_start(max_memory)?;
    let mut linker = Linker::new(loaded.component.engine());
    anyhost_wasi::link(&mut linker, loaded.concurrent).map_err(|e| Error::Engine(one_line(&e)))?;
    let pre = loaded.resolve_imports(&linker, anyhost_wasi::PROVIDED)?;
    let command = match place {
        0 => p2::bindings::CommandPre::new(pre).map(Command::P2),
        _ => p3::bindings::CommandPre::new(pre).map(Command::P3),
    };
    command.map_err(|e| Error::Invalid(loaded.file, one_line(&e)))
}

/// Why the guest was stopped.
fn trap(error: &wasmtime::Error, state: &State) -> String {
    let reason = match error.downcast_ref::<Trap>() {
        Some(trap) => trap.to_string(),
        None => one_line(error),
    };
    let why = if state.was_refused_memory() {
        ", after it was refused memory over --max-memory"
    } else {
        ""
    };
    format!("the guest trapped: {reason}{why}")
}

/// Writes what the guest left in the buffer of standard output. If that fails, so
/// does a command that believes to have succeeded.
fn flush(code: i32) {
    if let Err(error) = io::stdout().flush()
        && code == 0
    {
        fail(format_args!("standard output: {}", error.kind()));
        process::exit(1)
    }
}
