//! How values lie in memory and in slots: components in WAT, which do nothing with what they get.

use anyhost_plugin::{Engine, Error, Options, Plugin, Return, Vals};
use host_testing::Dir;
use wasmtime::component::Val;

fn open(dir: &Dir, wat: &str) -> Plugin {
    let path = dir.wat("memory.wasm", wat);
    let engine = Engine::new().expect("an engine");
    Plugin::open(&engine, path, Options::default()).expect("it opens")
}

fn call(plugin: &mut Plugin, name: &str, args: &[Val]) -> Result<Option<Val>, Error> {
    let function = plugin.function("", name)?;
    match plugin.call(&function, args.iter().cloned(), &mut Vals)? {
        Return::Value(value) => Ok(value),
        Return::Error(_) => panic!("{name} returns no result"),
    }
}

fn text(value: &str) -> Val {
    Val::String(value.to_owned())
}

/// Memory that is handed out from 1024 on, and a function that gives back its one slot.
const CORE: &str = r#"
    (core module $m
      (memory (export "m") 32)
      (global $free (mut i32) (i32.const 1024))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32)
        (local $at i32)
        (local.set $at (i32.and
          (i32.add (global.get $free) (i32.sub (local.get 2) (i32.const 1)))
          (i32.sub (i32.const 0) (local.get 2))))
        (global.set $free (i32.add (local.get $at) (local.get 3)))
        (memory.copy (local.get $at) (local.get 0)
          (select (local.get 1) (local.get 3) (i32.lt_u (local.get 1) (local.get 3))))
        (local.get $at))
      (func (export "same") (param i32) (result i32) (local.get 0))
      (func (export "pair") (param i32 i32) (result i32)
        (i32.store (i32.const 8) (local.get 0))
        (i32.store (i32.const 12) (local.get 1))
        (i32.const 8))
      (func (export "second") (param i32 i64) (result i64) (local.get 1)))
    (core instance $i (instantiate $m))
    (alias core export $i "m" (core memory $m))
    (alias core export $i "realloc" (core func $r))
"#;

#[test]
fn many_arguments_go_by_memory() {
    let types = "u8 string s64 bool (list u8) char f32 (option u16) (list string) s16 u8 f64 \
                 (tuple s8 u64) (result string (error u8)) (list (tuple u8 f64)) u32";
    // Each but those in parentheses is a word.
    let mut all: Vec<String> = Vec::new();
    for word in types.split_whitespace() {
        match all.last_mut() {
            Some(open) if open.matches('(').count() > open.matches(')').count() => {
                *open = format!("{open} {word}");
            }
            _ => all.push(word.to_owned()),
        }
    }
    let params = all.iter().enumerate();
    let params: String = params
        .map(|(n, ty)| format!("(param \"p{n}\" {ty})"))
        .collect();
    let dir = Dir::new();
    let wat = format!(
        r#"(component {CORE}
            (func (export "echo") {params} (result (tuple {}))
              (canon lift (core func $i "same") (memory $m) (realloc $r))))"#,
        all.join(" ")
    );
    let mut plugin = open(&dir, &wat);
    let list = |bytes: &[u8]| Val::List(bytes.iter().copied().map(Val::U8).collect());
    let args = [
        Val::U8(255),
        text("héllo"),
        Val::S64(i64::MIN),
        Val::Bool(true),
        list(&[7; 5000]),
        Val::Char('\u{10FFFF}'),
        Val::Float32(1.5),
        Val::Option(Some(Box::new(Val::U16(513)))),
        Val::List(vec![text(""), text("a"), text("€")]),
        Val::S16(-2),
        Val::U8(0),
        Val::Float64(-0.25),
        Val::Tuple(vec![Val::S8(-128), Val::U64(u64::MAX)]),
        Val::Result(Ok(Some(Box::new(text("ok"))))),
        Val::List(vec![Val::Tuple(vec![Val::U8(9), Val::Float64(1e300)])]),
        Val::U32(u32::MAX),
    ];
    for _ in 0..3 {
        let echoed = call(&mut plugin, "echo", &args);
        assert_eq!(echoed, Ok(Some(Val::Tuple(args.to_vec()))));
    }
}

#[test]
fn strings_have_the_encoding_of_the_component() {
    for encoding in ["utf8", "utf16", "latin1+utf16"] {
        let dir = Dir::new();
        let wat = format!(
            r#"(component {CORE}
                (func (export "echo") (param "a" string) (result string)
                  (canon lift (core func $i "pair") (memory $m) (realloc $r)
                    string-encoding={encoding}))
                (func (export "all") (param "a" (list string)) (result (list string))
                  (canon lift (core func $i "pair") (memory $m) (realloc $r)
                    string-encoding={encoding})))"#
        );
        let mut plugin = open(&dir, &wat);
        for sample in ["", "plain", "naïve", "€ 🙂"] {
            let echoed = call(&mut plugin, "echo", &[text(sample)]);
            assert_eq!(echoed, Ok(Some(text(sample))), "{encoding}");
            let list = Val::List(vec![text(sample), text("é"), text(sample)]);
            let echoed = call(&mut plugin, "all", std::slice::from_ref(&list));
            assert_eq!(echoed, Ok(Some(list)), "{encoding}");
        }
    }
}

#[test]
fn a_slot_is_a_value_of_its_type_or_a_trap() {
    let dir = Dir::new();
    let lifts = [
        ("bool", "bool"),
        ("s8", "s8"),
        ("char", "char"),
        ("enum", "$colour"),
        ("inside", "(tuple (tuple u16))"),
        ("flags", "$letters"),
    ];
    let lifts = lifts.map(|(name, ty)| {
        format!(
            r#"(func (export "{name}") (param "a" u32) (result {ty})
                     (canon lift (core func $i "same")))"#
        )
    });
    let wat = format!(
        r#"(component {CORE}
            (type $c (enum "red" "green"))
            (export $colour "colour" (type $c))
            (type $l (flags "a" "b" "c"))
            (export $letters "letters" (type $l))
            (type $v (variant (case "single" f32) (case "long" u64) (case "none")))
            (export $joined "joined" (type $v))
            {}
            (func (export "second") (param "a" $joined) (result u64)
              (canon lift (core func $i "second")))
            (func (export "signed") (param "a" s8) (result u32)
              (canon lift (core func $i "same"))))"#,
        lifts.concat()
    );
    let mut plugin = open(&dir, &wat);
    let green = Val::Enum("green".to_owned());
    let letters = Val::Flags(vec!["a".to_owned(), "c".to_owned()]);
    let inside = Val::Tuple(vec![Val::Tuple(vec![Val::U16(0xFFFE)])]);
    for (name, slot, expected) in [
        ("bool", 0, Some(Val::Bool(false))),
        ("bool", 256, Some(Val::Bool(true))),
        ("s8", 0x1FE, Some(Val::S8(-2))),
        ("char", 0x20AC, Some(Val::Char('€'))),
        ("char", 0xD800, None),
        ("enum", 1, Some(green)),
        ("enum", 2, None),
        ("enum", 256, None),
        ("inside", 0x1FFFE, Some(inside)),
        ("flags", 0xFFFD, Some(letters)),
    ] {
        let found = call(&mut plugin, name, &[Val::U32(slot)]);
        match expected {
            None => assert!(
                matches!(found, Err(Error::Trap(_))),
                "{name} {slot}: {found:?}"
            ),
            expected => assert_eq!(found, Ok(expected), "{name} {slot}"),
        }
    }
    assert_eq!(
        call(&mut plugin, "signed", &[Val::S8(-2)]),
        Ok(Some(Val::U32(0xFFFF_FFFE)))
    );
    let case =
        |name: &str, payload: Option<Val>| Val::Variant(name.to_owned(), payload.map(Box::new));
    for (value, slot) in [
        (case("single", Some(Val::Float32(1.5))), 0x3FC0_0000),
        (case("long", Some(Val::U64(u64::MAX))), u64::MAX),
        (case("none", None), 0),
    ] {
        assert_eq!(
            call(&mut plugin, "second", &[value]),
            Ok(Some(Val::U64(slot)))
        );
    }
}

#[test]
fn what_lies_wrong_is_a_trap() {
    let dir = Dir::new();
    let lifts = [
        ("strings", "string"),
        ("bytes", "(list u8)"),
        ("numbers", "(list u32)"),
        ("nested", "(list string)"),
        ("options", "(list (option u8))"),
        ("chars", "(list char)"),
    ];
    let lifts = lifts.map(|(name, ty)| {
        format!(
            r#"(func (export "{name}") (param "a" u32) (param "n" u32) (result {ty})
                 (canon lift (core func $i "pair") (memory $m) (realloc $r)))"#
        )
    });
    // From 2048 on there is nothing but 0xFF.
    let core = CORE.replace(
        "(global $free",
        &format!(
            "(data (i32.const 2048) \"{}\")\n(global $free",
            "\\ff".repeat(64)
        ),
    );
    let wat = format!("(component {core} {})", lifts.concat());
    let mut plugin = open(&dir, &wat);
    let (end, mut trap) = (32 << 16, |name: &str, at: u32, length: u32| {
        match call(&mut plugin, name, &[Val::U32(at), Val::U32(length)]) {
            Err(Error::Trap(line)) => line.rsplit("trap: ").next().map(str::to_owned),
            Ok(_) => None,
            Err(other) => panic!("{other}"),
        }
    });
    let outside = "pointer/length out of bounds of memory";
    for (name, at, length, expected) in [
        ("strings", 2048, 1, "invalid utf-8 sequence of 1 bytes"),
        ("strings", end - 1, 2, outside),
        ("bytes", end - 1, 2, outside),
        ("numbers", 2, 1, "list pointer is not aligned"),
        ("numbers", end - 4, 2, outside),
        ("nested", 2048, 1, outside),
        ("options", 2048, 1, "unexpected discriminant: 255"),
        ("chars", 2048, 1, "out of range for `char`"),
    ] {
        let found = trap(name, at, length).unwrap_or_default();
        assert!(found.contains(expected), "{name}: {found}");
    }
    // As much as this needs memory of the host's, however little the component has.
    for (name, at, length) in [("numbers", 0, 1 << 28), ("options", 0, 30 << 18)] {
        assert!(trap(name, at, length).is_some(), "{name}");
    }
    assert_eq!(trap("strings", end, 0), None);
    assert_eq!(trap("bytes", 0, end), None);
}
