//! `Wasmtime::Component::Linker` and the `LinkerInstance` that its blocks get.

use std::cell::{Cell, RefCell};

use magnus::block::Proc;
use magnus::gc::Marker;
use magnus::prelude::*;
use magnus::scan_args::scan_args;
use magnus::typed_data::Obj;
use magnus::value::{BoxValue, Opaque};
use magnus::{DataTypeFunctions, Error, RModule, Ruby, TypedData, Value, function, method};
use wasmtime::component::types::ComponentFunc;
use wasmtime::component::{Linker as Wasm, LinkerInstance as WasmInstance, Val};
use wasmtime::{Engine as WasmEngine, StoreContextMut};

use crate::active::Active;
use crate::component::Component;
use crate::engine::Engine;
use crate::errors::{call_error, engine_error, error};
use crate::instance::Instance;
use crate::store::{Data, Store};
use crate::{to_ruby, to_wasm};

/// What guests may import.
#[derive(TypedData)]
#[magnus(class = "Wasmtime::Component::Linker", free_immediately, mark)]
pub struct Linker {
    wasm: RefCell<Wasm<Data>>,
    /// The blocks behind the host functions.
    blocks: RefCell<Vec<Value>>,
}

// SAFETY: only Ruby uses it, under its global lock.
unsafe impl Send for Linker {}

impl DataTypeFunctions for Linker {
    fn mark(&self, marker: &Marker) {
        marker.mark_slice(&self.blocks.borrow());
    }
}

impl Linker {
    fn new(engine: &Engine) -> Self {
        Self {
            wasm: RefCell::new(Wasm::new(engine.wasm())),
            blocks: RefCell::default(),
        }
    }

    fn root(ruby: &Ruby, this: Obj<Self>) -> Result<Obj<Self>, Error> {
        LinkerInstance::open(ruby, this, Vec::new())?;
        Ok(this)
    }

    fn instance(ruby: &Ruby, this: Obj<Self>, name: String) -> Result<Obj<Self>, Error> {
        LinkerInstance::open(ruby, this, vec![name])?;
        Ok(this)
    }

    fn instantiate(
        ruby: &Ruby,
        this: Obj<Self>,
        store: Obj<Store>,
        component: &Component,
    ) -> Result<Instance, Error> {
        // The start of a component may already call host functions.
        store.roots().retain(this.as_value());
        let made = {
            let _active = Active::begin(ruby, store.stack())?;
            let mut store = store.borrow(ruby)?;
            let linker = this.wasm.borrow();
            let engine = component.wasm().engine();
            if ![linker.engine(), store.engine()]
                .iter()
                .all(|other| WasmEngine::same(engine, other))
            {
                let message = "linker, store and component are not of the same engine";
                return Err(error(ruby, message));
            }
            linker
                .instantiate_pre(component.wasm())
                .map_err(|e| engine_error(ruby, "Could not link component", &e))?
                .instantiate(&mut *store)
        };
        match made {
            Ok(instance) => Ok(Instance::new(store, instance)),
            Err(error) => {
                let raised = store.roots().take_error();
                Err(raised.unwrap_or_else(|| call_error(ruby, &error)))
            }
        }
    }
}

/// One instance of a linker, for the time of the block that defines what is in it.
#[derive(TypedData)]
#[magnus(class = "Wasmtime::Component::LinkerInstance", free_immediately, mark)]
pub struct LinkerInstance {
    linker: Obj<Linker>,
    /// The names that lead to it; none for the root.
    path: Vec<String>,
    open: Cell<bool>,
}

// SAFETY: only Ruby uses it, under its global lock.
unsafe impl Send for LinkerInstance {}

impl DataTypeFunctions for LinkerInstance {
    fn mark(&self, marker: &Marker) {
        marker.mark(self.linker);
    }
}

impl LinkerInstance {
    /// Yields the instance at `path` to the block of the method that runs now.
    fn open(ruby: &Ruby, linker: Obj<Linker>, path: Vec<String>) -> Result<(), Error> {
        let instance = ruby.obj_wrap(Self {
            linker,
            path,
            open: Cell::new(true),
        });
        instance.define(ruby, |_| Ok(()))?;
        let yielded: Result<Value, Error> = ruby.yield_value(instance);
        instance.open.set(false);
        yielded.map(drop)
    }

    /// Lets `define` see the engine's own instance.
    fn define(
        &self,
        ruby: &Ruby,
        define: impl FnOnce(&mut WasmInstance<'_, Data>) -> wasmtime::Result<()>,
    ) -> Result<(), Error> {
        if !self.open.get() {
            return Err(error(ruby, "LinkerInstance went out of scope"));
        }
        let mut linker = self.linker.wasm.borrow_mut();
        let mut instance = linker.root();
        for name in &self.path {
            instance = instance
                .into_instance(name)
                .map_err(|e| engine_error(ruby, "Could not define instance", &e))?;
        }
        define(&mut instance).map_err(|e| engine_error(ruby, "Could not define function", &e))
    }

    fn instance(ruby: &Ruby, this: Obj<Self>, name: String) -> Result<Obj<Self>, Error> {
        this.define(ruby, |_| Ok(()))?;
        let mut path = this.path.clone();
        path.push(name);
        Self::open(ruby, this.linker, path)?;
        Ok(this)
    }

    fn func_new(ruby: &Ruby, this: Obj<Self>, arguments: &[Value]) -> Result<Obj<Self>, Error> {
        let arguments = scan_args::<(String,), (), (), (), (), Proc>(arguments)?;
        let block = arguments.block;
        let function = Opaque::from(block);
        this.define(ruby, |instance| {
            instance.func_new(&arguments.required.0, move |store, ty, params, results| {
                call_block(function, &store, &ty, params, results)
            })
        })?;
        this.linker.blocks.borrow_mut().push(block.as_value());
        Ok(this)
    }
}

/// Calls a host function for a guest. An exception ends the guest's call too, and is
/// raised again by it.
fn call_block(
    block: Opaque<Proc>,
    store: &StoreContextMut<'_, Data>,
    ty: &ComponentFunc,
    params: &[Val],
    results: &mut [Val],
) -> wasmtime::Result<()> {
    let ruby = Ruby::get().map_err(|_| wasmtime::Error::msg("not on a thread of Ruby's"))?;
    // Whoever switches away from this fiber and never comes back leaves the engine's
    // frames on its stack: then it is never collected.
    let _fiber = BoxValue::new(ruby.fiber_current());
    let mut call = || {
        let params = to_ruby::array(&ruby, params.iter().cloned())?;
        let value: Value = ruby.get_inner(block).call(params)?;
        for (result, ty) in results.iter_mut().zip(ty.results()) {
            *result = to_wasm::convert(&ruby, value, &ty)?;
        }
        Ok(())
    };
    call().map_err(|error: Error| store.data().roots.fail(error))
}

pub fn init(ruby: &Ruby, components: RModule) -> Result<(), Error> {
    let class = components.define_class("Linker", ruby.class_object())?;
    class.define_singleton_method("new", function!(Linker::new, 1))?;
    class.define_method("root", method!(Linker::root, 0))?;
    class.define_method("instance", method!(Linker::instance, 1))?;
    class.define_method("instantiate", method!(Linker::instantiate, 2))?;
    let class = components.define_class("LinkerInstance", ruby.class_object())?;
    class.undef_default_alloc_func();
    class.define_method("instance", method!(LinkerInstance::instance, 1))?;
    class.define_method("func_new", method!(LinkerInstance::func_new, -1))
}
