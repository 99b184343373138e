//! `Anyhost::Resource`: objects that a component has.

use anyhost_plugin::Handle;
use magnus::gc::Marker;
use magnus::prelude::*;
use magnus::typed_data::Obj;
use magnus::{DataTypeFunctions, Error, RModule, Ruby, TryConvert, TypedData, Value, method};

use crate::native::Native;
use crate::roots::Class;

/// An object of a component's. One that is collected is dropped with the next call.
#[derive(TypedData)]
#[magnus(class = "Anyhost::Resource", free_immediately, mark)]
pub struct Resource {
    handle: Handle,
    of: Class,
}

// SAFETY: only Ruby uses it, under its global lock.
unsafe impl Send for Resource {}

impl DataTypeFunctions for Resource {
    fn mark(&self, marker: &Marker) {
        marker.mark(self.of.class);
        marker.mark(self.of.methods);
        marker.mark(self.of.native);
    }
}

impl Resource {
    /// The object that a handle stands for.
    pub fn wrap(ruby: &Ruby, handle: Handle, of: Class) -> Obj<Self> {
        ruby.obj_wrap_as(Self { handle, of }, of.class)
    }

    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// The functions that are its methods.
    pub fn methods(&self) -> Value {
        self.of.methods
    }

    fn close(ruby: &Ruby, this: &Self) -> Result<(), Error> {
        let native = <&Native>::try_convert(this.of.native)?;
        native.end(ruby, &this.handle)
    }
}

pub fn init(ruby: &Ruby, anyhost: RModule) -> Result<(), Error> {
    let class = anyhost.define_class("Resource", ruby.class_object())?;
    class.undef_default_alloc_func();
    class.define_method("close", method!(Resource::close, 0))
}
