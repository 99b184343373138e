//! Values in JSON, as docs/values.md has them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Number, Value};

use crate::handle::Handle;
use crate::types::{Enum, Flags, Integer, Record, Resource, ResultType, Type, Variant};
use crate::value::{Not, Sink, Source, Taken, nested};

/// The handles that names in JSON stand for. A reference to it is the sink that makes JSON.
#[derive(Default)]
pub struct Scope(Mutex<Names>);

#[derive(Default)]
struct Names {
    handles: HashMap<String, Handle>,
    /// The names of objects of the host's, by their numbers; empty for those that are gone.
    objects: Vec<String>,
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

    fn lock(&self) -> MutexGuard<'_, Names> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "that is what f32 is")]
fn float(value: &Value, single: bool) -> Option<f64> {
    let value = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => match text.as_str() {
            "nan" => f64::NAN,
            "inf" => f64::INFINITY,
            "-inf" => f64::NEG_INFINITY,
            _ => return None,
        },
        _ => return None,
    };
    Some(if single { (value as f32).into() } else { value })
}

/// A value in JSON, and what names in it stand for.
#[derive(Clone, Copy)]
pub struct Json<'a> {
    /// The value.
    pub value: &'a Value,
    /// The handles that there are.
    pub scope: &'a Scope,
}

type Answer<T> = Taken<T, Infallible>;

impl<'a> Json<'a> {
    fn of(&self, value: &'a Value) -> Self {
        Self { value, ..*self }
    }

    fn array(&self) -> Answer<&'a Vec<Value>> {
        self.value.as_array().ok_or(Not::Kind)
    }

    fn fields(&self) -> Answer<&'a Map<String, Value>> {
        self.value.as_object().ok_or(Not::Kind)
    }

    fn string(&self) -> Answer<&'a str> {
        self.value.as_str().ok_or(Not::Kind)
    }

    /// The one field of an object, and what is in it, unless that is null and `has` says
    /// that there is no value.
    fn only(&self, has: impl Fn(&str) -> bool) -> Answer<(&'a str, Option<Self>)> {
        let mut fields = self.fields()?.iter();
        let (Some((name, payload)), None) = (fields.next(), fields.next()) else {
            return Err(Not::Kind);
        };
        let there = has(name) || !payload.is_null();
        Ok((name, there.then(|| self.of(payload))))
    }
}

impl Source for Json<'_> {
    type Error = Infallible;

    fn bool(&self) -> Answer<bool> {
        self.value.as_bool().ok_or(Not::Kind)
    }

    fn integer(&self, of: Integer) -> Answer<i128> {
        match self.value {
            Value::Number(number) => number.as_i128().ok_or(Not::Value),
            Value::String(digits) if of.bits == 64 => digits.parse().map_err(|_| Not::Value),
            _ => Err(Not::Kind),
        }
    }

    fn float(&self) -> Answer<f64> {
        float(self.value, false).ok_or(Not::Kind)
    }

    fn character(&self) -> Answer<char> {
        let mut chars = self.string()?.chars();
        match (chars.next(), chars.next()) {
            (Some(one), None) => Ok(one),
            _ => Err(Not::Value),
        }
    }

    fn text(&self) -> Answer<Cow<'_, str>> {
        self.string().map(Cow::Borrowed)
    }

    fn bytes(&self) -> Answer<Cow<'_, [u8]>> {
        let bytes = BASE64_STANDARD.decode(self.string()?);
        bytes.map(Cow::Owned).map_err(|_| Not::Value)
    }

    fn length(&self) -> Answer<usize> {
        self.array().map(Vec::len)
    }

    fn item(&self, index: usize) -> Answer<Self> {
        Ok(self.of(&self.array()?[index]))
    }

    fn field(&self, of: &Record, number: usize) -> Answer<Option<Self>> {
        let field = self.fields()?.get(&of.fields[number].0);
        Ok(field.map(|value| self.of(value)))
    }

    fn stray(&self, of: &Record) -> Answer<Option<String>> {
        let known = |name: &String| of.fields.iter().any(|(known, _)| known == name);
        Ok(self.fields()?.keys().find(|name| !known(name)).cloned())
    }

    fn case(&self, of: &Variant) -> Answer<(String, Option<Self>)> {
        let has = |name: &str| {
            let mut cases = of.cases.iter();
            cases.any(|(known, ty)| known == name && ty.is_some())
        };
        let (name, payload) = self.only(has)?;
        Ok((name.to_owned(), payload))
    }

    fn name(&self) -> Answer<String> {
        self.string().map(str::to_owned)
    }

    fn flags(&self) -> Answer<Vec<String>> {
        let names = self
            .array()?
            .iter()
            .map(|name| self.of(name).string().map(str::to_owned));
        names.collect()
    }

    fn option(&self, nested: bool) -> Answer<Option<Self>> {
        match self.value {
            Value::Null => Ok(None),
            _ if !nested => Ok(Some(*self)),
            _ => match self.only(|_| true)? {
                ("some", payload) => Ok(payload),
                _ => Err(Not::Kind),
            },
        }
    }

    fn result(&self, of: &ResultType) -> Answer<Result<Option<Self>, Option<Self>>> {
        let has = |name: &str| match name {
            "ok" => of.ok.is_some(),
            _ => of.err.is_some(),
        };
        match self.only(has)? {
            ("ok", payload) => Ok(Ok(payload)),
            ("err", payload) => Ok(Err(payload)),
            _ => Err(Not::Kind),
        }
    }

    fn handle(&self, _: &Arc<Resource>) -> Answer<Handle> {
        let found = self.scope.lock().handles.get(self.string()?).cloned();
        found.ok_or(Not::Value)
    }

    fn object(&self, _: &Arc<Resource>) -> Answer<u32> {
        let (name, mut names) = (self.string()?, self.scope.lock());
        let known = names.objects.iter().position(|known| known == name);
        let number = known.unwrap_or(names.objects.len());
        if known.is_none() {
            names.objects.push(name.to_owned());
        }
        u32::try_from(number).map_err(|_| Not::Value)
    }

    /// Names stay until the component drops what they stand for.
    fn release(&self, _: u32) {}

    fn shown(&self) -> String {
        let shown = self.value.to_string();
        match shown.char_indices().nth(60) {
            Some((end, _)) => format!("{}…", &shown[..end]),
            None => shown,
        }
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
