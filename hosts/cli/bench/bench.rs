//! `./bazel run //hosts/cli:bench`: what a call from component to component costs,
//! and how long `cli` takes from its start to its exit.
//!
//! Both are compared with their alternative in alternating rounds, so that what else
//! the machine does meets both: the call inside one component, and `wasmtime run`. That
//! runs once before, to fill its cache.

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use wasmtime::component::{Linker, TypedFunc};
use wasmtime::{Engine, Store};

/// Rounds of calls; odd, so that one is in the middle.
const ROUNDS: usize = 31;
/// Calls of a round.
const CALLS: u64 = 100_000;
/// Starts of each program.
const STARTS: usize = 101;
const GREETING: u64 = "Hello, World".len() as u64;

type Fatal = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    match calls().and_then(|()| starts()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => anyhost_manners::fail(error),
    }
}

fn path(name: &str) -> Result<String, String> {
    std::env::var(name).map_err(|_| format!("set {name} to the path of its file"))
}

/// An instance, ready to be called.
struct Caller {
    store: Store<()>,
    run: TypedFunc<(u64,), (u64,)>,
}

impl Caller {
    fn new(engine: &Engine, file: &str) -> Result<Self, Fatal> {
        let loaded = anyhost_engine::load(engine, Path::new(file), None)?;
        let mut store = Store::new(engine, ());
        // Nobody advances the epoch: the guest is never interrupted.
        store.set_epoch_deadline(1);
        let instance = Linker::new(engine).instantiate(&mut store, &loaded.component)?;
        let run = instance.get_typed_func(&mut store, "run")?;
        Ok(Self { store, run })
    }

    /// Nanoseconds a call.
    fn round(&mut self) -> wasmtime::Result<f64> {
        let start = Instant::now();
        let (length,) = self.run.call(&mut self.store, (CALLS,))?;
        let time = start.elapsed();
        assert_eq!(length, CALLS * GREETING, "the greetings are whole");
        Ok(time.as_secs_f64() * 1e9 / CALLS as f64)
    }
}

fn calls() -> Result<(), Fatal> {
    let engine = anyhost_engine::on_demand()?;
    let mut composed = Caller::new(&engine, &path("CALLER_COMPOSED")?)?;
    let mut direct = Caller::new(&engine, &path("CALLER_DIRECT")?)?;
    composed.round()?;
    direct.round()?;
    let (mut across, mut inside) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        across.push(composed.round()?);
        inside.push(direct.round()?);
    }
    let (across, inside) = (median(across), median(inside));
    println!("a greeting, median of {ROUNDS} alternating rounds of {CALLS} calls:");
    println!("  from component to component {across:8.1} ns");
    println!("  inside one component        {inside:8.1} ns");
    println!("  the boundary                {:8.1} ns", across - inside);
    Ok(())
}

fn starts() -> Result<(), Fatal> {
    let component = path("WASI_CLI_RUST")?;
    let aot = path("WASI_CLI_RUST_AOT")?;
    let mut cli = Command::new(path("ANYHOST_CLI_BIN")?);
    cli.args(["--component", &component, "--aot", &aot, "World"]);
    let mut wasmtime = Command::new(path("WASMTIME")?);
    wasmtime.args(["run", "-C", "cache", &component, "World"]);
    start(&mut cli)?;
    start(&mut wasmtime)?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        ours.push(start(&mut cli)?);
        theirs.push(start(&mut wasmtime)?);
    }
    let (ours, theirs) = (median(ours), median(theirs));
    println!("start to exit, median of {STARTS} alternating runs:");
    println!("  cli          {ours:.2} ms");
    println!("  wasmtime run {theirs:.2} ms (compiled code from its cache)");
    println!("  ratio        {:.2}", ours / theirs);
    Ok(())
}

/// Runs a program to its end; the result is in milliseconds.
fn start(command: &mut Command) -> Result<f64, String> {
    command.stdin(Stdio::null()).stderr(Stdio::inherit());
    let start = Instant::now();
    let output = command.output();
    let time = start.elapsed();
    let output = output.map_err(|e| format!("{:?}: {e}", command.get_program()))?;
    if output.stdout != b"Hello, World\n" || !output.status.success() {
        return Err(format!("{command:?} does not greet: {output:?}"));
    }
    Ok(time.as_secs_f64() * 1e3)
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
