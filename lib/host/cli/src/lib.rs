//! Runs a WebAssembly component as a command.
//!
//! The program `cli` is a command line around [`run`]; the containerd shim calls it in
//! a container.

mod args;
mod deadline;
mod outgoing;
mod state;

use std::convert::Infallible;
use std::io::{self, Write};
use std::process;

use anyhost_engine::{Error, Loaded, one_line};
use anyhost_manners::{Fatal, fail, system};
use wasmtime::component::Linker;
use wasmtime::{Store, Trap};
use wasmtime_wasi::I32Exit;
use wasmtime_wasi::p2::bindings::CommandPre;

pub use args::Args;
use state::State;

/// What a shell makes of a process that aborts; `wasmtime run` has it, too.
const TRAPPED: i32 = 134;

/// Runs a component and exits with its code.
///
/// # Errors
/// One line for the user, when it cannot be run.
pub fn run(args: &Args, loaded: Loaded) -> Result<Infallible, Fatal> {
    let file = loaded.file.clone();
    let file = file.display();
    let state = State::new(args, &args.guest_args())?;
    let command = prepare(args.max_memory, loaded).map_err(|e| e.to_string())?;
    let mut store = Store::new(command.engine(), state);
    store.limiter(State::limiter);
    // At each tick a computing guest lets its connections have their turn.
    store.set_epoch_deadline(1);
    store.epoch_deadline_async_yield_and_update(1);
    anyhost_engine::start_ticker(command.engine()).map_err(system)?;
    deadline::start(&file, args.timeout).map_err(system)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(system)?;
    let ended = runtime.block_on(async {
        match command.instantiate_async(&mut store).await {
            Ok(command) => Ok(command.wasi_cli_run().call_run(&mut store).await),
            Err(error) if error.is::<Trap>() || error.is::<I32Exit>() => Ok(Err(error)),
            Err(error) => Err(format!("{file}: cannot start: {}", one_line(&error))),
        }
    })?;
    let code = match &ended {
        Ok(result) => i32::from(result.is_err()),
        Err(error) => match error.downcast_ref() {
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

/// Makes the component ready to run.
fn prepare(max_memory: u64, loaded: Loaded) -> anyhost_engine::Result<CommandPre<State>> {
    if let Some(note) = &loaded.note {
        let _ = writeln!(io::stderr(), "note: {note}");
    }
    loaded.version_of_export("wasi:cli/run", "0.2")?;
    loaded.check_start(max_memory)?;
    let mut linker = Linker::new(loaded.component.engine());
    state::link(&mut linker).map_err(|e| Error::Engine(one_line(&e)))?;
    let pre = loaded.resolve_imports(&linker, state::PROVIDED)?;
    CommandPre::new(pre).map_err(|e| Error::Invalid(loaded.file, one_line(&e)))
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
