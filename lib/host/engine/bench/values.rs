//! What it costs to pass values there and back, typed: what the plugin hosts are compared with.

use std::hint::black_box;
use std::path::Path;

use wasmtime::component::{
    Component, ComponentNamedList, ComponentType, Instance, Lift, Linker, Lower, ResourceAny,
    TypedFunc,
};
use wasmtime::{Engine, Store};

use crate::{Fatal, seconds};

/// The record `row` of the contract `anyhost:values`.
#[derive(ComponentType, Clone, Lift, Lower)]
#[component(record)]
struct Row {
    id: u32,
    name: String,
    price: f64,
    amount: i64,
    active: bool,
}

struct Guest {
    component: Component,
    instance: Instance,
    store: Store<()>,
}

impl Guest {
    fn function<P, R>(&mut self, interface: &str, name: &str) -> Result<TypedFunc<P, R>, Fatal>
    where
        P: ComponentNamedList + Lower,
        R: ComponentNamedList + Lift,
    {
        let interface = format!("anyhost:values/{interface}@1.0.0");
        let interface = self.component.get_export_index(None, &interface);
        let index = self.component.get_export_index(interface.as_ref(), name);
        let index = index.ok_or_else(|| format!("the component exports no {name}"))?;
        Ok(self.instance.get_typed_func(&mut self.store, index)?)
    }
}

/// µs of a call of each kind, by the names that all benches have for them.
pub fn run(engine: &Engine, file: &Path, aot: &Path) -> Result<String, Fatal> {
    let component = anyhost_engine::load(engine, file, Some(aot))?.component;
    let mut store = Store::new(engine, ());
    // Nobody advances the epoch: the guest is never interrupted.
    store.set_epoch_deadline(1);
    let mut linker = Linker::new(engine);
    linker.define_unknown_imports_as_traps(&component)?;
    let instance = linker.instantiate(&mut store, &component)?;
    let mut guest = Guest {
        component,
        instance,
        store,
    };

    let text = guest.function::<(&str,), (String,)>("echo", "echo-string")?;
    let rows = guest.function::<(&[Row],), (Vec<Row>,)>("echo", "echo-rows")?;
    let strings = guest.function::<(&[String],), (Vec<String>,)>("echo", "echo-strings")?;
    let bytes = guest.function::<(&[u8],), (Vec<u8>,)>("echo", "echo-bytes")?;
    let new = guest.function::<(i32,), (ResourceAny,)>("counters", "[constructor]counter")?;
    let increment =
        guest.function::<(ResourceAny, i32), (i32,)>("counters", "[method]counter.increment")?;

    let store = &mut guest.store;
    let (counter,) = new.call(&mut *store, (0,))?;
    let names: Vec<String> = (0..1000).map(|i| format!("item {i}")).collect();
    let table: Vec<Row> = (0..1000_u32)
        .zip(&names)
        .map(|(id, name)| Row {
            id,
            name: name.clone(),
            price: f64::from(id) * 0.5,
            amount: id.into(),
            active: id % 2 == 0,
        })
        .collect();
    let mebibyte = vec![7_u8; 1 << 20];

    let measured = [
        (
            "string",
            micros(20_000, || {
                Ok(text.call(&mut *store, black_box(("World",)))?.0.len() == 5)
            })?,
        ),
        (
            "rows",
            micros(50, || {
                Ok(rows.call(&mut *store, black_box((&table,)))?.0.len() == table.len())
            })?,
        ),
        (
            "strings",
            micros(50, || {
                Ok(strings.call(&mut *store, black_box((&names,)))?.0.len() == names.len())
            })?,
        ),
        (
            "bytes",
            micros(20, || {
                Ok(bytes.call(&mut *store, black_box((&mebibyte,)))?.0.len() == mebibyte.len())
            })?,
        ),
        (
            "method",
            micros(20_000, || {
                Ok(increment.call(&mut *store, black_box((counter, 1)))?.0 != 0)
            })?,
        ),
    ];
    let measured = measured.map(|(name, figure)| format!("\"{name}\":{figure:.4}"));
    Ok(format!("{{{}}}", measured.join(",")))
}

/// µs of a call that tells whether its result is right.
fn micros(calls: u32, mut call: impl FnMut() -> Result<bool, Fatal>) -> Result<f64, Fatal> {
    let took = seconds(|| {
        for _ in 0..calls {
            if !call()? {
                return Err("the guest gave back something else".into());
            }
        }
        Ok(())
    })?;
    Ok(took / f64::from(calls) * 1e6)
}
