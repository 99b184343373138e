//! Functions and objects of Ruby's, as a component calls them.

use std::sync::Arc;

use anyhost_plugin::{
    CallError, Error as Problem, Function, HostCall, Imports, Resource, Stream, Type, find,
};
use magnus::prelude::*;
use magnus::rb_sys::{AsRawValue, FromRawValue, protect};
use magnus::value::{BoxValue, Lazy, LazyId};
use magnus::{Error, RArray, RHash, RModule, Ruby, Value};

use crate::errors::{constant, value_of};
use crate::given::Given;
use crate::made::Maker;
use crate::roots::{Class, Roots};
use crate::{gvl, native};

static IMPORTS: Lazy<RModule> = Lazy::new(|ruby| constant(ruby, "Imports"));
static CALL: LazyId = LazyId::new("call");

/// What the host gives to a component.
pub struct Host(pub Arc<Roots>, pub Vec<String>);

impl Host {
    /// The object or the Hash that has what the interface has.
    fn source(&self, interface: &str) -> Option<Value> {
        let mut names = self.1.iter();
        let name = names.find(|name| match interface {
            "" => false,
            full => find(name, [full]).len() == 1,
        })?;
        self.0.imports().get(name.as_str())
    }

    /// Finds what is called for a function; otherwise the names of what there is.
    fn target(&self, function: &Function) -> Result<Result<Value, Vec<String>>, Error> {
        let ruby = Ruby::get().map_err(|e| never(&e))?;
        let source = match function.interface.as_str() {
            "" => Some(self.0.imports().as_value()),
            interface => self.source(interface),
        };
        let arguments = (source, function.name.as_str());
        let found: Value = ruby.get_inner(&IMPORTS).funcall("target", arguments)?;
        match RArray::from_value(found) {
            Some(names) => Ok(Err(names.to_vec()?)),
            None => Ok(Ok(found)),
        }
    }

    /// The classes of the host's resources.
    pub fn learn_classes(&self, ruby: &Ruby, resources: &[Arc<Resource>]) -> Result<(), Error> {
        for resource in resources {
            let arguments = (self.source(&resource.interface), resource.name.as_str());
            let class: Option<_> = ruby.get_inner(&IMPORTS).funcall("resource", arguments)?;
            if let Some(class) = class {
                let (methods, native) = (ruby.qnil().as_value(), ruby.qnil().as_value());
                let class = Class {
                    class,
                    methods,
                    native,
                };
                self.0.set_class(resource, class);
            }
        }
        Ok(())
    }

    /// Hands a line on that the component printed.
    pub fn print(&self, stream: Stream, line: &str) -> Result<(), Problem> {
        let ruby = Ruby::get().unwrap_or_else(|e| unreachable!("{e}"));
        let _fiber = BoxValue::new(ruby.fiber_current());
        let output = self.0.output();
        let told: Result<Value, Error> = output.funcall("call", (stream.name(), line));
        // This may be a process that was forked meanwhile.
        native::engine(&ruby).map_err(|e| self.raised(e))?.tick()?;
        told.map(drop).map_err(|error| self.raised(error))
    }

    /// Ends the component's call with what Ruby raised.
    fn raised(&self, error: Error) -> Problem {
        self.0.raise(error);
        Problem::Host("a function of the host raised an exception".to_owned())
    }

    fn answer(&self, ruby: &Ruby, call: &mut HostCall<'_>) -> Result<(), CallError<Error>> {
        let function = call.function();
        let roots = &*self.0;
        let target = roots.target(function);
        let arguments = call
            .args(&mut Maker { ruby, roots })
            .map_err(CallError::Foreign)?;
        let called = arguments.with(|arguments| {
            let count = i32::try_from(arguments.len()).unwrap_or_default();
            let name = LazyId::get_inner_with(&CALL, ruby);
            protect(|| {
                // SAFETY: so many values are there.
                unsafe {
                    let name = magnus::rb_sys::AsRawId::as_raw(name);
                    rb_sys::rb_funcallv(target.as_raw(), name, count, arguments.as_ptr())
                }
            })
        });
        let given = |value| Given { value, roots };
        match (called, &function.result) {
            // SAFETY: it is a value of Ruby's.
            (Ok(value), Some(Type::Result(ty))) => {
                let value = given(unsafe { Value::from_raw(value) });
                call.answer_result(Ok(ty.ok.as_ref().map(|_| value)))
            }
            // SAFETY: as above.
            (Ok(value), _) => call.answer(given(unsafe { Value::from_raw(value) })),
            (Err(error), Some(Type::Result(ty))) => match value_of(ruby, &error) {
                Some(value) => call.answer_result(Err(ty.err.as_ref().map(|_| given(value)))),
                None => Err(CallError::Foreign(error)),
            },
            (Err(error), _) => Err(CallError::Foreign(error)),
        }
    }
}

/// The exception for what cannot be: components are called by threads of Ruby's alone.
fn never(error: &magnus::error::RubyUnavailableError) -> Error {
    unreachable!("{error}")
}

impl Imports for Host {
    fn names(&self) -> Vec<String> {
        self.1.clone()
    }

    fn has(&self, function: &Function) -> Result<(), Vec<String>> {
        // The component was compiled without the lock.
        match gvl::acquired(|| self.target(function)) {
            Ok(Ok(target)) => {
                self.0.set_target(function, target);
                Ok(())
            }
            Ok(Err(names)) => Err(names),
            Err(error) => {
                self.0.raise(error);
                Err(Vec::new())
            }
        }
    }

    fn call(&self, call: &mut HostCall<'_>) -> Result<(), Problem> {
        let ruby = Ruby::get().unwrap_or_else(|e| unreachable!("{e}"));
        // Whoever switches away from this fiber and never comes back leaves the engine's
        // frames on its stack: then it is never collected.
        let _fiber = BoxValue::new(ruby.fiber_current());
        let answered = self.answer(&ruby, call);
        // This may be a process that was forked meanwhile.
        native::engine(&ruby).map_err(|e| self.raised(e))?.tick()?;
        answered.map_err(|error| match error {
            CallError::Plugin(problem) => problem,
            CallError::Foreign(error) => self.raised(error),
        })
    }

    fn dropped(&self, _: &Resource, object: u32) -> Result<(), Problem> {
        let ruby = Ruby::get().unwrap_or_else(|e| unreachable!("{e}"));
        let Some(object) = self.0.take(object) else {
            return Ok(());
        };
        let _fiber = BoxValue::new(ruby.fiber_current());
        let closed: Result<Value, Error> = ruby.get_inner(&IMPORTS).funcall("drop", (object,));
        closed.map(drop).map_err(|error| self.raised(error))
    }
}

/// The names of what the host gives.
pub fn names(imports: RHash) -> Result<Vec<String>, Error> {
    imports.funcall::<_, _, RArray>("keys", ())?.to_vec()
}
