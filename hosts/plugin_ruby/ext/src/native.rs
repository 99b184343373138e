//! `Anyhost::Native`: an open component, on which `Anyhost::Plugin` is built.

use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhost_plugin::{
    CallError, Engine, Error as Problem, Function, Handle, Interface, Options, Plugin, Prepared,
    Return, Source, Types, is_call,
};
use magnus::gc::Marker;
use magnus::prelude::*;
use magnus::typed_data::Obj;
use magnus::{
    DataTypeFunctions, Error, Mutex, RArray, RClass, RHash, RModule, Ruby, TypedData, Value,
    function, method,
};

use crate::active::Active;
use crate::errors::{error, exception, result_error};
use crate::given::Given;
use crate::imports::{Host, names};
use crate::kinds::Kinds;
use crate::made::Maker;
use crate::roots::{Class, Roots};
use crate::{bytes, gvl, reflect, stack};

/// The engine of all plugins.
pub fn engine(ruby: &Ruby) -> Result<&'static Engine, Error> {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    if let Some(engine) = ENGINE.get() {
        return Ok(engine);
    }
    let engine = Engine::embedded(stack::of_guest()).map_err(|e| exception(ruby, &e))?;
    Ok(ENGINE.get_or_init(|| engine))
}

/// An open component.
#[derive(TypedData)]
#[magnus(class = "Anyhost::Native", free_immediately, mark)]
pub struct Native {
    file: String,
    /// None once it is closed.
    prepared: RefCell<Option<Prepared>>,
    /// None while it is called, and in a process that was forked meanwhile by another
    /// thread than the one in the call.
    plugin: Cell<Option<Box<Plugin>>>,
    roots: Arc<Roots>,
    /// Who uses the plugin has it.
    lock: Mutex,
    /// The thread that has it.
    owner: Cell<rb_sys::VALUE>,
    /// How many bytes of its memory Ruby was told of.
    told: Cell<isize>,
}

// SAFETY: only Ruby uses it, under its global lock.
unsafe impl Send for Native {}

impl DataTypeFunctions for Native {
    fn mark(&self, marker: &Marker) {
        self.roots.mark(marker);
        marker.mark(self.lock);
    }
}

impl Drop for Native {
    fn drop(&mut self) {
        self.tell_collector(0);
    }
}

/// The lock, until it is dropped.
struct Held<'a>(&'a Native);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.owner.set(0);
        // It can only fail for who has not got it.
        let _ = self.0.lock.unlock();
    }
}

impl Native {
    fn open(
        ruby: &Ruby,
        path: PathBuf,
        imports: RHash,
        aot: Option<PathBuf>,
        max_memory: u64,
        timeout: Option<f64>,
    ) -> Result<Obj<Self>, Error> {
        stack::check_compiler(ruby)?;
        let (engine, roots) = (engine(ruby)?, Arc::new(Roots::new(imports)));
        let host = Arc::new(Host(Arc::clone(&roots), names(imports)?));
        let options = Options {
            imports: Arc::clone(&host) as Arc<dyn anyhost_plugin::Imports>,
            max_memory,
            timeout: timeout.map(Duration::from_secs_f64),
            aot,
        };
        // Ruby sees what the roots have from here on.
        let native = ruby.obj_wrap(Self {
            file: path.display().to_string(),
            prepared: RefCell::default(),
            plugin: Cell::default(),
            roots,
            lock: ruby.mutex_new(),
            owner: Cell::default(),
            told: Cell::default(),
        });
        let prepared = gvl::released(|| Prepared::open(engine, &path, options));
        let prepared = prepared.map_err(|problem| native.error(ruby, &problem))?;
        let types = prepared.types();
        let learned = native.roots.kinds.set(Kinds::of(ruby, types)?);
        assert!(learned.is_ok(), "it is opened once");
        for interface in &types.imports {
            host.learn_classes(ruby, &interface.resources)?;
        }
        native.prepared.replace(Some(prepared));
        native.alone(ruby, |_| Ok(()))?;
        Ok(native)
    }

    /// The exception for what the library says, or what Ruby raised meanwhile.
    fn error(&self, ruby: &Ruby, problem: &Problem) -> Error {
        let raised = self.roots.raised();
        raised.unwrap_or_else(|| exception(ruby, problem))
    }

    /// Takes the lock; another thread that has it is waited for.
    fn hold(&self, ruby: &Ruby) -> Result<Held<'_>, Error> {
        // SAFETY: it is called by a thread of Ruby's.
        let thread = unsafe { rb_sys::rb_thread_current() };
        if !self.lock.trylock() {
            if self.owner.get() == thread {
                let file = &self.file;
                let line =
                    format!("{file}: a function of the host cannot use the plugin that called it");
                return Err(error(ruby, line));
            }
            self.lock.lock()?;
        }
        self.owner.set(thread);
        Ok(Held(self))
    }

    fn prepared(&self, ruby: &Ruby) -> Result<Prepared, Error> {
        let closed = || error(ruby, format!("{}: the plugin is closed", self.file));
        self.prepared.borrow().clone().ok_or_else(closed)
    }

    /// Uses the plugin, which nobody else does meanwhile.
    fn alone<T>(
        &self,
        ruby: &Ruby,
        work: impl FnOnce(&mut Plugin) -> Result<T, CallError<Error>>,
    ) -> Result<T, Error> {
        let _held = self.hold(ruby)?;
        let _active = Active::begin(ruby)?;
        let plugin = match self.plugin.take() {
            Some(plugin) => Ok(plugin),
            None => {
                let plugin = self.prepared(ruby)?.plugin();
                plugin.map(Box::new).map_err(CallError::from)
            }
        };
        let worked = plugin.and_then(|mut plugin| {
            let worked = work(&mut plugin);
            self.tell_collector(plugin.memory().try_into().unwrap_or(isize::MAX));
            self.plugin.set(Some(plugin));
            worked
        });
        worked.map_err(|error| match error {
            CallError::Plugin(problem) => self.error(ruby, &problem),
            CallError::Foreign(error) => error,
        })
    }

    /// Memory that Ruby did not allocate counts when it decides whether to collect.
    fn tell_collector(&self, bytes: isize) {
        let told = self.told.replace(bytes);
        if told != bytes
            && let Ok(ruby) = Ruby::get()
        {
            ruby.gc_adjust_memory_usage(bytes - told);
        }
    }

    /// Calls a function of the component's.
    pub fn call(&self, ruby: &Ruby, function: &Function, args: &[Value]) -> Result<Value, Error> {
        let roots = &*self.roots;
        let given = |value: &Value| Given {
            value: *value,
            roots,
        };
        if bytes::are_all(function) {
            let argument = args.first().map(given);
            let given = argument.as_ref().map(Source::bytes).transpose();
            // What is no bytes is told below.
            if let Ok(given) = given {
                return self.alone(ruby, |plugin| {
                    let made = bytes::call(plugin, function, given.as_deref())?;
                    made.map_err(CallError::Foreign)
                });
            }
        }
        let args = args.iter().map(given);
        let returned = self.alone(ruby, |plugin| {
            plugin.call(function, args, &mut Maker { ruby, roots })
        })?;
        match returned {
            Return::Value(value) => Ok(value.unwrap_or(ruby.qnil().as_value())),
            Return::Error(value) => {
                let place = format!("{}: {}", self.file, function.place());
                let value = value.unwrap_or(ruby.qnil().as_value());
                Err(result_error(ruby, &place, value))
            }
        }
    }

    /// Drops a handle.
    pub fn end(&self, ruby: &Ruby, handle: &Handle) -> Result<(), Error> {
        if self.prepared.borrow().is_none() {
            return Ok(());
        }
        self.alone(ruby, |plugin| Ok(plugin.end(handle)?))
    }

    fn close(ruby: &Ruby, this: &Self) -> Result<(), Error> {
        let _held = this.hold(ruby)?;
        this.prepared.take();
        this.plugin.take();
        this.tell_collector(0);
        Ok(())
    }

    /// Throws the instance away; the next call gets a fresh one.
    fn reset(ruby: &Ruby, this: &Self) -> Result<(), Error> {
        this.alone(ruby, |plugin| {
            plugin.reset();
            Ok(())
        })
    }

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

pub fn init(ruby: &Ruby, anyhost: RModule) -> Result<(), Error> {
    let class = anyhost.define_class("Native", ruby.class_object())?;
    class.define_singleton_method("open", function!(Native::open, 5))?;
    class.define_method("close", method!(Native::close, 0))?;
    class.define_method("reset", method!(Native::reset, 0))?;
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
