//! `http`: serves a WebAssembly component over HTTP/1.1.

use std::process::ExitCode;

use anyhost_http::Args;

fn main() -> ExitCode {
    let args: Args = anyhost_manners::parse();
    let loaded = anyhost_engine::on_its_engine(|engine| {
        anyhost_engine::load(engine, &args.component, args.aot.as_deref())
    });
    let loaded = loaded.map_err(|e| e.to_string());
    match loaded.and_then(|loaded| anyhost_http::serve(&args, loaded)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => anyhost_manners::fail(error),
    }
}
