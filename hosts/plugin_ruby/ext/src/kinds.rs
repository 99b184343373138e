//! What Ruby has for the types of a component that have names: made once, when the
//! component is opened.

use std::cell::Cell;
use std::sync::Arc;

use anyhost_plugin::{Function, Type, Types};
use magnus::gc::Marker;
use magnus::prelude::*;
use magnus::value::{Lazy, StaticSymbol};
use magnus::{Error, RClass, RModule, Ruby};

use crate::errors::constant;

static RECORD: Lazy<RModule> = Lazy::new(|ruby| constant(ruby, "Record"));

/// What there is for one type.
pub struct Kind {
    /// A record's class, one of Ruby's `Data`.
    pub class: Option<RClass>,
    /// The names of fields, cases or flags, in order.
    pub names: Vec<StaticSymbol>,
}

/// The types, by where the library keeps them: each of them has one place.
#[derive(Default)]
pub struct Kinds {
    all: Vec<(usize, Kind)>,
    /// The one that was asked for last, which is likely to be asked for again.
    last: Cell<usize>,
}

impl Kinds {
    /// Learns all types of a component.
    pub fn of(ruby: &Ruby, types: &Types) -> Result<Self, Error> {
        let mut kinds = Self::default();
        for interface in types.imports.iter().chain(&types.exports) {
            for (_, ty) in &interface.types {
                kinds.learn(ruby, ty)?;
            }
            for function in &interface.functions {
                kinds.learn_function(ruby, function)?;
            }
        }
        Ok(kinds)
    }

    fn learn_function(&mut self, ruby: &Ruby, function: &Function) -> Result<(), Error> {
        let params = function.params.iter().map(|(_, ty)| ty);
        let mut all = params.chain(&function.result);
        all.try_for_each(|ty| self.learn(ruby, ty))
    }

    fn learn(&mut self, ruby: &Ruby, ty: &Type) -> Result<(), Error> {
        let place = place(ty);
        if place != 0 && self.all.iter().any(|(known, _)| *known == place) {
            return Ok(());
        }
        let mut names = Vec::new();
        let mut class = None;
        match ty {
            Type::List(of) | Type::Option(of) => return self.learn(ruby, of),
            Type::Tuple(types) => return types.iter().try_for_each(|ty| self.learn(ruby, ty)),
            Type::Result(of) => {
                let mut both = of.ok.iter().chain(&of.err);
                return both.try_for_each(|ty| self.learn(ruby, ty));
            }
            Type::Record(of) => {
                for (_, ty) in &of.fields {
                    self.learn(ruby, ty)?;
                }
                let fields = of.fields.iter().map(|(name, _)| name.as_str());
                let fields = ruby.ary_from_iter(fields);
                let made = (of.name.to_string(), fields);
                let made: RClass = ruby.get_inner(&RECORD).funcall("of", made)?;
                for name in made.funcall::<_, _, Vec<StaticSymbol>>("members", ())? {
                    names.push(name);
                }
                class = Some(made);
            }
            Type::Variant(of) => {
                for (name, ty) in &of.cases {
                    names.push(symbol(ruby, name));
                    ty.iter().try_for_each(|ty| self.learn(ruby, ty))?;
                }
            }
            Type::Enum(of) => names.extend(of.cases.iter().map(|name| symbol(ruby, name))),
            Type::Flags(of) => names.extend(of.flags.iter().map(|name| symbol(ruby, name))),
            _ => return Ok(()),
        }
        self.all.push((place, Kind { class, names }));
        Ok(())
    }

    /// What there is for the type at that place.
    pub fn get<T>(&self, ty: &T) -> &Kind {
        let place = std::ptr::from_ref(ty).addr();
        match self.all.get(self.last.get()) {
            Some((known, kind)) if *known == place => kind,
            _ => {
                let found = self.all.iter().position(|(known, _)| *known == place);
                self.last.set(found.expect("all types were learned"));
                &self.all[self.last.get()].1
            }
        }
    }

    /// The class of a record.
    pub fn class(&self, ty: &Type) -> Option<RClass> {
        match ty {
            Type::Record(of) => self.get(&**of).class,
            _ => None,
        }
    }

    pub fn mark(&self, marker: &Marker) {
        let classes = self.all.iter().filter_map(|(_, kind)| kind.class);
        classes.for_each(|class| marker.mark(class));
    }
}

/// A name as Ruby has it: `line-item` is `line_item`.
pub fn snake(name: &str) -> String {
    name.replace('-', "_")
}

/// A name as WIT has it.
pub fn kebab(name: &str) -> String {
    name.replace('_', "-")
}

fn symbol(ruby: &Ruby, name: &str) -> StaticSymbol {
    ruby.sym_new(snake(name))
}

fn place(ty: &Type) -> usize {
    match ty {
        Type::Record(of) => Arc::as_ptr(of).addr(),
        Type::Variant(of) => Arc::as_ptr(of).addr(),
        Type::Enum(of) => Arc::as_ptr(of).addr(),
        Type::Flags(of) => Arc::as_ptr(of).addr(),
        _ => 0,
    }
}
