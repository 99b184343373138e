//! Calls of a component's functions.

use std::sync::Arc;

use anyhost_plugin::{CallError, Function as Wasm, Handle as WasmHandle, Return};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::instance::Instance;
use crate::library::library;
use crate::sink::Made;
use crate::source::{Arg, Context};

/// A handle of a component's resource.
#[pyclass(frozen, module = "anyhost_native")]
pub struct Handle(pub WasmHandle);

/// An exported function.
#[pyclass(frozen, module = "anyhost_native")]
pub struct Function {
    instance: Py<Instance>,
    function: Arc<Wasm>,
    /// What its `ResultError` says first.
    place: String,
}

impl Function {
    pub fn new(instance: Py<Instance>, function: Arc<Wasm>, place: String) -> Self {
        Self {
            instance,
            function,
            place,
        }
    }
}

#[pymethods]
impl Function {
    #[pyo3(signature = (*values))]
    fn __call__<'py>(&self, values: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        let (py, instance) = (values.py(), self.instance.get());
        let library = library(py)?;
        let raise = |error| instance.host.exception(py, error);
        let context = Context::new(py, library, &instance.shapes, &instance.host.reference);

        let mut plugin = instance.lease(py)?;
        if !plugin.is_ready() {
            py.detach(|| plugin.ready()).map_err(raise)?;
        }
        let lowering = plugin.begin(&self.function, values.len()).map_err(raise)?;
        drop(plugin); // the arguments may be code that uses it

        let args = values.iter().map(|value| Arg::new(&context, value));
        let arguments = lowering.arguments(&self.function, args);
        let arguments = arguments.map_err(|error| match error {
            CallError::Plugin(error) => raise(error),
            CallError::Foreign(error) => error,
        })?;
        let mut plugin = instance.lease(py)?;
        let returned = plugin.finish(&self.function, arguments, &mut Made::new(&context));
        drop(plugin);
        match returned {
            Ok(Return::Value(value)) => Ok(value.unwrap_or_else(|| py.None().into_bound(py))),
            Ok(Return::Error(value)) => {
                let class = library.result_error.bind(py);
                Err(PyErr::from_value(class.call1((value, &self.place))?))
            }
            Err(CallError::Plugin(error)) => Err(raise(error)),
            Err(CallError::Foreign(error)) => Err(error),
        }
    }
}
