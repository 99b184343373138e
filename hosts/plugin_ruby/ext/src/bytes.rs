//! `list<u8>` straight out of a component's memory into a String.
//!
//! What the engine documents copies a list once more on its way. So this writes by hand what
//! the engine's `derive(Lift)` would write for a type, with names of it that are not for
//! everyone: if a later version has others, the compiler says so.

use anyhost_plugin::{Error as Problem, Function, Plugin, Type};
use magnus::rb_sys::{FromRawValue, protect};
use magnus::{Error, Value};
use wasmtime::component::__internal::{CanonicalAbiInfo, InstanceType, InterfaceType, LiftContext};
use wasmtime::component::{ComponentType, Instance, Lift};
use wasmtime::{AsContextMut, Result};

/// A String, or what Ruby raised instead of making it.
struct Bytes(std::result::Result<rb_sys::VALUE, Error>);

// SAFETY: it lives for as long as one call, on a thread that has Ruby's lock.
unsafe impl Send for Bytes {}
// SAFETY: as above.
unsafe impl Sync for Bytes {}

// SAFETY: all is as it is for the list itself.
unsafe impl ComponentType for Bytes {
    type Lower = <[u8] as ComponentType>::Lower;

    const ABI: CanonicalAbiInfo = CanonicalAbiInfo::POINTER_PAIR;

    fn typecheck(ty: &InterfaceType, types: &InstanceType<'_>) -> Result<()> {
        <[u8] as ComponentType>::typecheck(ty, types)
    }
}

// SAFETY: a pointer and a length are read, and looked at.
unsafe impl Lift for Bytes {
    fn linear_lift_from_flat(
        cx: &mut LiftContext<'_>,
        _: InterfaceType,
        [pointer, length]: &Self::Lower,
    ) -> Result<Self> {
        Self::read(cx, pointer.get_u32(), length.get_u32())
    }

    fn linear_lift_from_memory(
        cx: &mut LiftContext<'_>,
        _: InterfaceType,
        bytes: &[u8],
    ) -> Result<Self> {
        let word = |at| bytes[at..at + 4].try_into().map(u32::from_le_bytes);
        Self::read(cx, word(0)?, word(4)?)
    }
}

impl Bytes {
    fn read(cx: &mut LiftContext<'_>, pointer: u32, length: u32) -> Result<Self> {
        let (start, length) = (pointer as usize, length as usize);
        let memory = cx.memory();
        let bytes = start
            .checked_add(length)
            .and_then(|end| memory.get(start..end));
        let bytes = bytes
            .ok_or_else(|| wasmtime::Error::msg("list pointer/length out of bounds of memory"))?;
        // SAFETY: so many bytes are there.
        Ok(Self(protect(|| unsafe {
            rb_sys::rb_str_new(bytes.as_ptr().cast(), length.try_into().unwrap_or_default())
        })))
    }
}

/// Whether the function has bytes and nothing else as its argument, if it has one, and as
/// its result.
pub fn are_all(function: &Function) -> bool {
    let params = function.params.as_slice();
    function.result == Some(Type::Bytes)
        && function.unsupported.is_none()
        && matches!(params, [] | [(_, Type::Bytes)])
}

/// Calls such a function.
pub fn call(
    plugin: &mut Plugin,
    function: &Function,
    argument: Option<&[u8]>,
) -> std::result::Result<std::result::Result<Value, Error>, Problem> {
    let called = plugin.with_instance(|store, instance| {
        let func = find(&mut *store, instance, function);
        let func = func.ok_or_else(|| wasmtime::Error::msg("the component's type has it"))?;
        Ok(match argument {
            Some(bytes) => func
                .typed::<(&[u8],), (Bytes,)>(&*store)?
                .call(store, (bytes,))?,
            None => func.typed::<(), (Bytes,)>(&*store)?.call(store, ())?,
        })
    });
    // SAFETY: it is a value of Ruby's.
    called.map(|(made,)| made.0.map(|value| unsafe { Value::from_raw(value) }))
}

fn find(
    mut store: impl AsContextMut,
    instance: &Instance,
    function: &Function,
) -> Option<wasmtime::component::Func> {
    let mut index = None;
    for name in [&function.interface, &function.name] {
        if !name.is_empty() {
            index = Some(instance.get_export_index(&mut store, index.as_ref(), name)?);
        }
    }
    instance.get_func(store, index?)
}
