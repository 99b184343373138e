//! What the Python library has that values are made of, looked up once.

use anyhost_plugin::Error;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

pub struct Library {
    /// The module `anyhost._types`.
    pub types: Py<PyAny>,
    pub some: Py<PyType>,
    pub ok: Py<PyType>,
    pub err: Py<PyType>,
    pub result_error: Py<PyType>,
    /// The abstract classes of dicts and of sets.
    pub mapping: Py<PyType>,
    pub set: Py<PyType>,
    /// How messages show a value.
    pub shown: Py<PyAny>,
    component_error: Py<PyType>,
    missing_error: Py<PyType>,
    plugin_error: Py<PyType>,
    time_limit_error: Py<PyType>,
    trap_error: Py<PyType>,
}

static LIBRARY: PyOnceLock<Library> = PyOnceLock::new();

/// The library, which must be there.
pub fn library(py: Python<'_>) -> PyResult<&Library> {
    LIBRARY.get_or_try_init(py, || Library::find(py))
}

impl Library {
    fn find(py: Python<'_>) -> PyResult<Self> {
        let types = py.import("anyhost._types")?;
        let errors = py.import("anyhost._errors")?;
        let abstract_classes = py.import("collections.abc")?;
        let class = |module: &Bound<'_, PyModule>, name: &str| -> PyResult<Py<PyType>> {
            Ok(module.getattr(name)?.cast_into::<PyType>()?.unbind())
        };
        Ok(Self {
            some: class(&types, "Some")?,
            ok: class(&types, "Ok")?,
            err: class(&types, "Err")?,
            result_error: class(&errors, "ResultError")?,
            mapping: class(&abstract_classes, "Mapping")?,
            set: class(&abstract_classes, "Set")?,
            shown: py.import("reprlib")?.getattr("repr")?.unbind(),
            component_error: class(&errors, "ComponentError")?,
            missing_error: class(&errors, "MissingError")?,
            plugin_error: class(&errors, "PluginError")?,
            time_limit_error: class(&errors, "TimeLimitError")?,
            trap_error: class(&errors, "TrapError")?,
            types: types.into_any().unbind(),
        })
    }

    /// The exception for an error.
    pub fn exception(&self, py: Python<'_>, error: Error) -> PyErr {
        let (class, line) = match error {
            Error::Component(line) => (&self.component_error, line),
            Error::Missing(line) => (&self.missing_error, line),
            Error::Trap(line) => (&self.trap_error, line),
            Error::TimeLimit(line) => (&self.time_limit_error, line),
            Error::Host(line) | Error::Plugin(line) => (&self.plugin_error, line),
            Error::Value(wrong) if wrong.kind => return PyTypeError::new_err(wrong.to_string()),
            Error::Value(wrong) => return PyValueError::new_err(wrong.to_string()),
        };
        // Not the constructor's way: that makes the line of its parts.
        let class = class.bind(py);
        match class.call_method1("__new__", (class, line)) {
            Ok(exception) => PyErr::from_value(exception),
            Err(error) => error,
        }
    }
}

/// The exception for an error, wherever the library is not at hand.
pub fn exception(py: Python<'_>, error: Error) -> PyErr {
    match library(py) {
        Ok(library) => library.exception(py, error),
        Err(error) => error,
    }
}
