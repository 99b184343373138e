//! `plugin_rust`: calls a function of a WebAssembly component.

mod args;

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

use anyhost_manners::{fail, wrong_usage};
use anyhost_plugin::{
    Engine, Error, Function, Options, Plugin, Prepared, Scope, Type, Types, Vals, is_call, show,
};
use args::Args;
use wasmtime::component::Val;

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
    let options = Options {
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
    let (function, values) = if is_call(text) {
        if let Some(switch) = switches.first() {
            let line = format!("unexpected argument '--{switch}': a call has its arguments");
            return Err(Problem::Usage(line));
        }
        types
            .parse_call(text)
            .map_err(|e| Problem::Usage(e.to_string()))?
    } else {
        short_form(types, text, switches)?
    };
    let mut plugin = prepared.plugin()?;
    if args.json {
        let scope = Scope::new();
        let result = call(&mut plugin, &function, values, &mut &scope)?;
        return Ok(result.map_or_else(String::new, |value| format!("{value}\n")));
    }
    match call(&mut plugin, &function, values, &mut Vals)? {
        None => Ok(String::new()),
        Some(Val::String(result)) if !is_call(text) => Ok(result + "\n"),
        Some(value) => Ok(show(&value) + "\n"),
    }
}

fn call<K: anyhost_plugin::Sink<Error = std::convert::Infallible>>(
    plugin: &mut Plugin,
    function: &Function,
    values: Vec<Val>,
    sink: &mut K,
) -> Result<Option<K::Value>, Problem> {
    let called = plugin.call(function, values.into_iter(), sink);
    let Ok(whole) = called.map_err(Error::from)?.whole(function, sink);
    Ok(whole)
}

/// The call of the one function that takes a string first.
fn short_form(
    types: &Types,
    text: &str,
    switches: &[String],
) -> Result<(Arc<Function>, Vec<Val>), Problem> {
    let first = |function: &&Arc<Function>| {
        function
            .params
            .first()
            .is_some_and(|(_, ty)| *ty == Type::String)
    };
    let found: Vec<_> = types.functions().filter(first).collect();
    let [function] = found.as_slice() else {
        let all: Vec<String> = types
            .functions()
            .map(|function| function.to_string())
            .collect();
        let all = if all.is_empty() {
            "no function".to_owned()
        } else {
            all.join("; ")
        };
        let line = format!("'{text}' is no call, as in 'name(…)'; the component exports {all}");
        return Err(Problem::Usage(line));
    };
    let rest = &function.params[1..];
    let known = |switch: &&String| {
        !rest
            .iter()
            .any(|(name, ty)| name == *switch && *ty == Type::Bool)
    };
    if let Some(switch) = switches.iter().find(known) {
        let line = format!("unexpected argument '--{switch}'; the function is {function}");
        return Err(Problem::Usage(line));
    }
    let mut values = vec![Val::String(text.to_owned())];
    for (name, ty) in rest {
        values.push(match ty {
            Type::Bool => Val::Bool(switches.contains(name)),
            Type::Option(_) => Val::Option(None),
            _ => {
                let line = format!("{name} is missing: write a call; the function is {function}");
                return Err(Problem::Usage(line));
            }
        });
    }
    Ok((Arc::clone(function), values))
}
