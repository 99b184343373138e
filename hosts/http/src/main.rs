//! `http`: serves a WebAssembly component over HTTP/1.1.

use std::process::ExitCode;

use anyhost_http::Args;
use clap::Parser;

fn main() -> ExitCode {
    let args = Args::parse();
    let load = |engine: &_| anyhost_engine::load(engine, &args.component, args.aot.as_deref());
    match anyhost_http::serve(&args, load) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => anyhost_engine::fail(&error),
    }
}
