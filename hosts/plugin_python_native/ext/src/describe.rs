//! A component's types as the Python library has them, and what conversions take of those.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use anyhost_plugin::{Enum, Flags, Function, Interface, Record, Resource, Type, Types, Variant};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyType};

use crate::library::library;

/// What conversions take of the Python types, by the addresses of the types that they are
/// made of, which the component keeps.
#[derive(Default)]
pub struct Shapes {
    records: Map<RecordShape>,
    variants: Map<VariantShape>,
    enums: Map<Vec<Py<PyAny>>>,
    flags: Map<Vec<Py<PyString>>>,
    resources: Map<ResourceShape>,
    /// The numbers of the functions that are imported, in order.
    imported: Map<usize>,
    /// The exported functions by their interfaces and names.
    exported: Vec<Arc<Function>>,
}

pub struct RecordShape {
    pub class: Py<PyType>,
    /// The fields in Python and in WIT.
    pub fields: Vec<(Py<PyString>, Py<PyString>)>,
}

pub struct VariantShape {
    /// The base of all cases.
    pub class: Py<PyType>,
    pub cases: Vec<Py<PyType>>,
    /// Objects of the cases that have no payload.
    pub units: Vec<Option<Py<PyAny>>>,
}

pub struct ResourceShape {
    /// The Python library's description of it.
    pub resource: Py<PyAny>,
    /// What handles are instances of.
    pub class: Py<PyType>,
}

type Map<T> = HashMap<usize, T, BuildHasherDefault<Address>>;

/// Addresses are as good as random.
#[derive(Default)]
struct Address(u64);

impl Hasher for Address {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("addresses are usize")
    }

    fn write_usize(&mut self, address: usize) {
        self.0 = (address as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

const KNOWN: &str = "all types were described";

impl Shapes {
    pub fn record(&self, of: &Record) -> &RecordShape {
        self.records.get(&address(of)).expect(KNOWN)
    }

    pub fn variant(&self, of: &Variant) -> &VariantShape {
        self.variants.get(&address(of)).expect(KNOWN)
    }

    pub fn members(&self, of: &Enum) -> &[Py<PyAny>] {
        self.enums.get(&address(of)).expect(KNOWN)
    }

    pub fn flags(&self, of: &Flags) -> &[Py<PyString>] {
        self.flags.get(&address(of)).expect(KNOWN)
    }

    pub fn resource(&self, of: &Resource) -> &ResourceShape {
        self.resources.get(&address(of)).expect(KNOWN)
    }

    pub fn imported(&self, of: &Function) -> usize {
        *self.imported.get(&address(of)).expect(KNOWN)
    }

    pub fn exported(&self, interface: &str, name: &str) -> Option<&Arc<Function>> {
        let mut all = self.exported.iter();
        all.find(|function| function.interface == interface && function.name == name)
    }
}

fn address<T>(of: &T) -> usize {
    std::ptr::from_ref(of).addr()
}

/// An `anyhost._types.Types`, and what conversions take of it.
pub fn describe<'py>(py: Python<'py>, of: &Types) -> PyResult<(Bound<'py, PyAny>, Shapes)> {
    let mut writer = Writer {
        types: library(py)?.types.bind(py).clone(),
        shapes: Shapes::default(),
        known: HashMap::new(),
    };
    let imports = writer.interfaces(&of.imports)?;
    let exports = writer.interfaces(&of.exports)?;
    for interface in &of.imports {
        for function in &interface.functions {
            let number = writer.shapes.imported.len();
            writer.shapes.imported.insert(address(&**function), number);
        }
    }
    let exported = of.exports.iter().flat_map(|interface| &interface.functions);
    writer.shapes.exported = exported.cloned().collect();
    let strange = PyList::new(py, &of.strange)?;
    let types = writer
        .types
        .call_method1("Types", (imports, exports, strange))?;
    Ok((types, writer.shapes))
}

struct Writer<'py> {
    types: Bound<'py, PyAny>,
    shapes: Shapes,
    /// Named types and resources, by their addresses.
    known: HashMap<usize, Bound<'py, PyAny>>,
}

impl<'py> Writer<'py> {
    fn make(
        &self,
        class: &str,
        arguments: impl pyo3::call::PyCallArgs<'py>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.types.getattr(class)?.call1(arguments)
    }

    fn interfaces(&mut self, all: &[Interface]) -> PyResult<Bound<'py, PyDict>> {
        let written = PyDict::new(self.types.py());
        for interface in all {
            written.set_item(&interface.name, self.interface(interface)?)?;
        }
        Ok(written)
    }

    fn interface(&mut self, of: &Interface) -> PyResult<Bound<'py, PyAny>> {
        let py = self.types.py();
        let (functions, types, resources) = (PyDict::new(py), PyDict::new(py), PyDict::new(py));
        for (name, resource) in &of.named {
            resources.set_item(name, self.resource(resource)?)?;
        }
        for (name, ty) in &of.types {
            if let Type::Record(_) | Type::Variant(_) | Type::Enum(_) = ty {
                types.set_item(name, self.convert(ty)?.getattr("cls")?)?;
            }
        }
        for function in &of.functions {
            let mut params = Vec::new();
            let mut result = None;
            if function.unsupported.is_none() {
                for (name, ty) in &function.params {
                    params.push((name, self.convert(ty)?));
                }
                result = function
                    .result
                    .as_ref()
                    .map(|ty| self.convert(ty))
                    .transpose()?;
            }
            let signature = (&function.name, params, result, &function.unsupported);
            functions.set_item(&function.name, self.make("Signature", signature)?)?;
        }
        self.make("InterfaceType", (&of.name, functions, types, resources))
    }

    fn convert(&mut self, ty: &Type) -> PyResult<Bound<'py, PyAny>> {
        match ty {
            Type::Bool
            | Type::Integer(_)
            | Type::F32
            | Type::F64
            | Type::Char
            | Type::String
            | Type::Bytes => self.types.getattr("SCALARS")?.get_item(ty.to_string()),
            Type::List(of) => self.within("List", of),
            Type::Option(of) => self.within("Option", of),
            Type::Tuple(items) => {
                let items = items.iter().map(|item| self.convert(item));
                let items = items.collect::<PyResult<Vec<_>>>()?;
                self.make("Tuple", (items,))
            }
            Type::Result(of) => {
                let ok = self.payload(of.ok.as_ref())?;
                let err = self.payload(of.err.as_ref())?;
                self.make("Result", (ok, err))
            }
            Type::Own(of) => {
                let resource = self.resource(of)?;
                self.make("Own", (resource,))
            }
            Type::Borrow(of) => {
                let resource = self.resource(of)?;
                self.make("Borrow", (resource,))
            }
            Type::Record(of) => self.once(address(&**of), |this| this.record(of)),
            Type::Variant(of) => self.once(address(&**of), |this| this.variant(of)),
            Type::Enum(of) => self.once(address(&**of), |this| this.names(of)),
            Type::Flags(of) => self.once(address(&**of), |this| this.flags(of)),
        }
    }

    fn payload(&mut self, ty: Option<&Type>) -> PyResult<Option<Bound<'py, PyAny>>> {
        ty.map(|ty| self.convert(ty)).transpose()
    }

    fn within(&mut self, class: &str, ty: &Type) -> PyResult<Bound<'py, PyAny>> {
        let inner = self.convert(ty)?;
        self.make(class, (inner,))
    }

    fn once(
        &mut self,
        address: usize,
        write: impl FnOnce(&mut Self) -> PyResult<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        if let Some(known) = self.known.get(&address) {
            return Ok(known.clone());
        }
        let written = write(self)?;
        self.known.insert(address, written.clone());
        Ok(written)
    }

    fn record(&mut self, of: &Arc<Record>) -> PyResult<Bound<'py, PyAny>> {
        let py = self.types.py();
        let mut fields = Vec::new();
        for (name, ty) in &of.fields {
            fields.push((name, self.convert(ty)?));
        }
        let written = self.make("Record", (of.name.to_string(), fields))?;
        let names = written.getattr("fields")?.cast_into::<PyDict>()?.keys();
        let mut fields = Vec::new();
        for (python, (wit, _)) in names.iter().zip(&of.fields) {
            let python = PyString::intern(py, python.cast::<PyString>()?.to_str()?);
            fields.push((python.unbind(), PyString::intern(py, wit).unbind()));
        }
        let class = written.getattr("cls")?.cast_into::<PyType>()?.unbind();
        let shape = RecordShape { class, fields };
        self.shapes.records.insert(address(&**of), shape);
        Ok(written)
    }

    fn variant(&mut self, of: &Arc<Variant>) -> PyResult<Bound<'py, PyAny>> {
        let mut cases = Vec::new();
        for (name, ty) in &of.cases {
            cases.push((name, self.payload(ty.as_ref())?));
        }
        let written = self.make("Variant", (of.name.to_string(), cases))?;
        let classes = written.getattr("classes")?;
        let mut shape = VariantShape {
            class: written.getattr("cls")?.cast_into::<PyType>()?.unbind(),
            cases: Vec::new(),
            units: Vec::new(),
        };
        for (name, ty) in &of.cases {
            let class = classes.get_item(name)?.cast_into::<PyType>()?;
            let unit = ty.is_none().then(|| class.call0()).transpose()?;
            shape.units.push(unit.map(Bound::unbind));
            shape.cases.push(class.unbind());
        }
        self.shapes.variants.insert(address(&**of), shape);
        Ok(written)
    }

    fn names(&mut self, of: &Arc<Enum>) -> PyResult<Bound<'py, PyAny>> {
        let names = PyList::new(self.types.py(), &of.cases)?;
        let written = self.make("Enum", (of.name.to_string(), names))?;
        let class = written.getattr("cls")?;
        let members = of
            .cases
            .iter()
            .map(|case| Ok(class.call1((case,))?.unbind()));
        let members = members.collect::<PyResult<_>>()?;
        self.shapes.enums.insert(address(&**of), members);
        Ok(written)
    }

    fn flags(&mut self, of: &Arc<Flags>) -> PyResult<Bound<'py, PyAny>> {
        let py = self.types.py();
        let names = of
            .flags
            .iter()
            .map(|name| PyString::intern(py, name).unbind());
        self.shapes.flags.insert(address(&**of), names.collect());
        self.make("Flags", (of.name.to_string(), PyList::new(py, &of.flags)?))
    }

    fn resource(&mut self, of: &Arc<Resource>) -> PyResult<Bound<'py, PyAny>> {
        self.once(address(&**of), |this| {
            let py = this.types.py();
            let parts = (&of.interface, &of.name, of.host, of.number);
            let resource = this.make("Resource", parts)?;
            let class = resource
                .getattr(intern!(py, "cls"))?
                .cast_into::<PyType>()?;
            let shape = ResourceShape {
                resource: resource.clone().unbind(),
                class: class.unbind(),
            };
            this.shapes.resources.insert(address(&**of), shape);
            Ok(resource)
        })
    }
}
