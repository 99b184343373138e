//! `Wasmtime::Engine`.

use std::cell::RefCell;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use magnus::prelude::*;
use magnus::scan_args::scan_args;
use magnus::{Error, RHash, RModule, RString, Ruby, Value, function, method};
use wasmtime::Engine as Wasm;

use crate::errors::{engine_error, error};
use crate::{gvl, options, stack};

/// What compiles components, and the clock that interrupts their guests.
#[magnus::wrap(class = "Wasmtime::Engine", free_immediately)]
pub struct Engine {
    wasm: Wasm,
    /// How much stack a guest may take.
    stack: usize,
    /// Ends the clock's thread when it is dropped.
    clock: RefCell<Option<Sender<()>>>,
}

impl Engine {
    fn new(ruby: &Ruby, arguments: &[Value]) -> Result<Self, Error> {
        let arguments = scan_args::<(), (Option<Option<RHash>>,), (), (), (), ()>(arguments)?;
        let (config, stack) = options::engine(ruby, arguments.optional.0.flatten())?;
        let wasm =
            Wasm::new(&config).map_err(|e| engine_error(ruby, "Could not make an engine", &e))?;
        Ok(Self {
            wasm,
            stack,
            clock: RefCell::new(None),
        })
    }

    pub fn wasm(&self) -> &Wasm {
        &self.wasm
    }

    pub fn stack(&self) -> usize {
        self.stack
    }

    /// Advances the epoch each so many milliseconds; a clock that runs already ends.
    fn start_epoch_interval(ruby: &Ruby, this: &Self, milliseconds: u64) -> Result<(), Error> {
        let tick = Duration::from_millis(milliseconds);
        if tick.is_zero() {
            let message = "expected an interval of 1 millisecond at least";
            return Err(Error::new(ruby.exception_arg_error(), message));
        }
        let (clock, ended) = channel::<()>();
        let engine = this.wasm.weak();
        thread::Builder::new()
            .name("epoch".to_owned())
            .spawn(move || {
                while let Err(RecvTimeoutError::Timeout) = ended.recv_timeout(tick) {
                    let Some(engine) = engine.upgrade() else {
                        return;
                    };
                    engine.increment_epoch();
                }
            })
            .map_err(|e| error(ruby, format!("Could not start the clock: {e}")))?;
        this.clock.replace(Some(clock));
        Ok(())
    }

    fn stop_epoch_interval(&self) {
        self.clock.take();
    }

    fn increment_epoch(&self) {
        self.wasm.increment_epoch();
    }

    fn precompile_component(ruby: &Ruby, this: &Self, wasm: RString) -> Result<RString, Error> {
        stack::check_compiler(ruby)?;
        let bytes = wasm.to_bytes_vec();
        let engine = &this.wasm;
        let code = gvl::released(|| engine.precompile_component(&bytes))
            .map_err(|e| engine_error(ruby, "Could not compile component", &e))?;
        Ok(ruby.str_from_slice(&code))
    }
}

/// A copy of a Ruby string's bytes, for work that Ruby cannot disturb.
pub trait Bytes {
    fn to_bytes_vec(self) -> Vec<u8>;
}

impl Bytes for RString {
    fn to_bytes_vec(self) -> Vec<u8> {
        // SAFETY: copied before Ruby runs again.
        unsafe { self.as_slice().to_vec() }
    }
}

pub fn init(ruby: &Ruby, wasmtime: RModule) -> Result<(), Error> {
    let class = wasmtime.define_class("Engine", ruby.class_object())?;
    class.define_singleton_method("new", function!(Engine::new, -1))?;
    class.define_method(
        "start_epoch_interval",
        method!(Engine::start_epoch_interval, 1),
    )?;
    class.define_method(
        "stop_epoch_interval",
        method!(Engine::stop_epoch_interval, 0),
    )?;
    class.define_method("increment_epoch", method!(Engine::increment_epoch, 0))?;
    class.define_method(
        "precompile_component",
        method!(Engine::precompile_component, 1),
    )
}
