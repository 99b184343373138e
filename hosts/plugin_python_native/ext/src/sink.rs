//! Python's values out of a component.

use std::sync::Arc;

use anyhost_plugin::{Enum, Flags, Handle as Wasm, Integer, Record, Resource, Sink, Variant};
use pyo3::prelude::*;
use pyo3::types::{
    PyBool, PyBytes, PyFloat, PyFrozenSet, PyInt, PyList, PyString, PyTuple, PyType,
};
use pyo3::{ffi, intern};

use crate::function::Handle;
use crate::source::Context;

/// Makes values.
pub struct Made<'a, 'py> {
    context: &'a Context<'a, 'py>,
    /// Those that have no place yet; a sequence is all from where it began.
    loose: Vec<Bound<'py, PyAny>>,
}

impl<'a, 'py> Made<'a, 'py> {
    pub fn new(context: &'a Context<'a, 'py>) -> Self {
        Self {
            context,
            loose: Vec::new(),
        }
    }

    fn call(
        &self,
        class: &Py<PyType>,
        payload: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        class.bind(self.context.py).call1((payload,))
    }
}

impl<'py> Sink for Made<'_, 'py> {
    type Value = Bound<'py, PyAny>;
    type Seq = usize;
    type Error = PyErr;

    fn outside<T: Send>(&mut self, work: impl FnOnce() -> T + Send) -> T {
        self.context.py.detach(work)
    }

    fn bool(&mut self, value: bool) -> PyResult<Self::Value> {
        Ok(PyBool::new(self.context.py, value).to_owned().into_any())
    }

    fn integer(&mut self, _: Integer, value: i128) -> PyResult<Self::Value> {
        let py = self.context.py;
        let number = match i64::try_from(value) {
            Ok(value) => PyInt::new(py, value),
            Err(_) => PyInt::new(py, value),
        };
        Ok(number.into_any())
    }

    fn float(&mut self, value: f64, _: bool) -> PyResult<Self::Value> {
        Ok(PyFloat::new(self.context.py, value).into_any())
    }

    fn character(&mut self, value: char) -> PyResult<Self::Value> {
        let text = PyString::new(self.context.py, value.encode_utf8(&mut [0; 4]));
        Ok(text.into_any())
    }

    fn text(&mut self, value: &str) -> PyResult<Self::Value> {
        Ok(PyString::new(self.context.py, value).into_any())
    }

    fn bytes(&mut self, value: &[u8]) -> PyResult<Self::Value> {
        Ok(PyBytes::new(self.context.py, value).into_any())
    }

    fn seq(&mut self, length: usize) -> PyResult<usize> {
        self.loose.reserve(length);
        Ok(self.loose.len())
    }

    fn push(&mut self, _: &mut usize, value: Self::Value) -> PyResult<()> {
        self.loose.push(value);
        Ok(())
    }

    fn list(&mut self, start: usize) -> PyResult<Self::Value> {
        Ok(PyList::new(self.context.py, self.loose.drain(start..))?.into_any())
    }

    fn tuple(&mut self, start: usize) -> PyResult<Self::Value> {
        Ok(PyTuple::new(self.context.py, self.loose.drain(start..))?.into_any())
    }

    fn record(&mut self, of: &Arc<Record>, start: usize) -> PyResult<Self::Value> {
        let py = self.context.py;
        let shape = self.context.shapes.record(of);
        let record = empty(shape.class.bind(py))?;
        for ((name, _), value) in shape.fields.iter().zip(self.loose.drain(start..)) {
            set(&record, name.bind(py), &value)?;
        }
        Ok(record)
    }

    fn variant(
        &mut self,
        of: &Arc<Variant>,
        case: usize,
        payload: Option<Self::Value>,
    ) -> PyResult<Self::Value> {
        let py = self.context.py;
        let shape = self.context.shapes.variant(of);
        if let Some(unit) = &shape.units[case] {
            return Ok(unit.bind(py).clone());
        }
        let object = empty(shape.cases[case].bind(py))?;
        if let Some(payload) = payload {
            set(&object, intern!(py, "value"), &payload)?;
        }
        Ok(object)
    }

    fn name(&mut self, of: &Arc<Enum>, case: usize) -> PyResult<Self::Value> {
        let members = self.context.shapes.members(of);
        Ok(members[case].bind(self.context.py).clone())
    }

    fn flags(&mut self, of: &Arc<Flags>, set: Vec<String>) -> PyResult<Self::Value> {
        let py = self.context.py;
        let names = of.flags.iter().zip(self.context.shapes.flags(of));
        let names = names.filter(|(name, _)| set.contains(name));
        let names = names.map(|(_, name)| name.bind(py)).collect::<Vec<_>>();
        Ok(PyFrozenSet::new(py, names)?.into_any())
    }

    fn option(&mut self, payload: Option<Self::Value>, nested: bool) -> PyResult<Self::Value> {
        match payload {
            None => Ok(self.context.py.None().into_bound(self.context.py)),
            Some(payload) if nested => self.call(&self.context.library.some, Some(payload)),
            Some(payload) => Ok(payload),
        }
    }

    fn result(
        &mut self,
        payload: Result<Option<Self::Value>, Option<Self::Value>>,
    ) -> PyResult<Self::Value> {
        match payload {
            Ok(payload) => self.call(&self.context.library.ok, payload),
            Err(payload) => self.call(&self.context.library.err, payload),
        }
    }

    fn handle(&mut self, of: &Arc<Resource>, handle: Wasm) -> PyResult<Self::Value> {
        let py = self.context.py;
        let shape = self.context.shapes.resource(of);
        let object = empty(shape.class.bind(py))?;
        let handle = Bound::new(py, Handle(handle))?.into_any();
        set(&object, intern!(py, "_resource"), &handle)?;
        Ok(object)
    }

    fn object(&mut self, _: &Arc<Resource>, object: u32, owned: bool) -> PyResult<Self::Value> {
        let py = self.context.py;
        let instance = self.context.instance()?;
        if owned {
            return instance.call_method1(intern!(py, "take"), (object,));
        }
        instance.getattr(intern!(py, "kept"))?.get_item(object)
    }
}

/// An object of a class whose constructor would only set attributes.
fn empty<'py>(class: &Bound<'py, PyType>) -> PyResult<Bound<'py, PyAny>> {
    let (ty, none) = (class.as_type_ptr(), std::ptr::null_mut());
    // SAFETY: the class is a Python class, which has an object's layout; the result is ours.
    unsafe { Bound::from_owned_ptr_or_err(class.py(), ffi::PyType_GenericNew(ty, none, none)) }
}

/// Sets an attribute, also of an object that is frozen for others.
fn set(
    object: &Bound<'_, PyAny>,
    name: &Bound<'_, PyString>,
    value: &Bound<'_, PyAny>,
) -> PyResult<()> {
    let (object_ptr, name, value) = (object.as_ptr(), name.as_ptr(), value.as_ptr());
    // SAFETY: all three are objects, and the attribute's name is a string.
    match unsafe { ffi::PyObject_GenericSetAttr(object_ptr, name, value) } {
        0 => Ok(()),
        _ => Err(PyErr::fetch(object.py())),
    }
}
