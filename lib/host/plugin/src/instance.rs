//! An instance of a component, and what became of it.

use anyhost_engine::{Budget, one_line};
use wasmtime::component::{Func, Instance};
use wasmtime::{Store, Trap};
use wasmtime_wasi::I32Exit;

use crate::error::Error;
use crate::opened::Opened;
use crate::wasi::Granted;

/// What belongs to an instance beside its memory.
pub struct State {
    pub(crate) budget: Budget,
    pub(crate) generation: u64,
    /// What it has of WASI, if it imports that.
    pub(crate) wasi: Option<Box<Granted>>,
}

impl State {
    /// What only a component that imports WASI asks for.
    pub(crate) fn wasi(&mut self) -> &mut Granted {
        self.wasi.as_mut().expect("it is linked with WASI")
    }
}

/// An instance that can be called.
pub(crate) struct Live {
    pub store: Store<State>,
    pub instance: Instance,
    /// The functions that were called before, by their numbers.
    pub functions: Vec<Option<Func>>,
}

impl Live {
    /// A fresh instance of `opened`.
    pub fn start(opened: &Opened, generation: u64) -> Result<Self, Error> {
        let state = State {
            budget: Budget::new(opened.max_memory),
            generation,
            wasi: opened
                .grants
                .as_ref()
                .map(|grants| Box::new(grants.instance())),
        };
        let mut store = Store::new(opened.pre.engine(), state);
        store.limiter(|state| &mut state.budget);
        begin(&mut store, opened);
        let started = opened.pre.instantiate(&mut store);
        let instance = match end(&store, started) {
            Ok(instance) => instance,
            Err(error) => return Err(failure(opened, &store, error, true)),
        };
        Ok(Self {
            store,
            instance,
            functions: vec![None; opened.types.count],
        })
    }
}

/// A call may begin, which takes the time limit at most.
pub(crate) fn begin(store: &mut Store<State>, opened: &Opened) {
    store.set_epoch_deadline(opened.ticks);
    if let Some(wasi) = &mut store.data_mut().wasi {
        wasi.begin(opened.timeout);
    }
}

/// The component has run; what it printed is there.
pub(crate) fn end<T>(store: &Store<State>, ran: wasmtime::Result<T>) -> wasmtime::Result<T> {
    let printed = store.data().wasi.as_ref().map_or(Ok(()), |wasi| wasi.end());
    ran.and_then(|value| Ok(printed.map(|()| value)?))
}

/// What to say of an error of the engine's, after which an instance is lost.
pub(crate) fn failure(
    opened: &Opened,
    store: &Store<State>,
    error: wasmtime::Error,
    starting: bool,
) -> Error {
    let file = &opened.home.file;
    let error = match error.downcast::<Error>() {
        Ok(of_host) => return of_host,
        Err(error) => error,
    };
    let trap = match error.downcast_ref::<Trap>() {
        Some(Trap::Interrupt) => {
            let limit = opened.timeout.unwrap_or_default().as_secs_f64();
            let line = format!("{file}: trap: did not return within {limit} s");
            return Error::TimeLimit(line);
        }
        Some(trap) => trap.to_string(),
        None if let Some(I32Exit(code)) = error.downcast_ref() => {
            format!("it exited with code {code}")
        }
        None if starting => {
            let line = format!("{file}: cannot start: {}", one_line(&error));
            return Error::Component(line);
        }
        // It has broken the rules by which values are passed.
        None => one_line(&error),
    };
    let trap = trap.trim_start_matches("wasm trap: ");
    let spent = if store.data().budget.refused() {
        let limit = opened.max_memory >> 10;
        format!("; its memory reached the limit of {limit} KiB")
    } else {
        String::new()
    };
    Error::Trap(format!("{file}: trap: {trap}{spent}"))
}
