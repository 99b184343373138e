//! The types of a component's functions, as values are converted by them.

use std::fmt::{self, Display, Formatter};
use std::sync::{Arc, OnceLock};

/// A WIT type.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// `bool`
    Bool,
    /// `u8` to `u64` and `s8` to `s64`
    Integer(Integer),
    /// `f32`
    F32,
    /// `f64`
    F64,
    /// `char`
    Char,
    /// `string`
    String,
    /// `list<u8>`
    Bytes,
    /// `list<…>` of anything else
    List(Arc<Type>),
    /// `tuple<…>`
    Tuple(Arc<[Type]>),
    /// A record.
    Record(Arc<Record>),
    /// A variant.
    Variant(Arc<Variant>),
    /// An enum.
    Enum(Arc<Enum>),
    /// Flags.
    Flags(Arc<Flags>),
    /// `option<…>`
    Option(Arc<Type>),
    /// `result<…>`
    Result(Arc<ResultType>),
    /// `own<…>`, which WIT writes as the resource's name
    Own(Arc<Resource>),
    /// `borrow<…>`
    Borrow(Arc<Resource>),
}

/// A type of whole numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Integer {
    /// Whether there are numbers below zero.
    pub signed: bool,
    /// 8, 16, 32 or 64.
    pub bits: u8,
}

impl Integer {
    /// Whether `value` is one of its numbers.
    #[must_use]
    pub fn holds(self, value: i128) -> bool {
        let (low, high) = if self.signed {
            (-(1 << (self.bits - 1)), (1 << (self.bits - 1)) - 1)
        } else {
            (0, (1_i128 << self.bits) - 1)
        };
        (low..=high).contains(&value)
    }
}

/// The name that an interface gives to a type. Two types that differ in nothing but their
/// names are one to the engine; the first name is used.
#[derive(Debug, Default)]
pub struct Name(OnceLock<String>);

impl Name {
    pub(crate) fn set(&self, name: &str) {
        self.0.get_or_init(|| name.to_owned());
    }
}

impl PartialEq for Name {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// A record with its fields.
#[derive(Debug, PartialEq)]
pub struct Record {
    /// Its name.
    pub name: Name,
    /// Its fields in order.
    pub fields: Vec<(String, Type)>,
}

/// A variant with its cases.
#[derive(Debug, PartialEq)]
pub struct Variant {
    /// Its name.
    pub name: Name,
    /// Its cases in order, each with the type of its payload.
    pub cases: Vec<(String, Option<Type>)>,
}

/// An enum with its cases.
#[derive(Debug, PartialEq)]
pub struct Enum {
    /// Its name.
    pub name: Name,
    /// Its cases in order.
    pub cases: Vec<String>,
}

/// Flags.
#[derive(Debug, PartialEq)]
pub struct Flags {
    /// Their name.
    pub name: Name,
    /// All of them in order.
    pub flags: Vec<String>,
}

/// A `result`: the types of what it may have.
#[derive(Debug, PartialEq)]
pub struct ResultType {
    /// If it went well.
    pub ok: Option<Type>,
    /// If not.
    pub err: Option<Type>,
}

/// A type of resources.
#[derive(Debug, PartialEq)]
pub struct Resource {
    /// The full name of the interface that has it, empty for the world itself.
    pub interface: String,
    /// Its name.
    pub name: String,
    /// Whether the host has it, and not the component.
    pub host: bool,
    /// Its number, from 0, among all of the component's.
    pub number: u32,
}

impl Type {
    /// Whether there are handles of resources in its values.
    #[must_use]
    pub fn has_handles(&self) -> bool {
        let within = |ty: &Option<Self>| ty.as_ref().is_some_and(Self::has_handles);
        match self {
            Self::Own(_) | Self::Borrow(_) => true,
            Self::List(item) | Self::Option(item) => item.has_handles(),
            Self::Tuple(items) => items.iter().any(Self::has_handles),
            Self::Record(record) => record.fields.iter().any(|(_, ty)| ty.has_handles()),
            Self::Variant(variant) => variant.cases.iter().any(|(_, ty)| within(ty)),
            Self::Result(result) => within(&result.ok) || within(&result.err),
            _ => false,
        }
    }
}

impl Type {
    /// The type of a record's field, or of a tuple's item.
    pub(crate) fn part(&self, index: usize) -> &Self {
        match self {
            Self::Record(of) => &of.fields[index].1,
            Self::Tuple(of) => &of[index],
            _ => unreachable!("only these have parts"),
        }
    }

    /// The type of what the case of that number has.
    pub(crate) fn payload(&self, case: usize) -> Option<&Self> {
        match self {
            Self::Variant(of) => of.cases[case].1.as_ref(),
            Self::Option(of) => (case == 1).then_some(&**of),
            Self::Result(of) if case == 0 => of.ok.as_ref(),
            Self::Result(of) => of.err.as_ref(),
            _ => None,
        }
    }
}

impl Display for Integer {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.signed { 's' } else { 'u' }, self.bits)
    }
}

impl Display for Name {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let unnamed = "a type without a name";
        f.write_str(self.0.get().map_or(unnamed, String::as_str))
    }
}

impl Display for Type {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool => f.write_str("bool"),
            Self::Integer(integer) => integer.fmt(f),
            Self::F32 => f.write_str("f32"),
            Self::F64 => f.write_str("f64"),
            Self::Char => f.write_str("char"),
            Self::String => f.write_str("string"),
            Self::Bytes => f.write_str("list<u8>"),
            Self::List(item) => write!(f, "list<{item}>"),
            Self::Tuple(items) => write!(f, "tuple<{}>", Commas(items)),
            Self::Record(record) => record.name.fmt(f),
            Self::Variant(variant) => variant.name.fmt(f),
            Self::Enum(cases) => cases.name.fmt(f),
            Self::Flags(flags) => flags.name.fmt(f),
            Self::Option(payload) => write!(f, "option<{payload}>"),
            Self::Result(result) => match (&result.ok, &result.err) {
                (None, None) => f.write_str("result"),
                (Some(ok), None) => write!(f, "result<{ok}>"),
                (None, Some(err)) => write!(f, "result<_, {err}>"),
                (Some(ok), Some(err)) => write!(f, "result<{ok}, {err}>"),
            },
            Self::Own(resource) => write!(f, "own<{}>", resource.name),
            Self::Borrow(resource) => write!(f, "borrow<{}>", resource.name),
        }
    }
}

/// A case as WIT writes it: `circle(f64)`.
pub(crate) struct Case<'a>(pub &'a (String, Option<Type>));

impl Display for Case<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.0.1 {
            Some(payload) => write!(f, "{}({payload})", self.0.0),
            None => f.write_str(&self.0.0),
        }
    }
}

/// A list for people.
pub(crate) struct Commas<'a, T>(pub &'a [T]);

impl<T: Display> Display for Commas<'_, T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (index, item) in self.0.iter().enumerate() {
            write!(f, "{}{item}", if index == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}
