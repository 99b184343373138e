//! Handles: names that a case gives to resources.

use serde_json::Value;
use wit_bindgen_core::wit_parser::{Type, TypeDefKind, TypeId};

use crate::scalar::wrong;
use crate::value::{Checked, Values};

/// Whether the handles in a value are known, or new ones may be among them.
#[derive(Clone, Copy)]
pub enum Handles {
    Known,
    NewOfGuest,
    NewOfHost,
}

impl Values<'_> {
    pub fn handle(
        &mut self,
        resource: TypeId,
        owned: bool,
        value: &Value,
        place: &str,
        handles: Handles,
    ) -> Checked {
        let resource = self.aliased(resource);
        let kind = self.resolve.types[resource]
            .name
            .as_deref()
            .unwrap_or_default();
        let Some(name) = value.as_str().filter(|name| !name.is_empty()) else {
            return wrong(place, &format!("the name of a handle of {kind}"), value);
        };
        let is_guests = (self.is_guests)(resource);
        let may_be_new = match handles {
            Handles::Known => false,
            Handles::NewOfGuest => is_guests,
            Handles::NewOfHost => !is_guests,
        };
        // What a host was given back, it can give once more.
        let again = !is_guests && self.handles.get(name) == Some(&resource);
        if may_be_new && owned && !again {
            // A name means one thing in a case, also when its handle is gone.
            if !self.names.insert(name.to_owned()) {
                return wrong(place, &format!("a new name for a handle of {kind}"), value);
            }
            self.handles.insert(name.to_owned(), resource);
            return Ok(value.clone());
        }
        self.known(resource, name)
            .map_err(|e| format!("{place}: {e}"))?;
        // The host knows its own resources, whoever has them.
        if owned && is_guests {
            self.handles.remove(name);
        }
        Ok(value.clone())
    }

    /// Fails unless `name` is a handle of `resource`.
    pub fn known(&self, resource: TypeId, name: &str) -> Result<(), String> {
        let kind = self.resolve.types[resource]
            .name
            .as_deref()
            .unwrap_or_default();
        if self.handles.get(name) == Some(&resource) {
            return Ok(());
        }
        let known: Vec<_> = self
            .handles
            .iter()
            .filter(|(_, of)| **of == resource)
            .collect();
        let known: Vec<_> = known.iter().map(|(name, _)| format!("{name:?}")).collect();
        let known = if known.is_empty() {
            "none".to_owned()
        } else {
            known.join(", ")
        };
        Err(format!(
            "expected a handle of {kind} ({known} at this step), got {name:?}"
        ))
    }

    /// The resource that a `use` names.
    pub fn aliased(&self, resource: TypeId) -> TypeId {
        match self.resolve.types[resource].kind {
            TypeDefKind::Type(Type::Id(id)) => self.aliased(id),
            _ => resource,
        }
    }
}
