//! Functions, interfaces and all of a component's types as WIT writes them.

use std::fmt::{self, Display, Formatter};
use std::sync::Arc;

use crate::reflect::{Function, Interface, Types};
use crate::types::{Case, Commas, Resource, Type};

/// `greet: func(name: string) -> string`; a resource's functions without the resource.
impl Display for Function {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let call = self.call_name();
        let name = call.rsplit('.').next().unwrap_or(&call);
        match self.name.split_once(']') {
            Some(("[constructor", _)) => write!(f, "constructor({})", Params(&self.params))?,
            Some(("[method", _)) => {
                let params = self.params.get(1..).unwrap_or_default();
                write!(f, "{name}: func({})", Params(params))?;
            }
            Some(_) => write!(f, "{name}: static func({})", Params(&self.params))?,
            None => write!(f, "{name}: func({})", Params(&self.params))?,
        }
        match (&self.result, &self.unsupported) {
            (_, Some(what)) => write!(f, " /* cannot be called: {what} */"),
            (Some(result), _) if !call.ends_with(".constructor") => write!(f, " -> {result}"),
            _ => Ok(()),
        }
    }
}

struct Params<'a>(&'a [(String, Type)]);

impl Display for Params<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let params = self.0.iter().map(|(name, ty)| format!("{name}: {ty}"));
        Commas(&params.collect::<Vec<_>>()).fmt(f)
    }
}

/// All of it, with `import` or `export` before each interface.
impl Display for Types {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (word, interfaces) in [("import", &self.imports), ("export", &self.exports)] {
            for interface in interfaces {
                if interface.name.is_empty() {
                    let mut functions = interface.functions.iter();
                    functions.try_for_each(|function| writeln!(f, "{word} {function};"))?;
                } else {
                    writeln!(f, "{word} {} {{\n{interface}}}", interface.name)?;
                }
            }
        }
        Ok(())
    }
}

/// What is in it, a line for each, without its name.
impl Display for Interface {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (name, ty) in &self.types {
            writeln!(f, "  {}", Declared(name, ty))?;
        }
        for resource in &self.resources {
            writeln!(f, "  resource {} {{", resource.name)?;
            let mut own = self
                .functions
                .iter()
                .filter(|function| is_of(function, resource));
            own.try_for_each(|function| writeln!(f, "    {function};"))?;
            writeln!(f, "  }}")?;
        }
        let free = |function: &&Arc<Function>| !function.name.starts_with('[');
        let mut free = self.functions.iter().filter(free);
        free.try_for_each(|function| writeln!(f, "  {function};"))
    }
}

fn is_of(function: &Function, resource: &Resource) -> bool {
    let of = function.name.split_once(']').map(|(_, name)| name);
    of.is_some_and(|name| name.split('.').next() == Some(&resource.name))
}

/// A type with its name.
struct Declared<'a>(&'a str, &'a Type);

impl Display for Declared<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self(name, ty) = self;
        match ty {
            Type::Record(of) => write!(f, "record {name} {{ {} }}", Params(&of.fields)),
            Type::Variant(of) => {
                let cases: Vec<Case<'_>> = of.cases.iter().map(Case).collect();
                write!(f, "variant {name} {{ {} }}", Commas(&cases))
            }
            Type::Enum(of) => write!(f, "enum {name} {{ {} }}", Commas(&of.cases)),
            Type::Flags(of) => write!(f, "flags {name} {{ {} }}", Commas(&of.flags)),
            other => write!(f, "type {name} = {other};"),
        }
    }
}
