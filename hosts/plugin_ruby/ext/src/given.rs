//! Ruby's values as what a component is given.

use std::borrow::Cow;
use std::sync::Arc;

use anyhost_plugin::{
    Handle, Integer, Not, Record, Resource as ResourceType, ResultType, Source, Taken, Variant,
};
use magnus::prelude::*;
use magnus::rb_sys::{AsRawValue, FromRawValue};
use magnus::value::{Fixnum, Flonum, Qfalse, Qtrue, StaticSymbol};
use magnus::{
    Error, Float, Integer as RubyInteger, RArray, RClass, RHash, RString, Ruby, Symbol, TryConvert,
    Value,
};

use crate::kinds::{Kind, kebab};
use crate::resource::Resource;
use crate::roots::Roots;

/// How much of a value messages show, in characters.
const SHOWN: usize = 60;

/// A value on its way into a component.
#[derive(Clone, Copy)]
pub struct Given<'a> {
    pub value: Value,
    pub roots: &'a Roots,
}

type Answer<T> = Taken<T, Error>;

impl Given<'_> {
    fn of(&self, value: Value) -> Self {
        Self { value, ..*self }
    }

    fn ruby(&self) -> Ruby {
        Ruby::get_with(self.value)
    }

    fn is(&self, class: RClass) -> bool {
        self.value.is_kind_of(class)
    }

    fn string(&self) -> Answer<RString> {
        if let Some(string) = RString::from_value(self.value) {
            return Ok(string);
        }
        if !self
            .value
            .respond_to("to_str", false)
            .map_err(Not::Foreign)?
        {
            return Err(Not::Kind);
        }
        RString::try_convert(self.value).map_err(Not::Foreign)
    }

    fn array(&self) -> Answer<RArray> {
        RArray::from_value(self.value).ok_or(Not::Kind)
    }

    /// The name that a Symbol or a String is, as WIT has it.
    fn wit_name(&self) -> Answer<String> {
        if let Some(symbol) = Symbol::from_value(self.value) {
            return Ok(kebab(&symbol.name().map_err(Not::Foreign)?));
        }
        let string = RString::from_value(self.value).ok_or(Not::Kind)?;
        string
            .to_string()
            .map(|name| kebab(&name))
            .map_err(|_| Not::Value)
    }

    /// A Hash's one pair, whose key is a Symbol.
    fn pair(&self) -> Answer<(Symbol, Value)> {
        let hash = RHash::from_value(self.value).ok_or(Not::Kind)?;
        if hash.len() != 1 {
            return Err(Not::Value);
        }
        let mut pair = None;
        let taken = hash.foreach(|key: Value, value: Value| {
            pair = Symbol::from_value(key).map(|key| (key, value));
            Ok(magnus::r_hash::ForEach::Stop)
        });
        taken.map_err(Not::Foreign)?;
        pair.ok_or(Not::Value)
    }

    /// The case that a Symbol or a Hash of one pair is, and its payload; nil for a case
    /// that `has` none is none.
    fn picked(&self, has: impl Fn(&str) -> bool) -> Answer<(String, Option<Self>)> {
        if Symbol::from_value(self.value).is_some() {
            return Ok((self.wit_name()?, None));
        }
        let (name, payload) = self.pair()?;
        let name = kebab(&name.name().map_err(Not::Foreign)?);
        let there = !payload.is_nil() || has(&name);
        Ok((name, there.then(|| self.of(payload))))
    }

    /// A field of an object that is neither of the record's class nor a Hash.
    fn reader(&self, name: StaticSymbol) -> Answer<Option<Self>> {
        let ruby = self.ruby();
        let plain = self.value.is_nil()
            || self.is(ruby.class_numeric())
            || self.is(ruby.class_string())
            || self.is(ruby.class_symbol())
            || self.is(ruby.class_array())
            || self.is(ruby.class_true_class())
            || self.is(ruby.class_false_class());
        if plain {
            return Err(Not::Kind);
        }
        if !self.value.respond_to(name, false).map_err(Not::Foreign)? {
            return Ok(None);
        }
        let value = self.value.funcall_public(name, ());
        value
            .map(|value| Some(self.of(value)))
            .map_err(Not::Foreign)
    }
}

impl Source for Given<'_> {
    type Error = Error;

    fn bool(&self) -> Answer<bool> {
        // Unlike Ruby, WIT has no other truth.
        if Qtrue::from_value(self.value).is_some() {
            return Ok(true);
        }
        Qfalse::from_value(self.value)
            .map(|_| false)
            .ok_or(Not::Kind)
    }

    fn integer(&self, _: Integer) -> Answer<i128> {
        if let Some(small) = Fixnum::from_value(self.value) {
            return Ok(small.to_i64().into());
        }
        let large = RubyInteger::from_value(self.value).ok_or(Not::Kind)?;
        large.to_i128().map_err(|_| Not::Value)
    }

    fn float(&self) -> Answer<f64> {
        if let Some(float) = Flonum::from_value(self.value) {
            return Ok(float.to_f64());
        }
        if let Some(float) = Float::from_value(self.value) {
            return Ok(float.to_f64());
        }
        let real = self.is(self.ruby().class_numeric())
            && self.value.funcall("real?", ()).map_err(Not::Foreign)?;
        if !real {
            return Err(Not::Kind);
        }
        let float: f64 = self.value.funcall("to_f", ()).map_err(Not::Foreign)?;
        if float.is_finite() {
            Ok(float)
        } else {
            Err(Not::Value)
        }
    }

    fn character(&self) -> Answer<char> {
        let text = self.text()?;
        let mut chars = text.chars();
        match (chars.next(), chars.next()) {
            (Some(one), None) => Ok(one),
            _ => Err(Not::Value),
        }
    }

    fn text(&self) -> Answer<Cow<'_, str>> {
        let string = self.string()?;
        // SAFETY: copied before Ruby runs again.
        if let Some(text) = unsafe { string.test_as_str() } {
            return Ok(Cow::Owned(text.to_owned()));
        }
        string.to_string().map(Cow::Owned).map_err(|error| {
            if error.is_kind_of(self.ruby().exception_encoding_error()) {
                Not::Value
            } else {
                Not::Foreign(error)
            }
        })
    }

    fn bytes(&self) -> Answer<Cow<'_, [u8]>> {
        let string = self.string()?;
        // SAFETY: the bytes are those of `self.value`, which its owner keeps, and read before
        // Ruby runs again; what something else was converted to is copied at once.
        unsafe {
            let bytes = string.as_slice();
            if string.as_raw() != self.value.as_raw() {
                return Ok(Cow::Owned(bytes.to_vec()));
            }
            Ok(Cow::Borrowed(std::slice::from_raw_parts(
                bytes.as_ptr(),
                bytes.len(),
            )))
        }
    }

    fn length(&self) -> Answer<usize> {
        self.array().map(RArray::len)
    }

    fn item(&self, index: usize) -> Answer<Self> {
        let array = self.array()?;
        // SAFETY: it is an array; an item that is gone meanwhile is nil.
        let item = unsafe {
            let index = std::ffi::c_long::try_from(index).unwrap_or(std::ffi::c_long::MAX);
            Value::from_raw(rb_sys::rb_ary_entry(array.as_raw(), index))
        };
        Ok(self.of(item))
    }

    fn field(&self, of: &Record, number: usize) -> Answer<Option<Self>> {
        let Kind { class, names } = self.roots.kinds().get(of);
        let own = class.is_some_and(|class| self.value.class().as_raw() == class.as_raw());
        if own {
            let index = self.ruby().integer_from_u64(number as u64);
            // SAFETY: objects of the class have that many members.
            let field = unsafe { rb_sys::rb_struct_aref(self.value.as_raw(), index.as_raw()) };
            // SAFETY: it is a value of Ruby's.
            return Ok(Some(self.of(unsafe { Value::from_raw(field) })));
        }
        match RHash::from_value(self.value) {
            Some(hash) => Ok(hash.get(names[number]).map(|value| self.of(value))),
            None => self.reader(names[number]),
        }
    }

    fn stray(&self, of: &Record) -> Answer<Option<String>> {
        let names = &self.roots.kinds().get(of).names;
        let Some(hash) = RHash::from_value(self.value).filter(|hash| hash.len() > names.len())
        else {
            return Ok(None);
        };
        let mut stray = None;
        let looked = hash.foreach(|key: Value, _: Value| {
            let known = names.iter().any(|name| name.as_raw() == key.as_raw());
            if known {
                return Ok(magnus::r_hash::ForEach::Continue);
            }
            stray = Some(self.of(key).shown());
            Ok(magnus::r_hash::ForEach::Stop)
        });
        looked.map_err(Not::Foreign)?;
        Ok(stray)
    }

    fn case(&self, of: &Variant) -> Answer<(String, Option<Self>)> {
        self.picked(|name| {
            let mut cases = of.cases.iter();
            cases.any(|(known, ty)| known == name && ty.is_some())
        })
    }

    fn name(&self) -> Answer<String> {
        self.wit_name()
    }

    fn flags(&self) -> Answer<Vec<String>> {
        let foreign = Not::Foreign;
        let collection = RArray::from_value(self.value).is_some()
            || !self.value.is_nil()
                && RHash::from_value(self.value).is_none()
                && self.value.respond_to("to_a", false).map_err(foreign)?;
        if !collection {
            return Err(Not::Kind);
        }
        let names: RArray = self.value.funcall("to_a", ()).map_err(foreign)?;
        let names = (0..names.len()).map(|index| {
            Given {
                value: names.as_value(),
                ..*self
            }
            .item(index)
        });
        names.map(|name| name?.wit_name()).collect()
    }

    fn option(&self, nested: bool) -> Answer<Option<Self>> {
        if self.value.is_nil() {
            return Ok(None);
        }
        if !nested {
            return Ok(Some(*self));
        }
        match self.pair()? {
            (name, value) if name.name().map_err(Not::Foreign)? == "some" => {
                Ok(Some(self.of(value)))
            }
            _ => Err(Not::Value),
        }
    }

    fn result(&self, of: &ResultType) -> Answer<Result<Option<Self>, Option<Self>>> {
        let (name, payload) = self.picked(|name| match name {
            "ok" => of.ok.is_some(),
            _ => of.err.is_some(),
        })?;
        match name.as_str() {
            "ok" => Ok(Ok(payload)),
            "err" => Ok(Err(payload)),
            _ => Err(Not::Value),
        }
    }

    fn handle(&self, _: &Arc<ResourceType>) -> Answer<Handle> {
        let resource = <&Resource>::try_convert(self.value).map_err(|_| Not::Kind)?;
        Ok(resource.handle())
    }

    fn object(&self, of: &Arc<ResourceType>) -> Answer<u32> {
        let class = self.roots.class(of);
        if class.is_some_and(|class| !self.is(class.class)) || self.value.is_nil() {
            return Err(Not::Kind);
        }
        Ok(self.roots.give(self.value))
    }

    fn release(&self, object: u32) {
        self.roots.take(object);
    }

    fn shown(&self) -> String {
        let said = self.value.inspect();
        let short = match said.char_indices().nth(SHOWN) {
            Some((end, _)) => format!("{}…", &said[..end]),
            None => said,
        };
        match RString::from_value(self.value) {
            Some(string) if string.to_string().is_err() => {
                let encoding: String = string
                    .funcall("encoding", ())
                    .and_then(|encoding: Value| encoding.funcall("to_s", ()))
                    .unwrap_or_default();
                format!("{short}, which is no Unicode text in its encoding {encoding}")
            }
            _ => short,
        }
    }
}
