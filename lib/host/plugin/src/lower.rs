//! From a binding's values to the engine's, by their types.

use std::sync::Arc;

use wasmtime::AsContextMut;
use wasmtime::component::{ResourceDynamic, Val};

use crate::asked::{
    Lowered, branch, check_stray, field, flags, item, number, pick, plugin, taken, unlike, wrong,
};
use crate::error::{CallError, Error};
use crate::handle::{Handle, Home};
use crate::image::Image;
use crate::layout::Shape;
use crate::reflect::Function;
use crate::types::{Integer, ResultType, Type};
use crate::value::{Source, nested};

/// What is on its way into an instance: who has which handles is only changed once all of
/// it is well.
///
/// [`Plugin::begin`](crate::Plugin::begin) makes one. It holds nothing of the plugin, which
/// whatever a [`Source`] runs may use meanwhile.
pub struct Lowering<S> {
    home: Arc<Home>,
    pub(crate) generation: u64,
    /// Handles that are given away.
    given: Vec<Handle>,
    /// Handles that are lent.
    lent: Vec<Handle>,
    /// Objects of the host's with whoever has them, and whether they are lent alone.
    objects: Vec<(S, u32, bool)>,
}

/// The arguments of a call, all of which are well.
pub struct Arguments<S> {
    pub(crate) passed: Passed<S>,
    pub(crate) lowering: Lowering<S>,
}

/// How arguments are passed.
pub(crate) enum Passed<S> {
    /// As the engine's values, among which may be handles.
    Vals(Vec<Val>),
    /// As they will be in memory, but for the bytes of some that are kept.
    Image(Image, Vec<S>),
}

impl<S: Source> Lowering<S> {
    pub(crate) fn new(home: &Arc<Home>, generation: u64) -> Self {
        Self {
            home: Arc::clone(home),
            generation,
            given: Vec::new(),
            lent: Vec::new(),
            objects: Vec::new(),
        }
    }

    /// Takes the arguments of a call.
    ///
    /// # Errors
    /// [`Error::Value`] and [`Error::Plugin`]; and what the binding raises.
    pub fn arguments(
        mut self,
        function: &Function,
        args: impl ExactSizeIterator<Item = S>,
    ) -> Result<Arguments<S>, CallError<S::Error>> {
        match self.passed(function, args) {
            Ok(passed) => Ok(Arguments {
                passed,
                lowering: self,
            }),
            Err(stop) => {
                self.undo();
                Err(stop.into())
            }
        }
    }

    fn passed(
        &mut self,
        function: &Function,
        args: impl ExactSizeIterator<Item = S>,
    ) -> Lowered<Passed<S>, S::Error> {
        let args = args.zip(&function.params);
        let Some(plan) = &function.plan else {
            let vals = args.map(|(arg, (name, ty))| {
                let val = self.value(arg, ty);
                val.map_err(|stop| stop.at(|| name.clone()))
            });
            return Ok(Passed::Vals(vals.collect::<Result<_, _>>()?));
        };
        let Shape::Fields(layouts) = &plan.params.shape else {
            unreachable!("arguments are laid out like fields")
        };
        let (mut image, mut kept) = (Image::new(&plan.params), Vec::new());
        for ((arg, (name, ty)), (at, layout)) in args.zip(layouts) {
            let lowered = image.argument(arg, ty, layout, *at, &mut kept);
            lowered.map_err(|stop| stop.at(|| name.clone()))?;
        }
        Ok(Passed::Image(image, kept))
    }

    /// Begins the call: what is given away is no longer the caller's. What it returns is to
    /// be ended with [`Lent::end`] when the call has ended.
    ///
    /// # Errors
    /// A handle is used in a way that another use of it rules out.
    pub(crate) fn commit(mut self) -> Result<Lent<S>, Error> {
        for (index, handle) in self.given.iter().enumerate() {
            let mut others = self.given[index + 1..].iter().chain(&self.lent);
            if others.any(|other| other.same(handle)) {
                let (file, name) = (&self.home.file, &handle.resource().name);
                let line = format!("{file}: the {name} is given away, and used again in one call");
                self.undo();
                return Err(Error::Plugin(line));
            }
        }
        for handle in &self.given {
            handle.take(self.generation);
        }
        let lent = self.objects.into_iter().filter(|(.., lent)| *lent);
        Ok(Lent(
            lent.map(|(source, object, _)| (source, object)).collect(),
        ))
    }

    /// Leaves everything as it was.
    pub(crate) fn undo(&mut self) {
        for (source, object, _) in self.objects.drain(..) {
            source.release(object);
        }
    }

    /// The engine's value for `source`.
    pub(crate) fn value(&mut self, source: S, ty: &Type) -> Lowered<Val, S::Error> {
        Ok(match ty {
            Type::Bool => Val::Bool(taken(&source, source.bool(), ty)?),
            Type::Integer(of) => integer(*of, number(&source, *of, ty)?),
            Type::F32 => {
                let value = taken(&source, source.float(), ty)?;
                #[expect(clippy::cast_possible_truncation, reason = "rounded, as WIT says")]
                Val::Float32(value as f32)
            }
            Type::F64 => Val::Float64(taken(&source, source.float(), ty)?),
            Type::Char => Val::Char(taken(&source, source.character(), ty)?),
            Type::String => Val::String(taken(&source, source.text(), ty)?.into_owned()),
            Type::Bytes => {
                let bytes = taken(&source, source.bytes(), ty)?;
                Val::List(bytes.iter().copied().map(Val::U8).collect())
            }
            Type::List(of) => {
                let length = taken(&source, source.length(), ty)?;
                let items =
                    (0..length).map(|index| item(&source, index, ty, |it| self.value(it, of)));
                Val::List(items.collect::<Result<_, _>>()?)
            }
            Type::Tuple(types) => {
                if taken(&source, source.length(), ty)? != types.len() {
                    return Err(unlike(&source, ty));
                }
                let items = types.iter().enumerate();
                let items =
                    items.map(|(index, of)| item(&source, index, ty, |it| self.value(it, of)));
                Val::Tuple(items.collect::<Result<_, _>>()?)
            }
            Type::Record(of) => {
                let fields = of.fields.iter().enumerate();
                let fields = fields.map(|(number, (name, ty_of))| {
                    let val = field(&source, of, number, ty, |it| self.value(it, ty_of));
                    Ok((name.clone(), val?))
                });
                let fields = fields.collect::<Lowered<_, _>>()?;
                check_stray(&source, of, ty)?;
                Val::Record(fields)
            }
            Type::Variant(of) => {
                let (case, payload) = pick(&source, of, ty)?;
                let (name, of) = &of.cases[case];
                let payload = payload.zip(of.as_ref()).map(|(it, of)| self.value(it, of));
                let payload = payload.transpose();
                let payload = payload.map_err(|stop| stop.at(|| format!(".{name}")))?;
                Val::Variant(name.clone(), payload.map(Box::new))
            }
            Type::Enum(of) => {
                let name = taken(&source, source.name(), ty)?;
                if !of.cases.contains(&name) {
                    return Err(unlike(&source, ty));
                }
                Val::Enum(name)
            }
            Type::Flags(of) => {
                let set = flags(&source, of, ty)?;
                let known = of.flags.iter();
                Val::Flags(known.filter(|name| set.contains(name)).cloned().collect())
            }
            Type::Option(of) => {
                let payload = taken(&source, source.option(nested(of)), ty)?;
                let payload = payload.map(|payload| self.value(payload, of)).transpose()?;
                Val::Option(payload.map(Box::new))
            }
            Type::Result(of) => {
                let payload = taken(&source, source.result(of), ty)?;
                self.result(payload, of)?
            }
            Type::Own(of) | Type::Borrow(of) if of.host => {
                let object = taken(&source, source.object(of), ty)?;
                let lent = matches!(ty, Type::Borrow(_));
                self.objects.push((source, object, lent));
                // Its place, where `place` puts the engine's handle of it.
                Val::U32(object)
            }
            Type::Own(of) | Type::Borrow(of) => {
                let handle = taken(&source, source.handle(of), ty)?;
                if !handle.is_of(&self.home) || handle.resource() != of {
                    return Err(wrong(&source, source.expected(ty, true), true));
                }
                let any = handle.any(self.generation).map_err(plugin)?;
                let own = matches!(ty, Type::Own(_));
                (if own { &mut self.given } else { &mut self.lent }).push(handle);
                Val::Resource(any)
            }
        })
    }

    /// One of the two of a `result`.
    pub(crate) fn result(
        &mut self,
        payload: Result<Option<S>, Option<S>>,
        of: &ResultType,
    ) -> Lowered<Val, S::Error> {
        let is_ok = payload.is_ok();
        let val = branch(payload, of, |it, of| self.value(it, of))?.map(Box::new);
        Ok(Val::Result(if is_ok { Ok(val) } else { Err(val) }))
    }
}

/// Puts the engine's handles of the host's objects where their numbers are.
pub(crate) fn place<C: AsContextMut>(
    store: &mut C,
    val: &mut Val,
    ty: &Type,
) -> wasmtime::Result<()> {
    let mut inner = |val: &mut Val, ty: &Type| place(store, val, ty);
    match (val, ty) {
        (val, Type::Own(of) | Type::Borrow(of)) => {
            let Val::U32(object) = *val else {
                return Ok(()); // a handle of the component's
            };
            let make = match ty {
                Type::Own(_) => ResourceDynamic::new_own,
                _ => ResourceDynamic::new_borrow,
            };
            *val = Val::Resource(make(object, of.number).try_into_resource_any(store)?);
            Ok(())
        }
        (Val::List(items), Type::List(of)) => items.iter_mut().try_for_each(|item| inner(item, of)),
        (Val::Tuple(items), Type::Tuple(types)) => {
            let mut pairs = items.iter_mut().zip(types.iter());
            pairs.try_for_each(|(item, of)| inner(item, of))
        }
        (Val::Record(fields), Type::Record(of)) => {
            let mut pairs = fields.iter_mut().zip(&of.fields);
            pairs.try_for_each(|((_, field), (_, of))| inner(field, of))
        }
        (Val::Variant(name, Some(payload)), Type::Variant(of)) => {
            let case = of.cases.iter().find(|(known, _)| known == name);
            let of = case.and_then(|(_, of)| of.as_ref());
            of.map_or(Ok(()), |of| inner(payload, of))
        }
        (Val::Option(Some(payload)), Type::Option(of)) => inner(payload, of),
        (Val::Result(Ok(Some(payload))), Type::Result(of)) => {
            of.ok.as_ref().map_or(Ok(()), |of| inner(payload, of))
        }
        (Val::Result(Err(Some(payload))), Type::Result(of)) => {
            of.err.as_ref().map_or(Ok(()), |of| inner(payload, of))
        }
        _ => Ok(()),
    }
}

/// Objects of the host's that are lent for the time of a call.
pub(crate) struct Lent<S>(Vec<(S, u32)>);

impl<S: Source> Lent<S> {
    /// The call has ended.
    pub fn end(self) {
        for (source, object) in self.0 {
            source.release(object);
        }
    }
}

/// A number that is within the type's limits.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the number was looked at"
)]
pub(crate) fn integer(of: Integer, value: i128) -> Val {
    match (of.signed, of.bits) {
        (true, 8) => Val::S8(value as i8),
        (true, 16) => Val::S16(value as i16),
        (true, 32) => Val::S32(value as i32),
        (true, _) => Val::S64(value as i64),
        (false, 8) => Val::U8(value as u8),
        (false, 16) => Val::U16(value as u16),
        (false, 32) => Val::U32(value as u32),
        (false, _) => Val::U64(value as u64),
    }
}
