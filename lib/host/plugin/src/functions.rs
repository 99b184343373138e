//! Imports that are given one by one, as closures.

use std::sync::Arc;

use wasmtime::component::Val;

use crate::error::Error;
use crate::imports::{HostCall, Imports};
use crate::reflect::{Function, find};
use crate::types::Resource;
use crate::vals::Vals;

/// A function of the host's: from its arguments to what it returns, if it returns
/// something, or to a message.
type Closure = dyn Fn(Vec<Val>) -> Result<Option<Val>, String> + Send + Sync;

/// Functions that a component is given, with wasmtime's own values.
///
/// ```
/// # use anyhost_plugin::Functions;
/// # use wasmtime::component::Val;
/// let imports = Functions::new().with("formatter", "reverse", |args| match args.as_slice() {
///     [Val::String(text)] => Ok(Some(Val::String(text.chars().rev().collect()))),
///     _ => unreachable!("the contract says so"),
/// });
/// ```
#[derive(Default)]
pub struct Functions(Vec<Given>);

struct Given {
    interface: String,
    name: String,
    closure: Arc<Closure>,
}

impl Functions {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the function `name` of an interface, by its short or its full name; an empty
    /// one is the world itself.
    #[must_use]
    pub fn with(
        mut self,
        interface: &str,
        name: &str,
        closure: impl Fn(Vec<Val>) -> Result<Option<Val>, String> + Send + Sync + 'static,
    ) -> Self {
        self.0.push(Given {
            interface: interface.to_owned(),
            name: name.to_owned(),
            closure: Arc::new(closure),
        });
        self
    }

    /// Those of the interface that `function` is of.
    fn of(&self, function: &Function) -> impl Iterator<Item = &Given> {
        self.0
            .iter()
            .filter(|given| match given.interface.as_str() {
                "" => function.interface.is_empty(),
                interface => find(interface, [function.interface.as_str()]).len() == 1,
            })
    }
}

impl Imports for Functions {
    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for given in &self.0 {
            let world = given.interface.is_empty();
            let name = if world { &given.name } else { &given.interface };
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        names
    }

    fn has(&self, function: &Function) -> Result<(), Vec<String>> {
        let names: Vec<String> = self.of(function).map(|given| given.name.clone()).collect();
        if !function.handles && names.contains(&function.name) {
            return Ok(());
        }
        Err(names)
    }

    fn call(&self, call: &mut HostCall<'_>) -> Result<(), Error> {
        let function = call.function();
        let given = self.of(function).find(|given| given.name == function.name);
        let given = given.expect("it was asked whether it has it");
        let Ok(args) = call.args(&mut Vals);
        match (given.closure)(args) {
            Ok(Some(value)) => Ok(call.answer(value)?),
            Ok(None) => Ok(()),
            Err(message) => Err(Error::Host(message)),
        }
    }

    fn dropped(&self, _: &Resource, _: u32) -> Result<(), Error> {
        Ok(())
    }
}
