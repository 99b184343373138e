//! `Wasmtime::Component::Func`.

use magnus::gc::Marker;
use magnus::prelude::*;
use magnus::typed_data::Obj;
use magnus::{DataTypeFunctions, Error, RModule, Ruby, TypedData, Value, method};
use wasmtime::component::{Func as Wasm, Type, Val};

use crate::active::Active;
use crate::errors::{At as _, call_error};
use crate::store::Store;
use crate::{to_ruby, to_wasm};

/// A function that an instance exports.
#[derive(TypedData)]
#[magnus(class = "Wasmtime::Component::Func", free_immediately, mark)]
pub struct Func {
    store: Obj<Store>,
    wasm: Wasm,
    /// The function's type, which would cost a good part of a short call to look up.
    params: Box<[Type]>,
    result: Option<Type>,
}

// SAFETY: only Ruby uses it, under its global lock.
unsafe impl Send for Func {}

impl DataTypeFunctions for Func {
    fn mark(&self, marker: &Marker) {
        marker.mark(self.store);
    }
}

impl Func {
    /// The function `wasm` of an instance in `store`.
    pub fn new(ruby: &Ruby, store: Obj<Store>, wasm: Wasm) -> Result<Self, Error> {
        let ty = wasm.ty(&*store.borrow(ruby)?);
        Ok(Self {
            store,
            wasm,
            params: ty.params().map(|(_, ty)| ty).collect(),
            result: ty.results().next(),
        })
    }

    fn call(ruby: &Ruby, this: &Self, arguments: &[Value]) -> Result<Value, Error> {
        let params = this.arguments(ruby, arguments)?;
        let mut results = [Val::Bool(false)];
        let results = &mut results[..usize::from(this.result.is_some())];
        let called = {
            let _active = Active::begin(ruby, this.store.stack())?;
            let mut store = this.store.borrow(ruby)?;
            this.wasm.call(&mut *store, &params, results)
        };
        if let Err(error) = called {
            // A host function's own exception, or what the engine says.
            let raised = this.store.roots().take_error();
            return Err(raised.unwrap_or_else(|| call_error(ruby, &error)));
        }
        match results {
            [result] => to_ruby::convert(ruby, std::mem::replace(result, Val::Bool(false))),
            _ => Ok(ruby.qnil().as_value()),
        }
    }

    fn arguments(&self, ruby: &Ruby, arguments: &[Value]) -> Result<Vec<Val>, Error> {
        if arguments.len() != self.params.len() {
            let message = format!(
                "wrong number of arguments (given {}, expected {})",
                arguments.len(),
                self.params.len()
            );
            return Err(Error::new(ruby.exception_arg_error(), message));
        }
        let pairs = arguments.iter().zip(&self.params).enumerate();
        pairs
            .map(|(index, (value, ty))| {
                to_wasm::convert(ruby, *value, ty).at(|| format!("param at index {index}"))
            })
            .collect()
    }
}

pub fn init(ruby: &Ruby, components: RModule) -> Result<(), Error> {
    let class = components.define_class("Func", ruby.class_object())?;
    class.undef_default_alloc_func();
    class.define_method("call", method!(Func::call, -1))
}
