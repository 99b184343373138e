//! The engine of all plugins of a process, with the clock that interrupts them.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Once};

use crate::error::Error;

/// What compiles components and runs them; clones are the same engine.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    wasm: wasmtime::Engine,
    /// The process in which the clock runs, as [`PROCESS`] counts them.
    clock: AtomicU32,
}

/// Counts the processes from which this one was forked: threads stay behind.
static PROCESS: AtomicU32 = AtomicU32::new(1);

impl Engine {
    /// An engine for a program of its own.
    ///
    /// # Errors
    /// [`Error::Plugin`] if this machine cannot run one.
    pub fn new() -> Result<Self, Error> {
        Self::of(anyhost_engine::on_demand())
    }

    /// An engine within somebody else's process, which may fork, and whose threads have
    /// stacks of any size: a guest takes at most `stack` bytes of one.
    ///
    /// # Errors
    /// As [`Engine::new`].
    pub fn embedded(stack: usize) -> Result<Self, Error> {
        Self::of(anyhost_engine::embedded(stack))
    }

    /// As [`Engine::embedded`], in a process whose owner may take the signals by which
    /// traps are else noticed: components are compiled to look for themselves, and take
    /// machine code of [`anyhost_engine::precompile_without_signals`].
    ///
    /// # Errors
    /// As [`Engine::new`].
    pub fn without_signals(stack: usize) -> Result<Self, Error> {
        Self::of(anyhost_engine::without_signals(stack))
    }

    fn of(wasm: anyhost_engine::Result<wasmtime::Engine>) -> Result<Self, Error> {
        static ONCE: Once = Once::new();
        extern "C" fn forked() {
            PROCESS.fetch_add(1, Ordering::Relaxed);
        }
        let wasm = wasm.map_err(|e| Error::Plugin(e.to_string()))?;
        // SAFETY: the function only counts, which may be done at any time.
        ONCE.call_once(|| unsafe {
            libc::pthread_atfork(None, None, Some(forked));
        });
        let clock = AtomicU32::new(0);
        Ok(Self(Arc::new(Inner { wasm, clock })))
    }

    /// wasmtime's own.
    #[must_use]
    pub fn wasm(&self) -> &wasmtime::Engine {
        &self.0.wasm
    }

    /// Lets the clock run, also in a process that was just forked. A call does it by itself;
    /// the one that a process forked in does not.
    ///
    /// # Errors
    /// [`Error::Plugin`] if the system refuses a thread.
    pub fn tick(&self) -> Result<(), Error> {
        let (clock, process) = (&self.0.clock, PROCESS.load(Ordering::Relaxed));
        if clock.load(Ordering::Relaxed) == process
            || clock.swap(process, Ordering::Relaxed) == process
        {
            return Ok(());
        }
        anyhost_engine::start_ticker(&self.0.wasm).map_err(|e| {
            clock.store(0, Ordering::Relaxed);
            Error::Plugin(format!(
                "the system refuses a thread for the time limit: {e}"
            ))
        })
    }
}
