//! `Wasmtime::Component::Instance`.

use magnus::gc::Marker;
use magnus::prelude::*;
use magnus::typed_data::Obj;
use magnus::{
    DataTypeFunctions, Error, RArray, RModule, RString, Ruby, TryConvert, TypedData, Value, method,
};
use wasmtime::component::{ComponentExportIndex, Instance as Wasm};

use crate::func::Func;
use crate::store::Store;

/// A component at work in a store.
#[derive(TypedData)]
#[magnus(class = "Wasmtime::Component::Instance", free_immediately, mark)]
pub struct Instance {
    store: Obj<Store>,
    wasm: Wasm,
}

// SAFETY: only Ruby uses it, under its global lock.
unsafe impl Send for Instance {}

impl DataTypeFunctions for Instance {
    fn mark(&self, marker: &Marker) {
        marker.mark(self.store);
    }
}

impl Instance {
    pub fn new(store: Obj<Store>, wasm: Wasm) -> Self {
        Self { store, wasm }
    }

    /// The exported function of that name, or below those names of instances; nil if
    /// there is none.
    fn get_func(ruby: &Ruby, this: &Self, handle: Value) -> Result<Option<Func>, Error> {
        let path = if let Some(name) = RString::from_value(handle) {
            vec![name.to_string()?]
        } else if RArray::from_value(handle).is_some() {
            Vec::<String>::try_convert(handle)?
        } else {
            let message = format!(
                "invalid argument for component index, expected String | Array<String>, got {}",
                handle.inspect()
            );
            return Err(Error::new(ruby.exception_type_error(), message));
        };
        let Some(func) = this.find(ruby, &path)? else {
            return Ok(None);
        };
        Func::new(ruby, this.store, func).map(Some)
    }

    fn find(
        &self,
        ruby: &Ruby,
        path: &[String],
    ) -> Result<Option<wasmtime::component::Func>, Error> {
        let mut store = self.store.borrow(ruby)?;
        let mut export: Option<ComponentExportIndex> = None;
        for name in path {
            let Some((_, index)) = self.wasm.get_export(&mut *store, export.as_ref(), name) else {
                return Ok(None);
            };
            export = Some(index);
        }
        Ok(export.and_then(|export| self.wasm.get_func(&mut *store, export)))
    }
}

pub fn init(ruby: &Ruby, components: RModule) -> Result<(), Error> {
    let class = components.define_class("Instance", ruby.class_object())?;
    class.undef_default_alloc_func();
    class.define_method("get_func", method!(Instance::get_func, 1))
}
