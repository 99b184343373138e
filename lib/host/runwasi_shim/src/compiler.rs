//! Compiles an image's layers once: containerd keeps the code beside them.

use std::hash::Hash;
use std::path::Path;

use anyhow::Result;
use containerd_shim_wasm::sandbox::context::WasmLayer;
use wasmtime::Engine;

/// Compiles for the engine of this shim on this machine.
pub struct Compiler(Engine);

impl Compiler {
    /// # Errors
    /// This machine cannot run the engine.
    pub fn new() -> anyhost_engine::Result<Self> {
        anyhost_engine::on_demand().map(Self)
    }
}

impl containerd_shim_wasm::shim::Compiler for Compiler {
    /// Changes with the engine's version and configuration, with the CPU, and with how
    /// the code is sealed.
    fn cache_key(&self) -> impl Hash {
        let engine = self.0.precompile_compatibility_hash();
        (anyhost_engine::CODE_FORMAT, engine)
    }

    async fn compile(&self, layers: &[WasmLayer]) -> Result<Vec<Option<Vec<u8>>>> {
        let compile = |layer: &WasmLayer| {
            let code = anyhost_engine::compile(&self.0, Path::new("layer"), &layer.layer);
            // The container's log says what is wrong with it, when it is run.
            Ok(code.ok())
        };
        layers.iter().map(compile).collect()
    }
}
