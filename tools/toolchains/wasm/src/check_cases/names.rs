//! Interfaces and functions by their names.

use std::collections::BTreeSet;

use wit_bindgen_core::wit_parser::{Function, InterfaceId, PackageId, Resolve, WorldItem};

use crate::check::Checker;

impl<'a> Checker<'a> {
    /// A function that is called, or one that is asked of an import (or of the world's own).
    pub fn function<'c>(
        &self,
        call: &'c str,
        asked: Option<Option<InterfaceId>>,
    ) -> Result<(&'a Function, &'c str), String> {
        let resolve = self.resolve;
        let interface = asked.unwrap_or(self.interface);
        let (functions, of): (Vec<_>, _) = match interface {
            Some(id) => {
                let name = resolve.id_of(id).unwrap_or_default();
                if asked.is_some() && !self.imports.contains(&id) {
                    return Err(format!(
                        "{call:?}: guests of this group do not import {name}"
                    ));
                }
                (resolve.interfaces[id].functions.values().collect(), name)
            }
            None => {
                let worlds = self.worlds().filter(|world| self.is_of(world));
                let items = worlds.flat_map(|world| {
                    if asked.is_some() {
                        &world.imports
                    } else {
                        &world.exports
                    }
                });
                let functions = items.filter_map(|(_, item)| match item {
                    WorldItem::Function(function) => Some(function),
                    _ => None,
                });
                (functions.collect(), "the world".to_owned())
            }
        };
        let named = |function: &&Function| match function.kind.resource() {
            Some(id) => {
                let resource = resolve.types[id].name.as_deref().unwrap_or_default();
                format!("{resource}.{}", function.item_name())
            }
            None => function.name.clone(),
        };
        match functions.iter().find(|function| named(function) == call) {
            Some(function) => Ok((function, call)),
            None => {
                let known: BTreeSet<_> = functions.iter().map(named).collect();
                let known = list(known.iter().map(String::as_str));
                Err(format!("{of} has no function {call:?}, it has {known}"))
            }
        }
    }
}

/// Takes the interface off what is asked: `interface.fn`, `interface.resource.fn`, or a function of the world.
pub fn asked(call: &str) -> (Option<&str>, &str) {
    // A full name has dots in its version.
    let version = call.find('@').unwrap_or_default();
    let mut dots = call
        .match_indices('.')
        .map(|(at, _)| at)
        .filter(|at| *at > version);
    let dot = if version > 0 {
        dots.nth(2)
    } else {
        dots.next()
    };
    match dot {
        Some(dot) => (Some(&call[..dot]), &call[dot + 1..]),
        None => (None, call),
    }
}

/// An interface by its short name in the package, or by its full name.
pub fn interface(resolve: &Resolve, package: PackageId, name: &str) -> Result<InterfaceId, String> {
    let own = &resolve.packages[package].interfaces;
    let full = |id: &InterfaceId| resolve.id_of(*id).as_deref() == Some(name);
    let found = own.get(name).copied();
    found
        .or_else(|| resolve.interfaces.iter().map(|(id, _)| id).find(full))
        .ok_or_else(|| {
            let package = &resolve.packages[package].name;
            format!(
                "{package} has no interface {name:?}, it has {}",
                list(own.keys().map(String::as_str))
            )
        })
}

/// Names, one after the other.
pub fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.collect();
    if names.is_empty() {
        "nothing".to_owned()
    } else {
        names.join(", ")
    }
}
