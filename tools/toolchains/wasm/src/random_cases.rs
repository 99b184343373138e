//! `random_cases WIT --world WORLD --interface NAME --cases N --seed SEED --output FILE`: cases of random values.
//!
//! They call the functions of an interface that give back what they are given: whose result is their parameter, or the
//! tuple of their parameters. What is written are cases as authors write them; docs/contracts.md has their form.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use clap::Parser;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::strategy::{Union, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Number, Value, json};
use wit_bindgen_core::wit_parser::{Function, Resolve, Type, TypeDefKind, TypeId, WorldItem};

/// Makes cases of random values for functions that give back what they are given.
#[derive(Parser)]
#[command(version)]
struct Args {
    /// A folder with a WIT package, and below `deps/` those that it needs.
    wit: PathBuf,
    /// The world whose guest is called: its imports are the cases'.
    #[arg(long)]
    world: String,
    /// The interface, by its short name.
    #[arg(long)]
    interface: String,
    /// How many there are.
    #[arg(long)]
    cases: usize,
    /// What the values follow from: the same seed makes the same ones.
    #[arg(long)]
    seed: u64,
    /// Where they go.
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<()> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_path(&args.wit)?;
    let own = &resolve.packages[package];
    let world = own.worlds.get(&args.world);
    let world = world.with_context(|| format!("{} has no world {}", own.name, args.world))?;
    let imports: Vec<_> = resolve.worlds[*world]
        .imports
        .values()
        .filter_map(|item| match item {
            WorldItem::Interface { id, .. } => Some(&resolve.interfaces[*id]),
            _ => None,
        })
        .filter(|interface| interface.package == Some(package))
        .filter_map(|interface| interface.name.as_deref())
        .collect();
    let interface = own.interfaces.get(&args.interface);
    let interface =
        interface.with_context(|| format!("{} has no interface {}", own.name, args.interface))?;
    let functions = resolve.interfaces[*interface].functions.values();
    let functions: Vec<_> = functions
        .filter(|function| gives_back(&resolve, function))
        .collect();
    if functions.is_empty() {
        bail!(
            "no function of {} gives back what it is given",
            args.interface
        );
    }
    let strategies: Vec<_> = functions
        .iter()
        .map(|function| {
            let args = function
                .params
                .iter()
                .map(|param| values(&resolve, &param.ty));
            args.collect::<Result<Vec<_>>>()
                .with_context(|| function.name.clone())
        })
        .collect::<Result<_>>()?;

    // Nothing but the seed says what comes.
    let seed = args.seed.to_le_bytes().repeat(4);
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let mut cases = Vec::with_capacity(args.cases);
    for (number, at) in (0..functions.len()).cycle().enumerate().take(args.cases) {
        let given = strategies[at]
            .new_tree(&mut runner)
            .map_err(|reason| anyhow::anyhow!("{reason}"))?;
        let given = given.current();
        let result = if let [value] = given.as_slice() {
            value.clone()
        } else {
            json!(given)
        };
        let call = &functions[at].name;
        let name = format!("{call}, random value {number} of seed {}", args.seed);
        cases.push(json!({ "name": name, "call": call, "args": given, "result": result }));
    }
    let groups = json!([{ "interface": args.interface, "imports": imports, "cases": cases }]);
    fs::write(&args.output, groups.to_string()).with_context(|| args.output.display().to_string())
}

fn gives_back(resolve: &Resolve, function: &Function) -> bool {
    let params: Vec<_> = function.params.iter().map(|param| param.ty).collect();
    match (params.as_slice(), function.result) {
        ([param], Some(result)) => *param == result,
        ([_, _, ..], Some(Type::Id(id))) => {
            matches!(&resolve.types[id].kind, TypeDefKind::Tuple(tuple) if tuple.types == params)
        }
        _ => false,
    }
}

type Values = BoxedStrategy<Value>;

/// All that a type has, its limits more often than others.
fn values(resolve: &Resolve, ty: &Type) -> Result<Values> {
    macro_rules! integers {
        ($type:ty, $to_json:expr) => {
            prop_oneof![
                5 => any::<$type>(),
                1 => select(vec![<$type>::MIN, <$type>::MAX, 0, 1, <$type>::MAX / 2]),
            ]
            .prop_map($to_json)
            .boxed()
        };
    }
    macro_rules! floats {
        ($type:ident) => {
            prop_oneof![
                5 => proptest::num::$type::ANY,
                1 => select(vec![
                    $type::MIN, $type::MAX, $type::MIN_POSITIVE, $type::EPSILON, $type::from_bits(1), 0.0, -0.0,
                    $type::NAN, $type::INFINITY, $type::NEG_INFINITY,
                ]),
            ]
            .prop_map(|number| float(number.into()))
            .boxed()
        };
    }
    Ok(match ty {
        Type::Bool => any::<bool>().prop_map(Value::from).boxed(),
        Type::U8 => integers!(u8, Value::from),
        Type::U16 => integers!(u16, Value::from),
        Type::U32 => integers!(u32, Value::from),
        Type::S8 => integers!(i8, Value::from),
        Type::S16 => integers!(i16, Value::from),
        Type::S32 => integers!(i32, Value::from),
        Type::U64 => integers!(u64, |number| Value::from(number.to_string())),
        Type::S64 => integers!(i64, |number| Value::from(number.to_string())),
        Type::F32 => floats!(f32),
        Type::F64 => floats!(f64),
        Type::Char => chars().prop_map(|c| Value::from(c.to_string())).boxed(),
        Type::String => strings(),
        Type::ErrorContext => bail!("an error-context has no form in JSON"),
        Type::Id(id) => defined(resolve, *id)?,
    })
}

fn defined(resolve: &Resolve, id: TypeId) -> Result<Values> {
    let of = |ty: &Type| values(resolve, ty);
    // A value with its name, which is null where there is none.
    let named = |name: &str, ty: Option<&Type>| -> Result<Values> {
        let name = name.to_owned();
        let payload = ty.map_or_else(|| Ok(Just(Value::Null).boxed()), of)?;
        Ok(payload
            .prop_map(move |value| json!({ (name.as_str()): value }))
            .boxed())
    };
    Ok(match &resolve.types[id].kind {
        TypeDefKind::Type(ty) => of(ty)?,
        TypeDefKind::Record(record) => {
            let names: Vec<_> = record
                .fields
                .iter()
                .map(|field| field.name.clone())
                .collect();
            let fields = record.fields.iter().map(|field| of(&field.ty));
            let fields = fields.collect::<Result<Vec<_>>>()?;
            fields
                .prop_map(move |values| {
                    let fields = names.iter().cloned().zip(values);
                    Value::Object(fields.collect())
                })
                .boxed()
        }
        TypeDefKind::Tuple(tuple) => {
            let items = tuple.types.iter().map(of).collect::<Result<Vec<_>>>()?;
            items.prop_map(Value::from).boxed()
        }
        TypeDefKind::List(Type::U8) => {
            let bytes = prop_oneof![9 => vec(any::<u8>(), 0..64), 1 => vec(any::<u8>(), 0..5000)];
            bytes
                .prop_map(|bytes| Value::from(BASE64_STANDARD.encode(bytes)))
                .boxed()
        }
        TypeDefKind::List(ty) => {
            let item = of(ty)?;
            let items = prop_oneof![9 => vec(item.clone(), 0..8), 1 => vec(item, 0..100)];
            items.prop_map(Value::from).boxed()
        }
        TypeDefKind::FixedLengthList(ty, length) => {
            vec(of(ty)?, *length as usize).prop_map(Value::from).boxed()
        }
        TypeDefKind::Option(ty) if is_option(resolve, ty) => {
            prop_oneof![1 => Just(Value::Null), 3 => named("some", Some(ty))?].boxed()
        }
        TypeDefKind::Option(ty) => prop_oneof![1 => Just(Value::Null), 3 => of(ty)?].boxed(),
        TypeDefKind::Result(result) => Union::new([
            named("ok", result.ok.as_ref())?,
            named("err", result.err.as_ref())?,
        ])
        .boxed(),
        TypeDefKind::Variant(variant) => {
            let cases = variant
                .cases
                .iter()
                .map(|case| named(&case.name, case.ty.as_ref()));
            Union::new(cases.collect::<Result<Vec<_>>>()?).boxed()
        }
        TypeDefKind::Enum(cases) => {
            let names: Vec<_> = cases.cases.iter().map(|case| case.name.clone()).collect();
            select(names).prop_map(Value::from).boxed()
        }
        TypeDefKind::Flags(flags) => {
            let names: Vec<_> = flags.flags.iter().map(|flag| flag.name.clone()).collect();
            let any_number = 0..=names.len();
            subsequence(names, any_number).prop_map(Value::from).boxed()
        }
        kind => bail!("a {} has no random values", kind.as_str()),
    })
}

fn float(number: f64) -> Value {
    match Number::from_f64(number) {
        Some(number) => number.into(),
        None if number.is_nan() => "nan".into(),
        None if number > 0.0 => "inf".into(),
        None => "-inf".into(),
    }
}

/// Of every plane alike, and those at which something begins or ends.
fn chars() -> impl Strategy<Value = char> {
    let code = (0_u32..=0x10, 0_u32..=0xffff).prop_map(|(plane, low)| plane << 16 | low);
    prop_oneof![
        2 => any::<char>(),
        2 => code.prop_map(|code| char::from_u32(code).unwrap_or('\u{fffd}')), // a surrogate is none
        1 => select(vec![
            '\0', '\n', '"', '\\', '\u{7f}', '\u{80}', '\u{7ff}', '\u{800}', '\u{d7ff}', '\u{e000}', '\u{feff}',
            '\u{fffe}', '\u{ffff}', '\u{10000}', '\u{10ffff}',
        ]),
    ]
}

fn strings() -> Values {
    let chars = || chars().boxed();
    prop_oneof![9 => vec(chars(), 0..24), 1 => vec(chars(), 0..2000)]
        .prop_map(|chars| Value::from(chars.into_iter().collect::<String>()))
        .boxed()
}

fn is_option(resolve: &Resolve, ty: &Type) -> bool {
    match ty {
        Type::Id(id) => match &resolve.types[*id].kind {
            TypeDefKind::Type(ty) => is_option(resolve, ty),
            TypeDefKind::Option(_) => true,
            _ => false,
        },
        _ => false,
    }
}
