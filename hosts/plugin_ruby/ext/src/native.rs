//! `Anyhost::Native`: an open component, on which `Anyhost::Plugin` is built.

use std::cell::{Cell, RefCell};
use std::ffi::OsStr;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhost_plugin::{
    CallError, Dir, Engine, Error as Problem, Function, Handle, Options, Plugin, Prepared, Return,
    Source, Wasi,
};
use magnus::gc::Marker;
use magnus::prelude::*;
use magnus::typed_data::Obj;
use magnus::{
    DataTypeFunctions, Error, Mutex, RHash, RModule, RString, Ruby, TypedData, Value, function,
    method,
};

use crate::active::Active;
use crate::errors::{error, exception, result_error};
use crate::given::Given;
use crate::imports::{Host, names};
use crate::kinds::Kinds;
use crate::made::Maker;
use crate::roots::Roots;
use crate::{bytes, contents, gvl, stack};

/// The engine of all plugins.
pub fn engine(ruby: &Ruby) -> Result<&'static Engine, Error> {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    if let Some(engine) = ENGINE.get() {
        return Ok(engine);
    }
    let engine = Engine::embedded(stack::of_guest()).map_err(|e| exception(ruby, &e))?;
    Ok(ENGINE.get_or_init(|| engine))
}

/// What Ruby's side makes of its option `wasi`: arguments, environment, directories, input,
/// nanoseconds, bytes, and what takes lines.
type Granted = (
    Vec<String>,
    Vec<(String, String)>,
    Vec<String>,
    RString,
    Option<u64>,
    Option<RString>,
    Value,
);

fn wasi(ruby: &Ruby, granted: Granted, host: &Arc<Host>) -> Result<Wasi, Error> {
    let (args, env, dirs, stdin, clock, random, _) = granted;
    let bytes = |text: RString| {
        // SAFETY: it is copied at once.
        unsafe { text.as_slice() }.to_vec()
    };
    let dir = |text: String| {
        let wrong = |reason| {
            let line = format!("wasi: dirs: {text:?}: {reason}");
            Error::new(ruby.exception_arg_error(), line)
        };
        Dir::parse(OsStr::new(&text)).map_err(wrong)
    };
    let host = Arc::clone(host);
    Ok(Wasi {
        args,
        env,
        dirs: dirs.into_iter().map(dir).collect::<Result<_, _>>()?,
        stdin: bytes(stdin),
        output: Some(Arc::new(move |stream, line| host.print(stream, line))),
        clock: clock.map(Duration::from_nanos),
        random: random.map(bytes),
    })
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
    pub roots: Arc<Roots>,
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
        granted: Option<Granted>,
    ) -> Result<Obj<Self>, Error> {
        stack::check_compiler(ruby)?;
        let output = granted.as_ref().map(|granted| granted.6);
        let (engine, roots) = (engine(ruby)?, Arc::new(Roots::new(imports, output)));
        let host = Arc::new(Host(Arc::clone(&roots), names(imports)?));
        let wasi = granted.map(|granted| wasi(ruby, granted, &host));
        let options = Options {
            wasi: wasi.transpose()?,
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

    /// The component, unless it is closed.
    pub fn prepared(&self, ruby: &Ruby) -> Result<Prepared, Error> {
        let closed = || error(ruby, format!("{}: the plugin is closed", self.file));
        self.prepared.borrow().clone().ok_or_else(closed)
    }

    /// Uses the plugin, which nobody else does meanwhile.
    pub fn alone<T>(
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
}

pub fn init(ruby: &Ruby, anyhost: RModule) -> Result<(), Error> {
    let class = anyhost.define_class("Native", ruby.class_object())?;
    class.define_singleton_method("open", function!(Native::open, 6))?;
    class.define_method("close", method!(Native::close, 0))?;
    class.define_method("reset", method!(Native::reset, 0))?;
    contents::init(class)
}
