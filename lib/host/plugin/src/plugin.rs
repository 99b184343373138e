//! An open component, and calls of its functions.

use std::path::Path;
use std::sync::Arc;

use wasmtime::Store;
use wasmtime::component::{Func, Instance, Val};

use crate::canonical::Call;
use crate::copied::Copied;
use crate::engine::Engine;
use crate::error::{CallError, Error};
use crate::handle::{Handle, Home};
use crate::image::{Image, contents};
use crate::instance::{Live, State, begin, end, failure};
use crate::lift::{Holdings, returned};
use crate::lower::{Arguments, Lowering, Passed, place};
use crate::opened::{Opened, Options, Prepared};
use crate::reflect::{Function, Interface, Types};
use crate::value::{Return, Sink, Source};

/// What every use of an instance begins with.
const READY: &str = "it was made ready";

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
    pub(crate) fn new(opened: &Arc<Opened>) -> Result<Self, Error> {
        let mut plugin = Self {
            opened: Arc::clone(opened),
            home: Arc::new(Home::new(opened.home.file.clone())),
            live: None,
            generation: 0,
            closed: false,
            copied: Copied::default(),
        };
        plugin.ready()?;
        Ok(plugin)
    }

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
        self.types().interface(&self.home.file, name)
    }

    /// A function by its interface, short or full, and its own name: `greet`,
    /// `session.constructor`, `session.add`. The world's own have an empty interface.
    ///
    /// # Errors
    /// [`Error::Missing`], with what there is.
    pub fn function(&self, interface: &str, name: &str) -> Result<Arc<Function>, Error> {
        self.types().function(&self.home.file, interface, name)
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
        function.check(&self.home.file, given)?;
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
        let value = returned(val, function.result.as_ref(), sink, &mut held);
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
