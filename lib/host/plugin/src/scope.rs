//! Names in JSON, and JSON of what comes out of a component.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Number, Value};

use crate::handle::Handle;
use crate::json::float;
use crate::types::{Enum, Flags, Integer, Record, Resource, Type, Variant};
use crate::value::{Sink, nested};

/// The handles that names in JSON stand for. A reference to it is the sink that makes JSON.
#[derive(Default)]
pub struct Scope(Mutex<Names>);

#[derive(Default)]
pub(crate) struct Names {
    pub handles: HashMap<String, Handle>,
    /// The names of objects of the host's, by their numbers; empty for those that are gone.
    pub objects: Vec<String>,
    /// How many handles came without a name.
    unnamed: usize,
}

impl Scope {
    /// No names yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Forgets a handle: the caller has it alone.
    pub fn take(&self, name: &str) -> Option<Handle> {
        self.lock().handles.remove(name)
    }

    /// Forgets all names.
    pub fn clear(&self) {
        *self.lock() = Names::default();
    }

    /// Forgets an object of the host's; the result is its name.
    pub fn drop_object(&self, object: u32) -> String {
        let mut names = self.lock();
        let name = names.objects.get_mut(object as usize);
        name.map(std::mem::take).unwrap_or_default()
    }

    /// Whether `actual`, a value of type `ty` that this made, is what is `expected`. A name
    /// of a handle that is expected and new is bound.
    pub fn is(&self, ty: &Type, expected: &Value, actual: &Value) -> bool {
        match (ty, expected, actual) {
            (Type::F32 | Type::F64, ..) => {
                let single = *ty == Type::F32;
                match (float(expected, single), float(actual, single)) {
                    (Some(a), Some(b)) => a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan(),
                    _ => false,
                }
            }
            (Type::List(of), Value::Array(a), Value::Array(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.is(of, a, b))
            }
            (Type::Tuple(types), Value::Array(a), Value::Array(b)) => {
                let mut items = types.iter().zip(a.iter().zip(b));
                let same = a.len() == types.len() && b.len() == types.len();
                same && items.all(|(of, (a, b))| self.is(of, a, b))
            }
            (Type::Record(of), Value::Object(a), Value::Object(b)) => {
                let mut fields = of.fields.iter();
                a.len() == of.fields.len()
                    && fields.all(|(name, of)| self.both(of, a.get(name), b.get(name)))
            }
            (Type::Variant(of), ..) => self.is_case(&of.cases, expected, actual),
            (Type::Option(of), Value::Object(a), Value::Object(b)) if nested(of) => {
                self.both(of, a.get("some"), b.get("some"))
            }
            (Type::Option(of), ..) if !expected.is_null() && !actual.is_null() => {
                self.is(of, expected, actual)
            }
            (Type::Result(of), ..) => {
                let cases = [("ok", &of.ok), ("err", &of.err)];
                let cases = cases.map(|(name, ty)| (name.to_owned(), ty.clone()));
                self.is_case(&cases, expected, actual)
            }
            (Type::Own(of) | Type::Borrow(of), Value::String(a), Value::String(b)) if !of.host => {
                let mut names = self.lock();
                if names.handles.contains_key(a) {
                    return false;
                }
                let handle = names.handles.remove(b);
                handle.is_some_and(|handle| names.handles.insert(a.clone(), handle).is_none())
            }
            _ => expected == actual,
        }
    }

    fn both(&self, ty: &Type, a: Option<&Value>, b: Option<&Value>) -> bool {
        matches!((a, b), (Some(a), Some(b)) if self.is(ty, a, b))
    }

    fn is_case(&self, cases: &[(String, Option<Type>)], a: &Value, b: &Value) -> bool {
        let mut cases = cases.iter();
        cases.any(|(name, ty)| match (ty, a.get(name), b.get(name)) {
            (Some(ty), a, b) => self.both(ty, a, b),
            (None, Some(a), Some(b)) => a == b,
            _ => false,
        })
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Names> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Made<T = Value> = Result<T, Infallible>;

/// An object with one field.
fn only(name: &str, payload: Option<Value>) -> Value {
    Map::from_iter([(name.to_owned(), payload.unwrap_or(Value::Null))]).into()
}

impl Sink for &Scope {
    type Value = Value;
    type Seq = Vec<Value>;
    type Error = Infallible;

    fn bool(&mut self, value: bool) -> Made {
        Ok(value.into())
    }

    fn integer(&mut self, of: Integer, value: i128) -> Made {
        let number = Number::from_i128(value).filter(|_| of.bits < 64);
        Ok(number.map_or_else(|| value.to_string().into(), Value::Number))
    }

    fn float(&mut self, value: f64, single: bool) -> Made {
        // The shortest number that is the same f32, as people write it.
        #[expect(clippy::cast_possible_truncation, reason = "it was an f32")]
        let shortest = || (value as f32).to_string().parse().unwrap_or(value);
        let value = if single { shortest() } else { value };
        let number = Number::from_f64(value).map(Value::Number);
        Ok(number.unwrap_or_else(|| value.to_string().to_lowercase().into()))
    }

    fn character(&mut self, value: char) -> Made {
        Ok(value.to_string().into())
    }

    fn text(&mut self, value: &str) -> Made {
        Ok(value.into())
    }

    fn bytes(&mut self, value: &[u8]) -> Made {
        Ok(BASE64_STANDARD.encode(value).into())
    }

    fn seq(&mut self, length: usize) -> Made<Vec<Value>> {
        Ok(Vec::with_capacity(length))
    }

    fn push(&mut self, seq: &mut Vec<Value>, value: Value) -> Made<()> {
        seq.push(value);
        Ok(())
    }

    fn list(&mut self, items: Vec<Value>) -> Made {
        Ok(items.into())
    }

    fn tuple(&mut self, items: Vec<Value>) -> Made {
        Ok(items.into())
    }

    fn record(&mut self, of: &Arc<Record>, fields: Vec<Value>) -> Made {
        let names = of.fields.iter().map(|(name, _)| name.clone());
        Ok(names.zip(fields).collect::<Map<_, _>>().into())
    }

    fn variant(&mut self, of: &Arc<Variant>, case: usize, payload: Option<Value>) -> Made {
        Ok(only(&of.cases[case].0, payload))
    }

    fn name(&mut self, of: &Arc<Enum>, case: usize) -> Made {
        Ok(of.cases[case].as_str().into())
    }

    fn flags(&mut self, _: &Arc<Flags>, set: Vec<String>) -> Made {
        Ok(set.into())
    }

    fn option(&mut self, payload: Option<Value>, nested: bool) -> Made {
        Ok(match payload {
            Some(payload) if nested => only("some", Some(payload)),
            payload => payload.unwrap_or(Value::Null),
        })
    }

    fn result(&mut self, payload: Result<Option<Value>, Option<Value>>) -> Made {
        Ok(match payload {
            Ok(payload) => only("ok", payload),
            Err(payload) => only("err", payload),
        })
    }

    /// It has no name until [`Scope::is`] gives it one.
    fn handle(&mut self, of: &Arc<Resource>, handle: Handle) -> Made {
        let mut names = self.lock();
        names.unnamed += 1;
        let name = format!("{} {}", of.name, names.unnamed);
        names.handles.insert(name.clone(), handle);
        Ok(name.into())
    }

    fn object(&mut self, _: &Arc<Resource>, object: u32, _: bool) -> Made {
        let name = self.lock().objects.get(object as usize).cloned();
        Ok(name.unwrap_or_default().into())
    }
}
