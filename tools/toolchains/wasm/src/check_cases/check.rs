//! Groups, cases and steps: what they name is there, and each value is of its type.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use wit_bindgen_core::wit_parser::{
    Function, FunctionKind, InterfaceId, PackageId, Resolve, TypeId, TypeOwner, World, WorldItem,
    WorldKey,
};

use crate::source::{Ask, Group, Step};
use crate::value::{Handles, Values};

/// The plain form of all cases.
pub fn check(resolve: &Resolve, package: PackageId, groups: Vec<Group>) -> Result<Value, String> {
    let mut seen = BTreeSet::new();
    let groups: Vec<_> = groups
        .into_iter()
        .map(|group| {
            let of = group
                .interface
                .clone()
                .unwrap_or_else(|| "the world".to_owned());
            let plain =
                Checker::new(resolve, package, &group).and_then(|checker| checker.group(group));
            let plain = plain.map_err(|e| format!("group of {of}: {e}"))?;
            if !seen.insert((plain["interface"].to_string(), plain["imports"].to_string())) {
                return Err(format!(
                    "group of {of}: there is one with these imports already"
                ));
            }
            Ok(plain)
        })
        .collect::<Result<_, _>>()?;
    Ok(json!({ "package": resolve.packages[package].name.to_string(), "groups": groups }))
}

struct Checker<'a> {
    resolve: &'a Resolve,
    package: PackageId,
    /// What the guest exports, if it is not functions of the world itself.
    interface: Option<InterfaceId>,
    imports: BTreeSet<InterfaceId>,
}

impl<'a> Checker<'a> {
    fn new(resolve: &'a Resolve, package: PackageId, group: &Group) -> Result<Self, String> {
        let find = |name: &str| interface(resolve, package, name);
        let checker = Self {
            resolve,
            package,
            interface: group.interface.as_deref().map(find).transpose()?,
            imports: group
                .imports
                .iter()
                .map(|name| find(name))
                .collect::<Result<_, _>>()?,
        };
        if checker.worlds().any(|world| checker.is_of(world)) {
            return Ok(checker);
        }
        let imports = list(group.imports.iter().map(String::as_str));
        Err(format!(
            "no world exports it and imports, of this package, {imports}"
        ))
    }

    fn worlds(&self) -> impl Iterator<Item = &'a World> {
        let worlds = &self.resolve.packages[self.package].worlds;
        worlds.values().map(|world| &self.resolve.worlds[*world])
    }

    /// Whether the group is for guests of `world`.
    fn is_of(&self, world: &World) -> bool {
        let exports = match self.interface {
            Some(interface) => world.exports.contains_key(&WorldKey::Interface(interface)),
            None => world
                .exports
                .values()
                .any(|item| matches!(item, WorldItem::Function(_))),
        };
        let imports = world.imports.keys().filter_map(|key| match key {
            WorldKey::Interface(id)
                if self.resolve.interfaces[*id].package == Some(self.package) =>
            {
                Some(*id)
            }
            _ => None,
        });
        exports && imports.collect::<BTreeSet<_>>() == self.imports
    }

    fn group(&self, group: Group) -> Result<Value, String> {
        let mut names = BTreeSet::new();
        let cases: Vec<_> = group
            .cases
            .into_iter()
            .map(|mut case| {
                let Some(Value::String(name)) = case.remove("name") else {
                    return Err("a case has no name, a string".to_owned());
                };
                if !names.insert(name.clone()) {
                    return Err(format!("case {name:?}: there are two of this name"));
                }
                let steps = self.case(case).map_err(|e| format!("case {name:?}{e}"))?;
                Ok(json!({ "name": name, "steps": steps }))
            })
            .collect::<Result<_, _>>()?;
        let imports: BTreeSet<_> = self
            .imports
            .iter()
            .map(|id| self.resolve.id_of(*id))
            .collect();
        let interface = self.interface.and_then(|id| self.resolve.id_of(id));
        Ok(json!({ "interface": interface, "imports": imports, "cases": cases }))
    }

    /// The steps of a case; a mistake is told behind a comma or colon.
    fn case(&self, mut case: Map<String, Value>) -> Result<Vec<Value>, String> {
        let steps = match case.remove("steps") {
            None => vec![case.into()],
            Some(Value::Array(steps)) if case.is_empty() && !steps.is_empty() => steps,
            Some(_) => {
                return Err(
                    ": expected \"steps\", a list of one step or more, and no step beside it"
                        .to_owned(),
                );
            }
        };
        let single = steps.len() == 1;
        let resolve = self.resolve;
        let interface = self.interface.map(TypeOwner::Interface);
        let mut values = Values {
            resolve,
            handles: BTreeMap::new(),
            is_guests: Box::new(move |id| match resolve.types[id].owner {
                TypeOwner::World(_) => interface.is_none(),
                owner => Some(owner) == interface,
            }),
        };
        let steps = steps.into_iter().enumerate().map(|(at, step)| {
            let step = serde_json::from_value(step).map_err(|e| e.to_string());
            let plain = step.and_then(|step| self.step(step, &mut values));
            plain.map_err(|e| {
                if single {
                    format!(": {e}")
                } else {
                    format!(", step {}: {e}", at + 1)
                }
            })
        });
        steps.collect()
    }

    fn step(&self, step: Step, values: &mut Values) -> Result<Value, String> {
        let mut plain = Map::new();
        let ends = [
            step.result.is_some(),
            step.trap.is_some(),
            step.fails.is_some(),
        ];
        if ends.into_iter().filter(|end| *end).count() > 1 {
            return Err("expected only one of result, trap and fails".to_owned());
        }
        let function = match (&step.call, &step.drop) {
            (Some(call), None) => {
                let (function, _) = self.function(call, None)?;
                plain.insert("call".to_owned(), call.as_str().into());
                arguments(function, step.on, step.args, &mut plain, values)?;
                Some(function)
            }
            (None, Some(name))
                if step.on.is_none() && step.args.is_none() && step.result.is_none() =>
            {
                drop_handle(name, true, &mut plain, values)?;
                None
            }
            _ => return Err("expected \"call\" with its arguments, or \"drop\" alone".to_owned()),
        };
        let fails = step.asks.iter().position(|ask| ask.fails.is_some());
        if fails.is_some_and(|at| at + 1 != step.asks.len()) {
            return Err(
                "asks: expected nothing after one that fails, which ends the step".to_owned(),
            );
        }
        if fails.is_some() != step.fails.is_some() {
            return Err(
                "expected \"fails\" in the step and in its last ask, or in neither".to_owned(),
            );
        }
        let asks = step.asks.into_iter().enumerate().map(|(at, ask)| {
            self.ask(ask, values)
                .map_err(|e| format!("asks[{at}]: {e}"))
        });
        let asks = asks.collect::<Result<Vec<_>, _>>()?;
        plain.insert("asks".to_owned(), asks.into());
        if let Some((key, part)) = step
            .trap
            .map(|part| ("trap", part))
            .or(step.fails.map(|part| ("fails", part)))
        {
            // The next step, if there is one, has an instance of its own.
            values.handles.clear();
            plain.insert(key.to_owned(), part.into());
        } else if let Some(function) = function {
            result(
                function,
                step.result,
                Handles::NewOfGuest,
                &mut plain,
                values,
            )?;
        }
        Ok(plain.into())
    }

    fn ask(&self, ask: Ask, values: &mut Values) -> Result<Value, String> {
        let mut plain = Map::new();
        let interface = match (&ask.call, &ask.drop) {
            (Some(call), None) => {
                let (name, call) = asked(call);
                let interface = name
                    .map(|name| interface(self.resolve, self.package, name))
                    .transpose()?;
                let (function, call) = self.function(call, Some(interface))?;
                plain.insert("call".to_owned(), call.into());
                arguments(function, ask.on, ask.args, &mut plain, values)?;
                match ask.fails {
                    Some(_) if ask.result.is_some() => {
                        return Err("expected only one of result and fails".to_owned());
                    }
                    Some(message) => {
                        plain.insert("fails".to_owned(), message.into());
                    }
                    None => result(function, ask.result, Handles::NewOfHost, &mut plain, values)?,
                }
                interface
            }
            (None, Some(name))
                if ask.on.is_none()
                    && ask.args.is_none()
                    && ask.result.is_none()
                    && ask.fails.is_none() =>
            {
                let resource = drop_handle(name, false, &mut plain, values)?;
                plain.insert(
                    "resource".to_owned(),
                    self.resolve.types[resource].name.clone().into(),
                );
                match self.resolve.types[resource].owner {
                    TypeOwner::Interface(id) => Some(id),
                    _ => None,
                }
            }
            _ => return Err("expected \"call\" with its arguments, or \"drop\" alone".to_owned()),
        };
        let interface = interface.and_then(|id| self.resolve.id_of(id));
        plain.insert("interface".to_owned(), interface.into());
        Ok(plain.into())
    }

    /// A function that is called, or one that is asked of an import (or of the world's own).
    fn function<'c>(
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
fn asked(call: &str) -> (Option<&str>, &str) {
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
fn interface(resolve: &Resolve, package: PackageId, name: &str) -> Result<InterfaceId, String> {
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

/// The arguments, and for a method the handle that it is called on.
fn arguments(
    function: &Function,
    on: Option<String>,
    args: Option<Vec<Value>>,
    plain: &mut Map<String, Value>,
    values: &mut Values,
) -> Result<(), String> {
    let params = match (&function.kind, on) {
        (FunctionKind::Method(resource) | FunctionKind::AsyncMethod(resource), on) => {
            let resource = values.aliased(*resource);
            let on = on.ok_or("expected \"on\", the name of the handle whose method is called")?;
            values
                .known(resource, &on)
                .map_err(|e| format!("on: {e}"))?;
            plain.insert("on".to_owned(), on.into());
            &function.params[1..]
        }
        (_, Some(_)) => return Err("on: expected none, as the function is no method".to_owned()),
        (_, None) => &function.params[..],
    };
    let args = args.unwrap_or_default();
    if args.len() != params.len() {
        let names = list(params.iter().map(|param| param.name.as_str()));
        return Err(format!(
            "args: expected {} ({names}), got {}",
            params.len(),
            args.len()
        ));
    }
    let args = params
        .iter()
        .zip(&args)
        .map(|(param, value)| values.plain(&param.ty, value, &param.name, Handles::Known));
    let args = args.collect::<Result<Vec<_>, _>>()?;
    plain.insert("args".to_owned(), args.into());
    Ok(())
}

fn result(
    function: &Function,
    value: Option<Value>,
    handles: Handles,
    plain: &mut Map<String, Value>,
    values: &mut Values,
) -> Result<(), String> {
    let value = match (function.result, value) {
        (Some(ty), Some(value)) => values.plain(&ty, &value, "result", handles)?,
        (None, None) => return Ok(()),
        (Some(_), None) => return Err("result: it is missing".to_owned()),
        (None, Some(_)) => {
            return Err("result: expected none, as the function returns nothing".to_owned());
        }
    };
    plain.insert("result".to_owned(), value);
    Ok(())
}

/// A resource that the host drops, or one of the host's that the guest drops.
fn drop_handle(
    name: &str,
    by_host: bool,
    plain: &mut Map<String, Value>,
    values: &mut Values,
) -> Result<TypeId, String> {
    match values.handles.get(name) {
        Some(resource) if (values.is_guests)(*resource) == by_host => {
            plain.insert("drop".to_owned(), name.into());
            Ok(values.handles.remove(name).expect("it is there"))
        }
        Some(_) if by_host => Err(format!(
            "drop: {name:?} is the host's own, it is dropped among the asks"
        )),
        Some(_) => Err(format!(
            "drop: {name:?} is the guest's own, it is dropped by a step"
        )),
        None => Err(format!("drop: there is no handle {name:?} at this step")),
    }
}

fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.collect();
    if names.is_empty() {
        "nothing".to_owned()
    } else {
        names.join(", ")
    }
}
