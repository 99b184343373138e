//! The component model's tests by the library for Rust: `component_model PLAN`.
//!
//! docs/component-model.md tells what a plan is, and what is written of it.

use std::path::Path;
use std::{env, fs};

use anyhost_plugin::{Engine, Error, Json, Options, Plugin, Scope};
use serde_json::{Value, json};

fn main() {
    let plan = env::args().nth(1).expect("a plan");
    let plan = fs::read(plan).expect("a file");
    let plan: Vec<Value> = serde_json::from_slice(&plan).expect("JSON");
    let engine = Engine::new().expect("an engine");
    for entry in plan {
        let component = Path::new(text(&entry["component"]));
        let mut plugin = match Plugin::open(&engine, component, Options::default()) {
            Ok(plugin) => plugin,
            Err(error) => {
                write(&entry, failure(&error));
                continue;
            }
        };
        write(&entry, json!({ "opened": true }));
        for step in entry["calls"].as_array().expect("a list") {
            let outcome = call(&mut plugin, step);
            write(step, outcome.unwrap_or_else(|error| failure(&error)));
        }
    }
}

fn call(plugin: &mut Plugin, step: &Value) -> Result<Value, Error> {
    let function = plugin.function("", text(&step["call"]))?;
    let scope = &Scope::new();
    let args = step["args"].as_array().expect("a list").iter();
    let returned = plugin.call(
        &function,
        args.map(|value| Json { value, scope }),
        &mut &*scope,
    )?;
    let Ok(value) = returned.whole(&function, &mut &*scope);
    Ok(json!({ "returned": value }))
}

fn failure(error: &Error) -> Value {
    let said = error.to_string();
    match error {
        Error::Trap(_) | Error::TimeLimit(_) => json!({ "trapped": said }),
        Error::Component(_) => json!({ "refused": said }),
        _ => json!({ "failed": said }),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

/// Writes what came of a directive.
fn write(of: &Value, mut outcome: Value) {
    outcome["at"] = of["at"].clone();
    println!("{outcome}");
}
