//! `Anyhost::Interface`: functions of a component as methods of Ruby's.

use std::cell::OnceCell;
use std::sync::Arc;

use anyhost_plugin::Function;
use magnus::gc::Marker;
use magnus::prelude::*;
use magnus::rb_sys::{AsRawId, AsRawValue, FromRawValue};
use magnus::typed_data::Obj;
use magnus::value::{Lazy, LazyId};
use magnus::{
    DataTypeFunctions, Error, RArray, RClass, RHash, RModule, Ruby, Symbol, TryConvert, TypedData,
    Value, function, method,
};

use crate::errors::{constant, error};
use crate::kinds::snake;
use crate::native::Native;
use crate::resource::Resource;

/// Where objects that are no interface have theirs.
static FUNCTIONS: LazyId = LazyId::new("@functions");
static NAMES: Lazy<RModule> = Lazy::new(|ruby| constant(ruby, "Names"));

/// Functions of a component, by the names that Ruby has for them.
#[derive(TypedData)]
#[magnus(class = "Anyhost::Interface", free_immediately, mark)]
pub struct Interface {
    native: Obj<Native>,
    functions: Vec<Callable>,
}

struct Callable {
    id: rb_sys::ID,
    function: Arc<Function>,
    /// Its parameters' names, looked up when they are first used.
    params: OnceCell<Vec<rb_sys::VALUE>>,
}

// SAFETY: only Ruby uses it, under its global lock.
unsafe impl Send for Interface {}

impl DataTypeFunctions for Interface {
    fn mark(&self, marker: &Marker) {
        marker.mark(self.native);
    }
}

impl Interface {
    /// The free functions of an interface; or with a resource its methods, or what its
    /// class has.
    fn new(
        ruby: &Ruby,
        native: Obj<Native>,
        interface: String,
        resource: Option<String>,
        methods: bool,
    ) -> Result<Self, Error> {
        let mut functions = Vec::new();
        for function in native.exported(ruby, &interface)? {
            let name = match (function.name.split_once(']'), &resource) {
                (None, None) => Some(function.name.as_str()),
                (Some(("[constructor", of)), Some(wanted)) if !methods && of == wanted => {
                    Some("new")
                }
                (Some((kind, name)), Some(wanted)) if methods == (kind == "[method") => {
                    let named = name.split_once('.').filter(|(of, _)| of == wanted);
                    named.map(|(_, name)| name)
                }
                _ => None,
            };
            let Some(name) = name else { continue };
            let name: Symbol = if name == "new" && function.name.starts_with("[c") {
                ruby.to_symbol("new")
            } else {
                ruby.get_inner(&NAMES).funcall("method", (name,))?
            };
            functions.push(Callable {
                id: magnus::value::Id::from(name.to_static()).as_raw(),
                function,
                params: OnceCell::new(),
            });
        }
        Ok(Self { native, functions })
    }

    /// Defines the functions as methods of a module; their names.
    fn attach(ruby: &Ruby, this: &Self, module: RClass) -> Result<RArray, Error> {
        let names = ruby.ary_new();
        for callable in &this.functions {
            // SAFETY: it was made from a name.
            let id: magnus::value::Id = unsafe { magnus::rb_sys::FromRawId::from_raw(callable.id) };
            module.define_method(id.name()?, method!(call, -1))?;
            names.push(ruby.to_symbol(id.name()?))?;
        }
        Ok(names)
    }

    /// The function behind the method that Ruby is in.
    fn current(&self, ruby: &Ruby) -> Result<&Callable, Error> {
        // SAFETY: it is called by a method.
        let id = unsafe { rb_sys::rb_frame_this_func() };
        let found = self.functions.iter().find(|callable| callable.id == id);
        found.ok_or_else(|| error(ruby, "this method is another object's"))
    }
}

/// Whose functions `this` calls, and what their first argument is: an interface, the object
/// of a resource, or an object that has functions, such as a plugin and a resource's class.
fn functions_of(ruby: &Ruby, this: Value) -> Result<(Obj<Interface>, Option<Value>), Error> {
    if this.is_kind_of(Interface::class(ruby)) {
        return Ok((Obj::try_convert(this)?, None));
    }
    if this.is_kind_of(Resource::class(ruby)) {
        let methods = <&Resource>::try_convert(this)?.methods();
        return Ok((Obj::try_convert(methods)?, Some(this)));
    }
    let name = LazyId::get_inner_with(&FUNCTIONS, ruby);
    // SAFETY: any object can be asked.
    let own = unsafe { Value::from_raw(rb_sys::rb_ivar_get(this.as_raw(), name.as_raw())) };
    Ok((Obj::try_convert(own)?, None))
}

/// All methods that call a component.
fn call(ruby: &Ruby, this: Value, arguments: &[Value]) -> Result<Value, Error> {
    // SAFETY: it is called by a method.
    let keywords = unsafe { rb_sys::rb_keyword_given_p() } != 0;
    let (interface, receiver) = functions_of(ruby, this)?;
    let callable = interface.current(ruby)?;
    let function = &callable.function;
    if !keywords && receiver.is_none() && arguments.len() == function.params.len() {
        return interface.native.call(ruby, function, arguments);
    }
    // In an array of Ruby's, where the collector sees them.
    let all = ruby.ary_new_capa(function.params.len());
    let positional = arguments.len() - usize::from(keywords);
    all.cat(receiver.as_slice())?;
    all.cat(&arguments[..positional])?;
    let keywords = arguments[positional..].first();
    if let Some(keywords) = keywords.and_then(|keywords| RHash::from_value(*keywords)) {
        bind(ruby, callable, all, keywords)?;
    }
    if all.len() != function.params.len() {
        let of_receiver = receiver.iter().len();
        let (expected, given) = (function.params.len() - of_receiver, all.len() - of_receiver);
        let s = if expected == 1 { "" } else { "s" };
        let place = function.place();
        let line = format!("{place}: expected {expected} argument{s}, got {given}");
        return Err(Error::new(ruby.exception_arg_error(), line));
    }
    // SAFETY: nobody else has the array, which is kept until the call has ended.
    let result = interface
        .native
        .call(ruby, function, unsafe { all.as_slice() });
    std::hint::black_box(all);
    result
}

/// Adds the arguments that are given by name.
fn bind(ruby: &Ruby, callable: &Callable, all: RArray, keywords: RHash) -> Result<(), Error> {
    let params = &callable.function.params;
    let names = callable.params.get_or_init(|| {
        let names = params.iter().map(|(name, _)| ruby.sym_new(snake(name)));
        names.map(|name| name.as_raw()).collect()
    });
    let first = all.len().min(names.len());
    let mut used = 0;
    for name in &names[first..] {
        // SAFETY: it is a symbol that lives for ever.
        let name = unsafe { Value::from_raw(*name) };
        let Some(value) = keywords.get(name) else {
            let line = format!(
                "{}: missing keyword: {}",
                callable.function.place(),
                name.inspect()
            );
            return Err(Error::new(ruby.exception_arg_error(), line));
        };
        all.push(value)?;
        used += 1;
    }
    if used == keywords.len() {
        return Ok(());
    }
    let known = params.iter().map(|(name, _)| snake(name));
    let known: Vec<String> = known.collect();
    let given: RArray = keywords.funcall("keys", ())?;
    let is_open = |key: &Value| names[first..].iter().any(|name| *name == key.as_raw());
    let mut given = given.into_iter();
    let stray = given.find(|key| !is_open(key));
    let stray = stray.map_or_else(String::new, |key| key.inspect());
    let (place, known) = (callable.function.place(), known.join(", "));
    let line = format!("{place}: unknown keyword: {stray}; the parameters are {known}");
    Err(Error::new(ruby.exception_arg_error(), line))
}

pub fn init(ruby: &Ruby, anyhost: RModule) -> Result<(), Error> {
    let class = anyhost.define_class("Interface", ruby.class_object())?;
    class.define_singleton_method("new", function!(Interface::new, 4))?;
    class.define_private_method("attach", method!(Interface::attach, 1))
}
