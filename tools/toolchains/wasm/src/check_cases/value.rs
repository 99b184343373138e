//! Values: from the JSON that authors write to the plain form, by their WIT type.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value, json};
use wit_bindgen_core::wit_parser::{Handle, Resolve, Type, TypeDefKind, TypeId};

use crate::handles::Handles;
use crate::scalar::{float, integer, long, only, wrong};

/// The types, and the handles that a case has so far.
pub struct Values<'a> {
    pub resolve: &'a Resolve,
    pub handles: BTreeMap<String, TypeId>,
    /// All names of handles that the case has had.
    pub names: BTreeSet<String>,
    /// Whether the guest, and not the host, has a resource's representations.
    pub is_guests: Box<dyn Fn(TypeId) -> bool + 'a>,
}

pub type Checked = Result<Value, String>;

impl Values<'_> {
    /// The plain form of `value`; a mistake is told with its `place`.
    pub fn plain(&mut self, ty: &Type, value: &Value, place: &str, handles: Handles) -> Checked {
        match ty {
            Type::Bool => match value {
                Value::Bool(_) => Ok(value.clone()),
                _ => wrong(place, "true or false", value),
            },
            Type::U8 => integer::<u8>(place, "u8", value),
            Type::U16 => integer::<u16>(place, "u16", value),
            Type::U32 => integer::<u32>(place, "u32", value),
            Type::S8 => integer::<i8>(place, "s8", value),
            Type::S16 => integer::<i16>(place, "s16", value),
            Type::S32 => integer::<i32>(place, "s32", value),
            Type::U64 => long::<u64>(place, "u64", value),
            Type::S64 => long::<i64>(place, "s64", value),
            Type::F32 => float(place, "f32", value, |number| f64::from(number as f32)),
            Type::F64 => float(place, "f64", value, |number| number),
            Type::Char => match value.as_str().map(|text| text.chars().count()) {
                Some(1) => Ok(value.clone()),
                _ => wrong(place, "char, a string of one character", value),
            },
            Type::String => match value {
                Value::String(_) => Ok(value.clone()),
                _ => wrong(place, "string", value),
            },
            Type::ErrorContext => Err(format!("{place}: an error-context has no form in JSON")),
            Type::Id(id) => self.defined(*id, value, place, handles),
        }
    }

    fn defined(&mut self, id: TypeId, value: &Value, place: &str, handles: Handles) -> Checked {
        let resolve = self.resolve;
        let def = &resolve.types[id];
        let name = def.name.as_deref().unwrap_or_default();
        match &def.kind {
            TypeDefKind::Type(ty) => self.plain(ty, value, place, handles),
            TypeDefKind::Record(record) => {
                let Some(given) = value.as_object() else {
                    return wrong(place, &format!("record {name}, an object"), value);
                };
                let known: Vec<_> = record
                    .fields
                    .iter()
                    .map(|field| field.name.as_str())
                    .collect();
                if let Some(field) = given.keys().find(|field| !known.contains(&field.as_str())) {
                    let known = known.join(", ");
                    return Err(format!(
                        "{place}: record {name} has no field {field}, it has {known}"
                    ));
                }
                let mut fields = Map::new();
                for field in &record.fields {
                    let Some(value) = given.get(&field.name) else {
                        return Err(format!(
                            "{place}: field {} of record {name} is missing",
                            field.name
                        ));
                    };
                    let place = format!("{place}.{}", field.name);
                    fields.insert(
                        field.name.clone(),
                        self.plain(&field.ty, value, &place, handles)?,
                    );
                }
                Ok(fields.into())
            }
            TypeDefKind::Tuple(tuple) => match value.as_array() {
                Some(items) if items.len() == tuple.types.len() => tuple
                    .types
                    .iter()
                    .zip(items)
                    .enumerate()
                    .map(|(at, (ty, item))| {
                        self.plain(ty, item, &format!("{place}[{at}]"), handles)
                    })
                    .collect(),
                _ => wrong(
                    place,
                    &format!("tuple, an array of {}", tuple.types.len()),
                    value,
                ),
            },
            TypeDefKind::List(Type::U8) => {
                let bytes = value.as_str().map(|text| BASE64_STANDARD.decode(text));
                match bytes {
                    Some(Ok(bytes)) => Ok(BASE64_STANDARD.encode(bytes).into()),
                    _ => wrong(place, "list<u8>, a string of base64", value),
                }
            }
            TypeDefKind::List(ty) => self.items(ty, None, value, place, handles),
            TypeDefKind::FixedLengthList(ty, length) => {
                self.items(ty, usize::try_from(*length).ok(), value, place, handles)
            }
            TypeDefKind::Option(ty) => match (value, self.is_option(ty)) {
                (Value::Null, _) => Ok(Value::Null),
                (value, false) => self.plain(ty, value, place, handles),
                (value, true) => match only(value) {
                    Some(("some", payload)) => {
                        Ok(json!({ "some": self.plain(ty, payload, place, handles)? }))
                    }
                    _ => wrong(
                        place,
                        r#"null or {"some": …} for an option of an option"#,
                        value,
                    ),
                },
            },
            TypeDefKind::Result(result) => match only(value) {
                Some((key @ "ok", payload)) => {
                    self.payload(key, result.ok, payload, place, handles)
                }
                Some((key @ "err", payload)) => {
                    self.payload(key, result.err, payload, place, handles)
                }
                _ => wrong(place, r#"{"ok": …} or {"err": …}"#, value),
            },
            TypeDefKind::Variant(variant) => {
                let case = only(value).and_then(|(key, payload)| {
                    let case = variant.cases.iter().find(|case| case.name == key)?;
                    Some((case, payload))
                });
                match case {
                    Some((case, payload)) => {
                        self.payload(&case.name, case.ty, payload, place, handles)
                    }
                    None => {
                        let cases: Vec<_> = variant
                            .cases
                            .iter()
                            .map(|case| case.name.as_str())
                            .collect();
                        let cases = cases.join(", ");
                        wrong(
                            place,
                            &format!(r#"variant {name}, {{"CASE": …}} with one of {cases}"#),
                            value,
                        )
                    }
                }
            }
            TypeDefKind::Enum(cases) => {
                let known: Vec<_> = cases.cases.iter().map(|case| case.name.as_str()).collect();
                match value.as_str() {
                    Some(case) if known.contains(&case) => Ok(value.clone()),
                    _ => wrong(
                        place,
                        &format!("enum {name}, one of {}", known.join(", ")),
                        value,
                    ),
                }
            }
            TypeDefKind::Flags(flags) => {
                let known: Vec<_> = flags.flags.iter().map(|flag| flag.name.as_str()).collect();
                let expected = format!("flags {name}, a list of {}", known.join(", "));
                let Some(given) = value.as_array() else {
                    return wrong(place, &expected, value);
                };
                if let Some(flag) = given
                    .iter()
                    .find(|flag| !known.iter().any(|name| *flag == name))
                {
                    return wrong(place, &expected, flag);
                }
                Ok(known
                    .into_iter()
                    .filter(|name| given.iter().any(|flag| flag == name))
                    .collect())
            }
            TypeDefKind::Handle(Handle::Own(resource)) => {
                self.handle(*resource, true, value, place, handles)
            }
            TypeDefKind::Handle(Handle::Borrow(resource)) => {
                self.handle(*resource, false, value, place, handles)
            }
            TypeDefKind::Resource
            | TypeDefKind::Map(..)
            | TypeDefKind::Future(_)
            | TypeDefKind::Stream(_)
            | TypeDefKind::Unknown => Err(format!(
                "{place}: a {} has no form in JSON",
                def.kind.as_str()
            )),
        }
    }

    fn items(
        &mut self,
        ty: &Type,
        length: Option<usize>,
        value: &Value,
        place: &str,
        handles: Handles,
    ) -> Checked {
        match value.as_array() {
            Some(items) if length.is_none_or(|length| length == items.len()) => items
                .iter()
                .enumerate()
                .map(|(at, item)| self.plain(ty, item, &format!("{place}[{at}]"), handles))
                .collect(),
            _ => {
                let length = length
                    .map(|length| format!(" of {length}"))
                    .unwrap_or_default();
                wrong(place, &format!("list, an array{length}"), value)
            }
        }
    }

    fn payload(
        &mut self,
        key: &str,
        ty: Option<Type>,
        payload: &Value,
        place: &str,
        handles: Handles,
    ) -> Checked {
        let place = format!("{place}.{key}");
        let payload = match ty {
            Some(ty) => self.plain(&ty, payload, &place, handles)?,
            None if payload.is_null() => Value::Null,
            None => return wrong(&place, "null, as there is no payload", payload),
        };
        Ok(json!({ key: payload }))
    }

    fn is_option(&self, ty: &Type) -> bool {
        match ty {
            Type::Id(id) => match &self.resolve.types[*id].kind {
                TypeDefKind::Type(ty) => self.is_option(ty),
                TypeDefKind::Option(_) => true,
                _ => false,
            },
            _ => false,
        }
    }
}
