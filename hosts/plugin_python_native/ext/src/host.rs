//! What the host gives to a component: functions of Python.

use std::sync::{Arc, Mutex, PoisonError};

use anyhost_plugin::{
    CallError, Error, Function, HostCall, Imports, Resource, Sink as _, Stream, Type,
};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::describe::Shapes;
use crate::library::library;
use crate::sink::Made;
use crate::source::{Arg, Context};

/// The functions of an `anyhost._native.Instance`, which has found all that is imported.
pub struct Host {
    /// A weak reference to it.
    pub reference: Py<PyAny>,
    shapes: Arc<Shapes>,
    /// The full names of the interfaces that it has; the world's own is empty.
    given: Vec<String>,
    /// What a function of Python has raised, for whoever called the component.
    raised: Mutex<Option<PyErr>>,
}

impl Host {
    pub fn new(reference: Py<PyAny>, shapes: Arc<Shapes>, given: Vec<String>) -> Self {
        Self {
            reference,
            shapes,
            given,
            raised: Mutex::new(None),
        }
    }

    /// What to raise for an error of a call.
    pub fn exception(&self, py: Python<'_>, error: Error) -> PyErr {
        let mut raised = self.raised.lock().unwrap_or_else(PoisonError::into_inner);
        match (raised.take(), error) {
            (Some(raised), Error::Host(_)) => raised,
            (_, error) => crate::library::exception(py, error),
        }
    }

    /// Keeps what was raised; the component's call ends.
    fn raise(&self, error: PyErr) -> Error {
        *self.raised.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        Error::Host("a function of the host raised".to_owned())
    }

    /// Hands a line on that the component printed.
    pub fn print(&self, stream: Stream, line: &str) -> Result<(), Error> {
        Python::attach(|py| {
            let told = self.reference.bind(py).call0().and_then(|instance| {
                instance.call_method1(intern!(py, "printed"), (stream.name(), line))
            });
            told.map(drop).map_err(|error| self.raise(error))
        })
    }

    fn error(&self, error: CallError<PyErr>) -> Error {
        match error {
            CallError::Plugin(error) => error,
            CallError::Foreign(error) => self.raise(error),
        }
    }

    fn answer(&self, py: Python<'_>, call: &mut HostCall<'_>) -> Result<(), CallError<PyErr>> {
        let library = library(py).map_err(CallError::Foreign)?;
        let context = Context::new(py, library, &self.shapes, &self.reference);
        let function = call.function();
        let mut made = Made::new(&context);
        let returned = (|| {
            let args = call.args(&mut made)?;
            let args = made.tuple(args)?.cast_into::<PyTuple>()?;
            let functions = context.instance()?.getattr(intern!(py, "functions"))?;
            let target = functions.get_item(self.shapes.imported(function))?;
            target.call1(args)
        })();
        let ty = match &function.result {
            Some(Type::Result(ty)) => ty,
            _ => {
                let value = returned.map_err(CallError::Foreign)?;
                return call.answer(Arg::new(&context, value));
            }
        };
        let payload = match returned {
            Ok(value) => Ok((value, &ty.ok)),
            Err(error) if error.is_instance(py, library.result_error.bind(py)) => {
                let value = error.value(py).getattr(intern!(py, "value"));
                Err((value.map_err(CallError::Foreign)?, &ty.err))
            }
            Err(error) => return Err(CallError::Foreign(error)),
        };
        call.answer_result(match payload {
            Ok((value, ty)) => Ok(payload_of(&context, value, ty)),
            Err((value, ty)) => Err(payload_of(&context, value, ty)),
        })
    }
}

/// What of a `result` has no type is None.
fn payload_of<'a, 'py>(
    context: &'a Context<'a, 'py>,
    value: Bound<'py, PyAny>,
    ty: &Option<Type>,
) -> Option<Arg<'a, 'py>> {
    (ty.is_some() || !value.is_none()).then(|| Arg::new(context, value))
}

impl Imports for Host {
    fn names(&self) -> Vec<String> {
        Vec::new()
    }

    fn gives(&self, interface: &str) -> bool {
        self.given.iter().any(|name| name == interface)
    }

    fn has(&self, _: &Function) -> Result<(), Vec<String>> {
        Ok(())
    }

    fn call(&self, call: &mut HostCall<'_>) -> Result<(), Error> {
        Python::attach(|py| self.answer(py, call).map_err(|error| self.error(error)))
    }

    fn dropped(&self, resource: &Resource, object: u32) -> Result<(), Error> {
        Python::attach(|py| {
            let end = || {
                let reference = self.reference.bind(py).call0()?;
                reference.call_method1(
                    intern!(py, "dropped_by_component"),
                    (resource.number, object),
                )
            };
            end().map(drop).map_err(|error| self.raise(error))
        })
    }
}
