//! Calls of functions whose types are only known when the component is: arguments and
//! results go to and from its memory as the canonical ABI says, with none of the engine's
//! values in between.
//!
//! The engine has no such calls, but it has those of functions that Rust knows the types of.
//! [`Call`] is such a function's arguments, and its result.

use std::cell::Cell;
use std::mem::MaybeUninit;
use std::ptr::NonNull;

use wasmtime::component::__internal::wasmtime_environ::component::StringEncoding;
use wasmtime::component::__internal::{
    CanonicalAbiInfo, InstanceType, InterfaceType, LiftContext, LowerContext,
};
use wasmtime::component::{ComponentNamedList, ComponentType, Func, Lift, Lower, TypedFunc};
use wasmtime::{AsContextMut, Result, ValRaw};

use crate::copied::Copied;
use crate::image::{Content, Image};
use crate::layout::{Layout, Plan, Shape};
use crate::reflect::Function;
use crate::types::Type;

/// The most values of core WebAssembly that arguments are passed as without memory.
const SLOTS: usize = 16;

/// A call of a function that has a [`Plan`].
pub(crate) struct Call<'a> {
    pub function: &'a Function,
    pub plan: &'a Plan,
    pub image: Image,
    /// The bytes that the image has none of.
    pub kept: Vec<&'a [u8]>,
    /// What the function returns.
    pub copied: &'a mut Copied,
}

thread_local! {
    /// The call that the engine passes arguments or a result of.
    static CURRENT: Cell<Option<NonNull<Call<'static>>>> = const { Cell::new(None) };
}

impl Call<'_> {
    /// Calls `func`, which is the function in an instance.
    pub fn run(mut self, store: impl AsContextMut, func: Func) -> Result<()> {
        struct Restored(Option<NonNull<Call<'static>>>);
        impl Drop for Restored {
            fn drop(&mut self) {
                CURRENT.set(self.0);
            }
        }
        let this: NonNull<Call<'_>> = NonNull::from(&mut self);
        // Another call may begin before this one ends, if the host is asked something.
        let _restored = Restored(CURRENT.replace(Some(this.cast())));
        // SAFETY: the plan was made of the function's own types, and so is all that is
        // passed.
        unsafe {
            if self.plan.result.is_some() {
                TypedFunc::<Arguments, Returned>::new_unchecked(func).call(store, Arguments)?;
            } else {
                TypedFunc::<Arguments, ()>::new_unchecked(func).call(store, Arguments)?;
            }
        }
        Ok(())
    }

    fn current<T>(work: impl FnOnce(&mut Call<'_>) -> Result<T>) -> Result<T> {
        let mut current = CURRENT.get().expect("the engine is in a call");
        // SAFETY: `run` waits for the engine, and nobody else has the call meanwhile.
        work(unsafe { current.as_mut() })
    }

    /// Copies the arguments into the component's memory; what they are without it.
    fn pass<T>(&mut self, cx: &mut LowerContext<'_, T>) -> Result<[u64; SLOTS]> {
        let Image { bytes, blocks } = &mut self.image;
        let params = &self.plan.params;
        let in_memory = params.flat > SLOTS;
        let root = match in_memory {
            true => cx.realloc(0, 0, u32::try_from(params.align)?, params.size)?,
            false => 0,
        };
        let mut addresses = Vec::with_capacity(blocks.len());
        let utf8 = blocks.is_empty() || cx.options().string_encoding == StringEncoding::Utf8;
        for block in &*blocks {
            let mut length = None;
            let address = match block.content {
                Content::Text(start, size) if !utf8 => {
                    let (address, units) = encoded(cx, &bytes[start..start + size])?;
                    length = Some(units);
                    address
                }
                Content::Items(_, size) | Content::Text(_, size) => {
                    cx.realloc(0, 0, block.align, size)?
                }
                Content::Kept(index) => {
                    let size = self.kept[index].len();
                    length = Some(u32::try_from(size)?);
                    cx.realloc(0, 0, block.align, size)?
                }
            };
            let holder = &mut bytes[block.holder..block.holder + 8];
            holder[..4].copy_from_slice(&u32::try_from(address)?.to_le_bytes());
            if let Some(length) = length {
                holder[4..].copy_from_slice(&length.to_le_bytes());
            }
            addresses.push(address);
        }
        if in_memory || !addresses.is_empty() {
            let memory = cx.as_slice_mut();
            let mut put = |address: usize, from: &[u8]| {
                memory[address..address + from.len()].copy_from_slice(from);
            };
            if in_memory {
                put(root, &bytes[..params.size]);
            }
            for (block, address) in blocks.iter().zip(addresses) {
                match block.content {
                    Content::Text(..) if !utf8 => {}
                    Content::Items(start, size) | Content::Text(start, size) => {
                        put(address, &bytes[start..start + size]);
                    }
                    Content::Kept(index) => put(address, self.kept[index]),
                }
            }
        }
        let mut slots = [0; SLOTS];
        if in_memory {
            slots[0] = root as u64;
            return Ok(slots);
        }
        let Shape::Fields(layouts) = &params.shape else {
            unreachable!("arguments are laid out like fields")
        };
        let mut free = slots.iter_mut();
        for ((_, ty), (at, layout)) in self.function.params.iter().zip(layouts) {
            flatten(&bytes[*at..], ty, layout, &mut free);
        }
        Ok(slots)
    }
}

/// A string of a component that has not UTF-8: where the engine puts it, and its length.
fn encoded<T>(cx: &mut LowerContext<'_, T>, text: &[u8]) -> Result<(usize, u32)> {
    let text = std::str::from_utf8(text)?;
    let mut flat = MaybeUninit::uninit();
    text.linear_lower_to_flat(cx, InterfaceType::String, &mut flat)?;
    // SAFETY: it was lowered.
    let [address, units] = unsafe { flat.assume_init() };
    Ok((usize::try_from(address.get_u32())?, units.get_u32()))
}

/// What a value is without memory. An integer that is narrower than a slot is read from its
/// lower half, and so is the number of bits of `f32`.
fn flatten<'a>(
    bytes: &[u8],
    ty: &Type,
    layout: &Layout,
    free: &mut impl Iterator<Item = &'a mut u64>,
) {
    let mut put = |bytes: &[u8], negative: bool| {
        let mut slot = [if negative { 0xFF } else { 0 }; 8];
        slot[..bytes.len()].copy_from_slice(bytes);
        *free.next().expect("there are as many as the layout says") = u64::from_le_bytes(slot);
    };
    let own = &bytes[..layout.size];
    match (&layout.shape, ty) {
        (Shape::Whole, Type::Integer(of)) => put(own, of.signed && own[own.len() - 1] >= 0x80),
        (Shape::Whole | Shape::List(_), _) => {
            own.chunks(if layout.flat == 1 { 8 } else { 4 })
                .for_each(|slot| put(slot, false));
        }
        (Shape::Fields(layouts), _) => {
            for (index, (at, layout)) in layouts.iter().enumerate() {
                flatten(&bytes[*at..], ty.part(index), layout, free);
            }
        }
        (Shape::Cases(of), _) => {
            put(&own[..of.tag], false);
            let case = of.number(own);
            let mut left = layout.flat - 1;
            if let Some(layout) = &of.cases[case] {
                let ty = ty.payload(case).expect("the layout is the type's");
                flatten(&bytes[of.payload..], ty, layout, free);
                left -= layout.flat;
            }
            free.take(left).for_each(|slot| *slot = 0);
        }
    }
}

/// The arguments of the current call.
struct Arguments;

/// The result of the current call.
struct Returned;

// SAFETY: it is as many slots as the engine has for any function's arguments, of which a
// function reads those that it has.
unsafe impl ComponentType for Arguments {
    type Lower = [ValRaw; SLOTS];
    const ABI: CanonicalAbiInfo = CanonicalAbiInfo::ZERO;

    fn typecheck(_: &InterfaceType, _: &InstanceType<'_>) -> Result<()> {
        wasmtime::bail!("the types of the call are only known to its plan")
    }
}

// SAFETY: as above.
unsafe impl ComponentNamedList for Arguments {}

// SAFETY: the slots are written, with what the plan says.
unsafe impl Lower for Arguments {
    fn linear_lower_to_flat<T>(
        &self,
        cx: &mut LowerContext<'_, T>,
        _: InterfaceType,
        dst: &mut MaybeUninit<[ValRaw; SLOTS]>,
    ) -> Result<()> {
        let slots = Call::current(|call| call.pass(cx))?;
        dst.write(slots.map(ValRaw::u64));
        Ok(())
    }

    fn linear_lower_to_memory<T>(
        &self,
        _: &mut LowerContext<'_, T>,
        _: InterfaceType,
        _: usize,
    ) -> Result<()> {
        unreachable!("the engine passes slots")
    }
}

// SAFETY: a result is one slot, or none: then it is not asked for.
unsafe impl ComponentType for Returned {
    type Lower = [ValRaw; 1];
    const ABI: CanonicalAbiInfo = CanonicalAbiInfo::ZERO;

    fn typecheck(_: &InterfaceType, _: &InstanceType<'_>) -> Result<()> {
        wasmtime::bail!("the types of the call are only known to its plan")
    }
}

// SAFETY: as above.
unsafe impl ComponentNamedList for Returned {}

// SAFETY: the slot is read as the plan says.
unsafe impl Lift for Returned {
    fn linear_lift_from_flat(
        cx: &mut LiftContext<'_>,
        _: InterfaceType,
        [slot]: &[ValRaw; 1],
    ) -> Result<Self> {
        Call::current(|call| {
            let result = call.function.result.as_ref().zip(call.plan.result.as_ref());
            let (ty, layout) = result.expect("it was asked whether there is one");
            call.copied.take(cx, *slot, ty, layout)
        })?;
        Ok(Self)
    }

    fn linear_lift_from_memory(
        _: &mut LiftContext<'_>,
        _: InterfaceType,
        _: &[u8],
    ) -> Result<Self> {
        unreachable!("the engine has a slot")
    }
}
