//! A binding's values of what was copied out of a component.

use crate::copied::{CHECKED, Copied};
use crate::layout::{Cases, Layout, Shape};
use crate::types::{Integer, Type};
use crate::value::{Return, Sink, nested};

impl Copied {
    /// Makes what a function returned.
    pub fn returned<K: Sink>(
        &self,
        ty: &Type,
        layout: &Layout,
        sink: &mut K,
    ) -> Result<Return<K::Value>, K::Error> {
        if let (Type::Result(_), Shape::Cases(of)) = (ty, &layout.shape) {
            let (case, payload) = self.case(0, ty, of, sink)?;
            return Ok(match case {
                0 => Return::Value(payload),
                _ => Return::Error(payload),
            });
        }
        self.value(0, ty, layout, sink)
            .map(|value| Return::Value(Some(value)))
    }

    /// Makes the value that begins `at`.
    fn value<K: Sink>(
        &self,
        at: usize,
        ty: &Type,
        layout: &Layout,
        sink: &mut K,
    ) -> Result<K::Value, K::Error> {
        match (ty, &layout.shape) {
            (Type::Bool, _) => sink.bool(self.0[at] != 0),
            (Type::Integer(of), _) => sink.integer(*of, self.integer(at, *of)),
            (Type::F32, _) => sink.float(f32::from_le_bytes(self.bytes(at)).into(), true),
            (Type::F64, _) => sink.float(f64::from_le_bytes(self.bytes(at)), false),
            (Type::Char, _) => {
                let value = u32::from_le_bytes(self.bytes(at));
                sink.character(char::from_u32(value).expect(CHECKED))
            }
            (Type::String, _) => sink.text(std::str::from_utf8(self.pointed(at)).expect(CHECKED)),
            (Type::Bytes, _) => sink.bytes(self.pointed(at)),
            (Type::List(of), Shape::List(item)) => {
                let (start, length) = (self.word(at), self.word(at + 4));
                let mut seq = sink.seq(length)?;
                for index in 0..length {
                    let value = self.value(start + index * item.size, of, item, sink)?;
                    sink.push(&mut seq, value)?;
                }
                sink.list(seq)
            }
            (_, Shape::Fields(fields)) => {
                let mut seq = sink.seq(fields.len())?;
                for (index, (start, field)) in fields.iter().enumerate() {
                    let value = self.value(at + start, ty.part(index), field, sink)?;
                    sink.push(&mut seq, value)?;
                }
                match ty {
                    Type::Record(of) => sink.record(of, seq),
                    _ => sink.tuple(seq),
                }
            }
            (_, Shape::Cases(of)) => {
                let (case, payload) = self.case(at, ty, of, sink)?;
                match ty {
                    Type::Enum(of) => sink.name(of, case),
                    Type::Option(of) => sink.option(payload, nested(of)),
                    Type::Result(_) if case == 0 => sink.result(Ok(payload)),
                    Type::Result(_) => sink.result(Err(payload)),
                    Type::Variant(of) => sink.variant(of, case, payload),
                    _ => unreachable!("the layout is the type's"),
                }
            }
            (Type::Flags(of), _) => {
                let is_set = |index: usize| self.0[at + index / 8] & (1 << (index % 8)) != 0;
                let flags = of.flags.iter().enumerate();
                let set = flags.filter(|(index, _)| is_set(*index));
                sink.flags(of, set.map(|(_, name)| name.clone()).collect())
            }
            _ => unreachable!("the layout is the type's, and there are no handles"),
        }
    }

    /// The number of the case that begins `at`, and its payload.
    fn case<K: Sink>(
        &self,
        at: usize,
        ty: &Type,
        of: &Cases,
        sink: &mut K,
    ) -> Result<(usize, Option<K::Value>), K::Error> {
        let case = of.number(&self.0[at..]);
        let payload = ty.payload(case).zip(of.cases[case].as_ref());
        let payload = payload.map(|(ty, layout)| self.value(at + of.payload, ty, layout, sink));
        Ok((case, payload.transpose()?))
    }

    fn integer(&self, at: usize, of: Integer) -> i128 {
        match (of.signed, of.bits) {
            (true, 8) => i8::from_le_bytes(self.bytes(at)).into(),
            (true, 16) => i16::from_le_bytes(self.bytes(at)).into(),
            (true, 32) => i32::from_le_bytes(self.bytes(at)).into(),
            (true, _) => i64::from_le_bytes(self.bytes(at)).into(),
            (false, 8) => self.0[at].into(),
            (false, 16) => u16::from_le_bytes(self.bytes(at)).into(),
            (false, 32) => u32::from_le_bytes(self.bytes(at)).into(),
            (false, _) => u64::from_le_bytes(self.bytes(at)).into(),
        }
    }
}
