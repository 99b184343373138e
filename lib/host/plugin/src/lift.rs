//! From the engine's values to a binding's, by their types.

use std::collections::VecDeque;
use std::sync::Arc;

use wasmtime::AsContextMut;
use wasmtime::component::Val;

use crate::handle::{Handle, Home};
use crate::types::Type;
use crate::value::{Return, Sink, nested};

/// The engine makes values by the types that these are of.
const TYPED: &str = "the engine's value is of its type";

/// What a handle in a value stands for.
enum Held {
    Handle(Handle),
    /// The number of an object of the host's, and whether it comes back.
    Object(u32, bool),
}

/// The handles in values, in the order in which they come. They are taken out first, since
/// a binding may do anything while it is given a value, but for using the store.
#[derive(Default)]
pub(crate) struct Holdings(VecDeque<Held>);

impl Holdings {
    /// Takes the handles out of `val`.
    pub fn take<C: AsContextMut>(
        &mut self,
        store: &mut C,
        home: &Arc<Home>,
        generation: u64,
        val: &Val,
        ty: &Type,
    ) -> wasmtime::Result<()> {
        let mut inner = |val: &Val, ty: &Type| self.take(store, home, generation, val, ty);
        match (val, ty) {
            (Val::Resource(any), Type::Own(of) | Type::Borrow(of)) => {
                self.0.push_back(if of.host {
                    let object = any.try_into_resource_dynamic(&mut *store)?;
                    Held::Object(object.rep(), object.owned())
                } else {
                    Held::Handle(Handle::new(of, home, generation, *any))
                });
            }
            (Val::List(items), Type::List(of)) => {
                items.iter().try_for_each(|item| inner(item, of))?;
            }
            (Val::Tuple(items), Type::Tuple(types)) => {
                let mut pairs = items.iter().zip(types.iter());
                pairs.try_for_each(|(item, of)| inner(item, of))?;
            }
            (Val::Record(fields), Type::Record(of)) => {
                let mut pairs = fields.iter().zip(&of.fields);
                pairs.try_for_each(|((_, field), (_, of))| inner(field, of))?;
            }
            (Val::Variant(name, Some(payload)), Type::Variant(of)) => {
                let case = of.cases.iter().find(|(known, _)| known == name);
                if let Some((_, Some(of))) = case {
                    inner(payload, of)?;
                }
            }
            (Val::Option(Some(payload)), Type::Option(of)) => inner(payload, of)?,
            (Val::Result(payload), Type::Result(of)) => {
                let (payload, of) = match payload {
                    Ok(payload) => (payload, &of.ok),
                    Err(payload) => (payload, &of.err),
                };
                if let (Some(payload), Some(of)) = (payload, of) {
                    inner(payload, of)?;
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// Makes a value of the binding's.
pub(crate) fn lift<K: Sink>(
    val: Val,
    ty: &Type,
    sink: &mut K,
    held: &mut Holdings,
) -> Result<K::Value, K::Error> {
    match (val, ty) {
        (Val::Bool(value), _) => sink.bool(value),
        (Val::Float32(value), _) => sink.float(value.into(), true),
        (Val::Float64(value), _) => sink.float(value, false),
        (Val::Char(value), _) => sink.character(value),
        (Val::String(value), _) => sink.text(&value),
        (Val::List(items), Type::Bytes) => {
            let byte = |item| match item {
                Val::U8(byte) => byte,
                _ => unreachable!("{TYPED}"),
            };
            let bytes: Vec<u8> = items.into_iter().map(byte).collect();
            sink.bytes(&bytes)
        }
        (Val::List(items), Type::List(of)) => {
            let types = std::iter::repeat(&**of);
            let seq = seq(items, types, sink, held)?;
            sink.list(seq)
        }
        (Val::Tuple(items), Type::Tuple(types)) => {
            let seq = seq(items, types.iter(), sink, held)?;
            sink.tuple(seq)
        }
        (Val::Record(fields), Type::Record(of)) => {
            let fields: Vec<Val> = fields.into_iter().map(|(_, val)| val).collect();
            let seq = seq(fields, of.fields.iter().map(|(_, ty)| ty), sink, held)?;
            sink.record(of, seq)
        }
        (Val::Variant(name, payload), Type::Variant(of)) => {
            let case = of.cases.iter().position(|(known, _)| *known == name);
            let case = case.expect(TYPED);
            let payload = boxed(payload, of.cases[case].1.as_ref(), sink, held)?;
            sink.variant(of, case, payload)
        }
        (Val::Enum(name), Type::Enum(of)) => {
            let case = of.cases.iter().position(|known| *known == name);
            sink.name(of, case.expect(TYPED))
        }
        (Val::Flags(set), Type::Flags(of)) => sink.flags(of, set),
        (Val::Option(payload), Type::Option(of)) => {
            let payload = boxed(payload, Some(of), sink, held)?;
            sink.option(payload, nested(of))
        }
        (Val::Result(payload), Type::Result(of)) => {
            let payload = match payload {
                Ok(payload) => Ok(boxed(payload, of.ok.as_ref(), sink, held)?),
                Err(payload) => Err(boxed(payload, of.err.as_ref(), sink, held)?),
            };
            sink.result(payload)
        }
        (Val::Resource(_), Type::Own(of) | Type::Borrow(of)) => match held.0.pop_front() {
            Some(Held::Handle(handle)) => sink.handle(of, handle),
            Some(Held::Object(object, owned)) => sink.object(of, object, owned),
            None => unreachable!("all were taken out"),
        },
        (val, Type::Integer(of)) => sink.integer(*of, number(&val).expect(TYPED)),
        _ => unreachable!("{TYPED}"),
    }
}

/// Makes what a call returned.
pub(crate) fn returned<K: Sink>(
    val: Option<Val>,
    ty: Option<&Type>,
    sink: &mut K,
    held: &mut Holdings,
) -> Result<Return<K::Value>, K::Error> {
    match (val, ty) {
        (Some(Val::Result(payload)), Some(Type::Result(ty))) => match payload {
            Ok(payload) => boxed(payload, ty.ok.as_ref(), sink, held).map(Return::Value),
            Err(payload) => boxed(payload, ty.err.as_ref(), sink, held).map(Return::Error),
        },
        (Some(val), Some(ty)) => lift(val, ty, sink, held).map(|value| Return::Value(Some(value))),
        _ => Ok(Return::Value(None)),
    }
}

/// Makes what is in an option, a variant or a result.
fn boxed<K: Sink>(
    payload: Option<Box<Val>>,
    ty: Option<&Type>,
    sink: &mut K,
    held: &mut Holdings,
) -> Result<Option<K::Value>, K::Error> {
    match (payload, ty) {
        (Some(payload), Some(ty)) => lift(*payload, ty, sink, held).map(Some),
        _ => Ok(None),
    }
}

/// Makes values one after the other.
pub(crate) fn seq<'a, K: Sink>(
    vals: Vec<Val>,
    types: impl Iterator<Item = &'a Type>,
    sink: &mut K,
    held: &mut Holdings,
) -> Result<K::Seq, K::Error> {
    let mut seq = sink.seq(vals.len())?;
    for (val, ty) in vals.into_iter().zip(types) {
        let value = lift(val, ty, sink, held)?;
        sink.push(&mut seq, value)?;
    }
    Ok(seq)
}

/// The number that a value is, if it is a whole one.
pub(crate) fn number(val: &Val) -> Option<i128> {
    Some(match val {
        Val::S8(value) => (*value).into(),
        Val::U8(value) => (*value).into(),
        Val::S16(value) => (*value).into(),
        Val::U16(value) => (*value).into(),
        Val::S32(value) => (*value).into(),
        Val::U32(value) => (*value).into(),
        Val::S64(value) => (*value).into(),
        Val::U64(value) => (*value).into(),
        _ => return None,
    })
}
