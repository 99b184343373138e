//! From a binding's values to the engine's, by their types.

use std::sync::Arc;

use wasmtime::AsContextMut;
use wasmtime::component::{ResourceDynamic, Val};

use crate::error::{CallError, Error, Wrong};
use crate::handle::{Handle, Home};
use crate::reflect::Function;
use crate::types::{Case, Commas, Integer, ResultType, Type};
use crate::value::{Not, Source, Taken, nested};

/// What is on its way into an instance: who has which handles is only changed once all of
/// it is well.
///
/// [`Plugin::begin`](crate::Plugin::begin) makes one. It holds nothing of the plugin, which
/// whatever a [`Source`] runs may use meanwhile.
pub struct Lowering<S> {
    home: Arc<Home>,
    pub(crate) generation: u64,
    /// Handles that are given away.
    given: Vec<Handle>,
    /// Handles that are lent.
    lent: Vec<Handle>,
    /// Objects of the host's with whoever has them, and whether they are lent alone.
    objects: Vec<(S, u32, bool)>,
}

/// The arguments of a call, all of which are well.
pub struct Arguments<S> {
    pub(crate) vals: Vec<Val>,
    /// The one that is bytes, which go in bulk.
    pub(crate) bytes: Option<S>,
    pub(crate) lowering: Lowering<S>,
}

/// Why a value could not be lowered.
pub(crate) enum Stop<E> {
    Wrong(Wrong),
    Other(CallError<E>),
}

type Lowered<T, E> = Result<T, Stop<E>>;

impl<E> Stop<E> {
    pub fn at(self, step: impl FnOnce() -> String) -> Self {
        match self {
            Self::Wrong(wrong) => Self::Wrong(wrong.at(&step())),
            other @ Self::Other(_) => other,
        }
    }
}

impl<E> From<Stop<E>> for CallError<E> {
    fn from(stop: Stop<E>) -> Self {
        match stop {
            Stop::Wrong(wrong) => Error::Value(wrong).into(),
            Stop::Other(error) => error,
        }
    }
}

fn plugin<E>(error: Error) -> Stop<E> {
    Stop::Other(error.into())
}

fn wrong<S: Source>(source: &S, expected: String, kind: bool) -> Stop<S::Error> {
    Stop::Wrong(Wrong {
        place: String::new(),
        expected,
        got: source.shown(),
        kind,
    })
}

/// What to say of a source that has not what `ty` asks for.
fn refused<S: Source>(source: &S, not: Not<S::Error>, ty: &Type) -> Stop<S::Error> {
    let expected = |kind| source.expected(ty, kind);
    match not {
        Not::Kind => wrong(source, expected(true), true),
        Not::Value => wrong(source, expected(false), false),
        Not::Found(got) => Stop::Wrong(Wrong {
            place: String::new(),
            expected: expected(false),
            got,
            kind: false,
        }),
        Not::Plugin(error) => plugin(error),
        Not::Foreign(error) => Stop::Other(CallError::Foreign(error)),
    }
}

fn taken<S: Source, T>(source: &S, taken: Taken<T, S::Error>, ty: &Type) -> Lowered<T, S::Error> {
    taken.map_err(|not| refused(source, not, ty))
}

impl Type {
    /// What is expected of a value, in WIT's words: `u8`, `weekday, one of monday, tuesday`.
    #[must_use]
    pub fn expected(&self) -> String {
        match self {
            Self::Enum(of) => format!("{self}, one of {}", Commas(&of.cases)),
            Self::Flags(of) => format!("{self}, any of {}", Commas(&of.flags)),
            Self::Variant(of) => {
                let cases: Vec<Case<'_>> = of.cases.iter().map(Case).collect();
                format!("{self}, one of {}", Commas(&cases))
            }
            _ => self.to_string(),
        }
    }
}

impl<S: Source> Lowering<S> {
    pub(crate) fn new(home: &Arc<Home>, generation: u64) -> Self {
        Self {
            home: Arc::clone(home),
            generation,
            given: Vec::new(),
            lent: Vec::new(),
            objects: Vec::new(),
        }
    }

    /// Takes the arguments of a call.
    ///
    /// # Errors
    /// [`Error::Value`] and [`Error::Plugin`]; and what the binding raises.
    pub fn arguments(
        mut self,
        function: &Function,
        args: impl ExactSizeIterator<Item = S>,
    ) -> Result<Arguments<S>, CallError<S::Error>> {
        let (mut vals, mut bytes) = (Vec::with_capacity(args.len()), None);
        for (arg, (name, ty)) in args.zip(&function.params) {
            let lowered = if function.bulk {
                let checked = arg.bytes().map(drop);
                let checked = checked.map_err(|not| refused(&arg, not, ty));
                checked.map(|()| bytes = Some(arg))
            } else {
                self.value(arg, ty).map(|val| vals.push(val))
            };
            if let Err(stop) = lowered {
                self.undo();
                return Err(stop.at(|| name.clone()).into());
            }
        }
        Ok(Arguments {
            vals,
            bytes,
            lowering: self,
        })
    }

    /// Begins the call: what is given away is no longer the caller's. What it returns is to
    /// be ended with [`Lent::end`] when the call has ended.
    ///
    /// # Errors
    /// A handle is used in a way that another use of it rules out.
    pub(crate) fn commit(mut self) -> Result<Lent<S>, Error> {
        for (index, handle) in self.given.iter().enumerate() {
            let mut others = self.given[index + 1..].iter().chain(&self.lent);
            if others.any(|other| other.same(handle)) {
                let (file, name) = (&self.home.file, &handle.resource().name);
                let line = format!("{file}: the {name} is given away, and used again in one call");
                self.undo();
                return Err(Error::Plugin(line));
            }
        }
        for handle in &self.given {
            handle.take(self.generation);
        }
        let lent = self.objects.into_iter().filter(|(.., lent)| *lent);
        Ok(Lent(
            lent.map(|(source, object, _)| (source, object)).collect(),
        ))
    }

    /// Leaves everything as it was.
    pub(crate) fn undo(&mut self) {
        for (source, object, _) in self.objects.drain(..) {
            source.release(object);
        }
    }

    /// The engine's value for `source`.
    pub(crate) fn value(&mut self, source: S, ty: &Type) -> Lowered<Val, S::Error> {
        let no_such = |source: &S| wrong(source, source.expected(ty, false), false);
        Ok(match ty {
            Type::Bool => Val::Bool(taken(&source, source.bool(), ty)?),
            Type::Integer(of) => {
                let value = taken(&source, source.integer(*of), ty)?;
                if !of.holds(value) {
                    return Err(no_such(&source));
                }
                integer(*of, value)
            }
            Type::F32 => {
                let value = taken(&source, source.float(), ty)?;
                #[expect(clippy::cast_possible_truncation, reason = "rounded, as WIT says")]
                Val::Float32(value as f32)
            }
            Type::F64 => Val::Float64(taken(&source, source.float(), ty)?),
            Type::Char => Val::Char(taken(&source, source.character(), ty)?),
            Type::String => Val::String(taken(&source, source.text(), ty)?),
            Type::Bytes => {
                let bytes = taken(&source, source.bytes(), ty)?;
                Val::List(bytes.iter().copied().map(Val::U8).collect())
            }
            Type::List(of) => {
                let length = taken(&source, source.length(), ty)?;
                let items = (0..length).map(|index| self.item(&source, index, of, ty));
                Val::List(items.collect::<Result<_, _>>()?)
            }
            Type::Tuple(types) => {
                if taken(&source, source.length(), ty)? != types.len() {
                    return Err(no_such(&source));
                }
                let items = types.iter().enumerate();
                let items = items.map(|(index, of)| self.item(&source, index, of, ty));
                Val::Tuple(items.collect::<Result<_, _>>()?)
            }
            Type::Record(_) => self.record(&source, ty)?,
            Type::Variant(_) => self.variant(&source, ty)?,
            Type::Enum(of) => {
                let name = taken(&source, source.name(), ty)?;
                if !of.cases.contains(&name) {
                    return Err(no_such(&source));
                }
                Val::Enum(name)
            }
            Type::Flags(of) => {
                let set = taken(&source, source.flags(), ty)?;
                if let Some(unknown) = set.iter().find(|name| !of.flags.contains(name)) {
                    return Err(Stop::Wrong(Wrong {
                        place: String::new(),
                        expected: source.expected(ty, false),
                        got: source.flag_shown(unknown),
                        kind: false,
                    }));
                }
                let known = of.flags.iter();
                Val::Flags(known.filter(|name| set.contains(name)).cloned().collect())
            }
            Type::Option(of) => {
                let payload = taken(&source, source.option(nested(of)), ty)?;
                let payload = payload.map(|payload| self.value(payload, of)).transpose()?;
                Val::Option(payload.map(Box::new))
            }
            Type::Result(of) => {
                let payload = taken(&source, source.result(of), ty)?;
                self.result(payload, of)?
            }
            Type::Own(of) | Type::Borrow(of) if of.host => {
                let object = taken(&source, source.object(of), ty)?;
                let lent = matches!(ty, Type::Borrow(_));
                self.objects.push((source, object, lent));
                // Its place, where `place` puts the engine's handle of it.
                Val::U32(object)
            }
            Type::Own(of) | Type::Borrow(of) => {
                let handle = taken(&source, source.handle(of), ty)?;
                if !handle.is_of(&self.home) || handle.resource() != of {
                    return Err(wrong(&source, source.expected(ty, true), true));
                }
                let any = handle.any(self.generation).map_err(plugin)?;
                let own = matches!(ty, Type::Own(_));
                (if own { &mut self.given } else { &mut self.lent }).push(handle);
                Val::Resource(any)
            }
        })
    }

    /// One of the two of a `result`.
    pub(crate) fn result(
        &mut self,
        payload: Result<Option<S>, Option<S>>,
        of: &ResultType,
    ) -> Lowered<Val, S::Error> {
        let mut branch = |payload: Option<S>, of: &Option<Type>, word: &str| {
            let val = match (payload, of) {
                (Some(payload), Some(of)) => self.value(payload, of).map(Some),
                (None, None) => Ok(None),
                (Some(payload), None) => Err(wrong(&payload, "no value".to_owned(), true)),
                (None, Some(of)) => Err(Stop::Wrong(Wrong {
                    place: String::new(),
                    expected: of.to_string(),
                    got: "no value".to_owned(),
                    kind: true,
                })),
            };
            let val = val.map_err(|stop| stop.at(|| format!(".{word}")))?;
            Ok(val.map(Box::new))
        };
        Ok(Val::Result(match payload {
            Ok(payload) => Ok(branch(payload, &of.ok, "ok")?),
            Err(payload) => Err(branch(payload, &of.err, "err")?),
        }))
    }

    fn item(&mut self, source: &S, index: usize, of: &Type, list: &Type) -> Lowered<Val, S::Error> {
        let item = taken(source, source.item(index), list)?;
        let val = self.value(item, of);
        val.map_err(|stop| stop.at(|| format!("[{index}]")))
    }

    fn record(&mut self, source: &S, ty: &Type) -> Lowered<Val, S::Error> {
        let Type::Record(of) = ty else {
            unreachable!("the caller knows")
        };
        let mut fields = Vec::with_capacity(of.fields.len());
        for (number, (name, field)) in of.fields.iter().enumerate() {
            let value = taken(source, source.field(of, number), ty)?;
            let missing = || wrong(source, format!("{ty} with a field {name}"), true);
            let val = self.value(value.ok_or_else(missing)?, field);
            let val = val.map_err(|stop| stop.at(|| format!(".{name}")))?;
            fields.push((name.clone(), val));
        }
        if let Some(got) = taken(source, source.stray(of), ty)? {
            let names: Vec<&String> = of.fields.iter().map(|(name, _)| name).collect();
            return Err(Stop::Wrong(Wrong {
                place: String::new(),
                expected: format!("{ty} with the fields {}", Commas(&names)),
                got,
                kind: false,
            }));
        }
        Ok(Val::Record(fields))
    }

    fn variant(&mut self, source: &S, ty: &Type) -> Lowered<Val, S::Error> {
        let Type::Variant(of) = ty else {
            unreachable!("the caller knows")
        };
        let (name, payload) = taken(source, source.case(of), ty)?;
        let case = of.cases.iter().find(|(known, _)| *known == name);
        let payload = match (case, payload) {
            (Some((_, Some(of))), Some(payload)) => {
                let val = self.value(payload, of);
                Some(Box::new(
                    val.map_err(|stop| stop.at(|| format!(".{name}")))?,
                ))
            }
            (Some((_, None)), None) => None,
            _ => return Err(wrong(source, source.expected(ty, false), false)),
        };
        Ok(Val::Variant(name, payload))
    }
}

/// Puts the engine's handles of the host's objects where their numbers are.
pub(crate) fn place<C: AsContextMut>(
    store: &mut C,
    val: &mut Val,
    ty: &Type,
) -> wasmtime::Result<()> {
    let mut inner = |val: &mut Val, ty: &Type| place(store, val, ty);
    match (val, ty) {
        (val, Type::Own(of) | Type::Borrow(of)) => {
            let Val::U32(object) = *val else {
                return Ok(()); // a handle of the component's
            };
            let make = match ty {
                Type::Own(_) => ResourceDynamic::new_own,
                _ => ResourceDynamic::new_borrow,
            };
            *val = Val::Resource(make(object, of.number).try_into_resource_any(store)?);
            Ok(())
        }
        (Val::List(items), Type::List(of)) => items.iter_mut().try_for_each(|item| inner(item, of)),
        (Val::Tuple(items), Type::Tuple(types)) => {
            let mut pairs = items.iter_mut().zip(types.iter());
            pairs.try_for_each(|(item, of)| inner(item, of))
        }
        (Val::Record(fields), Type::Record(of)) => {
            let mut pairs = fields.iter_mut().zip(&of.fields);
            pairs.try_for_each(|((_, field), (_, of))| inner(field, of))
        }
        (Val::Variant(name, Some(payload)), Type::Variant(of)) => {
            let case = of.cases.iter().find(|(known, _)| known == name);
            let of = case.and_then(|(_, of)| of.as_ref());
            of.map_or(Ok(()), |of| inner(payload, of))
        }
        (Val::Option(Some(payload)), Type::Option(of)) => inner(payload, of),
        (Val::Result(Ok(Some(payload))), Type::Result(of)) => {
            of.ok.as_ref().map_or(Ok(()), |of| inner(payload, of))
        }
        (Val::Result(Err(Some(payload))), Type::Result(of)) => {
            of.err.as_ref().map_or(Ok(()), |of| inner(payload, of))
        }
        _ => Ok(()),
    }
}

/// Objects of the host's that are lent for the time of a call.
pub(crate) struct Lent<S>(Vec<(S, u32)>);

impl<S: Source> Lent<S> {
    /// The call has ended.
    pub fn end(self) {
        for (source, object) in self.0 {
            source.release(object);
        }
    }
}

/// A number that is within the type's limits.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the number was looked at"
)]
pub(crate) fn integer(of: Integer, value: i128) -> Val {
    match (of.signed, of.bits) {
        (true, 8) => Val::S8(value as i8),
        (true, 16) => Val::S16(value as i16),
        (true, 32) => Val::S32(value as i32),
        (true, _) => Val::S64(value as i64),
        (false, 8) => Val::U8(value as u8),
        (false, 16) => Val::U16(value as u16),
        (false, 32) => Val::U32(value as u32),
        (false, _) => Val::U64(value as u64),
    }
}
