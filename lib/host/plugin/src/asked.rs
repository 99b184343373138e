//! What a [`Source`] is asked while it is lowered, and what is said if it has it not.

use crate::error::{CallError, Error, Wrong};
use crate::types::{Case, Commas, Flags, Integer, Record, ResultType, Type, Variant};
use crate::value::{Not, Source, Taken};

/// Why a value could not be lowered.
pub(crate) enum Stop<E> {
    Wrong(Wrong),
    Other(CallError<E>),
}

pub(crate) type Lowered<T, E> = Result<T, Stop<E>>;

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

pub(crate) fn plugin<E>(error: Error) -> Stop<E> {
    Stop::Other(error.into())
}

pub(crate) fn wrong<S: Source>(source: &S, expected: String, kind: bool) -> Stop<S::Error> {
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

pub(crate) fn taken<S: Source, T>(
    source: &S,
    taken: Taken<T, S::Error>,
    ty: &Type,
) -> Lowered<T, S::Error> {
    taken.map_err(|not| refused(source, not, ty))
}

/// What to say of a value of the kind that is none of `ty`.
pub(crate) fn unlike<S: Source>(source: &S, ty: &Type) -> Stop<S::Error> {
    wrong(source, source.expected(ty, false), false)
}

/// A whole number of the type.
pub(crate) fn number<S: Source>(source: &S, of: Integer, ty: &Type) -> Lowered<i128, S::Error> {
    let value = taken(source, source.integer(of), ty)?;
    if of.holds(value) {
        return Ok(value);
    }
    Err(unlike(source, ty))
}

/// Lowers an item of a list or a tuple.
pub(crate) fn item<S: Source, T>(
    source: &S,
    index: usize,
    list: &Type,
    lower: impl FnOnce(S) -> Lowered<T, S::Error>,
) -> Lowered<T, S::Error> {
    let item = taken(source, source.item(index), list)?;
    lower(item).map_err(|stop| stop.at(|| format!("[{index}]")))
}

/// Lowers the field of that number.
pub(crate) fn field<S: Source, T>(
    source: &S,
    of: &Record,
    number: usize,
    ty: &Type,
    lower: impl FnOnce(S) -> Lowered<T, S::Error>,
) -> Lowered<T, S::Error> {
    let name = &of.fields[number].0;
    let value = taken(source, source.field(of, number), ty)?;
    let missing = || wrong(source, format!("{ty} with a field {name}"), true);
    let lowered = lower(value.ok_or_else(missing)?);
    lowered.map_err(|stop| stop.at(|| format!(".{name}")))
}

/// Looks for fields that the record has not.
pub(crate) fn check_stray<S: Source>(source: &S, of: &Record, ty: &Type) -> Lowered<(), S::Error> {
    let Some(got) = taken(source, source.stray(of), ty)? else {
        return Ok(());
    };
    let names: Vec<&String> = of.fields.iter().map(|(name, _)| name).collect();
    Err(Stop::Wrong(Wrong {
        place: String::new(),
        expected: format!("{ty} with the fields {}", Commas(&names)),
        got,
        kind: false,
    }))
}

/// The number of a variant's case, and the payload that it has.
pub(crate) fn pick<S: Source>(
    source: &S,
    of: &Variant,
    ty: &Type,
) -> Lowered<(usize, Option<S>), S::Error> {
    let (name, payload) = taken(source, source.case(of), ty)?;
    let found = of.cases.iter().position(|(known, _)| *known == name);
    match found {
        Some(case) if of.cases[case].1.is_some() == payload.is_some() => Ok((case, payload)),
        _ => Err(unlike(source, ty)),
    }
}

/// The flags that are set, all of which there are.
pub(crate) fn flags<S: Source>(
    source: &S,
    of: &Flags,
    ty: &Type,
) -> Lowered<Vec<String>, S::Error> {
    let set = taken(source, source.flags(), ty)?;
    let Some(unknown) = set.iter().find(|name| !of.flags.contains(name)) else {
        return Ok(set);
    };
    Err(Stop::Wrong(Wrong {
        place: String::new(),
        expected: source.expected(ty, false),
        got: source.flag_shown(unknown),
        kind: false,
    }))
}

/// Lowers the payload of one of the two of a `result`.
pub(crate) fn branch<S: Source, T>(
    payload: Result<Option<S>, Option<S>>,
    of: &ResultType,
    lower: impl FnOnce(S, &Type) -> Lowered<T, S::Error>,
) -> Lowered<Option<T>, S::Error> {
    let (payload, of, word) = match payload {
        Ok(payload) => (payload, &of.ok, "ok"),
        Err(payload) => (payload, &of.err, "err"),
    };
    let lowered = match (payload, of) {
        (Some(payload), Some(of)) => lower(payload, of).map(Some),
        (None, None) => Ok(None),
        (Some(payload), None) => Err(wrong(&payload, "no value".to_owned(), true)),
        (None, Some(of)) => Err(Stop::Wrong(Wrong {
            place: String::new(),
            expected: of.to_string(),
            got: "no value".to_owned(),
            kind: true,
        })),
    };
    lowered.map_err(|stop| stop.at(|| format!(".{word}")))
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
