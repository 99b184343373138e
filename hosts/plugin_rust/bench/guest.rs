//! `guest_bench GREETER AOT`: what a guest costs, as JSON: to compile it, to
//! load its code, an instance with its first call, a call after that, and
//! memory.

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use anyhost_plugin::{Engine, Error, Options, Plugin, Prepared, Return, Vals};
use wasmtime::component::Val;

/// Rounds of what is short; odd, so that one is in the middle.
const ROUNDS: usize = 15;
const CALLS: u32 = 2_000;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [component, aot] = args.as_slice() else {
        anyhost_manners::fail("usage: guest_bench GREETER AOT");
        return ExitCode::from(2);
    };
    match run(component, aot) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => anyhost_manners::fail(error),
    }
}

fn run(component: &str, aot: &str) -> Result<(), Error> {
    let engine = Engine::new()?;
    let open = |aot: Option<&str>| {
        let options = Options {
            aot: aot.map(Into::into),
            ..Options::default()
        };
        Prepared::open(&engine, Path::new(component), options)
    };
    let (compile, _) = timed(|| open(None))?;
    let load = median(|| open(Some(aot)).map(drop))?;
    let prepared = open(Some(aot))?;
    let first = median(|| greet(&mut prepared.plugin()?))?;
    let mut plugin = prepared.plugin()?;
    let calls = median(|| (0..CALLS).try_for_each(|_| greet(&mut plugin)))?;
    let figures = serde_json::json!({
        "compile_ms": compile * 1e3,
        "load_ms": load * 1e3,
        "first_ms": first * 1e3,
        "call_us": calls * 1e6 / f64::from(CALLS),
        "memory": plugin.memory(),
    });
    println!("{figures}");
    Ok(())
}

fn greet(plugin: &mut Plugin) -> Result<(), Error> {
    let greet = plugin.function("greeter", "greet")?;
    let args = [Val::String("World".to_owned()), Val::Bool(true)];
    let called = plugin.call(&greet, args.into_iter(), &mut Vals)?;
    assert!(matches!(called, Return::Value(Some(Val::String(text))) if text == "HELLO, WORLD"));
    Ok(())
}

/// How long `work` takes, in seconds, and what comes of it.
fn timed<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<(f64, T), Error> {
    let start = Instant::now();
    let made = work()?;
    Ok((start.elapsed().as_secs_f64(), made))
}

/// How long `work` takes: the median.
fn median(mut work: impl FnMut() -> Result<(), Error>) -> Result<f64, Error> {
    let times: Result<Vec<f64>, Error> = (0..ROUNDS).map(|_| Ok(timed(&mut work)?.0)).collect();
    let mut times = times?;
    times.sort_by(f64::total_cmp);
    Ok(times[ROUNDS / 2])
}
