//! `cli`: runs a WebAssembly component as a command.

use std::process::ExitCode;

use anyhost_cli::Args;

fn main() -> ExitCode {
    let args: Args = anyhost_manners::parse();
    let loaded = anyhost_engine::on_its_engine(|engine| {
        anyhost_engine::load(engine, &args.component, args.aot.as_deref())
    });
    let loaded = loaded.map_err(|e| e.to_string());
    let Err(error) = loaded.and_then(|loaded| anyhost_cli::run(&args, loaded));
    anyhost_manners::fail(error)
}
