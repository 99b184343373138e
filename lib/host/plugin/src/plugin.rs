//! An open component, and calls of its functions.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhost_engine::{Loaded, TICK, load, one_line};
use wasmtime::Store;
use wasmtime::component::{Func, Instance, InstancePre, Linker, Val};

use crate::canonical::Call;
use crate::copied::Copied;
use crate::engine::Engine;
use crate::error::{CallError, Error, Wrong};
use crate::handle::{Handle, Home};
use crate::image::{Image, contents};
use crate::imports::{Imports, Nothing, link, names_of};
use crate::instance::{Live, State, begin, end, failure};
use crate::lift::{Holdings, boxed, lift};
use crate::lower::{Arguments, Lowering, Passed, place};
use crate::reflect::{Function, Interface, Types, find};
use crate::types::{Commas, Type};
use crate::value::{Return, Sink, Source};
use crate::wasi::{Grants, Wasi};

/// The most that a 32-bit memory can grow to.
const MOST_MEMORY: u64 = 4 << 30;
/// More ticks than there will be.
const NEVER: u64 = 1 << 62;
/// What every use of an instance begins with.
const READY: &str = "it was made ready";

/// How a component is opened.
#[derive(Clone)]
pub struct Options {
    /// What it is given of what it imports.
    pub imports: Arc<dyn Imports>,
    /// The most that all its memories together may grow to, in bytes: up to 4 GiB.
    pub max_memory: u64,
    /// The longest that a call may take; None for no bound. What functions of the host take
    /// counts, but they are not interrupted.
    pub timeout: Option<Duration>,
    /// The same component as `precompile` wrote it. It runs unchecked, see
    /// [`anyhost_engine::load`].
    pub aot: Option<PathBuf>,
    /// What it is granted of WASI 0.2; None refuses a component that imports something of
    /// that which `imports` do not have.
    pub wasi: Option<Wasi>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            imports: Arc::new(Nothing),
            max_memory: 64 << 20,
            timeout: Some(Duration::from_secs(10)),
            aot: None,
            wasi: Some(Wasi::default()),
        }
    }
}

impl Options {
    fn check(&self) -> Result<(), Error> {
        let wrong = |place: &str, expected: String, got: String| {
            let place = place.to_owned();
            Err(Error::Value(Wrong {
                place,
                expected,
                got,
                kind: false,
            }))
        };
        if !(1..=MOST_MEMORY).contains(&self.max_memory) {
            let expected = format!("1 to {MOST_MEMORY} bytes");
            return wrong("max_memory", expected, self.max_memory.to_string());
        }
        let random = self.wasi.as_ref().and_then(|wasi| wasi.random.as_ref());
        if random.is_some_and(Vec::is_empty) {
            return wrong("random", "a byte or more".to_owned(), "none".to_owned());
        }
        Ok(())
    }
}

/// A component that is compiled, and not linked with what it imports: for a host that looks
/// at its types first. Others begin with [`Plugin::open`].
pub struct Compiled {
    engine: Engine,
    loaded: Loaded,
    home: Arc<Home>,
    types: Arc<Types>,
}

impl Compiled {
    /// Loads the component in `file`, or the machine code in `aot`; see [`Options::aot`].
    ///
    /// # Errors
    /// [`Error::Component`].
    pub fn load(engine: &Engine, file: &Path, aot: Option<&Path>) -> Result<Self, Error> {
        let loaded = load(engine.wasm(), file, aot).map_err(of_file)?;
        Ok(Self {
            engine: engine.clone(),
            home: Arc::new(Home::new(file.display().to_string())),
            types: Arc::new(Types::of(&loaded.component)),
            loaded,
        })
    }

    /// The file, as messages name it.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.home.file
    }

    /// What the component exports and imports.
    #[must_use]
    pub fn types(&self) -> &Types {
        &self.types
    }

    /// One line for the user if the precompiled code was not used.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        self.loaded.note.as_deref()
    }

    /// Links the component with what it imports; `options` say all but the `aot`.
    ///
    /// # Errors
    /// [`Error::Component`] and [`Error::Value`].
    pub fn link(&self, options: &Options) -> Result<Prepared, Error> {
        options.check()?;
        let (loaded, home) = (&self.loaded, &self.home);
        let mut linker = Linker::new(self.engine.wasm());
        let has_wasi = link(&mut linker, &self.types, options, home)?;
        let wasi = options.wasi.as_ref().filter(|_| has_wasi);
        loaded.check_start(options.max_memory).map_err(of_file)?;
        let pre = linker.instantiate_pre(&loaded.component).map_err(|e| {
            Error::Component(format!("{}: cannot be linked: {}", home.file, one_line(&e)))
        })?;
        let ticks = |limit: Duration| {
            // One more: the first may come at once.
            let ticks = limit.as_nanos().div_ceil(TICK.as_nanos()) + 1;
            u64::try_from(ticks).unwrap_or(NEVER).min(NEVER)
        };
        Ok(Prepared(Arc::new(Opened {
            engine: self.engine.clone(),
            home: Arc::clone(home),
            types: Arc::clone(&self.types),
            pre,
            max_memory: options.max_memory,
            timeout: options.timeout,
            ticks: options.timeout.map_or(NEVER, ticks),
            note: loaded.note.clone(),
            grants: wasi.map(Grants::of).transpose()?,
        })))
    }
}

fn of_file(error: anyhost_engine::Error) -> Error {
    Error::Component(error.to_string())
}

/// A component that is ready to have instances; clones are the same.
#[derive(Clone)]
pub struct Prepared(Arc<Opened>);

pub(crate) struct Opened {
    pub engine: Engine,
    pub home: Arc<Home>,
    pub types: Arc<Types>,
    pub pre: InstancePre<State>,
    pub max_memory: u64,
    pub timeout: Option<Duration>,
    /// The time limit, as the clock counts.
    pub ticks: u64,
    pub note: Option<String>,
    /// What instances have of WASI, if the component imports that.
    pub grants: Option<Grants>,
}

impl Prepared {
    /// Loads the component in `file` and links it with what it imports.
    ///
    /// # Errors
    /// [`Error::Component`] and [`Error::Value`].
    pub fn open(engine: &Engine, file: &Path, options: Options) -> Result<Self, Error> {
        options.check()?;
        Compiled::load(engine, file, options.aot.as_deref())?.link(&options)
    }

    /// A plugin with an instance of its own.
    ///
    /// # Errors
    /// [`Error::Component`], or what a start that runs code ends with.
    pub fn plugin(&self) -> Result<Plugin, Error> {
        let mut plugin = Plugin {
            opened: Arc::clone(&self.0),
            home: Arc::new(Home::new(self.0.home.file.clone())),
            live: None,
            generation: 0,
            closed: false,
            copied: Copied::default(),
        };
        plugin.ready()?;
        Ok(plugin)
    }

    /// What the component exports and imports.
    #[must_use]
    pub fn types(&self) -> &Types {
        &self.0.types
    }

    /// One line for the user if the precompiled code was not used.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }
}

/// An open component.
///
/// A call that ends with [`Error::Trap`], [`Error::TimeLimit`] or [`Error::Host`] leaves its
/// instance unusable; the next call gets a fresh one.
pub struct Plugin {
    opened: Arc<Opened>,
    home: Arc<Home>,
    live: Option<Live>,
    generation: u64,
    closed: bool,
    /// What the last call returned: room for the next.
    copied: Copied,
}

impl Plugin {
    /// Opens the component in `file`.
    ///
    /// # Errors
    /// [`Error::Component`] and [`Error::Value`].
    pub fn open(engine: &Engine, file: impl AsRef<Path>, options: Options) -> Result<Self, Error> {
        Prepared::open(engine, file.as_ref(), options)?.plugin()
    }

    /// What the component exports and imports.
    #[must_use]
    pub fn types(&self) -> &Types {
        &self.opened.types
    }

    /// The exported interface of that name, short or full.
    ///
    /// # Errors
    /// [`Error::Missing`], with what there is.
    pub fn interface(&self, name: &str) -> Result<&Interface, Error> {
        let exports = &self.types().exports;
        let named = exports
            .iter()
            .filter(|interface| !interface.name.is_empty());
        let names: Vec<&str> = named.map(|interface| interface.name.as_str()).collect();
        let found = find(name, names.iter().copied());
        if let [one] = found.as_slice() {
            let found = exports.iter().find(|interface| interface.name == *one);
            return Ok(found.expect("it is one of them"));
        }
        let file = &self.home.file;
        Err(Error::Missing(if found.is_empty() {
            let mut names: Vec<String> = names.into_iter().map(str::to_owned).collect();
            let world = exports.iter().filter(|interface| interface.name.is_empty());
            let world = world.flat_map(|interface| &interface.functions);
            names.extend(world.map(|function| function.call_name()));
            format!(
                "{file}: does not export {name}; it exports {}",
                names_of(&names)
            )
        } else {
            format!(
                "{file}: exports {}; {name} does not say which",
                Commas(&found)
            )
        }))
    }

    /// A function by its interface, short or full, and its own name: `greet`,
    /// `session.constructor`, `session.add`. The world's own have an empty interface.
    ///
    /// # Errors
    /// [`Error::Missing`], with what there is.
    pub fn function(&self, interface: &str, name: &str) -> Result<Arc<Function>, Error> {
        let none = Interface::default();
        let interface = if interface.is_empty() {
            let mut exports = self.types().exports.iter();
            exports
                .find(|interface| interface.name.is_empty())
                .unwrap_or(&none)
        } else {
            self.interface(interface)?
        };
        let all = &interface.functions;
        if let Some(found) = all.iter().find(|function| function.call_name() == name) {
            return Ok(Arc::clone(found));
        }
        let names: Vec<String> = all.iter().map(|function| function.call_name()).collect();
        let (file, names) = (&self.home.file, names_of(&names));
        let owner = match interface.name.as_str() {
            "" => "the component",
            name => name,
        };
        Err(Error::Missing(format!(
            "{file}: {owner} has no {name}; it has {names}"
        )))
    }

    /// Calls a function of this plugin's with a binding's own values.
    ///
    /// # Errors
    /// All but [`Error::Component`] and [`Error::Missing`]; and what the binding raises.
    pub fn call<S: Source, K: Sink<Error = S::Error>>(
        &mut self,
        function: &Function,
        args: impl ExactSizeIterator<Item = S>,
        sink: &mut K,
    ) -> Result<Return<K::Value>, CallError<S::Error>> {
        let lowering = self.begin(function, args.len())?;
        let arguments = lowering.arguments(function, args)?;
        self.finish(function, arguments, sink)
    }

    /// The first step of [`Plugin::call`], for a binding whose values may be code that uses
    /// the plugin: what comes back takes that many arguments.
    ///
    /// # Errors
    /// As [`Plugin::call`].
    pub fn begin<S: Source>(
        &mut self,
        function: &Function,
        given: usize,
    ) -> Result<Lowering<S>, Error> {
        self.check_call(function, given)?;
        self.ready()?;
        Ok(Lowering::new(&self.home, self.generation))
    }

    /// The last step of [`Plugin::call`].
    ///
    /// # Errors
    /// As [`Plugin::call`].
    pub fn finish<S: Source, K: Sink<Error = S::Error>>(
        &mut self,
        function: &Function,
        arguments: Arguments<S>,
        sink: &mut K,
    ) -> Result<Return<K::Value>, CallError<S::Error>> {
        let Arguments {
            passed,
            mut lowering,
        } = arguments;
        if self.live.is_none() || lowering.generation != self.generation {
            lowering.undo();
            let (file, place) = (&self.home.file, function.place());
            let why = "the instance was lost while the arguments were read";
            return Err(Error::Plugin(format!("{file}: {place}: {why}")).into());
        }
        let mut vals = match passed {
            Passed::Vals(vals) => vals,
            Passed::Image(image, kept) => return self.call_plan(function, image, &kept, sink),
        };
        let lent = lowering.commit()?;
        let called = sink.outside(|| self.run(function, &mut vals));
        lent.end();
        let (val, mut held) = called?;
        let value = match (val, &function.result) {
            (Some(Val::Result(payload)), Some(Type::Result(ty))) => match payload {
                Ok(payload) => boxed(payload, ty.ok.as_ref(), sink, &mut held).map(Return::Value),
                Err(payload) => boxed(payload, ty.err.as_ref(), sink, &mut held).map(Return::Error),
            },
            (Some(val), Some(ty)) => {
                lift(val, ty, sink, &mut held).map(|value| Return::Value(Some(value)))
            }
            _ => Ok(Return::Value(None)),
        };
        value.map_err(CallError::Foreign)
    }

    /// Drops a handle: the component's own code for it runs. Nothing is done if it is gone.
    ///
    /// # Errors
    /// As [`Plugin::call`].
    pub fn end(&mut self, handle: &Handle) -> Result<(), Error> {
        if self.closed || self.live.is_none() || !handle.is_of(&self.home) {
            return Ok(());
        }
        let Some(any) = handle.take(self.generation) else {
            return Ok(());
        };
        self.with_instance(|store, _| any.resource_drop(store))
    }

    /// Runs `work` with the instance, for typed bindings: with the time limit, and with the
    /// errors of a call.
    ///
    /// # Errors
    /// As [`Plugin::call`].
    pub fn with_instance<T>(
        &mut self,
        work: impl FnOnce(&mut Store<State>, &Instance) -> wasmtime::Result<T>,
    ) -> Result<T, Error> {
        self.ready()?;
        self.enter(work)
    }

    /// How many bytes the memories of its instance take now.
    #[must_use]
    pub fn memory(&self) -> u64 {
        let used = |live: &Live| self.opened.max_memory - live.store.data().budget.left();
        self.live.as_ref().map_or(0, used)
    }

    /// Throws the instance away; the next call gets a fresh one.
    pub fn reset(&mut self) {
        self.live = None;
    }

    /// Frees everything. Whatever is asked of the plugin afterwards is an error.
    pub fn close(&mut self) {
        self.closed = true;
        self.live = None;
    }

    fn check_call(&self, function: &Function, given: usize) -> Result<(), Error> {
        if let Some(what) = &function.unsupported {
            let (file, place) = (&self.home.file, function.place());
            let line = format!("{file}: {place} has {what}, which this host cannot pass");
            return Err(Error::Plugin(line));
        }
        let expected = function.params.len();
        if given != expected {
            let s = if expected == 1 { "" } else { "s" };
            return Err(Error::Value(Wrong {
                place: function.place(),
                expected: format!("{expected} argument{s}"),
                got: given.to_string(),
                kind: true,
            }));
        }
        Ok(())
    }

    /// Whether [`Plugin::ready`] runs nothing of the component's.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.live.is_some() && !self.home.has_forgotten()
    }

    /// How many instances the plugin has had.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Makes the instance ready for a call that may take the whole time limit: a call begins
    /// with it.
    ///
    /// # Errors
    /// [`Error::Plugin`] if the plugin is closed, and what the component's code ends with.
    pub fn ready(&mut self) -> Result<(), Error> {
        if self.closed {
            let line = format!("{}: the plugin is closed", self.home.file);
            return Err(Error::Plugin(line));
        }
        self.opened.engine.tick()?;
        let Some(live) = &mut self.live else {
            self.generation += 1;
            self.live = Some(Live::start(&self.opened, self.generation)?);
            return Ok(());
        };
        begin(&mut live.store, &self.opened);
        for any in self.home.forgotten(self.generation) {
            self.enter(|store, _| any.resource_drop(store))?;
        }
        Ok(())
    }

    /// Lets the component run.
    fn enter<T>(
        &mut self,
        work: impl FnOnce(&mut Store<State>, &Instance) -> wasmtime::Result<T>,
    ) -> Result<T, Error> {
        // It is gone for good if `work` does not come back in the usual way.
        let mut live = self.live.take().expect(READY);
        let worked = work(&mut live.store, &live.instance);
        match end(&live.store, worked) {
            Ok(value) => {
                self.live = Some(live);
                Ok(value)
            }
            Err(error) => Err(failure(&self.opened, &live.store, error, false)),
        }
    }

    fn run(
        &mut self,
        function: &Function,
        vals: &mut [Val],
    ) -> Result<(Option<Val>, Holdings), Error> {
        let func = self.func(function);
        let (home, generation) = (Arc::clone(&self.home), self.generation);
        self.enter(|mut store, _| {
            if function.handles {
                for (val, (_, ty)) in vals.iter_mut().zip(&function.params) {
                    place(store, val, ty)?;
                }
            }
            let mut result = function.result.as_ref().map(|_| Val::Bool(false));
            func.call(&mut store, vals, result.as_mut_slice())?;
            let mut held = Holdings::default();
            if let (true, Some(val), Some(ty)) = (function.handles, &result, &function.result) {
                held.take(&mut store, &home, generation, val, ty)?;
            }
            Ok((result, held))
        })
    }

    fn call_plan<S: Source, K: Sink<Error = S::Error>>(
        &mut self,
        function: &Function,
        image: Image,
        kept: &[S],
        sink: &mut K,
    ) -> Result<Return<K::Value>, CallError<S::Error>> {
        let plan = function.plan.as_ref().expect("arguments went by it");
        let kept = contents(kept)?;
        let func = self.func(function);
        let mut copied = std::mem::take(&mut self.copied);
        let call = Call {
            function,
            plan,
            image,
            kept: kept.iter().map(|bytes| &**bytes).collect(),
            copied: &mut copied,
        };
        sink.outside(|| self.enter(|store, _| call.run(store, func)))?;
        let value = match function.result.as_ref().zip(plan.result.as_ref()) {
            Some((ty, layout)) => copied.returned(ty, layout, sink),
            None => Ok(Return::Value(None)),
        };
        copied.trim();
        self.copied = copied;
        value.map_err(CallError::Foreign)
    }

    /// The function in the instance that there is.
    fn func(&mut self, function: &Function) -> Func {
        let live = self.live.as_mut().expect(READY);
        *live.functions[function.number].get_or_insert_with(|| {
            let export = function.export.as_ref();
            let func = export.and_then(|export| live.instance.get_func(&mut live.store, export));
            func.expect("the component's type has it")
        })
    }
}
