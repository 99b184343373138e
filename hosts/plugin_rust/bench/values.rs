//! What it costs to pass values there and back through the guest `values`.

use std::hint::black_box;
use std::sync::Arc;

use anyhost_plugin::{
    Engine, Error, Function, HostCall, Imports, Json, Options, Plugin, Resource, Return, Scope,
    Vals,
};
use serde_json::json;
use wasmtime::component::Val;

use crate::seconds;

/// µs of a call of each kind, by the names that all benches have for them.
pub fn measure(engine: &Engine, [file, aot]: [&str; 2]) -> Result<[(&'static str, f64); 5], Error> {
    let options = Options {
        aot: Some(aot.into()),
        imports: Arc::new(Everything),
        ..Options::default()
    };
    let plugin = &mut Plugin::open(engine, file, options)?;
    let names = (0..1000).map(|i| Val::String(format!("item {i}")));
    let rows = (0..1000_u32).map(|id| {
        let field = |name: &str, value| (name.to_owned(), value);
        Val::Record(vec![
            field("id", Val::U32(id)),
            field("name", Val::String(format!("item {id}"))),
            field("price", Val::Float64(f64::from(id) * 0.5)),
            field("amount", Val::S64(id.into())),
            field("active", Val::Bool(id % 2 == 0)),
        ])
    });
    let text = Val::String("World".to_owned());
    let bytes = Val::List(vec![Val::U8(7); 1 << 20]);
    Ok([
        ("string", echo(plugin, "echo-string", 20_000, text)?),
        (
            "rows",
            echo(plugin, "echo-rows", 20, Val::List(rows.collect()))?,
        ),
        (
            "strings",
            echo(plugin, "echo-strings", 50, Val::List(names.collect()))?,
        ),
        ("bytes", echo(plugin, "echo-bytes", 20, bytes)?),
        ("method", method(plugin)?),
    ])
}

/// A function that gives back what it is given.
fn echo(plugin: &mut Plugin, name: &str, calls: u32, value: Val) -> Result<f64, Error> {
    let function = plugin.function("echo", name)?;
    let mut call = || {
        let args = black_box([value.clone()]);
        let result = plugin.call(&function, args.into_iter(), &mut Vals)?;
        Ok::<_, Error>(matches!(result, Return::Value(Some(result)) if result == value))
    };
    assert!(call()?, "{name} gave back something else");
    micros(calls, || call().map(drop))
}

/// A method of a resource. Handles have names, in JSON.
fn method(plugin: &mut Plugin) -> Result<f64, Error> {
    let scope = &mut &Scope::new();
    let new = plugin.function("counters", "counter.constructor")?;
    let increment = plugin.function("counters", "counter.increment")?;
    let one = &json!(1);
    let arg = |value, scope| Json { value, scope };
    let made = plugin.call(&new, [arg(one, *scope)].into_iter(), scope);
    let Return::Value(Some(counter)) = made.map_err(Error::from)? else {
        unreachable!("a constructor returns what it makes")
    };
    micros(20_000, || {
        let args = black_box([arg(&counter, *scope), arg(one, *scope)]);
        let called = plugin.call(&increment, args.into_iter(), scope);
        called.map(drop).map_err(Error::from)
    })
}

/// µs of each of several calls.
fn micros(calls: u32, mut call: impl FnMut() -> Result<(), Error>) -> Result<f64, Error> {
    let took = seconds(|| (0..calls).try_for_each(|_| call()))?;
    Ok(took / f64::from(calls) * 1e6)
}

/// What the guest imports. It asks for none of it here.
struct Everything;

impl Imports for Everything {
    fn names(&self) -> Vec<String> {
        Vec::new()
    }

    fn gives(&self, _: &str) -> bool {
        true
    }

    fn has(&self, _: &Function) -> Result<(), Vec<String>> {
        Ok(())
    }

    fn call(&self, _: &mut HostCall<'_>) -> Result<(), Error> {
        unreachable!("the guest asks for nothing")
    }

    fn dropped(&self, _: &Resource, _: u32) -> Result<(), Error> {
        unreachable!("the guest has nothing")
    }
}
