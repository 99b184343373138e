//! From a binding's values to the engine's, by their types.

use std::sync::Arc;

use wasmtime::AsContextMut;
use wasmtime::component::{ResourceAny, ResourceDynamic, Val};

use crate::error::{CallError, Error, Wrong};
use crate::handle::{Handle, Home};
use crate::types::{Case, Commas, Integer, Resource, ResultType, Type};
use crate::value::{Not, Source, Taken, nested};

/// What is on its way into an instance: who has which handles is only changed once all of
/// it is well.
pub(crate) struct Lowering<'a, C, S> {
    store: C,
    home: &'a Arc<Home>,
    generation: u64,
    /// Handles that are given away.
    given: Vec<Handle>,
    /// Handles that are lent.
    lent: Vec<Handle>,
    /// Objects of the host's with whoever has them, and whether they are lent alone.
    objects: Vec<(S, u32, bool)>,
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

/// What to say of a source that has not what was `expected` of it.
pub(crate) fn refused<S: Source>(
    source: &S,
    not: Not<S::Error>,
    expected: String,
) -> Stop<S::Error> {
    match not {
        Not::Kind => wrong(source, expected, true),
        Not::Value => wrong(source, expected, false),
        Not::Plugin(error) => plugin(error),
        Not::Foreign(error) => Stop::Other(CallError::Foreign(error)),
    }
}

fn taken<S: Source, T>(
    source: &S,
    taken: Taken<T, S::Error>,
    expected: impl FnOnce() -> String,
) -> Lowered<T, S::Error> {
    taken.map_err(|not| refused(source, not, expected()))
}

impl<'a, C: AsContextMut, S: Source> Lowering<'a, C, S> {
    pub fn new(store: C, home: &'a Arc<Home>, generation: u64) -> Self {
        Self {
            store,
            home,
            generation,
            given: Vec::new(),
            lent: Vec::new(),
            objects: Vec::new(),
        }
    }

    /// Begins the call: what is given away is no longer the caller's. What it returns is to
    /// be ended with [`Lent::end`] when the call has ended.
    ///
    /// # Errors
    /// A handle is used in a way that another use of it rules out.
    pub fn commit(mut self) -> Result<Lent<S>, Error> {
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
    pub fn undo(&mut self) {
        for (source, object, _) in self.objects.drain(..) {
            source.release(object);
        }
    }

    /// The engine's value for `source`.
    pub fn value(&mut self, source: S, ty: &Type) -> Lowered<Val, S::Error> {
        let expected = || ty.to_string();
        Ok(match ty {
            Type::Bool => Val::Bool(taken(&source, source.bool(), expected)?),
            Type::Integer(of) => {
                let value = taken(&source, source.integer(*of), expected)?;
                if !of.holds(value) {
                    return Err(wrong(&source, expected(), false));
                }
                integer(*of, value)
            }
            #[expect(clippy::cast_possible_truncation, reason = "that is what f32 is")]
            Type::F32 => Val::Float32(taken(&source, source.float(), expected)? as f32),
            Type::F64 => Val::Float64(taken(&source, source.float(), expected)?),
            Type::Char => Val::Char(taken(&source, source.character(), expected)?),
            Type::String => Val::String(taken(&source, source.text(), expected)?),
            Type::Bytes => {
                let bytes = taken(&source, source.bytes(), expected)?;
                Val::List(bytes.iter().copied().map(Val::U8).collect())
            }
            Type::List(of) => {
                let length = taken(&source, source.length(), expected)?;
                let items = (0..length).map(|index| self.item(&source, index, of, ty));
                Val::List(items.collect::<Result<_, _>>()?)
            }
            Type::Tuple(types) => {
                if taken(&source, source.length(), expected)? != types.len() {
                    return Err(wrong(&source, expected(), false));
                }
                let items = types.iter().enumerate();
                let items = items.map(|(index, of)| self.item(&source, index, of, ty));
                Val::Tuple(items.collect::<Result<_, _>>()?)
            }
            Type::Record(_) => self.record(&source, ty)?,
            Type::Variant(_) => self.variant(&source, ty)?,
            Type::Enum(of) => {
                let expected = || format!("{ty}, one of {}", Commas(&of.cases));
                let name = taken(&source, source.name(), expected)?;
                if !of.cases.contains(&name) {
                    return Err(wrong(&source, expected(), false));
                }
                Val::Enum(name)
            }
            Type::Flags(of) => {
                let expected = || format!("{ty}, any of {}", Commas(&of.flags));
                let set = taken(&source, source.flags(), expected)?;
                if set.iter().any(|name| !of.flags.contains(name)) {
                    return Err(wrong(&source, expected(), false));
                }
                let known = of.flags.iter();
                Val::Flags(known.filter(|name| set.contains(name)).cloned().collect())
            }
            Type::Option(of) => {
                let payload = taken(&source, source.option(nested(of)), expected)?;
                let payload = payload.map(|payload| self.value(payload, of)).transpose()?;
                Val::Option(payload.map(Box::new))
            }
            Type::Result(of) => {
                let payload = taken(&source, source.result(of), expected)?;
                self.result(payload, of)?
            }
            Type::Own(of) if of.host => {
                Val::Resource(self.object(source, of, ResourceDynamic::new_own, false, expected)?)
            }
            Type::Borrow(of) if of.host => Val::Resource(self.object(
                source,
                of,
                ResourceDynamic::new_borrow,
                true,
                expected,
            )?),
            Type::Own(of) | Type::Borrow(of) => {
                let handle = taken(&source, source.handle(of), expected)?;
                if !handle.is_of(self.home) || handle.resource() != of {
                    return Err(wrong(&source, expected(), true));
                }
                let any = handle.any(self.generation).map_err(plugin)?;
                let own = matches!(ty, Type::Own(_));
                (if own { &mut self.given } else { &mut self.lent }).push(handle);
                Val::Resource(any)
            }
        })
    }

    /// One of the two of a `result`.
    pub fn result(
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
        let item = taken(source, source.item(index), || list.to_string())?;
        let val = self.value(item, of);
        val.map_err(|stop| stop.at(|| format!("[{index}]")))
    }

    fn record(&mut self, source: &S, ty: &Type) -> Lowered<Val, S::Error> {
        let Type::Record(of) = ty else {
            unreachable!("the caller knows")
        };
        let mut fields = Vec::with_capacity(of.fields.len());
        for (number, (name, field)) in of.fields.iter().enumerate() {
            let value = taken(source, source.field(of, number), || ty.to_string())?;
            let missing = || wrong(source, format!("{ty} with a field {name}"), true);
            let val = self.value(value.ok_or_else(missing)?, field);
            let val = val.map_err(|stop| stop.at(|| format!(".{name}")))?;
            fields.push((name.clone(), val));
        }
        if let Some(got) = taken(source, source.stray(of), || ty.to_string())? {
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
        let expected = || {
            let cases: Vec<Case<'_>> = of.cases.iter().map(Case).collect();
            format!("{ty}, one of {}", Commas(&cases))
        };
        let (name, payload) = taken(source, source.case(of), expected)?;
        let case = of.cases.iter().find(|(known, _)| *known == name);
        let payload = match (case, payload) {
            (Some((_, Some(of))), Some(payload)) => {
                let val = self.value(payload, of);
                Some(Box::new(
                    val.map_err(|stop| stop.at(|| format!(".{name}")))?,
                ))
            }
            (Some((_, None)), None) => None,
            _ => return Err(wrong(source, expected(), false)),
        };
        Ok(Val::Variant(name, payload))
    }

    /// The engine's handle of an object of the host's.
    fn object(
        &mut self,
        source: S,
        of: &Arc<Resource>,
        make: fn(u32, u32) -> ResourceDynamic,
        lent: bool,
        expected: impl FnOnce() -> String,
    ) -> Lowered<ResourceAny, S::Error> {
        let object = taken(&source, source.object(of), expected)?;
        self.objects.push((source, object, lent));
        let any = make(object, of.number).try_into_resource_any(&mut self.store);
        any.map_err(|e| {
            let (file, reason) = (&self.home.file, anyhost_engine::one_line(&e));
            plugin(Error::Plugin(format!("{file}: {reason}")))
        })
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
