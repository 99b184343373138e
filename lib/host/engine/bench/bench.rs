//! `bench GREETER AOT VALUES AOT`: a greeter and the guest of all values, called from Rust
//! by functions of known types, as one line of JSON: what the plugin hosts are compared with.

mod values;

use std::hint::black_box;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use wasmtime::component::{Component, Linker, TypedFunc};
use wasmtime::{Engine, Store};

/// Rounds of each measurement; odd, so that one is in the middle.
const ROUNDS: usize = 15;
const CALLS: u32 = 100_000;

type Greet = TypedFunc<(&'static str, bool), (String,)>;
type Fatal = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().collect();
    let result = match args.as_slice() {
        [_, greeter, greeter_aot, values, values_aot] => run(
            [Path::new(greeter), Path::new(greeter_aot)],
            [Path::new(values), Path::new(values_aot)],
        ),
        _ => Err("usage: bench GREETER AOT VALUES AOT".into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => anyhost_manners::fail(error),
    }
}

fn run([file, aot]: [&Path; 2], [values, values_aot]: [&Path; 2]) -> Result<(), Fatal> {
    let engine = anyhost_engine::on_demand()?;
    let load = |aot| anyhost_engine::load(&engine, file, aot);
    let component = load(Some(aot))?.component;
    let (mut store, greet) = instantiate(&engine, &component)?;
    let called = seconds(|| {
        for _ in 0..CALLS {
            let (greeting,) = greet.call(&mut store, black_box(("World", false)))?;
            assert_eq!(greeting.len(), 12);
        }
        Ok(())
    })?;
    let native = seconds(|| {
        for _ in 0..CALLS {
            assert_eq!(
                greeting::greet(black_box("World"), black_box(false)).len(),
                12
            );
        }
        Ok(())
    })?;
    let instantiated = seconds(|| instantiate(&engine, &component).map(drop))?;
    let compiled = seconds(|| load(None).map(drop).map_err(Into::into))?;
    let loaded = seconds(|| load(Some(aot)).map(drop).map_err(Into::into))?;
    println!(
        "{{\"calls_per_s\":{:.0},\"native_calls_per_s\":{:.0},\"instantiate_ms\":{:.4},\
         \"load_ms\":{:.4},\"load_precompiled_ms\":{:.4},\"values_us\":{}}}",
        f64::from(CALLS) / called,
        f64::from(CALLS) / native,
        instantiated * 1e3,
        (compiled + instantiated) * 1e3,
        (loaded + instantiated) * 1e3,
        values::run(&engine, values, values_aot)?,
    );
    Ok(())
}

fn instantiate(engine: &Engine, component: &Component) -> Result<(Store<()>, Greet), Fatal> {
    let mut store = Store::new(engine, ());
    // Nobody advances the epoch: the guest is never interrupted.
    store.set_epoch_deadline(1);
    let instance = Linker::new(engine).instantiate(&mut store, component)?;
    let interface = component.get_export_index(None, "anyhost:hello/greeter@1.0.0");
    let greet = component
        .get_export_index(interface.as_ref(), "greet")
        .ok_or("the component exports no greeter")?;
    let greet = instance.get_typed_func(&mut store, greet)?;
    Ok((store, greet))
}

/// How long `work` takes: the median.
fn seconds(mut work: impl FnMut() -> Result<(), Fatal>) -> Result<f64, Fatal> {
    work()?;
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        work()?;
        times.push(start.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    Ok(times[ROUNDS / 2])
}
