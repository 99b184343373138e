//! `precompile IN.wasm -o OUT.cwasm`: a component as machine code.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

/// Compiles a WebAssembly component ahead of time, for hosts of the same version.
///
/// The output is machine code that a host runs unchecked: keep it where only
/// those whom you trust can write.
#[derive(Parser)]
#[command(version)]
struct Args {
    /// The component to compile.
    #[arg(value_name = "IN.wasm")]
    input: PathBuf,
    /// The file to write.
    #[arg(short, long, value_name = "OUT.cwasm")]
    output: PathBuf,
}

fn main() -> ExitCode {
    let args: Args = anyhost_manners::parse();
    match anyhost_engine::precompile(&args.input, &args.output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => anyhost_manners::fail(error),
    }
}
