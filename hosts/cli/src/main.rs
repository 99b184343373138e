//! `cli`: runs a WebAssembly component as a command.

use std::process::ExitCode;

use anyhost_cli::Args;
use clap::Parser;

fn main() -> ExitCode {
    let args = Args::parse();
    let load = |engine: &_| anyhost_engine::load(engine, &args.component, args.aot.as_deref());
    let Err(error) = anyhost_cli::run(&args, load);
    anyhost_engine::fail(&error)
}
