//! `Wasmtime::Store`.

use std::cell::{Cell, RefCell, RefMut};
use std::rc::Rc;

use magnus::gc::Marker;
use magnus::prelude::*;
use magnus::scan_args::{get_kwargs, scan_args};
use magnus::{DataTypeFunctions, Error, RHash, RModule, Ruby, TypedData, Value, function, method};
use wasmtime::{ResourceLimiter, Store as Wasm, StoreLimits};

use crate::engine::Engine;
use crate::errors::error;
use crate::options;

/// What a guest has: its memory, and the Ruby objects that it uses.
#[derive(TypedData)]
#[magnus(class = "Wasmtime::Store", free_immediately, mark)]
pub struct Store {
    wasm: RefCell<Wasm<Data>>,
    roots: Rc<Roots>,
    /// How much stack its guest may take.
    stack: usize,
}

// SAFETY: only Ruby uses it, under its global lock.
unsafe impl Send for Store {}

impl DataTypeFunctions for Store {
    fn mark(&self, marker: &Marker) {
        self.roots.mark(marker);
    }
}

/// What the store's guest may use of Ruby. It is beside the engine's store, which is
/// borrowed while a guest runs, so that the collector can look at it at any time.
pub struct Roots {
    user_data: Value,
    /// The linkers of the store's instances, which have the host functions.
    linkers: RefCell<Vec<Value>>,
    /// The exception with which a host function ended.
    error: RefCell<Option<Error>>,
}

impl Roots {
    fn mark(&self, marker: &Marker) {
        marker.mark(self.user_data);
        marker.mark_slice(&self.linkers.borrow());
        if let Some(exception) = self.error.borrow().as_ref().and_then(Error::value) {
            marker.mark(exception);
        }
    }

    /// Lets the call that runs now end with `error`.
    pub fn fail(&self, error: Error) -> wasmtime::Error {
        self.error.replace(Some(error));
        wasmtime::Error::msg("a host function raised an exception")
    }

    /// The exception of the call that has just ended.
    pub fn take_error(&self) -> Option<Error> {
        self.error.take()
    }

    /// Keeps the host functions of `linker` for as long as the store lives.
    pub fn retain(&self, linker: Value) {
        self.linkers.borrow_mut().push(linker);
    }
}

/// What the engine keeps for its host.
pub struct Data {
    pub roots: Rc<Roots>,
    memory: Memory,
}

impl Store {
    fn new(ruby: &Ruby, arguments: &[Value]) -> Result<Self, Error> {
        let arguments = scan_args::<(&Engine,), (Option<Value>,), (), (), RHash, ()>(arguments)?;
        let keywords = get_kwargs::<_, (), (Option<Option<RHash>>,), ()>(
            arguments.keywords,
            &[],
            &["limits"],
        )?;
        let limits = options::limits(ruby, keywords.optional.0.flatten())?;
        let roots = Rc::new(Roots {
            user_data: arguments.optional.0.unwrap_or(ruby.qnil().as_value()),
            linkers: RefCell::default(),
            error: RefCell::default(),
        });
        let data = Data {
            roots: Rc::clone(&roots),
            memory: Memory {
                limits,
                bytes: 0,
                largest: Cell::new(0),
                limit_hit: Cell::new(false),
            },
        };
        let mut wasm = Wasm::new(arguments.required.0.wasm(), data);
        wasm.limiter(|data| &mut data.memory);
        Ok(Self {
            wasm: RefCell::new(wasm),
            roots,
            stack: arguments.required.0.stack(),
        })
    }

    /// The engine's store, for one use of it.
    ///
    /// # Errors
    /// A guest of the store is running: this is a host function of its, or another
    /// thread while its host function waits.
    pub fn borrow(&self, ruby: &Ruby) -> Result<RefMut<'_, Wasm<Data>>, Error> {
        self.wasm
            .try_borrow_mut()
            .map_err(|_| error(ruby, "the store is in use: its guest is running"))
    }

    /// How much stack the store's guest may take.
    pub fn stack(&self) -> usize {
        self.stack
    }

    pub fn roots(&self) -> &Roots {
        &self.roots
    }

    fn data(&self) -> Value {
        self.roots.user_data
    }

    fn set_epoch_deadline(ruby: &Ruby, this: &Self, ticks: u64) -> Result<(), Error> {
        this.borrow(ruby)?.set_epoch_deadline(ticks);
        Ok(())
    }

    fn linear_memory_limit_hit(ruby: &Ruby, this: &Self) -> Result<bool, Error> {
        Ok(this.borrow(ruby)?.data().memory.limit_hit.get())
    }

    fn max_linear_memory_consumed(ruby: &Ruby, this: &Self) -> Result<usize, Error> {
        Ok(this.borrow(ruby)?.data().memory.largest.get())
    }
}

/// Limits a guest's memory, and tells Ruby's collector of it.
struct Memory {
    limits: StoreLimits,
    /// What Ruby was told of.
    bytes: usize,
    largest: Cell<usize>,
    limit_hit: Cell<bool>,
}

impl ResourceLimiter for Memory {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        self.largest.set(self.largest.get().max(desired));
        let allowed = self.limits.memory_growing(current, desired, maximum)?;
        if allowed {
            let more = desired - current;
            self.bytes += more;
            tell_collector(more.cast_signed());
        } else {
            self.limit_hit.set(true);
        }
        Ok(allowed)
    }

    fn memory_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
        self.limit_hit.set(true);
        self.limits.memory_grow_failed(error)
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        self.limits.table_growing(current, desired, maximum)
    }

    fn instances(&self) -> usize {
        self.limits.instances()
    }

    fn tables(&self) -> usize {
        self.limits.tables()
    }

    fn memories(&self) -> usize {
        self.limits.memories()
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        tell_collector(-self.bytes.cast_signed());
    }
}

/// Memory that Ruby did not allocate counts when it decides whether to collect.
fn tell_collector(more: isize) {
    if let Ok(ruby) = Ruby::get() {
        ruby.gc_adjust_memory_usage(more);
    }
}

pub fn init(ruby: &Ruby, wasmtime: RModule) -> Result<(), Error> {
    let class = wasmtime.define_class("Store", ruby.class_object())?;
    class.define_singleton_method("new", function!(Store::new, -1))?;
    class.define_method("data", method!(Store::data, 0))?;
    class.define_method("set_epoch_deadline", method!(Store::set_epoch_deadline, 1))?;
    class.define_method(
        "linear_memory_limit_hit?",
        method!(Store::linear_memory_limit_hit, 0),
    )?;
    class.define_method(
        "max_linear_memory_consumed",
        method!(Store::max_linear_memory_consumed, 0),
    )
}
