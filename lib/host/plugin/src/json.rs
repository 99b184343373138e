//! Values in JSON, as docs/values.md has them.

use std::borrow::Cow;
use std::convert::Infallible;
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value};

use crate::handle::Handle;
use crate::scope::Scope;
use crate::types::{Integer, Record, Resource, ResultType, Variant};
use crate::value::{Not, Source, Taken};

#[expect(clippy::cast_possible_truncation, reason = "that is what f32 is")]
pub(crate) fn float(value: &Value, single: bool) -> Option<f64> {
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
