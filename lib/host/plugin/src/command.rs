//! What the commands of plugin hosts have in common: a call as its user types it.

use std::sync::Arc;

use wasmtime::component::Val;

use crate::error::Error;
use crate::plugin::Plugin;
use crate::reflect::{Function, Types};
use crate::scope::Scope;
use crate::types::Type;
use crate::vals::Vals;
use crate::value::Sink;
use crate::wave::{WaveError, is_call, show};

impl Types {
    /// Reads a call in WAVE; or text that is no call, which is the first argument of the one
    /// function that takes a string first. `switches` are names of that function's parameters
    /// of type `bool`.
    ///
    /// # Errors
    /// What is wrong with it, and what there is instead.
    pub fn parse_command(
        &self,
        text: &str,
        switches: &[String],
    ) -> Result<(Arc<Function>, Vec<Val>), WaveError> {
        if !is_call(text) {
            return self.short_form(text, switches);
        }
        match switches.first() {
            Some(switch) => Err(WaveError(format!(
                "unexpected argument '--{switch}': a call has its arguments"
            ))),
            None => self.parse_call(text),
        }
    }

    fn short_form(
        &self,
        text: &str,
        switches: &[String],
    ) -> Result<(Arc<Function>, Vec<Val>), WaveError> {
        let first = |function: &&Arc<Function>| {
            let mut params = function.params.iter();
            params.next().is_some_and(|(_, ty)| *ty == Type::String)
        };
        let found: Vec<_> = self.functions().filter(first).collect();
        let [function] = found.as_slice() else {
            let all = self.functions().map(|function| function.to_string());
            let all: Vec<String> = all.collect();
            let all = if all.is_empty() {
                "no function".to_owned()
            } else {
                all.join("; ")
            };
            return Err(WaveError(format!(
                "'{text}' is no call, as in 'name(…)'; the component exports {all}"
            )));
        };
        let rest = &function.params[1..];
        let known = |switch: &&String| {
            let mut rest = rest.iter();
            !rest.any(|(name, ty)| name == *switch && *ty == Type::Bool)
        };
        if let Some(switch) = switches.iter().find(known) {
            return Err(WaveError(format!(
                "unexpected argument '--{switch}'; the function is {function}"
            )));
        }
        let mut values = vec![Val::String(text.to_owned())];
        for (name, ty) in rest {
            values.push(match ty {
                Type::Bool => Val::Bool(switches.contains(name)),
                Type::Option(_) => Val::Option(None),
                _ => {
                    return Err(WaveError(format!(
                        "{name} is missing: write a call; the function is {function}"
                    )));
                }
            });
        }
        Ok((Arc::clone(function), values))
    }
}

impl Plugin {
    /// Calls a function; the result is a line in WAVE, or in JSON if it is `json`, and
    /// nothing if the function returns nothing. A string is as it is, if it is `plain`.
    ///
    /// # Errors
    /// As [`Plugin::call`].
    pub fn call_shown(
        &mut self,
        function: &Function,
        values: Vec<Val>,
        json: bool,
        plain: bool,
    ) -> Result<String, Error> {
        let line = if json {
            let scope = Scope::new();
            let value = self.call_whole(function, values, &mut &scope)?;
            value.map(|value| value.to_string())
        } else {
            let value = self.call_whole(function, values, &mut Vals)?;
            value.map(|value| match value {
                Val::String(text) if plain => text,
                value => show(&value),
            })
        };
        Ok(line.map_or_else(String::new, |line| line + "\n"))
    }

    fn call_whole<K: Sink<Error = std::convert::Infallible>>(
        &mut self,
        function: &Function,
        values: Vec<Val>,
        sink: &mut K,
    ) -> Result<Option<K::Value>, Error> {
        let called = self.call(function, values.into_iter(), sink);
        let Ok(whole) = called.map_err(Error::from)?.whole(function, sink);
        Ok(whole)
    }
}
