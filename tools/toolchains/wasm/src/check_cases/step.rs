//! Steps, and what a guest asks of its host meanwhile.

use serde_json::{Map, Value};
use wit_bindgen_core::wit_parser::{Function, FunctionKind, TypeId, TypeOwner};

use crate::check::Checker;
use crate::handles::Handles;
use crate::names::{asked, interface, list};
use crate::source::{Ask, Step};
use crate::value::Values;

impl Checker<'_> {
    pub fn step(&self, step: Step, values: &mut Values) -> Result<Value, String> {
        let mut plain = Map::new();
        let ends = [
            step.result.is_some(),
            step.trap.is_some(),
            step.fails.is_some(),
        ];
        if ends.into_iter().filter(|end| *end).count() > 1 {
            return Err("expected only one of result, trap and fails".to_owned());
        }
        let function = match (&step.call, &step.drop) {
            (Some(call), None) => {
                let (function, _) = self.function(call, None)?;
                plain.insert("call".to_owned(), call.as_str().into());
                arguments(function, step.on, step.args, &mut plain, values)?;
                Some(function)
            }
            (None, Some(name))
                if step.on.is_none() && step.args.is_none() && step.result.is_none() =>
            {
                drop_handle(name, true, &mut plain, values)?;
                None
            }
            _ => return Err("expected \"call\" with its arguments, or \"drop\" alone".to_owned()),
        };
        let fails = step.asks.iter().position(|ask| ask.fails.is_some());
        if fails.is_some_and(|at| at + 1 != step.asks.len()) {
            return Err(
                "asks: expected nothing after one that fails, which ends the step".to_owned(),
            );
        }
        if fails.is_some() != step.fails.is_some() {
            return Err(
                "expected \"fails\" in the step and in its last ask, or in neither".to_owned(),
            );
        }
        let asks = step.asks.into_iter().enumerate().map(|(at, ask)| {
            self.ask(ask, values)
                .map_err(|e| format!("asks[{at}]: {e}"))
        });
        let asks = asks.collect::<Result<Vec<_>, _>>()?;
        plain.insert("asks".to_owned(), asks.into());
        if let Some((key, part)) = step
            .trap
            .map(|part| ("trap", part))
            .or(step.fails.map(|part| ("fails", part)))
        {
            // The next step, if there is one, has an instance of its own.
            values.handles.clear();
            plain.insert(key.to_owned(), part.into());
        } else if let Some(function) = function {
            result(
                function,
                step.result,
                Handles::NewOfGuest,
                &mut plain,
                values,
            )?;
        }
        Ok(plain.into())
    }

    fn ask(&self, ask: Ask, values: &mut Values) -> Result<Value, String> {
        let mut plain = Map::new();
        let interface = match (&ask.call, &ask.drop) {
            (Some(call), None) => {
                let (name, call) = asked(call);
                let interface = name
                    .map(|name| interface(self.resolve, self.package, name))
                    .transpose()?;
                let (function, call) = self.function(call, Some(interface))?;
                plain.insert("call".to_owned(), call.into());
                arguments(function, ask.on, ask.args, &mut plain, values)?;
                match ask.fails {
                    Some(_) if ask.result.is_some() => {
                        return Err("expected only one of result and fails".to_owned());
                    }
                    Some(message) => {
                        plain.insert("fails".to_owned(), message.into());
                    }
                    None => result(function, ask.result, Handles::NewOfHost, &mut plain, values)?,
                }
                interface
            }
            (None, Some(name))
                if ask.on.is_none()
                    && ask.args.is_none()
                    && ask.result.is_none()
                    && ask.fails.is_none() =>
            {
                let resource = drop_handle(name, false, &mut plain, values)?;
                plain.insert(
                    "resource".to_owned(),
                    self.resolve.types[resource].name.clone().into(),
                );
                match self.resolve.types[resource].owner {
                    TypeOwner::Interface(id) => Some(id),
                    _ => None,
                }
            }
            _ => return Err("expected \"call\" with its arguments, or \"drop\" alone".to_owned()),
        };
        let interface = interface.and_then(|id| self.resolve.id_of(id));
        plain.insert("interface".to_owned(), interface.into());
        Ok(plain.into())
    }
}

/// The arguments, and for a method the handle that it is called on.
fn arguments(
    function: &Function,
    on: Option<String>,
    args: Option<Vec<Value>>,
    plain: &mut Map<String, Value>,
    values: &mut Values,
) -> Result<(), String> {
    let params = match (&function.kind, on) {
        (FunctionKind::Method(resource) | FunctionKind::AsyncMethod(resource), on) => {
            let resource = values.aliased(*resource);
            let on = on.ok_or("expected \"on\", the name of the handle whose method is called")?;
            values
                .known(resource, &on)
                .map_err(|e| format!("on: {e}"))?;
            plain.insert("on".to_owned(), on.into());
            &function.params[1..]
        }
        (_, Some(_)) => return Err("on: expected none, as the function is no method".to_owned()),
        (_, None) => &function.params[..],
    };
    let args = args.unwrap_or_default();
    if args.len() != params.len() {
        let names = list(params.iter().map(|param| param.name.as_str()));
        return Err(format!(
            "args: expected {} ({names}), got {}",
            params.len(),
            args.len()
        ));
    }
    let args = params
        .iter()
        .zip(&args)
        .map(|(param, value)| values.plain(&param.ty, value, &param.name, Handles::Known));
    let args = args.collect::<Result<Vec<_>, _>>()?;
    plain.insert("args".to_owned(), args.into());
    Ok(())
}

fn result(
    function: &Function,
    value: Option<Value>,
    handles: Handles,
    plain: &mut Map<String, Value>,
    values: &mut Values,
) -> Result<(), String> {
    let value = match (function.result, value) {
        (Some(ty), Some(value)) => values.plain(&ty, &value, "result", handles)?,
        (None, None) => return Ok(()),
        (Some(_), None) => return Err("result: it is missing".to_owned()),
        (None, Some(_)) => {
            return Err("result: expected none, as the function returns nothing".to_owned());
        }
    };
    plain.insert("result".to_owned(), value);
    Ok(())
}

/// A resource that the host drops, or one of the host's that the guest drops.
fn drop_handle(
    name: &str,
    by_host: bool,
    plain: &mut Map<String, Value>,
    values: &mut Values,
) -> Result<TypeId, String> {
    match values.handles.get(name) {
        Some(resource) if (values.is_guests)(*resource) == by_host => {
            plain.insert("drop".to_owned(), name.into());
            Ok(values.handles.remove(name).expect("it is there"))
        }
        Some(_) if by_host => Err(format!(
            "drop: {name:?} is the host's own, it is dropped among the asks"
        )),
        Some(_) => Err(format!(
            "drop: {name:?} is the guest's own, it is dropped by a step"
        )),
        None => Err(format!("drop: there is no handle {name:?} at this step")),
    }
}
