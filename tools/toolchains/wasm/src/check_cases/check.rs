//! Groups and cases: each is one that guests of a world can pass.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use wit_bindgen_core::wit_parser::{
    InterfaceId, PackageId, Resolve, TypeOwner, World, WorldItem, WorldKey,
};

use crate::names::{interface, list};
use crate::source::Group;
use crate::value::Values;

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

/// What a group's cases are checked against.
pub struct Checker<'a> {
    pub resolve: &'a Resolve,
    pub package: PackageId,
    /// What the guest exports, if it is not functions of the world itself.
    pub interface: Option<InterfaceId>,
    pub imports: BTreeSet<InterfaceId>,
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

    pub fn worlds(&self) -> impl Iterator<Item = &'a World> {
        let worlds = &self.resolve.packages[self.package].worlds;
        worlds.values().map(|world| &self.resolve.worlds[*world])
    }

    /// Whether the group is for guests of `world`.
    pub fn is_of(&self, world: &World) -> bool {
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
            names: BTreeSet::new(),
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
}
