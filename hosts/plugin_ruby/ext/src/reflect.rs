//! Types as Ruby reads them: a Symbol, or an Array that begins with one.

use anyhost_plugin::{Interface, Type};
use magnus::prelude::*;
use magnus::value::StaticSymbol;
use magnus::{Error, IntoValue, RArray, Ruby, Value};

use crate::kinds::{Kinds, snake};

/// Each interface as `[name, [[function, [[param, symbol, type], …], result], …]]`.
pub fn interfaces(ruby: &Ruby, kinds: &Kinds, interfaces: &[Interface]) -> Result<RArray, Error> {
    let all = ruby.ary_new();
    let reader = Reader { ruby, kinds };
    for interface in interfaces {
        let functions = ruby.ary_new();
        for function in &interface.functions {
            let params = function.params.iter().map(|(name, ty)| {
                let symbol = ruby.sym_new(snake(name));
                (name, symbol, Some(ty))
            });
            let params = reader.named(params)?;
            let result = reader.optional(function.result.as_ref())?;
            functions.push((function.name.as_str(), params, result))?;
        }
        all.push((interface.name.as_str(), functions))?;
    }
    Ok(all)
}

struct Reader<'a> {
    ruby: &'a Ruby,
    kinds: &'a Kinds,
}

impl Reader<'_> {
    fn described(&self, ty: &Type) -> Result<Value, Error> {
        let word = |word: &str| self.ruby.sym_new(word);
        Ok(match ty {
            Type::Bool | Type::Integer(_) | Type::F32 | Type::F64 | Type::Char | Type::String => {
                word(&ty.to_string()).as_value()
            }
            Type::Bytes => word("bytes").as_value(),
            Type::List(of) => self.array((word("list"), self.described(of)?)),
            Type::Tuple(types) => {
                let items = self.ruby.ary_new();
                let mut types = types.iter();
                types.try_for_each(|ty| items.push(self.described(ty)?))?;
                self.array((word("tuple"), items))
            }
            Type::Record(of) => {
                let names = self.kinds.get(&**of).names.iter();
                let fields = of.fields.iter().zip(names);
                let fields = self.named(fields.map(|((name, ty), of)| (name, *of, Some(ty))))?;
                self.array((word("record"), fields))
            }
            Type::Variant(of) => {
                let names = self.kinds.get(&**of).names.iter();
                let cases = of.cases.iter().zip(names);
                let cases = self.named(cases.map(|((name, ty), of)| (name, *of, ty.as_ref())))?;
                self.array((word("variant"), cases))
            }
            Type::Enum(_) => word("enum").as_value(),
            Type::Flags(_) => word("flags").as_value(),
            Type::Option(of) => self.array((word("option"), self.described(of)?)),
            Type::Result(of) => {
                let (ok, err) = (
                    self.optional(of.ok.as_ref())?,
                    self.optional(of.err.as_ref())?,
                );
                self.array((word("result"), ok, err))
            }
            Type::Own(of) | Type::Borrow(of) => {
                let (interface, name) = (of.interface.as_str(), of.name.as_str());
                self.array((word("handle"), of.host, interface, name))
            }
        })
    }

    fn array(&self, values: impl IntoValue) -> Value {
        values.into_value_with(self.ruby)
    }

    fn optional(&self, ty: Option<&Type>) -> Result<Option<Value>, Error> {
        ty.map(|ty| self.described(ty)).transpose()
    }

    /// Names in WIT, each with Ruby's and a type.
    fn named<'t>(
        &self,
        all: impl Iterator<Item = (&'t String, StaticSymbol, Option<&'t Type>)>,
    ) -> Result<RArray, Error> {
        let array = self.ruby.ary_new();
        for (name, symbol, ty) in all {
            array.push((name.as_str(), symbol, self.optional(ty)?))?;
        }
        Ok(array)
    }
}
