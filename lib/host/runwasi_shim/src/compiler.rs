//! Compiles an image's layers once: containerd keeps the code beside them.

use std::hash::Hash;
use std::path::Path;

use anyhow::Result;
use containerd_shim_wasm::sandbox::context::WasmLayer;
use wasmtime::Engine;

/// Compiles for the engines of this shim on this machine: without and with async
/// functions.
pub struct Compiler([Engine; 2]);

impl Compiler {
    /// # Errors
    /// This machine cannot run the engine.
    pub fn new() -> anyhost_engine::Result<Self> {
        let engines = [anyhost_engine::on_demand()?, anyhost_engine::concurrent()?];
        Ok(Self(engines))
    }
}

impl containerd_shim_wasm::shim::Compiler for Compiler {
    /// Changes with the engine's version and configuration, with the CPU, and with how
    /// the code is sealed.
    fn cache_key(&self) -> impl Hash {
        let engines = self.0.each_ref();
        let engines = engines.map(|engine| engine.precompile_compatibility_hash());
        (anyhost_engine::CODE_FORMAT, engines)
    }

    async fn compile(&self, layers: &[WasmLayer]) -> Result<Vec<Option<Vec<u8>>>> {
        let compile = |layer: &WasmLayer| {
            let compile = |engine| {
                let name = Path::new("layer");
                anyhost_engine::compile(engine, name, &layer.layer)
            };
            // The container's log says what is wrong with it, when it is run.
            Ok(self.0.iter().find_map(|engine| compile(engine).ok()))
        };
        layers.iter().map(compile).collect()
    }
}
