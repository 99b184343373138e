//! What the host gives to a component: functions by interface, and resources.

use std::borrow::Cow;
use std::sync::Arc;

use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, LinkerInstance, ResourceType, Val};

use crate::asked::Stop;
use crate::error::{CallError, Error};
use crate::handle::Home;
use crate::instance::State;
use crate::lift::{Holdings, seq};
use crate::lower::{Lowering, place};
use crate::opened::Options;
use crate::reflect::{Function, Interface, Types, find};
use crate::types::{Commas, Resource, Type};
use crate::value::{Sink, Source};
use crate::wasi::{self, is_wasi};

/// The host's side of what a component imports.
pub trait Imports: Send + Sync + 'static {
    /// The names that it has: of interfaces, short or full, and of functions of the world
    /// itself.
    fn names(&self) -> Vec<String>;

    /// Whether it has the interface of that full name.
    fn gives(&self, interface: &str) -> bool {
        let names = self.names();
        names.iter().any(|name| find(name, [interface]).len() == 1)
    }

    /// Whether it has a function of an interface that it gives, or of the world itself.
    ///
    /// # Errors
    /// The names that it has there instead.
    fn has(&self, function: &Function) -> Result<(), Vec<String>>;

    /// Calls a function: takes [`HostCall::args`], and answers with one of the others.
    ///
    /// # Errors
    /// What the whole call of the component then ends with: [`Error::Host`], or another.
    fn call(&self, call: &mut HostCall<'_>) -> Result<(), Error>;

    /// The component has dropped an object; see [`Source::object`].
    ///
    /// # Errors
    /// As [`Imports::call`].
    fn dropped(&self, resource: &Resource, object: u32) -> Result<(), Error>;
}

/// Nothing for a component.
pub struct Nothing;

impl Imports for Nothing {
    fn names(&self) -> Vec<String> {
        Vec::new()
    }

    fn has(&self, _: &Function) -> Result<(), Vec<String>> {
        Err(Vec::new())
    }

    fn call(&self, _: &mut HostCall<'_>) -> Result<(), Error> {
        unreachable!("there is no function")
    }

    fn dropped(&self, _: &Resource, _: u32) -> Result<(), Error> {
        unreachable!("there is no resource")
    }
}

/// A call of a function of the host's by a component.
pub struct HostCall<'a> {
    function: &'a Function,
    store: StoreContextMut<'a, State>,
    home: &'a Arc<Home>,
    args: Args<'a>,
    held: Holdings,
    answer: Option<Answer>,
}

enum Args<'a> {
    Vals(&'a [Val]),
    Bytes(Vec<u8>),
}

enum Answer {
    Val(Val),
    Bytes(Vec<u8>),
}

impl<'a> HostCall<'a> {
    fn new(
        function: &'a Function,
        store: StoreContextMut<'a, State>,
        home: &'a Arc<Home>,
        args: Args<'a>,
    ) -> Self {
        Self {
            function,
            store,
            home,
            args,
            held: Holdings::default(),
            answer: None,
        }
    }

    /// The function that is called.
    #[must_use]
    pub fn function(&self) -> &'a Function {
        self.function
    }

    /// The arguments, in order. They can be taken once.
    ///
    /// # Errors
    /// The sink's.
    pub fn args<K: Sink>(&mut self, sink: &mut K) -> Result<K::Seq, K::Error> {
        match &mut self.args {
            Args::Vals(vals) => {
                let types = self.function.params.iter().map(|(_, ty)| ty);
                seq(vals.to_vec(), types, sink, &mut self.held)
            }
            Args::Bytes(_) if self.function.params.is_empty() => sink.seq(0),
            Args::Bytes(bytes) => {
                let mut seq = sink.seq(1)?;
                let value = sink.bytes(bytes)?;
                sink.push(&mut seq, value)?;
                Ok(seq)
            }
        }
    }

    /// Answers with `value`, which is all of what the function returns, if it returns
    /// something.
    ///
    /// # Errors
    /// The value is none of that type.
    pub fn answer<S: Source>(&mut self, value: S) -> Result<(), CallError<S::Error>> {
        let Some(ty) = &self.function.result else {
            return Ok(());
        };
        if self.function.bulk
            && let Ok(bytes) = value.bytes().map(Cow::into_owned)
        {
            self.answer = Some(Answer::Bytes(bytes));
            return Ok(());
        }
        self.lowered(|lowering| lowering.value(value, ty))
    }

    /// Answers a function that returns a `result` with one of the two.
    ///
    /// # Errors
    /// The payload is none of its type.
    ///
    /// # Panics
    /// The function returns something else.
    pub fn answer_result<S: Source>(
        &mut self,
        payload: Result<Option<S>, Option<S>>,
    ) -> Result<(), CallError<S::Error>> {
        let Some(Type::Result(ty)) = &self.function.result else {
            panic!("{} returns no result", self.function.place())
        };
        self.lowered(|lowering| lowering.result(payload, ty))
    }

    fn lowered<S: Source>(
        &mut self,
        lower: impl FnOnce(&mut Lowering<S>) -> Result<Val, Stop<S::Error>>,
    ) -> Result<(), CallError<S::Error>> {
        let mut lowering = Lowering::new(self.home, self.store.data().generation);
        match lower(&mut lowering) {
            Ok(mut val) => {
                lowering.commit()?;
                if let (true, Some(ty)) = (self.function.handles, &self.function.result) {
                    let placed = place(&mut self.store, &mut val, ty);
                    placed.map_err(|e| Error::Plugin(anyhost_engine::one_line(&e)))?;
                }
                self.answer = Some(Answer::Val(val));
                Ok(())
            }
            Err(stop) => {
                lowering.undo();
                Err(stop.at(|| format!("{}(…)", self.function.place())).into())
            }
        }
    }
}

/// Defines all that a component imports; the result is whether that is something of WASI.
pub(crate) fn link(
    linker: &mut Linker<State>,
    types: &Types,
    options: &Options,
    home: &Arc<Home>,
) -> Result<bool, Error> {
    let imports = &options.imports;
    let of_wasi = |interface: &&Interface| {
        options.wasi.is_some() && is_wasi(&interface.name) && !imports.gives(&interface.name)
    };
    let (of_wasi, of_host): (Vec<_>, Vec<_>) = types.imports.iter().partition(of_wasi);
    check(types, &of_host, &**imports, &home.file)?;
    let failed = |e: wasmtime::Error| {
        Error::Component(format!("{}: {}", home.file, anyhost_engine::one_line(&e)))
    };
    if !of_wasi.is_empty() {
        wasi::link(linker).map_err(failed)?;
    }
    for interface in &of_wasi {
        if interface.name.starts_with("wasi:http/") {
            wasi::refuse(linker, interface).map_err(failed)?;
        }
    }
    for interface in of_host {
        let mut instance = match interface.name.as_str() {
            "" => linker.root(),
            name => linker.instance(name).map_err(failed)?,
        };
        for (name, resource) in &interface.named {
            let (imports, resource) = (Arc::clone(imports), Arc::clone(resource));
            let ty = ResourceType::host_dynamic(resource.number);
            let dropped = move |_: StoreContextMut<'_, State>, object| {
                Ok(imports.dropped(&resource, object)?)
            };
            instance.resource(name, ty, dropped).map_err(failed)?;
        }
        for function in &interface.functions {
            define(&mut instance, function, imports, home).map_err(failed)?;
        }
    }
    Ok(!of_wasi.is_empty())
}

/// Checks that everything is there that the component imports; `of_host` it has of the
/// embedder.
fn check(
    types: &Types,
    of_host: &[&Interface],
    imports: &dyn Imports,
    file: &str,
) -> Result<(), Error> {
    let names = imports.names();
    for name in &names {
        let wanted = types
            .imports
            .iter()
            .map(|interface| interface.name.as_str());
        let found = find(name, wanted.filter(|wanted| !wanted.is_empty()));
        if found.len() > 1 {
            let found = Commas(&found);
            let line = format!("{file}: imports {found}; {name} does not say which");
            return Err(Error::Component(line));
        }
    }
    let lacks = |import: &str, provided: &[String]| {
        Err(Error::Component(format!(
            "{file}: imports {import}, which this host does not provide; it provides {}",
            names_of(provided)
        )))
    };
    if let Some(strange) = types.strange.first() {
        return lacks(strange, &names);
    }
    for interface in of_host {
        let name = interface.name.as_str();
        if !name.is_empty() && !interface.only_types() && !imports.gives(name) {
            return lacks(name, &names);
        }
        for function in &interface.functions {
            if let Some(what) = &function.unsupported {
                return Err(Error::Component(format!(
                    "{file}: its import {} has {what}, which this host cannot pass",
                    function.place()
                )));
            }
            if let Err(others) = imports.has(function) {
                let world = if name.is_empty() { "the world" } else { name };
                return lacks(&format!("{} of {world}", function.call_name()), &others);
            }
        }
    }
    Ok(())
}

/// A list for a message.
pub(crate) fn names_of(names: &[String]) -> String {
    if names.is_empty() {
        return "nothing".to_owned();
    }
    Commas(names).to_string()
}

fn define(
    instance: &mut LinkerInstance<'_, State>,
    function: &Arc<Function>,
    imports: &Arc<dyn Imports>,
    home: &Arc<Home>,
) -> wasmtime::Result<()> {
    let name = &function.name;
    let shape = (function.params.is_empty(), function.result.is_some());
    let (of, imports, home) = (Arc::clone(function), Arc::clone(imports), Arc::clone(home));
    if !function.bulk {
        return instance.func_new(name, move |mut store, _, params, results| {
            let mut held = Holdings::default();
            if of.handles {
                for (param, (_, ty)) in params.iter().zip(&of.params) {
                    held.take(&mut store, &home, 0, param, ty)?;
                }
            }
            let mut call = HostCall::new(&of, store, &home, Args::Vals(params));
            call.held = held;
            imports.call(&mut call)?;
            if let Some(result) = results.first_mut() {
                *result = match call.answer {
                    Some(Answer::Val(val)) => val,
                    _ => return Err(no_answer(&of)),
                };
            }
            Ok(())
        });
    }
    let call = move |store: StoreContextMut<'_, State>, bytes: Vec<u8>| {
        let mut call = HostCall::new(&of, store, &home, Args::Bytes(bytes));
        imports.call(&mut call)?;
        match (call.answer, &of.result) {
            (Some(Answer::Bytes(bytes)), _) => Ok(bytes),
            (_, None) => Ok(Vec::new()),
            _ => Err(no_answer(&of)),
        }
    };
    // Bytes alone go by copies of the whole, where the engine's values take one for each.
    match shape {
        (false, true) => instance.func_wrap(name, move |store, (bytes,): (Vec<u8>,)| {
            Ok((call(store, bytes)?,))
        }),
        (false, false) => instance.func_wrap(name, move |store, (bytes,): (Vec<u8>,)| {
            call(store, bytes).map(drop)
        }),
        (true, _) => instance.func_wrap(name, move |store, (): ()| Ok((call(store, Vec::new())?,))),
    }
}

fn no_answer(function: &Function) -> wasmtime::Error {
    Error::Host(format!("{} has no answer", function.place())).into()
}
