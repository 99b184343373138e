//! Values of a guest as Ruby objects.

use magnus::prelude::*;
use magnus::value::Lazy;
use magnus::{Error, IntoValue, RArray, RClass, RModule, Ruby, Value};
use wasmtime::component::Val;

static RESULT: Lazy<RClass> = Lazy::new(|ruby| class(ruby, "Result"));
static VARIANT: Lazy<RClass> = Lazy::new(|ruby| class(ruby, "Variant"));

fn class(ruby: &Ruby, name: &str) -> RClass {
    let wasmtime: RModule = ruby
        .class_object()
        .const_get("Wasmtime")
        .expect("lib/wasmtime.rb defines it before it loads this library");
    let components: RModule = wasmtime
        .const_get("Component")
        .expect("lib/wasmtime/component.rb defines it");
    components
        .const_get(name)
        .expect("lib/wasmtime/component.rb defines it")
}

/// The Ruby object for `val`: a Hash for a record, an Array for a list or a tuple or
/// flags, a String for an enum, nil for none.
pub fn convert(ruby: &Ruby, val: Val) -> Result<Value, Error> {
    Ok(match val {
        Val::Bool(v) => v.into_value_with(ruby),
        Val::S8(v) => v.into_value_with(ruby),
        Val::U8(v) => v.into_value_with(ruby),
        Val::S16(v) => v.into_value_with(ruby),
        Val::U16(v) => v.into_value_with(ruby),
        Val::S32(v) => v.into_value_with(ruby),
        Val::U32(v) => v.into_value_with(ruby),
        Val::S64(v) => v.into_value_with(ruby),
        Val::U64(v) => v.into_value_with(ruby),
        Val::Float32(v) => v.into_value_with(ruby),
        Val::Float64(v) => v.into_value_with(ruby),
        Val::Char(v) => v.into_value_with(ruby),
        Val::String(v) | Val::Enum(v) => ruby.str_new(&v).as_value(),
        Val::List(vals) | Val::Tuple(vals) => array(ruby, vals)?.as_value(),
        Val::Flags(names) => {
            let array = ruby.ary_new_capa(names.len());
            for name in names {
                array.push(ruby.str_new(&name))?;
            }
            array.as_value()
        }
        Val::Record(fields) => {
            let hash = ruby.hash_new_capa(fields.len());
            for (name, val) in fields {
                let name = ruby.str_new(&name).to_interned_str();
                hash.aset(name, convert(ruby, val)?)?;
            }
            hash.as_value()
        }
        Val::Variant(name, payload) => {
            let name = ruby.str_new(&name);
            let payload = boxed(ruby, payload)?;
            ruby.get_inner(&VARIANT).funcall("new", (name, payload))?
        }
        Val::Option(payload) => boxed(ruby, payload)?,
        Val::Result(Ok(payload)) => {
            let payload = boxed(ruby, payload)?;
            ruby.get_inner(&RESULT).funcall("ok", (payload,))?
        }
        Val::Result(Err(payload)) => {
            let payload = boxed(ruby, payload)?;
            ruby.get_inner(&RESULT).funcall("error", (payload,))?
        }
        Val::Map(_)
        | Val::FixedLengthList(_)
        | Val::Resource(_)
        | Val::Future(_)
        | Val::Stream(_)
        | Val::ErrorContext(_) => {
            return Err(not_implemented(ruby));
        }
    })
}

/// The Ruby objects for `vals`, in an array of Ruby's, where the collector sees them.
pub fn array(ruby: &Ruby, vals: impl IntoIterator<Item = Val>) -> Result<RArray, Error> {
    let vals = vals.into_iter();
    let array = ruby.ary_new_capa(vals.size_hint().0);
    for val in vals {
        array.push(convert(ruby, val)?)?;
    }
    Ok(array)
}

fn boxed(ruby: &Ruby, val: Option<Box<Val>>) -> Result<Value, Error> {
    match val {
        Some(val) => convert(ruby, *val),
        None => Ok(ruby.qnil().as_value()),
    }
}

/// The exception for types that the gem does not know either.
pub fn not_implemented(ruby: &Ruby) -> Error {
    Error::new(
        ruby.exception_not_imp_error(),
        "resources, maps, lists of fixed length, futures, streams and error contexts are not supported",
    )
}
