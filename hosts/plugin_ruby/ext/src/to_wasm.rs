//! Ruby objects as values of the type that a guest expects.

use magnus::prelude::*;
use magnus::value::{Qfalse, Qtrue};
use magnus::{Error, RArray, RHash, RString, Ruby, TryConvert, Value};
use wasmtime::component::{Type, Val, types};

use crate::errors::{At as _, error};
use crate::to_ruby::not_implemented;

/// The value of type `ty` that `value` stands for.
///
/// # Errors
/// Ruby's own: `TypeError`, `RangeError`, `EncodingError`; `Wasmtime::Error` for a
/// name that the type does not have.
pub fn convert(ruby: &Ruby, value: Value, ty: &Type) -> Result<Val, Error> {
    Ok(match ty {
        Type::Bool => Val::Bool(bool(ruby, value)?),
        Type::S8 => Val::S8(TryConvert::try_convert(value)?),
        Type::U8 => Val::U8(TryConvert::try_convert(value)?),
        Type::S16 => Val::S16(TryConvert::try_convert(value)?),
        Type::U16 => Val::U16(TryConvert::try_convert(value)?),
        Type::S32 => Val::S32(TryConvert::try_convert(value)?),
        Type::U32 => Val::U32(TryConvert::try_convert(value)?),
        Type::S64 => Val::S64(TryConvert::try_convert(value)?),
        Type::U64 => Val::U64(TryConvert::try_convert(value)?),
        Type::Float32 => Val::Float32(TryConvert::try_convert(value)?),
        Type::Float64 => Val::Float64(TryConvert::try_convert(value)?),
        Type::Char => Val::Char(RString::try_convert(value)?.to_char()?),
        Type::String => Val::String(RString::try_convert(value)?.to_string()?),
        Type::List(list) => Val::List(items(ruby, value, list)?),
        Type::Tuple(tuple) => Val::Tuple(members(ruby, value, tuple)?),
        Type::Record(record) => Val::Record(fields(ruby, value, record)?),
        Type::Variant(variant) => case(ruby, value, variant)?,
        Type::Enum(names) => {
            let name = RString::try_convert(value)?.to_string()?;
            if !names.names().any(|known| known == name) {
                return Err(error(
                    ruby,
                    format!("enum variant name `{name}` is not valid"),
                ));
            }
            Val::Enum(name)
        }
        Type::Flags(names) => Val::Flags(flags(ruby, value, names)?),
        Type::Option(_) if value.is_nil() => Val::Option(None),
        Type::Option(option) => Val::Option(Some(Box::new(convert(ruby, value, &option.ty())?))),
        Type::Result(result) => Val::Result(if value.funcall("ok?", ())? {
            let payload = value.funcall("ok", ())?;
            Ok(payload_of(ruby, payload, result.ok(), || {
                "result<_, E> ok branch".into()
            })?)
        } else {
            let payload = value.funcall("error", ())?;
            Err(payload_of(ruby, payload, result.err(), || {
                "result<O, _> error branch".into()
            })?)
        }),
        Type::Map(_)
        | Type::FixedLengthList(_)
        | Type::Own(_)
        | Type::Borrow(_)
        | Type::Future(_)
        | Type::Stream(_)
        | Type::ErrorContext => return Err(not_implemented(ruby)),
    })
}

/// `true` or `false`; unlike Ruby, WIT has no other truth.
pub fn bool(ruby: &Ruby, value: Value) -> Result<bool, Error> {
    if Qtrue::from_value(value).is_some() {
        Ok(true)
    } else if Qfalse::from_value(value).is_some() {
        Ok(false)
    } else {
        Err(Error::new(
            ruby.exception_type_error(),
            format!("no implicit conversion of {} into boolean", value.class()),
        ))
    }
}

fn items(ruby: &Ruby, value: Value, list: &types::List) -> Result<Vec<Val>, Error> {
    let array = RArray::try_convert(value)?;
    let ty = list.ty();
    let mut vals = Vec::with_capacity(array.len());
    // The length is asked for each time: converting an item may run Ruby, which may
    // change the array.
    while vals.len() < array.len() {
        let index = vals.len();
        let val = array.entry(index.cast_signed());
        let val = val.and_then(|item| convert(ruby, item, &ty));
        vals.push(val.at(|| format!("list item at index {index}"))?);
    }
    Ok(vals)
}

fn members(ruby: &Ruby, value: Value, tuple: &types::Tuple) -> Result<Vec<Val>, Error> {
    let array = RArray::try_convert(value)?;
    let types = tuple.types();
    if types.len() != array.len() {
        let message = format!(
            "invalid array length for tuple (given {}, expected {})",
            array.len(),
            types.len()
        );
        return Err(Error::new(ruby.exception_type_error(), message));
    }
    types
        .enumerate()
        .map(|(index, ty)| {
            let val = array.entry(index.cast_signed());
            val.and_then(|item| convert(ruby, item, &ty))
                .at(|| format!("tuple value at index {index}"))
        })
        .collect()
}

fn fields(ruby: &Ruby, value: Value, record: &types::Record) -> Result<Vec<(String, Val)>, Error> {
    let hash = RHash::try_convert(value)?;
    record
        .fields()
        .map(|field| {
            let value: Value = hash
                .get(field.name)
                .ok_or_else(|| error(ruby, format!("struct field missing: {}", field.name)))?;
            let val = convert(ruby, value, &field.ty)
                .at(|| format!("struct field \"{}\"", field.name))?;
            Ok((field.name.to_owned(), val))
        })
        .collect()
}

fn case(ruby: &Ruby, value: Value, variant: &types::Variant) -> Result<Val, Error> {
    let name: RString = value.funcall("name", ())?;
    let name = name.to_string()?;
    let Some(case) = variant.cases().find(|case| case.name == name) else {
        let names: Vec<String> = variant
            .cases()
            .map(|case| format!("\"{}\"", case.name))
            .collect();
        return Err(error(
            ruby,
            format!(
                "invalid variant case \"{name}\", valid cases: [{}]",
                names.join(", ")
            ),
        ));
    };
    let payload = value.funcall("value", ())?;
    let payload = match &case.ty {
        Some(ty) => Some(Box::new(
            convert(ruby, payload, ty).at(|| format!("variant value for \"{name}\""))?,
        )),
        None => payload_of(ruby, payload, None, || format!("variant case \"{name}\""))?,
    };
    Ok(Val::Variant(name, payload))
}

/// The payload of a case: none if the case has none, and then it must be nil.
fn payload_of(
    ruby: &Ruby,
    value: Value,
    ty: Option<Type>,
    case: impl FnOnce() -> String,
) -> Result<Option<Box<Val>>, Error> {
    match ty {
        Some(ty) => Ok(Some(Box::new(convert(ruby, value, &ty)?))),
        None if value.is_nil() => Ok(None),
        None => Err(error(
            ruby,
            format!("expected nil for {}, got {}", case(), value.inspect()),
        )),
    }
}

fn flags(ruby: &Ruby, value: Value, known: &types::Flags) -> Result<Vec<String>, Error> {
    let names = Vec::<String>::try_convert(value)?;
    let unknown = names
        .iter()
        .find(|name| !known.names().any(|known| known == name.as_str()));
    match unknown {
        Some(name) => Err(error(ruby, format!("unknown flag: `{name}`"))),
        None => Ok(names),
    }
}
