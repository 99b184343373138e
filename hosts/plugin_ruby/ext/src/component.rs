//! `Wasmtime::Component::Component`.

use std::path::PathBuf;

use magnus::prelude::*;
use magnus::{Error, RModule, RString, Ruby, function, method};
use wasmtime::component::Component as Wasm;

use crate::engine::{Bytes as _, Engine};
use crate::errors::engine_error;
use crate::{gvl, stack};

/// A component, compiled.
#[magnus::wrap(class = "Wasmtime::Component::Component", free_immediately)]
pub struct Component {
    wasm: Wasm,
}

impl Component {
    fn new(ruby: &Ruby, engine: &Engine, bytes: RString) -> Result<Self, Error> {
        stack::check_compiler(ruby)?;
        let (engine, bytes) = (engine.wasm(), bytes.to_bytes_vec());
        gvl::released(|| Wasm::from_binary(engine, &bytes))
            .map(Self::from)
            .map_err(|e| engine_error(ruby, "Could not build component", &e))
    }

    fn from_file(ruby: &Ruby, engine: &Engine, path: PathBuf) -> Result<Self, Error> {
        stack::check_compiler(ruby)?;
        let engine = engine.wasm();
        gvl::released(|| Wasm::from_file(engine, path))
            .map(Self::from)
            .map_err(|e| engine_error(ruby, "Could not build component from file", &e))
    }

    /// Takes machine code as `serialize` or `Engine#precompile_component` gave it. The
    /// code runs unchecked: it must be the caller's own.
    fn deserialize(ruby: &Ruby, engine: &Engine, code: RString) -> Result<Self, Error> {
        // SAFETY: the caller vouches for the code; the copy is of the bytes as they are.
        unsafe { Wasm::deserialize(engine.wasm(), code.to_bytes_vec()) }
            .map(Self::from)
            .map_err(|e| engine_error(ruby, "Could not deserialize component", &e))
    }

    /// As `deserialize`; the file is mapped and not read.
    fn deserialize_file(ruby: &Ruby, engine: &Engine, path: PathBuf) -> Result<Self, Error> {
        // SAFETY: the caller vouches for the file.
        unsafe { Wasm::deserialize_file(engine.wasm(), path) }
            .map(Self::from)
            .map_err(|e| engine_error(ruby, "Could not deserialize component from file", &e))
    }

    fn serialize(ruby: &Ruby, this: &Self) -> Result<RString, Error> {
        let code = this
            .wasm
            .serialize()
            .map_err(|e| engine_error(ruby, "Could not serialize component", &e))?;
        Ok(ruby.str_from_slice(&code))
    }

    pub fn wasm(&self) -> &Wasm {
        &self.wasm
    }
}

impl From<Wasm> for Component {
    fn from(wasm: Wasm) -> Self {
        Self { wasm }
    }
}

pub fn init(ruby: &Ruby, components: RModule) -> Result<(), Error> {
    let class = components.define_class("Component", ruby.class_object())?;
    class.define_singleton_method("new", function!(Component::new, 2))?;
    class.define_singleton_method("from_file", function!(Component::from_file, 2))?;
    class.define_singleton_method("deserialize", function!(Component::deserialize, 2))?;
    class.define_singleton_method(
        "deserialize_file",
        function!(Component::deserialize_file, 2),
    )?;
    class.define_method("serialize", method!(Component::serialize, 0))
}
