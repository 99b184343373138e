//! What an open component has: for `lib/anyhost`, which makes Ruby's faces of it.

use std::sync::Arc;

use anyhost_plugin::{Function, Interface, Types, is_call};
use magnus::prelude::*;
use magnus::typed_data::Obj;
use magnus::{Error, RArray, RClass, RHash, Ruby, Value, method};

use crate::native::Native;
use crate::reflect;
use crate::roots::Class;

impl Native {
    /// Looks at what the component exports and imports.
    fn types<T>(
        &self,
        ruby: &Ruby,
        look: impl FnOnce(&Types) -> Result<T, Error>,
    ) -> Result<T, Error> {
        look(self.prepared(ruby)?.types())
    }

    /// The functions of an exported interface.
    pub fn exported(&self, ruby: &Ruby, interface: &str) -> Result<Vec<Arc<Function>>, Error> {
        self.types(ruby, |types| {
            let found = named(&types.exports, interface);
            Ok(found.map_or_else(Vec::new, |found| found.functions.clone()))
        })
    }

    /// The full names of the interfaces that are exported; that of the world itself is empty.
    fn interfaces(ruby: &Ruby, this: &Self) -> Result<Vec<String>, Error> {
        this.types(ruby, |types| {
            let names = types.exports.iter().map(|interface| interface.name.clone());
            Ok(names.collect())
        })
    }

    /// The names of an exported interface's records, with their classes; and of its
    /// resources.
    fn members(ruby: &Ruby, this: &Self, interface: String) -> Result<(RHash, RArray), Error> {
        this.types(ruby, |types| {
            let (records, resources) = (ruby.hash_new(), ruby.ary_new());
            if let Some(found) = named(&types.exports, &interface) {
                for (name, ty) in &found.types {
                    if let Some(class) = this.roots.kinds().class(ty) {
                        records.aset(name.as_str(), class)?;
                    }
                }
                for resource in &found.resources {
                    resources.push(resource.name.as_str())?;
                }
            }
            Ok((records, resources))
        })
    }

    /// Says which class stands for a resource of the component's, and has which methods.
    fn set_class(
        ruby: &Ruby,
        this: Obj<Self>,
        interface: String,
        resource: String,
        class: RClass,
        methods: Value,
    ) -> Result<(), Error> {
        this.types(ruby, |types| {
            let found = named(&types.exports, &interface);
            let mut all = found.iter().flat_map(|interface| &interface.resources);
            if let Some(found) = all.find(|known| known.name == resource) {
                let native = this.as_value();
                let class = Class {
                    class,
                    methods,
                    native,
                };
                this.roots.set_class(found, class);
            }
            Ok(())
        })
    }

    /// The full name of an exported interface.
    fn find(ruby: &Ruby, this: &Self, name: String) -> Result<String, Error> {
        this.alone(ruby, |plugin| Ok(plugin.interface(&name)?.name.clone()))
    }

    /// Raises what there is to say of a function that there is not.
    fn missing(ruby: &Ruby, this: &Self, interface: String, name: String) -> Result<(), Error> {
        this.alone(ruby, |plugin| {
            plugin.function(&interface, &name)?;
            Ok(())
        })
    }

    /// The functions with their types, as `lib/anyhost/testing.rb` reads them; of what is
    /// imported if not `exported`.
    fn signatures(ruby: &Ruby, this: &Self, exported: bool) -> Result<RArray, Error> {
        this.types(ruby, |types| {
            let of = if exported {
                &types.exports
            } else {
                &types.imports
            };
            reflect::interfaces(ruby, this.roots.kinds(), of)
        })
    }

    /// What the component exports and imports, as WIT writes it.
    fn wit(ruby: &Ruby, this: &Self) -> Result<String, Error> {
        this.types(ruby, |types| Ok(types.to_string()))
    }

    /// One line for the user if the precompiled code was not used.
    fn note(ruby: &Ruby, this: &Self) -> Result<Option<String>, Error> {
        Ok(this.prepared(ruby)?.note().map(str::to_owned))
    }

    /// What a command line asks for, as it is printed.
    fn run(
        ruby: &Ruby,
        this: &Self,
        text: String,
        switches: Vec<String>,
        json: bool,
    ) -> Result<String, Error> {
        let parsed = this.prepared(ruby)?.types().parse_command(&text, &switches);
        let (function, values) =
            parsed.map_err(|e| Error::new(ruby.exception_arg_error(), e.to_string()))?;
        this.alone(ruby, |plugin| {
            Ok(plugin.call_shown(&function, values, json, !is_call(&text))?)
        })
    }
}

fn named<'a>(interfaces: &'a [Interface], name: &str) -> Option<&'a Interface> {
    interfaces.iter().find(|interface| interface.name == name)
}

pub fn init(class: RClass) -> Result<(), Error> {
    class.define_method("interfaces", method!(Native::interfaces, 0))?;
    class.define_method("members", method!(Native::members, 1))?;
    class.define_method("set_class", method!(Native::set_class, 4))?;
    class.define_method("find", method!(Native::find, 1))?;
    class.define_method("missing", method!(Native::missing, 2))?;
    class.define_method("signatures", method!(Native::signatures, 1))?;
    class.define_method("wit", method!(Native::wit, 0))?;
    class.define_method("note", method!(Native::note, 0))?;
    class.define_method("run", method!(Native::run, 3))
}
