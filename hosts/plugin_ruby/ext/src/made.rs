//! What comes out of a component as Ruby's values.

use std::ffi::c_long;
use std::sync::Arc;

use anyhost_plugin::{
    Enum, Flags, Handle, Integer, Record, Resource as ResourceType, Sink, Variant,
};
use magnus::prelude::*;
use magnus::rb_sys::{AsRawValue, FromRawValue};
use magnus::value::StaticSymbol;
use magnus::{Error, RArray, Ruby, Value};

use crate::resource::Resource;
use crate::roots::Roots;

/// How many values are collected on the stack.
const FEW: usize = 16;

/// Makes Ruby's values.
pub struct Maker<'a> {
    pub ruby: &'a Ruby,
    pub roots: &'a Roots,
}

/// Values in a row, where the collector sees them: on the stack, or in an Array.
pub enum Row {
    Few([rb_sys::VALUE; FEW], usize),
    Many(RArray),
}

impl Row {
    /// Calls `work` with the values, which stay where they are meanwhile.
    pub fn with<T>(&self, work: impl FnOnce(&[rb_sys::VALUE]) -> T) -> T {
        match self {
            Self::Few(values, length) => work(&values[..*length]),
            Self::Many(array) => {
                // SAFETY: nobody else has the array, which is as long as its values are used.
                let values = unsafe { array.as_slice() };
                let values: Vec<_> = values.iter().map(|value| value.as_raw()).collect();
                let result = work(&values);
                std::hint::black_box(array);
                result
            }
        }
    }

    fn array(self) -> Value {
        match self {
            Self::Few(values, length) => {
                let length = c_long::try_from(length).unwrap_or_default();
                // SAFETY: so many values are there.
                unsafe { Value::from_raw(rb_sys::rb_ary_new_from_values(length, values.as_ptr())) }
            }
            Self::Many(array) => array.as_value(),
        }
    }
}

type Made<T = Value> = Result<T, Error>;

impl Maker<'_> {
    /// A Hash of one pair.
    fn pair(&self, name: StaticSymbol, payload: Value) -> Made {
        let hash = self.ruby.hash_new();
        hash.aset(name, payload)?;
        Ok(hash.as_value())
    }

    fn case(&self, name: StaticSymbol, payload: Option<Value>) -> Made {
        match payload {
            Some(payload) => self.pair(name, payload),
            None => Ok(name.as_value()),
        }
    }
}

impl Sink for Maker<'_> {
    type Value = Value;
    type Seq = Row;
    type Error = Error;

    fn bool(&mut self, value: bool) -> Made {
        Ok(if value {
            self.ruby.qtrue().as_value()
        } else {
            self.ruby.qfalse().as_value()
        })
    }

    fn integer(&mut self, _: Integer, value: i128) -> Made {
        Ok(match i64::try_from(value) {
            Ok(value) => self.ruby.integer_from_i64(value).as_value(),
            Err(_) => self.ruby.integer_from_i128(value).as_value(),
        })
    }

    fn float(&mut self, value: f64, _: bool) -> Made {
        Ok(self.ruby.float_from_f64(value).as_value())
    }

    fn character(&mut self, value: char) -> Made {
        let mut bytes = [0; 4];
        Ok(self.ruby.str_new(value.encode_utf8(&mut bytes)).as_value())
    }

    fn text(&mut self, value: &str) -> Made {
        Ok(self.ruby.str_new(value).as_value())
    }

    fn bytes(&mut self, value: &[u8]) -> Made {
        Ok(self.ruby.str_from_slice(value).as_value())
    }

    fn seq(&mut self, length: usize) -> Made<Row> {
        Ok(if length <= FEW {
            Row::Few([0; FEW], 0)
        } else {
            Row::Many(self.ruby.ary_new_capa(length))
        })
    }

    fn push(&mut self, row: &mut Row, value: Value) -> Made<()> {
        match row {
            Row::Few(values, length) => {
                values[*length] = value.as_raw();
                *length += 1;
            }
            // SAFETY: nobody else has the array, so that it is not frozen.
            Row::Many(array) => unsafe {
                rb_sys::rb_ary_push(array.as_raw(), value.as_raw());
            },
        }
        Ok(())
    }

    fn list(&mut self, items: Row) -> Made {
        Ok(items.array())
    }

    fn tuple(&mut self, items: Row) -> Made {
        Ok(items.array())
    }

    fn record(&mut self, of: &Arc<Record>, fields: Row) -> Made {
        let class = self.roots.kinds().get(&**of).class;
        let class = class.expect("each record has one");
        // SAFETY: an object of the class, which has as many members as the record has
        // fields, is filled before anybody sees it, and frozen as `Data` is.
        let object = unsafe { rb_sys::rb_struct_alloc_noinit(class.as_raw()) };
        fields.with(|values| {
            for (number, value) in (0_i64..).zip(values) {
                let index = self.ruby.integer_from_i64(number);
                // SAFETY: as above.
                unsafe { rb_sys::rb_struct_aset(object, index.as_raw(), *value) };
            }
        });
        // SAFETY: as above.
        Ok(unsafe { Value::from_raw(rb_sys::rb_obj_freeze(object)) })
    }

    fn variant(&mut self, of: &Arc<Variant>, case: usize, payload: Option<Value>) -> Made {
        self.case(self.roots.kinds().get(&**of).names[case], payload)
    }

    fn name(&mut self, of: &Arc<Enum>, case: usize) -> Made {
        Ok(self.roots.kinds().get(&**of).names[case].as_value())
    }

    fn flags(&mut self, of: &Arc<Flags>, set: Vec<String>) -> Made {
        let names = &self.roots.kinds().get(&**of).names;
        let known = of.flags.iter().zip(names);
        let set = known.filter(|(flag, _)| set.contains(flag));
        Ok(self
            .ruby
            .ary_from_iter(set.map(|(_, name)| *name))
            .as_value())
    }

    fn option(&mut self, payload: Option<Value>, nested: bool) -> Made {
        match payload {
            Some(payload) if nested => self.pair(self.ruby.sym_new("some"), payload),
            Some(payload) => Ok(payload),
            None => Ok(self.ruby.qnil().as_value()),
        }
    }

    fn result(&mut self, payload: Result<Option<Value>, Option<Value>>) -> Made {
        match payload {
            Ok(payload) => self.case(self.ruby.sym_new("ok"), payload),
            Err(payload) => self.case(self.ruby.sym_new("err"), payload),
        }
    }

    fn handle(&mut self, of: &Arc<ResourceType>, handle: Handle) -> Made {
        let class = self.roots.class(of).expect("each resource has one");
        Ok(Resource::wrap(self.ruby, handle, class).as_value())
    }

    fn object(&mut self, _: &Arc<ResourceType>, object: u32, owned: bool) -> Made {
        let object = if owned {
            self.roots.take(object)
        } else {
            self.roots.object(object)
        };
        Ok(object.expect("the component has the object"))
    }
}
