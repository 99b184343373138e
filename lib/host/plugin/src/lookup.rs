//! What a component exports, found by name, and whether it can be called.

use std::sync::Arc;

use crate::error::{Error, Wrong};
use crate::imports::names_of;
use crate::reflect::{Function, Interface, Types, find};
use crate::types::Commas;

impl Types {
    /// See [`crate::Plugin::interface`]; messages call the component `file`.
    pub(crate) fn interface(&self, file: &str, name: &str) -> Result<&Interface, Error> {
        let exports = &self.exports;
        let named = exports
            .iter()
            .filter(|interface| !interface.name.is_empty());
        let names: Vec<&str> = named.map(|interface| interface.name.as_str()).collect();
        let found = find(name, names.iter().copied());
        if let [one] = found.as_slice() {
            let found = exports.iter().find(|interface| interface.name == *one);
            return Ok(found.expect("it is one of them"));
        }
        Err(Error::Missing(if found.is_empty() {
            let mut names: Vec<String> = names.into_iter().map(str::to_owned).collect();
            let world = exports.iter().filter(|interface| interface.name.is_empty());
            let world = world.flat_map(|interface| &interface.functions);
            names.extend(world.map(|function| function.call_name()));
            format!(
                "{file}: does not export {name}; it exports {}",
                names_of(&names)
            )
        } else {
            format!(
                "{file}: exports {}; {name} does not say which",
                Commas(&found)
            )
        }))
    }

    /// See [`crate::Plugin::function`].
    pub(crate) fn function(
        &self,
        file: &str,
        interface: &str,
        name: &str,
    ) -> Result<Arc<Function>, Error> {
        let none = Interface::default();
        let interface = if interface.is_empty() {
            let mut exports = self.exports.iter();
            exports
                .find(|interface| interface.name.is_empty())
                .unwrap_or(&none)
        } else {
            self.interface(file, interface)?
        };
        let all = &interface.functions;
        if let Some(found) = all.iter().find(|function| function.call_name() == name) {
            return Ok(Arc::clone(found));
        }
        let names: Vec<String> = all.iter().map(|function| function.call_name()).collect();
        let names = names_of(&names);
        let owner = match interface.name.as_str() {
            "" => "the component",
            name => name,
        };
        Err(Error::Missing(format!(
            "{file}: {owner} has no {name}; it has {names}"
        )))
    }
}

impl Function {
    /// Whether this host can call it, with so many arguments.
    pub(crate) fn check(&self, file: &str, given: usize) -> Result<(), Error> {
        if let Some(what) = &self.unsupported {
            let place = self.place();
            let line = format!("{file}: {place} has {what}, which this host cannot pass");
            return Err(Error::Plugin(line));
        }
        let expected = self.params.len();
        if given != expected {
            let s = if expected == 1 { "" } else { "s" };
            return Err(Error::Value(Wrong {
                place: self.place(),
                expected: format!("{expected} argument{s}"),
                got: given.to_string(),
                kind: true,
            }));
        }
        Ok(())
    }
}
