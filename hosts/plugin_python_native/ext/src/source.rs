//! Python's values on their way into a component.

use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::sync::Arc;

use anyhost_plugin::{Integer, Not, Record, Resource, ResultType, Source, Taken, Type, Variant};
use pyo3::buffer::PyUntypedBuffer;
use pyo3::exceptions::{PyOverflowError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyDict, PyFloat, PyFrozenSet, PyInt, PyList, PyMemoryView, PySet,
    PyString, PyTuple, PyType, PyWeakrefMethods, PyWeakrefReference,
};
use pyo3::{ffi, intern};

use crate::describe::Shapes;
use crate::function::Handle;
use crate::library::Library;

/// What conversions of a call take.
pub struct Context<'a, 'py> {
    pub py: Python<'py>,
    pub library: &'a Library,
    pub shapes: &'a Shapes,
    /// A weak reference to the `anyhost._native.Instance`.
    pub host: &'a Py<PyAny>,
    /// The type that was looked at last, and whether its objects are mappings.
    mapping: RefCell<Option<(Bound<'py, PyType>, bool)>>,
}

impl<'a, 'py> Context<'a, 'py> {
    pub fn new(
        py: Python<'py>,
        library: &'a Library,
        shapes: &'a Shapes,
        host: &'a Py<PyAny>,
    ) -> Self {
        Self {
            py,
            library,
            shapes,
            host,
            mapping: RefCell::new(None),
        }
    }

    /// The `anyhost._native.Instance`.
    pub fn instance(&self) -> PyResult<Bound<'py, PyAny>> {
        let reference = self.host.bind(self.py).cast::<PyWeakrefReference>()?;
        Ok(reference.upgrade().expect("a call holds its instance"))
    }

    fn is_mapping(&self, object: &Bound<'py, PyAny>) -> PyResult<bool> {
        let ty = object.get_type();
        if let Some((known, is)) = &*self.mapping.borrow()
            && known.is(&ty)
        {
            return Ok(*is);
        }
        let is = object.is_instance(self.library.mapping.bind(self.py))?;
        self.mapping.replace(Some((ty, is)));
        Ok(is)
    }
}

/// A value for a component.
pub struct Arg<'a, 'py> {
    context: &'a Context<'a, 'py>,
    object: Bound<'py, PyAny>,
    bytes: OnceCell<Bytes<'py>>,
}

/// Bytes that are not `bytes`.
enum Bytes<'py> {
    /// Nobody can change their size while this is there.
    View(PyUntypedBuffer),
    Copy(Bound<'py, PyBytes>),
}

impl<'a, 'py> Arg<'a, 'py> {
    pub fn new(context: &'a Context<'a, 'py>, object: Bound<'py, PyAny>) -> Self {
        Self {
            context,
            object,
            bytes: OnceCell::new(),
        }
    }

    fn with(&self, object: Bound<'py, PyAny>) -> Self {
        Self::new(self.context, object)
    }

    /// An attribute, if it is there.
    fn attribute(&self, name: &Bound<'py, PyString>) -> Taken<Option<Self>, PyErr> {
        let found = self.object.getattr_opt(name).map_err(Not::Foreign)?;
        Ok(found.map(|found| self.with(found)))
    }

    /// A `str`, or text of another class.
    fn str(&self) -> Taken<&str, PyErr> {
        let text = self.object.cast::<PyString>().map_err(|_| Not::Kind)?;
        text.to_str().map_err(|_| Not::Found(lone_surrogate(text)))
    }

    fn view(&self) -> PyResult<Bytes<'py>> {
        let view = PyUntypedBuffer::get(&self.object)?;
        if view.is_c_contiguous() {
            return Ok(Bytes::View(view));
        }
        let class = self.context.py.get_type::<PyBytes>();
        let copy = class.call1((&self.object,))?;
        Ok(Bytes::Copy(copy.cast_into()?))
    }

    /// What a mapping has under one of two names.
    fn item_of_mapping(
        &self,
        names: [&Bound<'py, PyString>; 2],
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        if let Ok(dict) = self.object.cast::<PyDict>() {
            return Ok(match dict.get_item(names[0])? {
                None if !names[0].is(names[1]) => dict.get_item(names[1])?,
                found => found,
            });
        }
        for name in names {
            if self.object.contains(name)? {
                return self.object.get_item(name).map(Some);
            }
        }
        Ok(None)
    }
}

impl<'py> Source for Arg<'_, 'py> {
    type Error = PyErr;

    fn bool(&self) -> Taken<bool, PyErr> {
        let value = self.object.cast::<PyBool>().map_err(|_| Not::Kind)?;
        Ok(value.is_true())
    }

    fn integer(&self, _: Integer) -> Taken<i128, PyErr> {
        if self.object.is_exact_instance_of::<PyInt>() {
            return whole(&self.object);
        }
        if self.object.is_instance_of::<PyBool>() {
            return Err(Not::Kind); // what is true is no number here
        }
        // Other kinds of integers, such as numpy's.
        let py = self.context.py;
        // SAFETY: the object is one, and the result is ours.
        let index =
            unsafe { Bound::from_owned_ptr_or_err(py, ffi::PyNumber_Index(self.object.as_ptr())) };
        whole(&index.map_err(|error| kind_or(py, error))?)
    }

    fn float(&self) -> Taken<f64, PyErr> {
        if let Ok(value) = self.object.cast_exact::<PyFloat>() {
            return Ok(value.value());
        }
        if self.object.is_instance_of::<PyBool>() {
            return Err(Not::Kind);
        }
        // SAFETY: the object is one.
        let value = unsafe { ffi::PyFloat_AsDouble(self.object.as_ptr()) };
        #[expect(clippy::float_cmp, reason = "the very number that stands for an error")]
        if value == -1.0
            && let Some(error) = PyErr::take(self.context.py)
        {
            return Err(kind_or(self.context.py, error));
        }
        Ok(value)
    }

    fn character(&self) -> Taken<char, PyErr> {
        let text = self.object.cast::<PyString>().map_err(|_| Not::Kind)?;
        let mut characters = text.to_str().map_err(|_| Not::Value)?.chars();
        match (characters.next(), characters.next()) {
            (Some(character), None) => Ok(character),
            _ => Err(Not::Value),
        }
    }

    fn text(&self) -> Taken<Cow<'_, str>, PyErr> {
        self.str().map(Cow::Borrowed)
    }

    fn bytes(&self) -> Taken<Cow<'_, [u8]>, PyErr> {
        if let Ok(bytes) = self.object.cast::<PyBytes>() {
            return Ok(Cow::Borrowed(bytes.as_bytes()));
        }
        if self.bytes.get().is_none() {
            let object = &self.object;
            if !object.is_instance_of::<PyByteArray>() && !object.is_instance_of::<PyMemoryView>() {
                return Err(Not::Kind);
            }
            let _ = self.bytes.set(self.view().map_err(Not::Foreign)?);
        }
        Ok(Cow::Borrowed(match self.bytes.get().expect("it was set") {
            Bytes::Copy(bytes) => bytes.as_bytes(),
            // SAFETY: it is as long for as long as the view is there. Another thread may
            // write to it while it is copied, as it may with all that Python reads without
            // its lock, such as what `hashlib` is given: then some of the bytes are new.
            Bytes::View(view) => unsafe {
                std::slice::from_raw_parts(view.buf_ptr().cast_const().cast(), view.len_bytes())
            },
        }))
    }

    fn length(&self) -> Taken<usize, PyErr> {
        if let Ok(list) = self.object.cast::<PyList>() {
            return Ok(list.len());
        }
        let tuple = self.object.cast::<PyTuple>().map_err(|_| Not::Kind)?;
        Ok(tuple.len())
    }

    fn item(&self, index: usize) -> Taken<Self, PyErr> {
        let item = match self.object.cast::<PyList>() {
            Ok(list) => list.get_item(index),
            Err(_) => self
                .object
                .cast::<PyTuple>()
                .map_err(|_| Not::Kind)?
                .get_item(index),
        };
        item.map(|item| self.with(item)).map_err(Not::Foreign)
    }

    fn field(&self, of: &Record, number: usize) -> Taken<Option<Self>, PyErr> {
        let py = self.context.py;
        let shape = self.context.shapes.record(of);
        let (python, wit) = &shape.fields[number];
        let (python, wit) = (python.bind(py), wit.bind(py));
        if !is_exactly(&self.object, &shape.class)
            && (self.object.is_instance_of::<PyDict>()
                || self
                    .context
                    .is_mapping(&self.object)
                    .map_err(Not::Foreign)?)
        {
            let found = self.item_of_mapping([python, wit]).map_err(Not::Foreign)?;
            return Ok(found.map(|found| self.with(found)));
        }
        self.attribute(python)
    }

    fn stray(&self, of: &Record) -> Taken<Option<String>, PyErr> {
        let context = self.context;
        let shape = context.shapes.record(of);
        if is_exactly(&self.object, &shape.class) {
            return Ok(None);
        }
        if let Ok(dict) = self.object.cast::<PyDict>() {
            if dict.len() == shape.fields.len() {
                return Ok(None); // all were found
            }
        } else if !context.is_mapping(&self.object).map_err(Not::Foreign)? {
            return Ok(None);
        }
        let known = |key: &Bound<'py, PyAny>| -> PyResult<bool> {
            for (python, wit) in &shape.fields {
                if key.eq(python.bind(context.py))? || key.eq(wit.bind(context.py))? {
                    return Ok(true);
                }
            }
            Ok(false)
        };
        for key in self.object.try_iter().map_err(Not::Foreign)? {
            let key = key.map_err(Not::Foreign)?;
            if !known(&key).map_err(Not::Foreign)? {
                return Ok(Some(self.with(key).shown()));
            }
        }
        Ok(None)
    }

    fn case(&self, of: &Variant) -> Taken<(String, Option<Self>), PyErr> {
        let py = self.context.py;
        let shape = self.context.shapes.variant(of);
        let ty = self.object.get_type();
        let mut cases = shape.cases.iter().zip(&of.cases);
        if let Some((_, (name, payload))) = cases.find(|(class, _)| class.is(&ty)) {
            let value = payload
                .is_some()
                .then(|| self.attribute(intern!(py, "value")));
            return Ok((name.clone(), value.transpose()?.flatten()));
        }
        if self
            .object
            .is_instance(shape.class.bind(py))
            .map_err(Not::Foreign)?
        {
            let tag = self.attribute(intern!(py, "tag"))?.ok_or(Not::Kind)?;
            return Ok((
                tag.text()?.into_owned(),
                self.attribute(intern!(py, "value"))?,
            ));
        }
        if let Ok(name) = self.object.cast::<PyString>() {
            return Ok((name.to_str().map_err(|_| Not::Value)?.to_owned(), None));
        }
        if !self
            .context
            .is_mapping(&self.object)
            .map_err(Not::Foreign)?
            || self.object.len().map_err(Not::Foreign)? != 1
        {
            return Err(Not::Kind);
        }
        let pair = || {
            let items = self.object.call_method0(intern!(py, "items"))?;
            let pair = items
                .try_iter()?
                .next()
                .ok_or_else(|| PyTypeError::new_err("no item"))??;
            pair.extract::<(Bound<'py, PyAny>, Bound<'py, PyAny>)>()
        };
        let (name, value) = pair().map_err(Not::Foreign)?;
        let name = self.with(name).name().map_err(|_| Not::Value)?;
        let unit = of
            .cases
            .iter()
            .any(|(case, payload)| *case == name && payload.is_none());
        let payload = (!unit || !value.is_none()).then(|| self.with(value));
        Ok((name, payload))
    }

    fn name(&self) -> Taken<String, PyErr> {
        let name = self.object.cast::<PyString>().map_err(|_| Not::Kind)?;
        Ok(name.to_str().map_err(|_| Not::Value)?.to_owned())
    }

    fn flags(&self) -> Taken<Vec<String>, PyErr> {
        let object = &self.object;
        let is_set = object.is_instance_of::<PySet>()
            || object.is_instance_of::<PyFrozenSet>()
            || object.is_instance_of::<PyList>()
            || object.is_instance_of::<PyTuple>()
            || object
                .is_instance(self.context.library.set.bind(self.context.py))
                .map_err(Not::Foreign)?;
        if !is_set {
            return Err(Not::Kind);
        }
        let names = object.try_iter().map_err(Not::Foreign)?;
        let names = names.map(|name| {
            let name = self.with(name.map_err(Not::Foreign)?);
            name.name().map_err(|_| Not::Found(name.shown()))
        });
        names.collect()
    }

    fn option(&self, nested: bool) -> Taken<Option<Self>, PyErr> {
        let py = self.context.py;
        if self.object.is_none() {
            return Ok(None);
        }
        if !nested {
            return Ok(Some(self.with(self.object.clone())));
        }
        if !self
            .object
            .is_instance(self.context.library.some.bind(py))
            .map_err(Not::Foreign)?
        {
            return Err(Not::Kind);
        }
        self.attribute(intern!(py, "value"))
    }

    fn result(&self, of: &ResultType) -> Taken<Result<Option<Self>, Option<Self>>, PyErr> {
        let (py, library) = (self.context.py, self.context.library);
        let is = |class: &Py<PyType>| {
            self.object
                .is_instance(class.bind(py))
                .map_err(Not::Foreign)
        };
        let ok = is(&library.ok)?;
        if !ok && !is(&library.err)? {
            return Err(Not::Kind);
        }
        let ty = if ok { &of.ok } else { &of.err };
        let payload = self.attribute(intern!(py, "value"))?;
        let payload = payload.filter(|payload| ty.is_some() || !payload.object.is_none());
        Ok(if ok { Ok(payload) } else { Err(payload) })
    }

    fn handle(&self, of: &Arc<Resource>) -> Taken<anyhost_plugin::Handle, PyErr> {
        let py = self.context.py;
        let shape = self.context.shapes.resource(of);
        if !self
            .object
            .is_instance(shape.class.bind(py))
            .map_err(Not::Foreign)?
        {
            return Err(Not::Kind);
        }
        let handle = self.attribute(intern!(py, "_resource"))?.ok_or(Not::Kind)?;
        let handle = handle.object.cast::<Handle>().map_err(|_| Not::Kind)?;
        Ok(handle.get().0.clone())
    }

    fn object(&self, of: &Arc<Resource>) -> Taken<u32, PyErr> {
        if let Some(class) = self.host_class(of).map_err(Not::Foreign)?
            && !self.object.is_instance(&class).map_err(Not::Foreign)?
        {
            return Err(Not::Kind);
        }
        let keep = || {
            let keep = intern!(self.context.py, "keep");
            self.context
                .instance()?
                .call_method1(keep, (&self.object,))?
                .extract()
        };
        keep().map_err(Not::Foreign)
    }

    fn release(&self, object: u32) {
        let take = intern!(self.context.py, "take");
        let taken = self
            .context
            .instance()
            .and_then(|instance| instance.call_method1(take, (object,)));
        // It is there: nobody else knows the number.
        drop(taken);
    }

    fn shown(&self) -> String {
        let shown = self
            .context
            .library
            .shown
            .bind(self.context.py)
            .call1((&self.object,));
        shown.map_or_else(
            |_| "what cannot be shown".to_owned(),
            |shown| shown.to_string(),
        )
    }

    fn flag_shown(&self, name: &str) -> String {
        self.with(PyString::new(self.context.py, name).into_any())
            .shown()
    }

    fn expected(&self, ty: &Type, kind: bool) -> String {
        match ty {
            Type::Char => format!("{ty} (a str of one character)"),
            Type::Bytes => format!("{ty} (bytes)"),
            Type::Flags(_) if kind => format!("{ty} (a set of names)"),
            Type::Enum(_) | Type::Variant(_) if kind => ty.to_string(),
            Type::Option(payload) if anyhost_plugin::nested(payload) => {
                format!("{ty} (None or Some(…))")
            }
            Type::Result(_) => format!("{ty} (Ok(…) or Err(…))"),
            Type::Own(of) | Type::Borrow(of) if of.host => match self.host_class(of) {
                Ok(Some(class)) => format!(
                    "{ty} ({})",
                    class
                        .getattr("__name__")
                        .map_or_else(|_| String::new(), |name| name.to_string())
                ),
                _ => ty.to_string(),
            },
            _ => ty.expected(),
        }
    }
}

impl<'py> Arg<'_, 'py> {
    /// What objects of a host's resource are instances of, as far as the host says so.
    fn host_class(&self, of: &Resource) -> PyResult<Option<Bound<'py, PyAny>>> {
        let shape = self.context.shapes.resource(of);
        let class = shape.resource.bind(self.context.py).getattr("host_class")?;
        Ok((!class.is_none()).then_some(class))
    }
}

fn is_exactly(object: &Bound<'_, PyAny>, class: &Py<PyType>) -> bool {
    object.get_type_ptr().addr() == class.as_ptr().addr()
}

/// A Python integer; which is none of the type if it has more than 64 bits.
fn whole(object: &Bound<'_, PyAny>) -> Taken<i128, PyErr> {
    let mut overflow = 0;
    // SAFETY: the object is an integer.
    let value = unsafe { ffi::PyLong_AsLongLongAndOverflow(object.as_ptr(), &raw mut overflow) };
    match overflow {
        0 => Ok(value.into()),
        1 => object
            .extract::<u64>()
            .map(i128::from)
            .map_err(|_| Not::Value),
        _ => Err(Not::Value),
    }
}

/// What an exception says of a value that was asked for a number.
fn kind_or(py: Python<'_>, error: PyErr) -> Not<PyErr> {
    if error.is_instance_of::<PyTypeError>(py) {
        return Not::Kind;
    }
    if error.is_instance_of::<PyOverflowError>(py) {
        return Not::Value;
    }
    Not::Foreign(error)
}

/// Where in a text the half of a surrogate pair is, which says more than the text.
fn lone_surrogate(text: &Bound<'_, PyString>) -> String {
    let length = text.len().unwrap_or(0);
    for index in 0..length {
        let at = isize::try_from(index).unwrap_or(isize::MAX);
        // SAFETY: the text has as many characters.
        let character = unsafe { ffi::PyUnicode_ReadChar(text.as_ptr(), at) };
        if (0xD800..0xE000).contains(&character) {
            return format!("a lone surrogate (U+{character:04X} at index {index})");
        }
    }
    "text that is not Unicode".to_owned()
}
