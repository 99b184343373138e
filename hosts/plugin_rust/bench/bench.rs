//! `bench GREETER AOT VALUES AOT [--json]`: what a call costs when its function is found by
//! name, and what comes before it.

mod values;

use std::collections::HashMap;
use std::hint::black_box;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use anyhost_plugin::{Engine, Error, Options, Prepared, Return, Vals};
use wasmtime::component::Val;

/// Rounds of each measurement; odd, so that one is in the middle.
const ROUNDS: usize = 15;
const CALLS: u32 = 50_000;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        [a, b, c, d] => run([a, b], [c, d], false),
        [a, b, c, d, "--json"] => run([a, b], [c, d], true),
        _ => {
            anyhost_manners::fail("usage: bench GREETER AOT VALUES AOT [--json]");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => anyhost_manners::fail(error),
    }
}

fn run([component, aot]: [&str; 2], guest: [&str; 2], json: bool) -> Result<(), Error> {
    let engine = Engine::new()?;
    let open = |aot: Option<&str>| {
        let options = Options {
            aot: aot.map(Into::into),
            ..Options::default()
        };
        Prepared::open(&engine, Path::new(component), options)
    };
    let prepared = open(Some(aot))?;
    let mut plugin = prepared.plugin()?;
    let greet = plugin.function("greeter", "greet")?;
    let mut call = || {
        let args = black_box([Val::String("World".to_owned()), Val::Bool(false)]);
        let called = plugin.call(&greet, args.into_iter(), &mut Vals)?;
        assert!(matches!(called, Return::Value(Some(Val::String(text))) if text.len() == 12));
        Ok::<_, Error>(())
    };
    let called = seconds(|| (0..CALLS).try_for_each(|_| call()))? / f64::from(CALLS);
    let instantiated = seconds(|| prepared.plugin().map(drop))?;
    let compiled = seconds(|| open(None)?.plugin().map(drop))?;
    let loaded = seconds(|| open(Some(aot))?.plugin().map(drop))?;
    let (instantiate_ms, load_ms, precompiled_ms) =
        (instantiated * 1e3, compiled * 1e3, loaded * 1e3);
    let values = values::measure(&engine, guest)?;
    if json {
        println!(
            "{{\"calls_per_s\":{:.0},\"instantiate_ms\":{instantiate_ms:.4},\"load_ms\":{load_ms:.4},\
             \"load_precompiled_ms\":{precompiled_ms:.4},\"values_us\":{}}}",
            1.0 / called,
            serde_json::json!(HashMap::from(values)),
        );
    } else {
        println!("{:.2} µs a call", called * 1e6);
        println!("{instantiate_ms:.3} ms for an instance");
        println!("{load_ms:.2} ms to open the component, {precompiled_ms:.2} ms with its code");
        for (kind, figure) in values {
            println!("{figure:.2} µs there and back: {kind}");
        }
    }
    Ok(())
}

/// How long `work` takes: the median.
fn seconds(mut work: impl FnMut() -> Result<(), Error>) -> Result<f64, Error> {
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
