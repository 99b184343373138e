//! `containerd-shim-anyhost-v1`: runs WebAssembly components as containers.
//!
//! containerd starts it as the runtime `io.containerd.anyhost.v1`; its command line is
//! the one of containerd's shim API version 2. Container and process are runwasi's;
//! what runs in it are the hosts `cli` and `http`.

mod cleanup;
mod compiler;
mod workload;

use anyhow::Result;
use containerd_shim_wasm::sandbox::Sandbox;
use containerd_shim_wasm::sandbox::context::RuntimeContext;
use containerd_shim_wasm::shim::{Cli, Config, Shim, Version, version};

use compiler::Compiler;

/// Names the runtime's folder and its labels in containerd's content store.
const NAME: &str = "anyhost";

struct Anyhost;

impl Shim for Anyhost {
    type Sandbox = Container;

    fn name() -> &'static str {
        NAME
    }

    fn version() -> Version {
        version!()
    }

    async fn compiler() -> Option<impl containerd_shim_wasm::shim::Compiler> {
        Compiler::new().ok()
    }
}

#[derive(Default)]
struct Container;

impl Sandbox for Container {
    /// Whatever is no program for Linux is taken for a component: if it is none,
    /// [`workload::run`] tells so in the container's log.
    async fn can_handle(&self, _: &impl RuntimeContext) -> Result<()> {
        Ok(())
    }

    async fn run_wasi(&self, context: &impl RuntimeContext) -> Result<i32> {
        // The hosts have async runtimes of their own, which must not be nested.
        let code = std::thread::scope(|scope| scope.spawn(|| workload::run(context)).join());
        Ok(code.unwrap_or(workload::PANICKED))
    }
}

fn main() {
    cleanup::after_dead_shim();
    Anyhost::run(Config {
        default_log_level: "error".to_owned(),
        ..Config::default()
    });
}
