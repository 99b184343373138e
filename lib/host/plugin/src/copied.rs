//! What a call returned, copied out of the component's memory: it lies as it did there, but
//! all addresses are places in the copy.

use wasmtime::component::__internal::wasmtime_environ::component::StringEncoding;
use wasmtime::component::__internal::{InterfaceType, LiftContext};
use wasmtime::component::{Lift, Val};
use wasmtime::{Result, ValRaw, bail};

use crate::layout::{Cases, Layout, Shape};
use crate::types::Type;

/// What is kept for the next call, in bytes: whoever returns large values does so again.
const KEPT: usize = 4 << 20;

/// The copy is only read by the types that it was checked with.
pub(crate) const CHECKED: &str = "it was checked when it was copied";

#[derive(Default)]
pub(crate) struct Copied(pub Vec<u8>);

impl Copied {
    /// Copies what `slot` is, or points to.
    pub fn take(
        &mut self,
        cx: &mut LiftContext<'_>,
        slot: ValRaw,
        ty: &Type,
        layout: &Layout,
    ) -> Result<()> {
        self.0.clear();
        if layout.flat <= 1 {
            self.0.resize(layout.size, 0);
            return self.unflatten(slot, ty, layout);
        }
        let address = usize::try_from(slot.get_u32())?;
        if !address.is_multiple_of(layout.align) {
            bail!("return pointer not aligned");
        }
        let memory = cx.memory().get(address..);
        let Some(memory) = memory.and_then(|from| from.get(..layout.size)) else {
            bail!("pointer out of bounds of memory");
        };
        self.0.extend_from_slice(memory);
        self.follow(cx, 0, ty, layout)
    }

    /// Frees what is more than what is worth to be kept.
    pub fn trim(&mut self) {
        if self.0.capacity() > KEPT {
            self.0 = Vec::new();
        }
    }

    /// Writes what is a single slot as it would lie in memory.
    fn unflatten(&mut self, slot: ValRaw, ty: &Type, layout: &Layout) -> Result<()> {
        let low = slot.get_u32();
        match (&layout.shape, ty) {
            (Shape::Fields(fields), _) => {
                for (index, (_, field)) in fields.iter().enumerate() {
                    self.unflatten(slot, ty.part(index), field)?;
                }
            }
            (Shape::Cases(of), _) => {
                check_case(low, of)?;
                self.0[..of.tag].copy_from_slice(&low.to_le_bytes()[..of.tag]);
            }
            (_, Type::Bool) => self.0[0] = u8::from(low != 0),
            (_, Type::Char) => {
                check_char(low)?;
                self.0.copy_from_slice(&low.to_le_bytes());
            }
            _ if layout.size == 8 => self.0.copy_from_slice(&slot.get_u64().to_le_bytes()),
            _ => {
                let size = layout.size;
                self.0[..size].copy_from_slice(&low.to_le_bytes()[..size]);
            }
        }
        Ok(())
    }

    /// Checks the value that begins `at`, and copies all that it points to.
    fn follow(
        &mut self,
        cx: &mut LiftContext<'_>,
        at: usize,
        ty: &Type,
        layout: &Layout,
    ) -> Result<()> {
        if layout.plain {
            return Ok(());
        }
        match (ty, &layout.shape) {
            (Type::String, _) => self.text(cx, at)?,
            (Type::Bytes, _) => {
                let length = self.word(at + 4);
                cx.consume_fuel(length)?;
                self.block(cx, at, length)?;
            }
            (Type::List(of), Shape::List(item)) => {
                let length = self.word(at + 4);
                // As much as the engine reckons with: the binding's values are not smaller.
                cx.consume_fuel_array(length, item.size.max(size_of::<Val>()))?;
                if !self.word(at).is_multiple_of(item.align) {
                    bail!("list pointer is not aligned");
                }
                let start = self.block(cx, at, length * item.size)?;
                if !item.plain {
                    for index in 0..length {
                        self.follow(cx, start + index * item.size, of, item)?;
                    }
                }
            }
            (_, Shape::Fields(fields)) => {
                for (index, (start, field)) in fields.iter().enumerate() {
                    self.follow(cx, at + start, ty.part(index), field)?;
                }
            }
            (_, Shape::Cases(of)) => {
                let case = check_case(u32::try_from(of.number(&self.0[at..]))?, of)?;
                if let (Some(ty), Some(layout)) = (ty.payload(case), &of.cases[case]) {
                    self.follow(cx, at + of.payload, ty, layout)?;
                }
            }
            _ => check_char(u32::try_from(self.word(at))?)?,
        }
        Ok(())
    }

    fn text(&mut self, cx: &mut LiftContext<'_>, at: usize) -> Result<()> {
        if cx.options().string_encoding != StringEncoding::Utf8 {
            let text =
                String::linear_lift_from_memory(cx, InterfaceType::String, &self.0[at..at + 8])?;
            self.set(at + 4, text.len())?;
            self.set(at, self.0.len())?;
            self.0.extend_from_slice(text.as_bytes());
            return Ok(());
        }
        let (address, length) = (self.word(at), self.word(at + 4));
        let memory = cx.memory().get(address..);
        let Some(text) = memory.and_then(|from| from.get(..length)) else {
            bail!("string pointer/length out of bounds of memory");
        };
        cx.consume_fuel(length)?;
        std::str::from_utf8(text)?;
        self.set(at, self.0.len())?;
        self.0.extend_from_slice(text);
        Ok(())
    }

    /// Copies the block whose address is `at`; where it begins.
    fn block(&mut self, cx: &LiftContext<'_>, at: usize, size: usize) -> Result<usize> {
        let memory = cx.memory().get(self.word(at)..);
        let Some(block) = memory.and_then(|from| from.get(..size)) else {
            bail!("list pointer/length out of bounds of memory");
        };
        let start = self.0.len();
        self.set(at, start)?;
        self.0.extend_from_slice(block);
        Ok(start)
    }

    pub fn bytes<const N: usize>(&self, at: usize) -> [u8; N] {
        *self.0[at..].first_chunk().expect(CHECKED)
    }

    pub fn word(&self, at: usize) -> usize {
        usize::try_from(u32::from_le_bytes(self.bytes(at))).expect("an address has 64 bits")
    }

    fn set(&mut self, at: usize, word: usize) -> Result<()> {
        let word = u32::try_from(word)?;
        self.0[at..at + 4].copy_from_slice(&word.to_le_bytes());
        Ok(())
    }

    /// What is pointed to from `at`, so many bytes.
    pub fn pointed(&self, at: usize) -> &[u8] {
        let (start, length) = (self.word(at), self.word(at + 4));
        &self.0[start..start + length]
    }
}

fn check_case(case: u32, of: &Cases) -> Result<usize> {
    let number = usize::try_from(case)?;
    if number >= of.cases.len() {
        bail!("unexpected discriminant: {case}");
    }
    Ok(number)
}

fn check_char(value: u32) -> Result<()> {
    char::try_from(value)?;
    Ok(())
}
