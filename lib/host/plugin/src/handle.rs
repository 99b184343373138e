//! Handles of resources that a component has.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use wasmtime::component::ResourceAny;

use crate::error::Error;
use crate::types::Resource;

/// A handle of a component's resource; clones are the same handle.
///
/// [`crate::Plugin::end`] drops it. A handle that is forgotten is dropped with the next call.
#[derive(Clone)]
pub struct Handle(Arc<Inner>);

struct Inner {
    resource: Arc<Resource>,
    home: Arc<Home>,
    /// The instance of the plugin that it is of.
    generation: u64,
    /// None once it was dropped or given away.
    any: Mutex<Option<ResourceAny>>,
}

/// The plugin that handles are of.
pub(crate) struct Home {
    pub file: String,
    /// Handles that nobody has any more, with their generation.
    forgotten: Mutex<Vec<(u64, ResourceAny)>>,
}

impl Home {
    pub fn new(file: String) -> Self {
        Self {
            file,
            forgotten: Mutex::default(),
        }
    }

    pub fn has_forgotten(&self) -> bool {
        !lock(&self.forgotten).is_empty()
    }

    /// Those forgotten handles that are of the instance `generation`; the others are gone.
    pub fn forgotten(&self, generation: u64) -> Vec<ResourceAny> {
        let all = std::mem::take(&mut *lock(&self.forgotten));
        let of_this = all.into_iter().filter(|(of, _)| *of == generation);
        of_this.map(|(_, any)| any).collect()
    }
}

impl Handle {
    pub(crate) fn new(
        resource: &Arc<Resource>,
        home: &Arc<Home>,
        generation: u64,
        any: ResourceAny,
    ) -> Self {
        Self(Arc::new(Inner {
            resource: Arc::clone(resource),
            home: Arc::clone(home),
            generation,
            any: Mutex::new(Some(any)),
        }))
    }

    /// The resource that it is of.
    #[must_use]
    pub fn resource(&self) -> &Arc<Resource> {
        &self.0.resource
    }

    /// Whether both are the same handle.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    pub(crate) fn is_of(&self, home: &Arc<Home>) -> bool {
        Arc::ptr_eq(&self.0.home, home)
    }

    /// The engine's handle, if it can be used in the instance `generation`.
    pub(crate) fn any(&self, generation: u64) -> Result<ResourceAny, Error> {
        let cannot = |why: &str| {
            let (file, name) = (&self.0.home.file, &self.0.resource.name);
            Err(Error::Plugin(format!("{file}: the {name} {why}")))
        };
        match *lock(&self.0.any) {
            None => cannot("is closed, or was given away"),
            Some(_) if self.0.generation != generation => {
                cannot("was lost with its instance, which failed")
            }
            Some(any) => Ok(any),
        }
    }

    /// Takes the engine's handle out, if there is one of the instance `generation`.
    pub(crate) fn take(&self, generation: u64) -> Option<ResourceAny> {
        let any = lock(&self.0.any).take();
        any.filter(|_| self.0.generation == generation)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(any) = lock(&self.any).take() {
            lock(&self.home.forgotten).push((self.generation, any));
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
