//! The runner of a contract's cases, which plays the host as well: its functions look at
//! what they are asked, and answer what is written.

use std::collections::{HashSet, VecDeque};
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use crate::engine::Engine;
use crate::error::Error;
use crate::imports::{HostCall, Imports};
use crate::json::Json;
use crate::opened::{Options, Prepared};
use crate::plugin::Plugin;
use crate::reflect::{Function, Interface};
use crate::scope::Scope;
use crate::types::Resource;
use crate::wasi::is_wasi;

/// Runs those cases in the file `cases`, as `contract()` writes it, that are for what the
/// component in the file `component` exports and imports. The result is how many there are. `aot`
/// is as in [`Options`], but code that does not fit is an error.
///
/// # Errors
/// One line for each case that fails; or why none could be run.
pub fn run_cases(
    engine: &Engine,
    component: &Path,
    aot: Option<&Path>,
    cases: &Path,
) -> Result<usize, String> {
    let bad = |why: String| {
        let cases = cases.display();
        format!("{cases}: expected the checked cases of a contract ({why})")
    };
    let text = fs::read(cases).map_err(|e| bad(e.to_string()))?;
    let document: Value = serde_json::from_slice(&text).map_err(|e| bad(e.to_string()))?;
    let host = Arc::new(Host::default());
    let options = Options {
        imports: Arc::clone(&host) as _,
        aot: aot.map(Path::to_owned),
        ..Options::default()
    };
    let prepared = Prepared::open(engine, component, options).map_err(|e| e.to_string())?;
    if let Some(note) = prepared.note() {
        return Err(note.to_owned());
    }
    let mut plugin = prepared.plugin().map_err(|e| e.to_string())?;
    let (mut ran, mut failed) = (0, Vec::new());
    for group in list(&document["groups"]) {
        if !applies(&plugin, group, &document["package"]) {
            continue;
        }
        for case in list(&group["cases"]) {
            ran += 1;
            plugin.reset();
            host.scope.clear();
            let interface = text_of(&group["interface"]);
            if let Err(reason) = run_case(&mut plugin, &host, interface, case) {
                failed.push(format!("{}: {reason}", case["name"]));
            }
        }
    }
    if ran == 0 {
        let (component, package) = (component.display(), &document["package"]);
        return Err(format!(
            "{component}: no case of {package} is for what it exports and imports"
        ));
    }
    if failed.is_empty() {
        return Ok(ran);
    }
    Err(failed.join("\n"))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text_of(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Whether a group of cases is for this component.
fn applies(plugin: &Plugin, group: &Value, package: &Value) -> bool {
    let package = text_of(package).split('@').next().unwrap_or_default();
    let interface = text_of(&group["interface"]);
    let exported = plugin
        .types()
        .exports
        .iter()
        .any(|export| export.name == interface);
    let of_package = |import: &&Interface| import.name.starts_with(&format!("{package}/"));
    let imports = plugin.types().imports.iter().filter(of_package);
    let (types, imports): (Vec<_>, Vec<_>) = imports.partition(|import| import.only_types());
    let names = |of: Vec<&Interface>| of.iter().map(|i| i.name.clone()).collect::<HashSet<_>>();
    let types = names(types);
    let wanted = list(&group["imports"])
        .iter()
        .map(|name| text_of(name).to_owned());
    let wanted: HashSet<String> = wanted.filter(|name| !types.contains(name)).collect();
    exported && wanted == names(imports)
}

fn run_case(plugin: &mut Plugin, host: &Host, interface: &str, case: &Value) -> Result<(), String> {
    for (number, step) in (1..).zip(list(&case["steps"])) {
        *lock(&host.asks) = list(&step["asks"]).to_vec().into();
        let ran = run_step(plugin, host, interface, step);
        let problem = lock(&host.problem).take();
        let open = lock(&host.asks)
            .front()
            .map(|ask| format!("did not ask for {}", shown(ask)));
        if let Some(reason) = problem.or(ran.err()).or(open) {
            return Err(format!("step {number}: {reason}"));
        }
    }
    Ok(())
}

fn run_step(plugin: &mut Plugin, host: &Host, interface: &str, step: &Value) -> Result<(), String> {
    let mut scope = &host.scope;
    if let Some(name) = step["drop"].as_str() {
        let handle = scope
            .take(name)
            .ok_or_else(|| format!("there is no {name}"))?;
        return plugin.end(&handle).map_err(|e| e.to_string());
    }
    let function = plugin.function(interface, text_of(&step["call"]));
    let function = function.map_err(|e| e.to_string())?;
    let args: Vec<Json<'_>> = values(step).map(|value| Json { value, scope }).collect();
    let called = plugin.call(&function, args.into_iter(), &mut scope);
    let failed = |got: String| Err(format!("expected {}; got {got}", shown(step)));
    match called.map_err(Error::from) {
        Ok(value) => {
            let Ok(value) = value.whole(&function, &mut scope);
            let expected = ["result", "trap", "fails"]
                .iter()
                .find_map(|key| step.get(key));
            let same = match (&function.result, &value) {
                (Some(ty), Some(value)) => {
                    let expected = step.get("result");
                    expected.is_some_and(|expected| scope.is(ty, expected, value))
                }
                _ => expected.is_none(),
            };
            if same {
                Ok(())
            } else {
                failed(value.unwrap_or_default().to_string())
            }
        }
        Err(error) => {
            // The instance is gone, and what it had.
            scope.clear();
            let expected = match error {
                Error::Trap(_) | Error::TimeLimit(_) => &step["trap"],
                _ => &step["fails"],
            };
            let said = error.to_string();
            match expected.as_str() {
                Some(part) if said.contains(part) => Ok(()),
                _ => failed(said),
            }
        }
    }
}

/// The arguments of a step or an ask, the one whose method it is first.
fn values(of: &Value) -> impl Iterator<Item = &Value> {
    of.get("on").into_iter().chain(list(&of["args"]))
}

/// A step or an ask, without what it asks itself.
fn shown(value: &Value) -> String {
    let mut value = value.clone();
    if let Some(object) = value.as_object_mut() {
        object.remove("asks");
    }
    let text = value.to_string();
    match text.char_indices().nth(300) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// What plays the host: it gives whatever it is asked for.
#[derive(Default)]
struct Host {
    scope: Scope,
    asks: Mutex<VecDeque<Value>>,
    /// What was asked that should not have been.
    problem: Mutex<Option<String>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Host {
    fn wrong(&self, asked: &str, expected: Option<&Value>) -> Error {
        let expected = expected.map_or_else(|| "nothing more".to_owned(), shown);
        let line = format!("asked for {asked}, expected {expected}");
        *lock(&self.problem) = Some(line.clone());
        Error::Host(line)
    }
}

impl Imports for Host {
    fn names(&self) -> Vec<String> {
        Vec::new()
    }

    fn gives(&self, interface: &str) -> bool {
        !is_wasi(interface)
    }

    fn has(&self, _: &Function) -> Result<(), Vec<String>> {
        Ok(())
    }

    fn call(&self, call: &mut HostCall<'_>) -> Result<(), Error> {
        let (function, mut scope) = (call.function(), &self.scope);
        let Ok(args) = call.args(&mut scope);
        let asked = || {
            let args: Vec<String> = args.iter().map(Value::to_string).collect();
            format!("{}({})", function.place(), args.join(", "))
        };
        let ask = lock(&self.asks).pop_front();
        let Some(ask) = ask else {
            return Err(self.wrong(&asked(), None));
        };
        let expected: Vec<&Value> = values(&ask).collect();
        let types = function.params.iter().map(|(_, ty)| ty);
        let same = text_of(&ask["interface"]) == function.interface
            && text_of(&ask["call"]) == function.call_name()
            && expected.len() == args.len()
            && types
                .zip(expected.iter().zip(&args))
                .all(|(ty, (a, b))| scope.is(ty, a, b));
        if !same {
            return Err(self.wrong(&asked(), Some(&ask)));
        }
        if let Some(message) = ask["fails"].as_str() {
            return Err(Error::Host(message.to_owned()));
        }
        let value = &ask["result"];
        Ok(call.answer(Json { value, scope })?)
    }

    fn dropped(&self, resource: &Resource, object: u32) -> Result<(), Error> {
        let name = self.scope.drop_object(object);
        let ask = lock(&self.asks).pop_front();
        let expected = ask.as_ref().is_some_and(|ask| {
            text_of(&ask["drop"]) == name && text_of(&ask["interface"]) == resource.interface
        });
        if expected {
            return Ok(());
        }
        Err(self.wrong(&format!("the drop of {name}"), ask.as_ref()))
    }
}
