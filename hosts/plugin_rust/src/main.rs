//! `plugin_rust`: calls a function of a WebAssembly component.

mod args;

use std::io::Write;
use std::process::ExitCode;

use anyhost_manners::{fail, wrong_usage};
use anyhost_plugin::{Engine, Error, Options, Prepared, Wasi, is_call};
use args::Args;

/// Why there is no result.
enum Problem {
    /// The command line asks for what there is not.
    Usage(String),
    /// The component cannot be used, or failed.
    Failed(String),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Value(_) | Error::Missing(_) => Self::Usage(error.to_string()),
            _ => Self::Failed(error.to_string()),
        }
    }
}

fn main() -> ExitCode {
    let (args, switches) = Args::with_switches();
    match run(&args, &switches) {
        Ok(text) => {
            let mut stdout = std::io::stdout().lock();
            let written = stdout
                .write_all(text.as_bytes())
                .and_then(|()| stdout.flush());
            match written {
                Ok(()) => ExitCode::SUCCESS,
                Err(e) => fail(format_args!("cannot write the result: {}", e.kind())),
            }
        }
        Err(Problem::Failed(line)) => fail(line),
        Err(Problem::Usage(line)) => wrong_usage(line),
    }
}

/// What the command line asks for, as it is printed.
fn run(args: &Args, switches: &[String]) -> Result<String, Problem> {
    let granted = !args.grants.env.is_empty() || !args.grants.dir.is_empty();
    if granted && !args.wasi {
        let line = "--env and --dir grant nothing with --wasi none".to_owned();
        return Err(Problem::Usage(line));
    }
    let options = Options {
        wasi: args.wasi.then(|| Wasi {
            env: args.grants.environment(),
            dirs: args.grants.dir.clone(),
            ..Wasi::default()
        }),
        max_memory: args.max_memory,
        timeout: Some(args.timeout),
        aot: args.aot.clone(),
        ..Options::default()
    };
    let prepared = Prepared::open(&Engine::new()?, &args.component, options)?;
    if let Some(note) = prepared.note() {
        let _ = writeln!(std::io::stderr(), "note: {note}");
    }
    let types = prepared.types();
    let Some(text) = &args.call else {
        return match switches.first() {
            Some(switch) => Err(Problem::Usage(format!("unexpected argument '--{switch}'"))),
            None => Ok(types.to_string()),
        };
    };
    let (function, values) = types
        .parse_command(text, switches)
        .map_err(|e| Problem::Usage(e.to_string()))?;
    Ok(prepared
        .plugin()?
        .call_shown(&function, values, args.json, !is_call(text))?)
}
