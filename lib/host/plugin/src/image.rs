//! The arguments of a call as they will lie in the component's memory: what is lowered while
//! a binding's values are read, and copied when the call begins.

use std::borrow::Cow;

use crate::asked::{Lowered, branch, check_stray, field, flags, item, number, pick, taken, unlike};
use crate::layout::{Layout, Shape};
use crate::types::{Flags, ResultType, Type, Variant};
use crate::value::{Source, nested};

/// Bytes of an argument, from so many on, are not copied twice.
const MANY: usize = 4096;

/// Arguments without handles. What is pointed to is a block of its own, whose address is
/// not known yet.
#[derive(Default)]
pub(crate) struct Image {
    /// First the arguments like the fields of a record, then the blocks.
    pub bytes: Vec<u8>,
    /// In the order in which the component is asked for their memory.
    pub blocks: Vec<Block>,
}

/// What a list or a string points to.
pub(crate) struct Block {
    /// Where its address belongs, and after that its length.
    pub holder: usize,
    pub align: u32,
    pub content: Content,
}

pub(crate) enum Content {
    /// From there on in the image, so many bytes.
    Items(usize, usize),
    /// The same, of UTF-8.
    Text(usize, usize),
    /// The bytes of one of the values that are kept for the call.
    Kept(usize),
}

impl Image {
    pub fn new(params: &Layout) -> Self {
        Self {
            bytes: vec![0; params.size],
            blocks: Vec::new(),
        }
    }

    /// Lowers an argument. Its bytes may stay where they are: then it is `kept`.
    pub fn argument<S: Source>(
        &mut self,
        arg: S,
        ty: &Type,
        layout: &Layout,
        at: usize,
        kept: &mut Vec<S>,
    ) -> Lowered<(), S::Error> {
        if let Type::Bytes = ty
            && taken(&arg, arg.bytes(), ty)?.len() >= MANY
        {
            let content = Content::Kept(kept.len());
            kept.push(arg);
            self.block(at, 1, content);
            return Ok(());
        }
        self.put(arg, ty, layout, at)
    }

    fn write(&mut self, at: usize, bytes: &[u8]) {
        self.bytes[at..at + bytes.len()].copy_from_slice(bytes);
    }

    fn block(&mut self, holder: usize, align: usize, content: Content) {
        let align = u32::try_from(align).expect("8 at most");
        self.blocks.push(Block {
            holder,
            align,
            content,
        });
    }

    /// Room for a block of `length` items.
    fn items(&mut self, holder: usize, length: usize, item: &Layout) -> usize {
        let (start, size) = (self.bytes.len(), length * item.size);
        self.bytes.resize(start + size, 0);
        self.block(holder, item.align, Content::Items(start, size));
        self.write(holder + 4, &cut(length));
        start
    }

    fn put<S: Source>(
        &mut self,
        source: S,
        ty: &Type,
        layout: &Layout,
        at: usize,
    ) -> Lowered<(), S::Error> {
        match (ty, &layout.shape) {
            (Type::Bool, _) => {
                self.bytes[at] = taken(&source, source.bool(), ty)?.into();
            }
            (Type::Integer(of), _) => {
                let value = number(&source, *of, ty)?;
                self.write(at, &value.to_le_bytes()[..layout.size]);
            }
            (Type::F32, _) => {
                let value = taken(&source, source.float(), ty)?;
                #[expect(clippy::cast_possible_truncation, reason = "rounded, as WIT says")]
                self.write(at, &(value as f32).to_le_bytes());
            }
            (Type::F64, _) => self.write(at, &taken(&source, source.float(), ty)?.to_le_bytes()),
            (Type::Char, _) => {
                let value = taken(&source, source.character(), ty)?;
                self.write(at, &u32::from(value).to_le_bytes());
            }
            (Type::String, _) => {
                let text = taken(&source, source.text(), ty)?;
                let start = self.bytes.len();
                self.bytes.extend_from_slice(text.as_bytes());
                self.block(at, 1, Content::Text(start, text.len()));
                self.write(at + 4, &cut(text.len()));
            }
            (Type::Bytes, _) => {
                let bytes = taken(&source, source.bytes(), ty)?;
                let start = self.bytes.len();
                self.bytes.extend_from_slice(&bytes);
                self.block(at, 1, Content::Items(start, bytes.len()));
                self.write(at + 4, &cut(bytes.len()));
            }
            (Type::List(of), Shape::List(inner)) => {
                let length = taken(&source, source.length(), ty)?;
                let start = self.items(at, length, inner);
                for index in 0..length {
                    let put = |source| self.put(source, of, inner, start + index * inner.size);
                    item(&source, index, ty, put)?;
                }
            }
            (Type::Tuple(types), Shape::Fields(layouts)) => {
                if taken(&source, source.length(), ty)? != types.len() {
                    return Err(unlike(&source, ty));
                }
                for (index, (of, (start, inner))) in types.iter().zip(layouts).enumerate() {
                    let put = |source| self.put(source, of, inner, at + start);
                    item(&source, index, ty, put)?;
                }
            }
            (Type::Record(of), Shape::Fields(layouts)) => {
                for (index, (start, inner)) in layouts.iter().enumerate() {
                    let put = |source| self.put(source, &of.fields[index].1, inner, at + start);
                    field(&source, of, index, ty, put)?;
                }
                check_stray(&source, of, ty)?;
            }
            (Type::Variant(of), _) => self.variant(&source, of, ty, layout, at)?,
            (Type::Enum(of), _) => {
                let name = taken(&source, source.name(), ty)?;
                let case = of.cases.iter().position(|known| *known == name);
                let case = case.ok_or_else(|| unlike(&source, ty))?;
                self.tag(layout, case, at);
            }
            (Type::Flags(of), _) => self.flags(&source, of, ty, at)?,
            (Type::Option(of), _) => {
                let payload = taken(&source, source.option(nested(of)), ty)?;
                let case = self.tag(layout, payload.is_some().into(), at);
                if let (Some(payload), Some((inner, at))) = (payload, case) {
                    self.put(payload, of, inner, at)?;
                }
            }
            (Type::Result(of), _) => {
                let payload = taken(&source, source.result(of), ty)?;
                self.result(payload, of, layout, at)?;
            }
            _ => unreachable!("the layout is the type's, and there are no handles"),
        }
        Ok(())
    }

    /// Writes the number of a case; where its payload goes, if it has one.
    fn tag<'a>(
        &mut self,
        layout: &'a Layout,
        case: usize,
        at: usize,
    ) -> Option<(&'a Layout, usize)> {
        let Shape::Cases(of) = &layout.shape else {
            unreachable!("the layout is the type's")
        };
        self.write(at, &case.to_le_bytes()[..of.tag]);
        Some((of.cases[case].as_ref()?, at + of.payload))
    }

    fn variant<S: Source>(
        &mut self,
        source: &S,
        of: &Variant,
        ty: &Type,
        layout: &Layout,
        at: usize,
    ) -> Lowered<(), S::Error> {
        let (case, payload) = pick(source, of, ty)?;
        let inner = self.tag(layout, case, at);
        let (name, of) = &of.cases[case];
        if let (Some(payload), Some(of), Some((inner, at))) = (payload, of, inner) {
            let put = self.put(payload, of, inner, at);
            put.map_err(|stop| stop.at(|| format!(".{name}")))?;
        }
        Ok(())
    }

    fn result<S: Source>(
        &mut self,
        payload: Result<Option<S>, Option<S>>,
        of: &ResultType,
        layout: &Layout,
        at: usize,
    ) -> Lowered<(), S::Error> {
        let inner = self.tag(layout, payload.is_err().into(), at);
        let put = |payload, of: &Type| {
            let (inner, at) = inner.expect("it has a payload");
            self.put(payload, of, inner, at)
        };
        branch(payload, of, put).map(drop)
    }

    fn flags<S: Source>(
        &mut self,
        source: &S,
        of: &Flags,
        ty: &Type,
        at: usize,
    ) -> Lowered<(), S::Error> {
        let set = flags(source, of, ty)?;
        for (index, name) in of.flags.iter().enumerate() {
            if set.contains(name) {
                self.bytes[at + index / 8] |= 1 << (index % 8);
            }
        }
        Ok(())
    }
}

/// The bytes of what is kept, as the call begins.
pub(crate) fn contents<S: Source>(kept: &[S]) -> Lowered<Vec<Cow<'_, [u8]>>, S::Error> {
    let bytes = |source| taken(source, S::bytes(source), &Type::Bytes);
    kept.iter().map(bytes).collect()
}

/// A length; one that is longer has no room in a component.
fn cut(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes()
}
