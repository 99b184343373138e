//! Runs the C program: what it prints and how it ends shows that clang, wasi-libc and the linker go together.

use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Config, Engine, Store};
use wasmtime_wasi::p2::bindings::sync::Command;
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

struct State {
    wasi: WasiCtx,
    table: ResourceTable,
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

#[test]
fn c_program_prints_its_argument_and_fails_as_told() {
    let component = std::env::var("COMPONENT").expect("COMPONENT names the component");
    let engine = Engine::new(&Config::new()).unwrap();
    let component = Component::from_file(&engine, component).unwrap();
    let mut linker = Linker::new(&engine);
    wasmtime_wasi::p2::add_to_linker_sync(&mut linker).unwrap();

    let stdout = MemoryOutputPipe::new(4096);
    let state = State {
        wasi: WasiCtx::builder()
            .args(&["hello", "clang"])
            .stdout(stdout.clone())
            .build(),
        table: ResourceTable::new(),
    };
    let mut store = Store::new(&engine, state);
    let command = Command::instantiate(&mut store, &component, &linker).unwrap();
    let exit = command.wasi_cli_run().call_run(&mut store).unwrap();

    // wasi:cli/run tells success from failure, no more.
    assert_eq!(exit, Err(()));
    assert_eq!(stdout.contents(), "Hello, clang\n");
}
