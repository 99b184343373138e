//! Reads the types of a component.

use std::sync::Arc;

use wasmtime::component::types::{Case, ComponentFunc, ComponentItem, Field};
use wasmtime::component::{Component, ResourceType, Type as Wasm};

use crate::layout::Plan;
use crate::reflect::{Function, Interface, Types};
use crate::types::{Enum, Flags, Integer, Name, Record, Resource, ResultType, Type, Variant};

impl Types {
    /// Reads the types of a component.
    pub(crate) fn of(component: &Component) -> Self {
        let mut reader = Reader {
            component,
            resources: Vec::new(),
            known: Vec::new(),
            count: 0,
        };
        let (ty, engine) = (component.component_type(), component.engine());
        let (imports, strange) = split(ty.imports(engine).map(|(name, e)| (name, e.ty)), component);
        let (exports, _) = split(ty.exports(engine).map(|(name, e)| (name, e.ty)), component);
        reader.name_types(&imports, true);
        reader.name_types(&exports, false);
        let mut read = |groups: &[Group], exported| {
            let groups = groups.iter();
            groups
                .map(|group| reader.interface(group, exported))
                .collect()
        };
        let (imports, exports) = (read(&imports, false), read(&exports, true));
        Self {
            exports,
            imports,
            count: reader.count,
            strange,
        }
    }
}

/// An interface's full name, and what is in it.
type Group = (String, Vec<(String, ComponentItem)>);

/// The interfaces among `items`, that of the world itself first if it has something, and
/// what is no interface nor function.
fn split<'a>(
    items: impl Iterator<Item = (&'a str, ComponentItem)>,
    component: &Component,
) -> (Vec<Group>, Vec<String>) {
    let (mut groups, mut strange) = (vec![(String::new(), Vec::new())], Vec::new());
    for (name, item) in items {
        let name = name.to_owned();
        match item {
            ComponentItem::ComponentInstance(instance) => {
                let inner = instance.exports(component.engine());
                let inner = inner.map(|(name, e)| (name.to_owned(), e.ty)).collect();
                groups.push((name, inner));
            }
            ComponentItem::Component(_) | ComponentItem::Module(_) | ComponentItem::CoreFunc(_) => {
                strange.push(name);
            }
            item => groups[0].1.push((name, item)),
        }
    }
    if groups[0].1.is_empty() {
        groups.remove(0);
    }
    (groups, strange)
}

struct Reader<'a> {
    component: &'a Component,
    resources: Vec<(ResourceType, Arc<Resource>)>,
    /// Types that may have a name; equal ones are the same.
    known: Vec<Type>,
    count: usize,
}

/// A type, or what it has in it that cannot be passed.
type Converted = Result<Type, String>;

impl Reader<'_> {
    /// Gives resources and other types the names that interfaces have for them.
    fn name_types(&mut self, groups: &[Group], host: bool) {
        for (interface, items) in groups {
            for (name, item) in items {
                if let ComponentItem::Resource(ty) = item
                    && self.resource(*ty).is_none()
                {
                    let resource = Resource {
                        interface: interface.clone(),
                        name: name.clone(),
                        host,
                        number: u32::try_from(self.resources.len()).unwrap_or(u32::MAX),
                    };
                    self.resources.push((*ty, Arc::new(resource)));
                }
            }
        }
        for (name, item) in groups.iter().flat_map(|(_, items)| items) {
            if let ComponentItem::Type(ty) = item
                && let Ok(ty) = self.convert(ty)
            {
                match &ty {
                    Type::Record(ty) => ty.name.set(name),
                    Type::Variant(ty) => ty.name.set(name),
                    Type::Enum(ty) => ty.name.set(name),
                    Type::Flags(ty) => ty.name.set(name),
                    _ => {}
                }
            }
        }
    }

    fn interface(&mut self, (name, items): &Group, exported: bool) -> Interface {
        let mut interface = Interface {
            name: name.clone(),
            ..Interface::default()
        };
        for (name, item) in items {
            match item {
                ComponentItem::ComponentFunc(ty) => {
                    let function = self.function(&interface.name, name, ty, exported);
                    interface.functions.push(Arc::new(function));
                }
                ComponentItem::Resource(ty) => {
                    let resource = self.resource(*ty).expect("all are known");
                    if resource.interface == interface.name {
                        interface.resources.push(Arc::clone(&resource));
                    }
                    interface.named.push((name.clone(), resource));
                }
                ComponentItem::Type(ty) => {
                    if let Ok(ty) = self.convert(ty) {
                        interface.types.push((name.clone(), ty));
                    }
                }
                _ => {}
            }
        }
        interface
    }

    fn function(
        &mut self,
        interface: &str,
        name: &str,
        ty: &ComponentFunc,
        exported: bool,
    ) -> Function {
        let mut unsupported = ty.async_().then(|| "an async function".to_owned());
        let mut params = Vec::new();
        for (name, ty) in ty.params() {
            match self.convert(&ty) {
                Ok(ty) => params.push((name.to_owned(), ty)),
                Err(what) => unsupported = Some(what),
            }
        }
        let result = ty.results().next().map(|ty| self.convert(&ty)).transpose();
        let result = result.unwrap_or_else(|what| {
            unsupported = Some(what);
            None
        });
        let types: Vec<&Type> = params.iter().map(|(_, ty)| ty).collect();
        let bulk = unsupported.is_none()
            && matches!(
                (types.as_slice(), &result),
                ([Type::Bytes], None | Some(Type::Bytes)) | ([], Some(Type::Bytes))
            );
        let export = exported.then(|| {
            let outer = || self.component.get_export_index(None, interface);
            let outer = (!interface.is_empty()).then(outer).flatten();
            self.component.get_export_index(outer.as_ref(), name)
        });
        let handles = types.iter().copied().chain(&result).any(Type::has_handles);
        let plan = (exported && unsupported.is_none() && !handles)
            .then(|| Plan::of(types.into_iter(), result.as_ref()));
        let number = self.count;
        self.count += usize::from(exported);
        Function {
            bulk,
            handles,
            plan,
            interface: interface.to_owned(),
            name: name.to_owned(),
            params,
            result,
            unsupported,
            number,
            export: export.flatten(),
            wasm: ty.clone(),
        }
    }

    fn resource(&self, ty: ResourceType) -> Option<Arc<Resource>> {
        let found = self.resources.iter().find(|(known, _)| *known == ty);
        found.map(|(_, resource)| Arc::clone(resource))
    }

    fn convert(&mut self, ty: &Wasm) -> Converted {
        let integer = |signed, bits| Ok(Type::Integer(Integer { signed, bits }));
        match ty {
            Wasm::Bool => Ok(Type::Bool),
            Wasm::S8 => integer(true, 8),
            Wasm::U8 => integer(false, 8),
            Wasm::S16 => integer(true, 16),
            Wasm::U16 => integer(false, 16),
            Wasm::S32 => integer(true, 32),
            Wasm::U32 => integer(false, 32),
            Wasm::S64 => integer(true, 64),
            Wasm::U64 => integer(false, 64),
            Wasm::Float32 => Ok(Type::F32),
            Wasm::Float64 => Ok(Type::F64),
            Wasm::Char => Ok(Type::Char),
            Wasm::String => Ok(Type::String),
            Wasm::List(list) => Ok(match list.ty() {
                Wasm::U8 => Type::Bytes,
                item => Type::List(Arc::new(self.convert(&item)?)),
            }),
            Wasm::Tuple(tuple) => {
                let items = tuple.types().map(|ty| self.convert(&ty));
                Ok(Type::Tuple(items.collect::<Result<_, _>>()?))
            }
            Wasm::Option(option) => Ok(Type::Option(Arc::new(self.convert(&option.ty())?))),
            Wasm::Result(result) => {
                let ok = result.ok().map(|ty| self.convert(&ty)).transpose()?;
                let err = result.err().map(|ty| self.convert(&ty)).transpose()?;
                Ok(Type::Result(Arc::new(ResultType { ok, err })))
            }
            Wasm::Own(resource) => self.handle(*resource).map(Type::Own),
            Wasm::Borrow(resource) => self.handle(*resource).map(Type::Borrow),
            Wasm::Record(_) | Wasm::Variant(_) | Wasm::Enum(_) | Wasm::Flags(_) => {
                let ty = self.nameable(ty)?;
                let same = self.known.iter().find(|known| **known == ty).cloned();
                Ok(same.unwrap_or_else(|| {
                    self.known.push(ty.clone());
                    ty
                }))
            }
            Wasm::Map(_) => Err("a map".to_owned()),
            Wasm::FixedLengthList(_) => Err("a list of fixed length".to_owned()),
            Wasm::Future(_) => Err("a future".to_owned()),
            Wasm::Stream(_) => Err("a stream".to_owned()),
            Wasm::ErrorContext => Err("an error-context".to_owned()),
        }
    }

    fn handle(&self, ty: ResourceType) -> Result<Arc<Resource>, String> {
        let unknown = || "a resource that no interface names".to_owned();
        self.resource(ty).ok_or_else(unknown)
    }

    fn nameable(&mut self, ty: &Wasm) -> Converted {
        let name = Name::default();
        Ok(match ty {
            Wasm::Record(record) => {
                let field =
                    |field: Field<'_>| Ok((field.name.to_owned(), self.convert(&field.ty)?));
                let fields = record.fields().map(field);
                let fields = fields.collect::<Result<_, String>>()?;
                Type::Record(Arc::new(Record { name, fields }))
            }
            Wasm::Variant(variant) => {
                let case = |case: Case<'_>| {
                    let payload = case.ty.map(|ty| self.convert(&ty)).transpose()?;
                    Ok((case.name.to_owned(), payload))
                };
                let cases = variant.cases().map(case);
                let cases = cases.collect::<Result<_, String>>()?;
                Type::Variant(Arc::new(Variant { name, cases }))
            }
            Wasm::Enum(of) => {
                let cases = of.names().map(str::to_owned).collect();
                Type::Enum(Arc::new(Enum { name, cases }))
            }
            Wasm::Flags(of) => {
                let flags = of.names().map(str::to_owned).collect();
                Type::Flags(Arc::new(Flags { name, flags }))
            }
            _ => unreachable!("only these can have names"),
        })
    }
}
