//! An instance of a component, and what became of it.

use anyhost_engine::{Budget, one_line};
use wasmtime::component::{Func, Instance};
use wasmtime::{Store, Trap};

use crate::error::Error;
use crate::plugin::Opened;

/// What belongs to an instance beside its memory.
pub struct State {
    pub(crate) budget: Budget,
    pub(crate) generation: u64,
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
        };
        let mut store = Store::new(opened.pre.engine(), state);
        store.limiter(|state| &mut state.budget);
        store.set_epoch_deadline(opened.ticks);
        let instance = match opened.pre.instantiate(&mut store) {
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
