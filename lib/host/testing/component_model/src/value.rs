//! The tests' constants as JSON, in the form of docs/values.md.

use anyhow::{Result, bail};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use json_from_wast::ComponentConst as Const;
use serde_json::{Map, Value, json};
use wasmparser::PrimitiveValType;
use wasmparser::component_types::{ComponentDefinedType as Defined, ComponentValType as Type};
use wasmparser::types::TypesRef;

/// The constant as a value of that type.
///
/// # Errors
/// It is none, or one that JSON cannot tell from others.
pub fn json(types: TypesRef<'_>, ty: Type, value: &Const<'_>) -> Result<Value> {
    let inner = |ty, value: &Const<'_>| json(types, ty, value);
    let payload = |ty: Option<Type>, value: &Option<Box<Const<'_>>>| match (ty, value) {
        (Some(ty), Some(value)) => inner(ty, value),
        (None, None) => Ok(Value::Null),
        _ => bail!("{value:?} is of another type"),
    };
    let defined = match ty {
        Type::Primitive(_) => None,
        Type::Type(id) => Some(&types[id]),
    };
    Ok(match (value, defined) {
        (Const::Bool(value), _) => json!(value),
        (Const::Char(value), _) => json!(value),
        (Const::String(value) | Const::Enum(value), _) => json!(value),
        (Const::U8(value), _) => json!(value.0),
        (Const::S8(value), _) => json!(value.0),
        (Const::U16(value), _) => json!(value.0),
        (Const::S16(value), _) => json!(value.0),
        (Const::U32(value), _) => json!(value.0),
        (Const::S32(value), _) => json!(value.0),
        (Const::U64(value), _) => json!(value.0.to_string()),
        (Const::S64(value), _) => json!(value.0.to_string()),
        (Const::F32(value), _) => float(f32::from_bits(value.0).into())?,
        (Const::F64(value), _) => float(f64::from_bits(value.0))?,
        (Const::List(items), Some(Defined::List { element, .. })) => {
            if matches!(element, Type::Primitive(PrimitiveValType::U8)) {
                let byte = |item: &Const<'_>| match item {
                    Const::U8(byte) => Ok(byte.0),
                    _ => bail!("{item:?} is no u8"),
                };
                let bytes: Vec<u8> = items.iter().map(byte).collect::<Result<_>>()?;
                json!(BASE64_STANDARD.encode(bytes))
            } else {
                list(items.iter().map(|item| inner(*element, item)))?
            }
        }
        (Const::Tuple(items), Some(Defined::Tuple(of))) => {
            let pairs = of.types.iter().zip(items);
            list(pairs.map(|(ty, item)| inner(*ty, item)))?
        }
        (Const::Record(fields), Some(Defined::Record(of))) => {
            let field = |(name, value): &(_, _)| {
                let name: &std::borrow::Cow<'_, str> = name;
                match of.fields.iter().find(|(known, _)| known.as_str() == name) {
                    Some((_, ty)) => Ok((name.to_string(), inner(*ty, value)?)),
                    None => bail!("the record has no {name}"),
                }
            };
            let fields = fields.iter().map(field).collect::<Result<Map<_, _>>>()?;
            fields.into()
        }
        (Const::Variant { case, payload: of }, Some(Defined::Variant(ty))) => {
            let known = ty.cases.iter().find(|(name, _)| name.as_str() == case);
            let Some((_, ty)) = known else {
                bail!("the variant has no {case}")
            };
            json!({ case.as_ref(): payload(ty.ty, of)? })
        }
        (Const::Option(None), Some(Defined::Option { .. })) => Value::Null,
        (Const::Option(Some(value)), Some(Defined::Option { ty, .. })) => {
            let value = inner(*ty, value)?;
            match ty {
                Type::Type(id) if matches!(types[*id], Defined::Option { .. }) => {
                    json!({ "some": value })
                }
                _ => value,
            }
        }
        (Const::Result(value), Some(Defined::Result { ok, err, .. })) => match value {
            Ok(value) => json!({ "ok": payload(*ok, value)? }),
            Err(value) => json!({ "err": payload(*err, value)? }),
        },
        (Const::Flags(names), _) => json!(names),
        (value, _) => bail!("{value:?} is of another type"),
    })
}

fn list(items: impl Iterator<Item = Result<Value>>) -> Result<Value> {
    items.collect::<Result<Vec<_>>>().map(Value::Array)
}

fn float(value: f64) -> Result<Value> {
    let Some(number) = serde_json::Number::from_f64(value) else {
        bail!("{value} has other words in JSON, which no test has needed yet")
    };
    Ok(number.into())
}
