//! What a component exports and imports, as its types say.

use std::sync::Arc;

use wasmtime::component::ComponentExportIndex;
use wasmtime::component::types::ComponentFunc;

use crate::layout::Plan;
use crate::types::{Resource, Type};

/// A function of an interface, or of the world itself.
pub struct Function {
    /// The full name of its interface, empty for the world itself.
    pub interface: String,
    /// Its name: `greet`, `[constructor]session`, `[method]session.add`, `[static]session.merge`.
    pub name: String,
    /// Its parameters in order.
    pub params: Vec<(String, Type)>,
    /// What it returns.
    pub result: Option<Type>,
    /// Why it cannot be called, if it cannot.
    pub unsupported: Option<String>,
    /// Whether its arguments and its result are bytes alone, which go in bulk where the host
    /// is called.
    pub(crate) bulk: bool,
    /// How it is called without the engine's values, if the component exports it and there
    /// are no handles.
    pub(crate) plan: Option<Plan>,
    /// Whether there are handles in its arguments or its result.
    pub(crate) handles: bool,
    /// Its number among all exported functions.
    pub(crate) number: usize,
    pub(crate) export: Option<ComponentExportIndex>,
    pub(crate) wasm: ComponentFunc,
}

impl Function {
    /// What follows the interface's name in a call: `greet`, `session.constructor`, `session.add`.
    #[must_use]
    pub fn call_name(&self) -> String {
        match self.name.split_once(']') {
            Some(("[constructor", resource)) => format!("{resource}.constructor"),
            Some((_, method)) => method.to_owned(),
            None => self.name.clone(),
        }
    }

    /// With the short name of its interface, as messages name it: `formatter.reverse`.
    #[must_use]
    pub fn place(&self) -> String {
        match short_name(&self.interface) {
            "" => self.call_name(),
            interface => format!("{interface}.{}", self.call_name()),
        }
    }
}

/// An interface that a component exports or imports.
#[derive(Default)]
pub struct Interface {
    /// Its full name; empty for what belongs to the world itself.
    pub name: String,
    /// Its functions in order.
    pub functions: Vec<Arc<Function>>,
    /// Its types that have names, in order.
    pub types: Vec<(String, Type)>,
    /// Its resources in order; those of other interfaces that it uses are not among them.
    pub resources: Vec<Arc<Resource>>,
    /// All resources that it names, its own and those that it uses.
    pub named: Vec<(String, Arc<Resource>)>,
}

impl Interface {
    /// Whether there is nothing in it to be given: others use its types.
    #[must_use]
    pub fn only_types(&self) -> bool {
        self.functions.is_empty() && self.resources.is_empty()
    }
}

/// All that a component exports and imports.
pub struct Types {
    /// What it exports.
    pub exports: Vec<Interface>,
    /// What it imports.
    pub imports: Vec<Interface>,
    /// How many functions it exports.
    pub(crate) count: usize,
    /// Imports that no plugin's host can give, such as core modules.
    pub strange: Vec<String>,
}

/// An interface's name without its package and version: that of
/// `anyhost:hello/greeter@1.0.0` is `greeter`.
#[must_use]
pub fn short_name(full: &str) -> &str {
    let name = full.split('@').next().unwrap_or(full);
    name.rsplit('/').next().unwrap_or(name)
}

/// Those of the full names `known` that `name` may mean: it is one of them, or what is left
/// of one without version and package.
pub fn find<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let known: Vec<&str> = known.into_iter().collect();
    if let Some(same) = known.iter().find(|full| **full == name) {
        return vec![same];
    }
    let may_be = |full: &&str| {
        let unversioned = full.split('@').next().unwrap_or(full);
        [unversioned, short_name(full)].contains(&name)
    };
    known.into_iter().filter(may_be).collect()
}

impl Types {
    /// The exported functions that are not a resource's.
    pub fn functions(&self) -> impl Iterator<Item = &Arc<Function>> {
        let all = self
            .exports
            .iter()
            .flat_map(|interface| &interface.functions);
        all.filter(|function| !function.name.starts_with('['))
    }
}
