//! A plugin, which one call at a time takes.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhost_plugin::{Error, Plugin, Prepared};
use pyo3::prelude::*;

use crate::component::engine;
use crate::describe::Shapes;
use crate::function::{Function, Handle};
use crate::host::Host;
use crate::library::exception;

/// More than there are in an hour.
const MANY_TICKS: u32 = 1_000_000;

/// A component with what it imports, and its instance.
#[pyclass(frozen, module = "anyhost_native")]
pub struct Instance {
    file: String,
    prepared: Prepared,
    pub host: Arc<Host>,
    pub shapes: Arc<Shapes>,
    /// None while it is used, and before it is made.
    plugin: Mutex<Option<Plugin>>,
    /// Whether whoever uses it is a thread of the process that this one was forked from.
    lost: AtomicBool,
}

#[pymethods]
impl Instance {
    /// Makes the instance.
    fn instantiate(&self, py: Python<'_>) -> PyResult<()> {
        let plugin = py.detach(|| self.prepared.plugin());
        *self.slot() = Some(plugin.map_err(|error| self.host.exception(py, error))?);
        Ok(())
    }

    /// An exported function, by its names in WIT.
    fn function(this: Bound<'_, Self>, interface: &str, name: &str, place: String) -> Function {
        let function = this.get().shapes.exported(interface, name);
        let function = Arc::clone(function.expect("its type was described"));
        Function::new(this.unbind(), function, place)
    }

    /// How many instances there have been.
    #[getter]
    fn generation(&self, py: Python<'_>) -> PyResult<u64> {
        Ok(self.lease(py)?.generation())
    }

    /// Throws the instance away; the next call gets a fresh one.
    fn discard(&self, py: Python<'_>) -> PyResult<()> {
        self.lease(py)?.reset();
        Ok(())
    }

    /// Frees everything.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        self.lease(py)?.close();
        Ok(())
    }

    /// Ends an object of the component's, whose code for that runs.
    fn end(&self, py: Python<'_>, handle: &Handle) -> PyResult<()> {
        let mut plugin = self.lease(py)?;
        let ended = py.detach(|| plugin.end(&handle.0));
        drop(plugin);
        ended.map_err(|error| self.host.exception(py, error))
    }

    /// Whoever uses the instance is in another process; this one has a fresh instance.
    fn lose(&self) {
        self.lost.store(true, Ordering::Relaxed);
    }

    /// Lets the clock run again, in a process that was forked in a call.
    #[staticmethod]
    fn tick(py: Python<'_>) -> PyResult<()> {
        let ticking = engine().and_then(|engine| engine.tick());
        ticking.map_err(|error| exception(py, error))
    }

    /// Makes the time of all calls that run be up.
    #[staticmethod]
    fn expire(py: Python<'_>) -> PyResult<()> {
        let engine = engine().map_err(|error| exception(py, error))?;
        (0..MANY_TICKS).for_each(|_| engine.wasm().increment_epoch());
        Ok(())
    }
}

impl Instance {
    pub fn new(file: String, prepared: Prepared, host: Arc<Host>, shapes: Arc<Shapes>) -> Self {
        Self {
            file,
            prepared,
            host,
            shapes,
            plugin: Mutex::new(None),
            lost: AtomicBool::new(false),
        }
    }

    fn slot(&self) -> MutexGuard<'_, Option<Plugin>> {
        self.plugin.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The plugin, until what comes back is dropped. The library's lock keeps other threads
    /// from it.
    ///
    /// # Errors
    /// It is in use, by a call that has not returned.
    pub fn lease(&self, py: Python<'_>) -> PyResult<Lease<'_>> {
        let plugin = self.slot().take();
        let plugin = match plugin {
            Some(plugin) => plugin,
            None if self.lost.swap(false, Ordering::Relaxed) => {
                let plugin = py.detach(|| self.prepared.plugin());
                plugin.map_err(|error| self.host.exception(py, error))?
            }
            None => {
                let line = format!(
                    "{}: the plugin is used by a function that it called",
                    self.file
                );
                return Err(exception(py, Error::Plugin(line)));
            }
        };
        Ok(Lease {
            instance: self,
            plugin: Some(plugin),
        })
    }
}

/// A plugin in use.
pub struct Lease<'a> {
    instance: &'a Instance,
    plugin: Option<Plugin>,
}

const HELD: &str = "it is there until the end";

impl Deref for Lease<'_> {
    type Target = Plugin;

    fn deref(&self) -> &Plugin {
        self.plugin.as_ref().expect(HELD)
    }
}

impl DerefMut for Lease<'_> {
    fn deref_mut(&mut self) -> &mut Plugin {
        self.plugin.as_mut().expect(HELD)
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        *self.instance.slot() = self.plugin.take();
    }
}
