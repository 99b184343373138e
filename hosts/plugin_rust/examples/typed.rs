//! A contract that is known: `bindgen!` makes its functions and types.

use anyhost_plugin::{Engine, Error, Options, Plugin};

mod hello {
    #![allow(missing_docs, reason = "they are generated")]
    wasmtime::component::bindgen!({ path: "../../wit/hello/greeter.wit", world: "plugin" });
}

fn main() -> Result<(), Error> {
    let mut plugin = Plugin::open(&Engine::new()?, "hello_world_rust.wasm", Options::default())?;
    let hello = plugin.with_instance(|store, instance| hello::Plugin::new(store, instance))?;
    let greeter = hello.anyhost_hello_greeter();
    for up in [false, true] {
        let greeting = plugin.with_instance(|store, _| greeter.call_greet(store, "World", up))?;
        println!("{greeting}");
    }
    Ok(())
}
