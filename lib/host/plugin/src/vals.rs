//! wasmtime's own values as a source and a sink, for all types but handles.

use std::borrow::Cow;
use std::convert::Infallible;
use std::sync::Arc;

use wasmtime::component::Val;

use crate::handle::Handle;
use crate::lift::number;
use crate::types::{Enum, Flags, Integer, Record, Resource, ResultType, Variant};
use crate::value::{Not, Sink, Source, Taken};
use crate::wave::show;

type Answer<T> = Taken<T, Infallible>;

impl Source for Val {
    type Error = Infallible;

    fn bool(&self) -> Answer<bool> {
        match self {
            Self::Bool(value) => Ok(*value),
            _ => Err(Not::Kind),
        }
    }

    fn integer(&self, _: Integer) -> Answer<i128> {
        number(self).ok_or(Not::Kind)
    }

    fn float(&self) -> Answer<f64> {
        match self {
            Self::Float32(value) => Ok((*value).into()),
            Self::Float64(value) => Ok(*value),
            _ => Err(Not::Kind),
        }
    }

    fn character(&self) -> Answer<char> {
        match self {
            Self::Char(value) => Ok(*value),
            _ => Err(Not::Kind),
        }
    }

    fn text(&self) -> Answer<Cow<'_, str>> {
        match self {
            Self::String(value) => Ok(value.into()),
            _ => Err(Not::Kind),
        }
    }

    fn bytes(&self) -> Answer<Cow<'_, [u8]>> {
        let Self::List(items) = self else {
            return Err(Not::Kind);
        };
        let byte = |item: &Self| match item {
            Self::U8(byte) => Ok(*byte),
            _ => Err(Not::Kind),
        };
        items.iter().map(byte).collect()
    }

    fn length(&self) -> Answer<usize> {
        match self {
            Self::List(items) | Self::Tuple(items) => Ok(items.len()),
            _ => Err(Not::Kind),
        }
    }

    fn item(&self, index: usize) -> Answer<Self> {
        match self {
            Self::List(items) | Self::Tuple(items) => Ok(items[index].clone()),
            _ => Err(Not::Kind),
        }
    }

    fn field(&self, of: &Record, number: usize) -> Answer<Option<Self>> {
        let Self::Record(fields) = self else {
            return Err(Not::Kind);
        };
        let found = fields.iter().find(|(name, _)| *name == of.fields[number].0);
        Ok(found.map(|(_, value)| value.clone()))
    }

    fn stray(&self, of: &Record) -> Answer<Option<String>> {
        let Self::Record(fields) = self else {
            return Err(Not::Kind);
        };
        let known = |name: &String| of.fields.iter().any(|(known, _)| known == name);
        let mut names = fields.iter().map(|(name, _)| name);
        Ok(names.find(|name| !known(name)).cloned())
    }

    fn case(&self, _: &Variant) -> Answer<(String, Option<Self>)> {
        match self {
            Self::Variant(name, payload) => Ok((name.clone(), payload.as_deref().cloned())),
            _ => Err(Not::Kind),
        }
    }

    fn name(&self) -> Answer<String> {
        match self {
            Self::Enum(name) => Ok(name.clone()),
            _ => Err(Not::Kind),
        }
    }

    fn flags(&self) -> Answer<Vec<String>> {
        match self {
            Self::Flags(names) => Ok(names.clone()),
            _ => Err(Not::Kind),
        }
    }

    fn option(&self, _: bool) -> Answer<Option<Self>> {
        match self {
            Self::Option(payload) => Ok(payload.as_deref().cloned()),
            _ => Err(Not::Kind),
        }
    }

    fn result(&self, _: &ResultType) -> Answer<Result<Option<Self>, Option<Self>>> {
        match self {
            Self::Result(Ok(payload)) => Ok(Ok(payload.as_deref().cloned())),
            Self::Result(Err(payload)) => Ok(Err(payload.as_deref().cloned())),
            _ => Err(Not::Kind),
        }
    }

    fn handle(&self, _: &Arc<Resource>) -> Answer<Handle> {
        Err(Not::Kind)
    }

    fn object(&self, _: &Arc<Resource>) -> Answer<u32> {
        Err(Not::Kind)
    }

    fn release(&self, _: u32) {}

    fn shown(&self) -> String {
        show(self)
    }
}

/// Makes wasmtime's own values. Of a handle only the name of its resource is left: it is
/// dropped with the next call.
pub struct Vals;

type Made<T = Val> = Result<T, Infallible>;

impl Sink for Vals {
    type Value = Val;
    type Seq = Vec<Val>;
    type Error = Infallible;

    fn bool(&mut self, value: bool) -> Made {
        Ok(Val::Bool(value))
    }

    fn integer(&mut self, of: Integer, value: i128) -> Made {
        Ok(crate::lower::integer(of, value))
    }

    fn float(&mut self, value: f64, single: bool) -> Made {
        #[expect(clippy::cast_possible_truncation, reason = "it was an f32")]
        Ok(if single {
            Val::Float32(value as f32)
        } else {
            Val::Float64(value)
        })
    }

    fn character(&mut self, value: char) -> Made {
        Ok(Val::Char(value))
    }

    fn text(&mut self, value: &str) -> Made {
        Ok(Val::String(value.to_owned()))
    }

    fn bytes(&mut self, value: &[u8]) -> Made {
        Ok(Val::List(value.iter().copied().map(Val::U8).collect()))
    }

    fn seq(&mut self, length: usize) -> Made<Vec<Val>> {
        Ok(Vec::with_capacity(length))
    }

    fn push(&mut self, seq: &mut Vec<Val>, value: Val) -> Made<()> {
        seq.push(value);
        Ok(())
    }

    fn list(&mut self, items: Vec<Val>) -> Made {
        Ok(Val::List(items))
    }

    fn tuple(&mut self, items: Vec<Val>) -> Made {
        Ok(Val::Tuple(items))
    }

    fn record(&mut self, of: &Arc<Record>, fields: Vec<Val>) -> Made {
        let names = of.fields.iter().map(|(name, _)| name.clone());
        Ok(Val::Record(names.zip(fields).collect()))
    }

    fn variant(&mut self, of: &Arc<Variant>, case: usize, payload: Option<Val>) -> Made {
        let name = of.cases[case].0.clone();
        Ok(Val::Variant(name, payload.map(Box::new)))
    }

    fn name(&mut self, of: &Arc<Enum>, case: usize) -> Made {
        Ok(Val::Enum(of.cases[case].clone()))
    }

    fn flags(&mut self, _: &Arc<Flags>, set: Vec<String>) -> Made {
        Ok(Val::Flags(set))
    }

    fn option(&mut self, payload: Option<Val>, _: bool) -> Made {
        Ok(Val::Option(payload.map(Box::new)))
    }

    fn result(&mut self, payload: Result<Option<Val>, Option<Val>>) -> Made {
        Ok(Val::Result(match payload {
            Ok(payload) => Ok(payload.map(Box::new)),
            Err(payload) => Err(payload.map(Box::new)),
        }))
    }

    fn handle(&mut self, of: &Arc<Resource>, _: Handle) -> Made {
        Ok(Val::Enum(of.name.clone()))
    }

    fn object(&mut self, of: &Arc<Resource>, _: u32, _: bool) -> Made {
        Ok(Val::Enum(of.name.clone()))
    }
}
