//! Any contract: functions are found by name, and values are wasmtime's own.

use std::sync::Arc;
use std::time::Duration;

use anyhost_plugin::{Engine, Error, Functions, Options, Plugin, Return, Vals};
use wasmtime::component::Val;

fn main() -> Result<(), Error> {
    let imports = Functions::new().with("formatter", "reverse", |args| match args.as_slice() {
        [Val::String(text)] => Ok(Some(Val::String(format!("dear {text}")))),
        _ => unreachable!("the contract says so"),
    });
    let options = Options {
        imports: Arc::new(imports),
        timeout: Some(Duration::from_secs(2)),
        ..Options::default()
    };
    let file = "hello_world_imports_rust.wasm";
    let mut plugin = Plugin::open(&Engine::new()?, file, options)?;
    let greet = plugin.function("greeter", "greet")?;
    println!("{greet}");
    for second in [Val::Bool(true), Val::U8(1)] {
        let args = [Val::String("World".to_owned()), second].into_iter();
        match plugin.call(&greet, args, &mut Vals).map_err(Error::from) {
            Ok(Return::Value(value)) => println!("{value:?}"),
            Ok(Return::Error(value)) => println!("the error of a result: {value:?}"),
            Err(error) => println!("{error}"),
        }
    }
    Ok(())
}
