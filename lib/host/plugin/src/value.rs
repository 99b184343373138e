//! Values of any language: a [`Source`] is asked for what a WIT type needs, and a [`Sink`]
//! makes what a WIT type holds.

use std::borrow::Cow;
use std::sync::Arc;

use crate::error::Error;
use crate::handle::Handle;
use crate::reflect::Function;
use crate::types::{Enum, Flags, Integer, Record, Resource, ResultType, Type, Variant};

/// Why a source has not what it is asked for.
#[derive(Debug)]
pub enum Not<E> {
    /// It is of another kind.
    Kind,
    /// It is of the kind, but no such value.
    Value,
    /// As `Value`, because of what is within: in words, which say more than the whole.
    Found(String),
    /// A handle that cannot be used.
    Plugin(Error),
    /// The binding raised something of its own.
    Foreign(E),
}

/// What a source answers.
pub type Taken<T, E> = Result<T, Not<E>>;

/// A value of the host's language on its way into a component.
///
/// Each method is only called where a type asks for it. Where in the value something is
/// wrong, and what was expected, is said by whoever calls.
pub trait Source: Sized {
    /// What the binding raises.
    type Error;

    /// For `bool`.
    fn bool(&self) -> Taken<bool, Self::Error>;
    /// For integers; whether it is within the type's limits is looked at afterwards.
    fn integer(&self, of: Integer) -> Taken<i128, Self::Error>;
    /// For `f32` and `f64`.
    fn float(&self) -> Taken<f64, Self::Error>;
    /// For `char`.
    fn character(&self) -> Taken<char, Self::Error>;
    /// For `string`.
    fn text(&self) -> Taken<Cow<'_, str>, Self::Error>;
    /// For `list<u8>`.
    fn bytes(&self) -> Taken<Cow<'_, [u8]>, Self::Error>;
    /// How many items a list or a tuple has.
    fn length(&self) -> Taken<usize, Self::Error>;
    /// An item of a list or a tuple.
    fn item(&self, index: usize) -> Taken<Self, Self::Error>;
    /// The field of that number, if it is there.
    fn field(&self, of: &Record, number: usize) -> Taken<Option<Self>, Self::Error>;
    /// The name of a field that the record has not.
    fn stray(&self, of: &Record) -> Taken<Option<String>, Self::Error>;
    /// The name of a variant's case, and its payload.
    fn case(&self, of: &Variant) -> Taken<(String, Option<Self>), Self::Error>;
    /// The name of an enum's case.
    fn name(&self) -> Taken<String, Self::Error>;
    /// Names of flags.
    fn flags(&self) -> Taken<Vec<String>, Self::Error>;
    /// For `option`; `nested` if the payload is an option itself.
    fn option(&self, nested: bool) -> Taken<Option<Self>, Self::Error>;
    /// For a `result` within another value.
    fn result(&self, of: &ResultType) -> Taken<Result<Option<Self>, Option<Self>>, Self::Error>;
    /// For a resource of the component's.
    fn handle(&self, of: &Arc<Resource>) -> Taken<Handle, Self::Error>;
    /// For a resource of the host's: a number that stands for the object from now on, until
    /// the component drops it or gives it back, or [`Source::release`] is called.
    fn object(&self, of: &Arc<Resource>) -> Taken<u32, Self::Error>;
    /// The number of an object of the host's that the component does not have any more.
    fn release(&self, object: u32);
    /// The value as messages show it.
    fn shown(&self) -> String;
    /// One of the names that [`Source::flags`] gave, as messages show it.
    fn flag_shown(&self, _: &str) -> String {
        self.shown()
    }
    /// What messages say was expected: of another `kind`, or another value of the kind.
    fn expected(&self, ty: &Type, _kind: bool) -> String {
        ty.expected()
    }
}

/// What makes values of the host's language of those that come out of a component.
pub trait Sink {
    /// What it makes.
    type Value;
    /// Values one after the other, while they are collected.
    type Seq;
    /// What the binding raises.
    type Error;

    /// Lets the component run. A binding may let go of its interpreter's lock meanwhile.
    fn outside<T: Send>(&mut self, work: impl FnOnce() -> T + Send) -> T {
        work()
    }

    /// Of `bool`.
    fn bool(&mut self, value: bool) -> Result<Self::Value, Self::Error>;
    /// Of integers.
    fn integer(&mut self, of: Integer, value: i128) -> Result<Self::Value, Self::Error>;
    /// Of `f64`, and of `f32` if it is `single`.
    fn float(&mut self, value: f64, single: bool) -> Result<Self::Value, Self::Error>;
    /// Of `char`.
    fn character(&mut self, value: char) -> Result<Self::Value, Self::Error>;
    /// Of `string`.
    fn text(&mut self, value: &str) -> Result<Self::Value, Self::Error>;
    /// Of `list<u8>`.
    fn bytes(&mut self, value: &[u8]) -> Result<Self::Value, Self::Error>;
    /// Begins a sequence of `length` values.
    fn seq(&mut self, length: usize) -> Result<Self::Seq, Self::Error>;
    /// Adds to a sequence.
    fn push(&mut self, seq: &mut Self::Seq, value: Self::Value) -> Result<(), Self::Error>;
    /// Of `list<…>`.
    fn list(&mut self, items: Self::Seq) -> Result<Self::Value, Self::Error>;
    /// Of `tuple<…>`.
    fn tuple(&mut self, items: Self::Seq) -> Result<Self::Value, Self::Error>;
    /// Of a record, from its fields in order.
    fn record(&mut self, of: &Arc<Record>, fields: Self::Seq) -> Result<Self::Value, Self::Error>;
    /// Of a variant, from the number of the case.
    fn variant(
        &mut self,
        of: &Arc<Variant>,
        case: usize,
        payload: Option<Self::Value>,
    ) -> Result<Self::Value, Self::Error>;
    /// Of an enum, from the number of the case.
    fn name(&mut self, of: &Arc<Enum>, case: usize) -> Result<Self::Value, Self::Error>;
    /// Of flags, from the names of those that are set, in order.
    fn flags(&mut self, of: &Arc<Flags>, set: Vec<String>) -> Result<Self::Value, Self::Error>;
    /// Of `option`; `nested` if the payload is an option itself.
    fn option(
        &mut self,
        payload: Option<Self::Value>,
        nested: bool,
    ) -> Result<Self::Value, Self::Error>;
    /// Of a `result` within another value.
    fn result(
        &mut self,
        payload: Result<Option<Self::Value>, Option<Self::Value>>,
    ) -> Result<Self::Value, Self::Error>;
    /// Of a resource of the component's.
    fn handle(&mut self, of: &Arc<Resource>, handle: Handle) -> Result<Self::Value, Self::Error>;
    /// Of a resource of the host's: the object that a [`Source::object`] gave the number.
    /// If it is `owned`, the component gives it back and its number is no longer used.
    fn object(
        &mut self,
        of: &Arc<Resource>,
        object: u32,
        owned: bool,
    ) -> Result<Self::Value, Self::Error>;
}

/// What a call returns.
#[derive(Clone, Debug, PartialEq)]
pub enum Return<V> {
    /// What the function returns, if it returns something; of a `result` the payload of `ok`.
    Value(Option<V>),
    /// The function returns a `result`, and this is the payload of its `err`.
    Error(Option<V>),
}

impl<V> Return<V> {
    /// What the function returns as a whole, a `result` as `sink` makes one within a value.
    ///
    /// # Errors
    /// The sink's.
    pub fn whole<K: Sink<Value = V>>(
        self,
        function: &Function,
        sink: &mut K,
    ) -> Result<Option<V>, K::Error> {
        match (self, &function.result) {
            (Self::Value(payload), Some(Type::Result(_))) => sink.result(Ok(payload)).map(Some),
            (Self::Error(payload), _) => sink.result(Err(payload)).map(Some),
            (Self::Value(value), _) => Ok(value),
        }
    }
}

/// Whether an option of `payload` cannot do without a word for what is there.
#[must_use]
pub fn nested(payload: &Type) -> bool {
    matches!(payload, Type::Option(_))
}
