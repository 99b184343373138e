//! WAVE, in which values and calls are written as `wasmtime run --invoke` takes them.

use std::fmt::{self, Display, Formatter};
use std::sync::Arc;

use wasmtime::component::wasm_wave::untyped::UntypedFuncCall;
use wasmtime::component::{Type, Val, wasm_wave};

use crate::imports::names_of;
use crate::reflect::{Function, Types, short_name};

/// Text that is no call of a function that there is.
#[derive(Debug)]
pub struct WaveError(pub(crate) String);

impl Display for WaveError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for WaveError {}

/// Whether text looks like a call: a name, and parentheses to its end.
#[must_use]
pub fn is_call(text: &str) -> bool {
    split(text).is_some()
}

/// The name and the arguments of a call.
fn split(text: &str) -> Option<(&str, &str)> {
    let text = text.trim();
    let (name, args) = text.split_at(text.find('(')?);
    let named = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '%');
    let of_names = |c: char| c.is_ascii_alphanumeric() || "-_:/@.+%".contains(c);
    (named && name.chars().all(of_names) && args.ends_with(')')).then_some((name, args))
}

/// A value in WAVE.
#[must_use]
pub fn show(value: &Val) -> String {
    wasm_wave::to_string(value).unwrap_or_else(|e| format!("a value without a form ({e})"))
}

impl Types {
    /// Reads a call of an exported function, such as `quote({items: []})`; the name may
    /// have the interface before it, `pricing.quote(…)`, short or in full.
    ///
    /// # Errors
    /// What is wrong with it, and what there is instead.
    pub fn parse_call(&self, text: &str) -> Result<(Arc<Function>, Vec<Val>), WaveError> {
        let Some((name, args)) = split(text) else {
            let line = format!("expected a call, as in `name(…)`, got {text}");
            return Err(WaveError(line));
        };
        let function = self.called(name)?;
        let types: Vec<Type> = function.wasm.params().map(|(_, ty)| ty).collect();
        // The library takes names of its own form alone, and this one is known.
        let call = format!("f{args}");
        let values = UntypedFuncCall::parse(&call)
            .and_then(|parsed| parsed.to_wasm_params::<Val>(&types))
            .map_err(|e| {
                let reason = e.to_string();
                let reason = reason
                    .rsplit_once(" at ")
                    .map_or(&*reason, |(reason, _)| reason);
                let found = call.get(e.span()).filter(|found| !found.is_empty());
                let found = found.map_or_else(String::new, |found| format!(": `{found}`"));
                WaveError(format!("{name}(…): {reason}{found}; it is {function}"))
            })?;
        Ok((function, values))
    }

    fn called(&self, name: &str) -> Result<Arc<Function>, WaveError> {
        let wanted = name.replace('%', "");
        let is = |function: &&Arc<Function>| {
            let (full, own) = (function.interface.as_str(), &function.name);
            let (plain, version) = full.split_once('@').unwrap_or((full, ""));
            let faces = [full, plain, short_name(full)];
            *own == wanted
                || faces.iter().any(|face| format!("{face}.{own}") == wanted)
                || format!("{plain}.{own}@{version}") == wanted
        };
        let found: Vec<_> = self.functions().filter(is).collect();
        if let [function] = found.as_slice() {
            return Ok(Arc::clone(function));
        }
        let all: Vec<String> = self.functions().map(|function| function.place()).collect();
        let problem = match found.len() {
            0 => "no function of",
            _ => "more than one function of",
        };
        Err(WaveError(format!(
            "{name}(…), which is {problem} the component; it exports {}",
            names_of(&all)
        )))
    }
}
