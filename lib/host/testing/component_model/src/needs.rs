//! What a directive needs beyond the component model as it was first, and which words tell
//! that a component is refused: both as wasmparser has it, which wasmtime and jco use as well.

use std::collections::BTreeSet;

use wasmparser::component_types::{
    ComponentDefinedType as Defined, ComponentFuncType, ComponentValType as Type,
};
use wasmparser::types::TypesRef;
use wasmparser::{BinaryReaderError, Validator, WasmFeatures};

/// The component is given as text.
pub const TEXT: &str = "text";
/// The call is of an instance that has trapped before.
pub const TRAPPED: &str = "a trapped instance";
/// The function is async, or has futures or streams among its values.
pub const ASYNC_FUNCTION: &str = "async-function";

/// What no host does, and why.
pub const NEVER: &[(&str, &str)] = &[
    (TEXT, "a host opens components in binary form"),
    (
        TRAPPED,
        "a plugin gets a fresh instance after a trap, and the test calls the one that trapped",
    ),
];

/// Features that not every engine has, by their names.
const OPTIONAL: &[(&str, WasmFeatures)] = &[
    ("async", WasmFeatures::CM_ASYNC),
    ("async-stackful", WasmFeatures::CM_ASYNC_STACKFUL),
    ("error-context", WasmFeatures::CM_ERROR_CONTEXT),
    ("exceptions", WasmFeatures::EXCEPTIONS),
    ("fixed-length-lists", WasmFeatures::CM_FIXED_LENGTH_LISTS),
    ("forward", WasmFeatures::CM_FORWARD),
    ("gc", WasmFeatures::GC),
    ("gc-types", WasmFeatures::GC_TYPES),
    ("implements", WasmFeatures::CM_IMPLEMENTS),
    ("map", WasmFeatures::CM_MAP),
    ("more-async-builtins", WasmFeatures::CM_MORE_ASYNC_BUILTINS),
    ("multi-memory", WasmFeatures::MULTI_MEMORY),
    ("threading", WasmFeatures::CM_THREADING),
    ("threads", WasmFeatures::THREADS),
];

/// All features, but for one that takes names in another way than the others do.
pub const ALL: WasmFeatures = WasmFeatures::all().difference(WasmFeatures::CM_CANON_NAMES);

/// Whether something is among what a host may lack.
pub fn is_known(need: &str) -> bool {
    need == ASYNC_FUNCTION || OPTIONAL.iter().any(|(name, _)| *name == need)
}

/// The features without which the component is not valid.
///
/// # Errors
/// It is not valid with all of them either.
pub fn to_open(component: &[u8]) -> Result<BTreeSet<String>, BinaryReaderError> {
    validate(component, ALL)?;
    Ok(without(|features| validate(component, features).is_err()))
}

/// The words with which a component is refused that is not valid, those of the test if
/// wasmparser has them; and the features without which something else is said.
pub fn to_refuse(component: &[u8], words: &str) -> (String, BTreeSet<String>) {
    let Err(error) = validate(component, ALL) else {
        return (words.to_owned(), BTreeSet::new());
    };
    let own = error.message().to_owned();
    let words = if own.contains(words) { words } else { &own };
    let is_other = |features| match validate(component, features) {
        Ok(()) => true,
        Err(error) => !error.message().contains(words),
    };
    (words.to_owned(), without(is_other))
}

fn without(is_other: impl Fn(WasmFeatures) -> bool) -> BTreeSet<String> {
    let needed = OPTIONAL.iter();
    let needed = needed.filter(|(_, feature)| is_other(ALL - *feature));
    needed.map(|(name, _)| (*name).to_owned()).collect()
}

fn validate(component: &[u8], features: WasmFeatures) -> Result<(), BinaryReaderError> {
    let mut validator = Validator::new_with_features(features);
    validator.validate_all(component).map(drop)
}

/// Whether a function is async, or has futures or streams among its values.
pub fn is_async(types: TypesRef<'_>, function: &ComponentFuncType) -> bool {
    let params = function.params.iter().map(|(_, ty)| *ty);
    function.async_ || params.chain(function.result).any(|ty| has_async(types, ty))
}

fn has_async(types: TypesRef<'_>, ty: Type) -> bool {
    let Type::Type(id) = ty else { return false };
    let inner = |ty: &Type| has_async(types, *ty);
    match &types[id] {
        Defined::Future { .. } | Defined::Stream { .. } => true,
        Defined::Record(of) => of.fields.values().any(inner),
        Defined::Variant(of) => of
            .cases
            .values()
            .any(|case| case.ty.as_ref().is_some_and(inner)),
        Defined::List { element, .. } | Defined::FixedLengthList { element, .. } => inner(element),
        Defined::Map { key, value, .. } => inner(key) || inner(value),
        Defined::Tuple(of) => of.types.iter().any(inner),
        Defined::Option { ty, .. } => inner(ty),
        Defined::Result { ok, err, .. } => ok.iter().chain(err).any(inner),
        _ => false,
    }
}
