//! How values lie in a component's memory, as the canonical ABI says.

use crate::types::Type;

/// Of a type.
pub(crate) struct Layout {
    pub size: usize,
    pub align: usize,
    /// How many values of core WebAssembly it is where it is passed without memory.
    pub flat: usize,
    /// Whether any bytes are a value of the type, and all of it.
    pub plain: bool,
    pub shape: Shape,
}

pub(crate) enum Shape {
    /// There is nothing within.
    Whole,
    /// A list's address and its length; the layout is an item's.
    List(Box<Layout>),
    /// Fields, each from where it begins.
    Fields(Vec<(usize, Layout)>),
    Cases(Cases),
}

/// What has one of several cases.
pub(crate) struct Cases {
    /// How many bytes the number of the case takes.
    pub tag: usize,
    /// Where a payload begins.
    pub payload: usize,
    pub cases: Vec<Option<Layout>>,
}

impl Cases {
    /// The number of the case that a value has.
    pub fn number(&self, value: &[u8]) -> usize {
        let tag = value[..self.tag].iter().rev();
        tag.fold(0, |number, byte| number << 8 | usize::from(*byte))
    }
}

/// That of a function's arguments and its result.
pub(crate) struct Plan {
    pub params: Layout,
    pub result: Option<Layout>,
}

impl Plan {
    pub fn of<'a>(params: impl Iterator<Item = &'a Type>, result: Option<&Type>) -> Self {
        Self {
            params: fields(params),
            result: result.map(Layout::of),
        }
    }
}

impl Layout {
    pub fn of(ty: &Type) -> Self {
        match ty {
            Type::Bool => whole(1, true),
            Type::Integer(of) => whole(usize::from(of.bits / 8), true),
            Type::F32 => whole(4, true),
            Type::F64 => whole(8, true),
            Type::Char | Type::Own(_) | Type::Borrow(_) => whole(4, false),
            Type::String | Type::Bytes => pointer(Shape::Whole),
            Type::List(of) => pointer(Shape::List(Box::new(Self::of(of)))),
            Type::Tuple(items) => fields(items.iter()),
            Type::Record(of) => fields(of.fields.iter().map(|(_, ty)| ty)),
            Type::Variant(of) => cases(of.cases.iter().map(|(_, ty)| ty.as_ref())),
            Type::Enum(of) => cases(of.cases.iter().map(|_| None)),
            Type::Option(of) => cases([None, Some(&**of)].into_iter()),
            Type::Result(of) => cases([of.ok.as_ref(), of.err.as_ref()].into_iter()),
            Type::Flags(of) => match of.flags.len() {
                0..=8 => whole(1, true),
                9..=16 => whole(2, true),
                count => {
                    let flat = count.div_ceil(32);
                    Self {
                        size: 4 * flat,
                        flat,
                        ..whole(4, true)
                    }
                }
            },
        }
    }
}

fn whole(size: usize, plain: bool) -> Layout {
    Layout {
        size,
        align: size,
        flat: 1,
        plain,
        shape: Shape::Whole,
    }
}

fn pointer(shape: Shape) -> Layout {
    Layout {
        size: 8,
        align: 4,
        flat: 2,
        plain: false,
        shape,
    }
}

fn fields<'a>(types: impl Iterator<Item = &'a Type>) -> Layout {
    let (mut end, mut align, mut fields) = (0_usize, 1, Vec::new());
    for layout in types.map(Layout::of) {
        let start = end.next_multiple_of(layout.align);
        end = start + layout.size;
        align = align.max(layout.align);
        fields.push((start, layout));
    }
    Layout {
        size: end.next_multiple_of(align),
        align,
        flat: fields.iter().map(|(_, field)| field.flat).sum(),
        plain: fields.iter().all(|(_, field)| field.plain),
        shape: Shape::Fields(fields),
    }
}

fn cases<'a>(payloads: impl ExactSizeIterator<Item = Option<&'a Type>>) -> Layout {
    let tag = match payloads.len() {
        0..=0x100 => 1,
        0x101..=0x1_0000 => 2,
        _ => 4,
    };
    let cases: Vec<Option<Layout>> = payloads.map(|ty| ty.map(Layout::of)).collect();
    let most = |of: fn(&Layout) -> usize| cases.iter().flatten().map(of).max().unwrap_or(0);
    let align = tag.max(most(|payload| payload.align));
    let payload = tag.next_multiple_of(most(|payload| payload.align).max(1));
    Layout {
        size: (payload + most(|payload| payload.size)).next_multiple_of(align),
        align,
        flat: 1 + most(|payload| payload.flat),
        plain: false,
        shape: Shape::Cases(Cases {
            tag,
            payload,
            cases,
        }),
    }
}
