//! Opening a component, calling it, and what becomes of it when something goes wrong.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhost_plugin::{Engine, Error, Functions, Options, Plugin, Return, Vals};
use host_testing::{Dir, file};
use wasmtime::component::Val;

fn engine() -> Engine {
    Engine::new().expect("an engine")
}

fn open(path: &str, options: Options) -> Result<Plugin, Error> {
    Plugin::open(&engine(), path, options)
}

fn faulty(options: Options) -> Plugin {
    open(&file("FAULTY", None), options).expect("it opens")
}

fn call(plugin: &mut Plugin, function: &str, args: &[Val]) -> Result<Return<Val>, Error> {
    let (interface, name) = function.split_once('.').expect("an interface and a name");
    let function = plugin.function(interface, name)?;
    let args = args.iter().cloned();
    Ok(plugin.call(&function, args, &mut Vals)?)
}

fn greet(plugin: &mut Plugin, name: &str) -> Result<String, Error> {
    let args = [Val::String(name.to_owned()), Val::Bool(false)];
    match call(plugin, "greeter.greet", &args)? {
        Return::Value(Some(Val::String(greeting))) => Ok(greeting),
        other => panic!("{other:?}"),
    }
}

/// A component that only imports, in WAT.
fn importing(dir: &Dir, imports: &str) -> String {
    dir.wat("imports.wasm", &format!("(component {imports})"))
}

#[test]
fn a_trap_is_forgotten_by_the_next_call() {
    let mut plugin = faulty(Options::default());
    for _ in 0..3 {
        let Err(Error::Trap(line)) = greet(&mut plugin, "trap") else {
            panic!("it traps")
        };
        let path = file("FAULTY", None);
        assert_eq!(
            line,
            format!("{path}: trap: wasm `unreachable` instruction executed")
        );
        assert_eq!(greet(&mut plugin, "World").as_deref(), Ok("Hello, World"));
    }
}

#[test]
fn time_has_an_end() {
    let mut plugin = faulty(Options {
        timeout: Some(Duration::from_millis(50)),
        ..Options::default()
    });
    let Err(Error::TimeLimit(line)) = greet(&mut plugin, "loop") else {
        panic!("it is stopped")
    };
    assert!(
        line.ends_with(": trap: did not return within 0.05 s"),
        "{line}"
    );
    assert_eq!(greet(&mut plugin, "World").as_deref(), Ok("Hello, World"));
}

#[test]
fn memory_has_an_end() {
    let limit = |max_memory| Options {
        max_memory,
        ..Options::default()
    };
    let Err(Error::Trap(line)) = greet(&mut faulty(limit(2 << 20)), "allocate") else {
        panic!("it has not so much")
    };
    assert!(
        line.ends_with("; its memory reached the limit of 2048 KiB"),
        "{line}"
    );
    let path = file("FAULTY", None);
    let Err(Error::Component(line)) = open(&path, limit(1 << 16)) else {
        panic!("it starts with more")
    };
    assert!(line.contains("of memory, the limit is 64 KiB"), "{line}");
    for wrong in [0, (4 << 30) + 1, u64::MAX] {
        let error = open(&path, limit(wrong))
            .err()
            .expect("it is out of bounds");
        let line = format!("max_memory: expected 1 to 4294967296 bytes, got {wrong}");
        assert_eq!(error.to_string(), line);
    }
    for fine in [2 << 20, 4 << 30] {
        assert!(open(&path, limit(fine)).is_ok(), "{fine}");
    }
}

#[test]
fn a_closed_plugin_is_closed() {
    let mut plugin = faulty(Options::default());
    plugin.close();
    let path = file("FAULTY", None);
    let line = format!("{path}: the plugin is closed");
    assert_eq!(greet(&mut plugin, "World"), Err(Error::Plugin(line)));
}

#[test]
fn names_that_are_not_there_are_told_with_those_that_are() {
    let path = file("FAULTY", None);
    let plugin = faulty(Options::default());
    let error = |interface, name| {
        plugin
            .function(interface, name)
            .err()
            .expect("it is not there")
    };
    let missing = |line: &str| Error::Missing(format!("{path}: {line}"));
    assert_eq!(
        error("reader", "greet"),
        missing("does not export reader; it exports anyhost:hello/greeter@1.0.0")
    );
    assert_eq!(
        error("anyhost:hello/greeter@2.0.0", "greet"),
        missing(
            "does not export anyhost:hello/greeter@2.0.0; it exports anyhost:hello/greeter@1.0.0"
        )
    );
    assert_eq!(
        error("greeter", "great"),
        missing("anyhost:hello/greeter@1.0.0 has no great; it has greet")
    );
    assert_eq!(
        error("", "greet"),
        missing("the component has no greet; it has nothing")
    );
    for name in [
        "greeter",
        "anyhost:hello/greeter",
        "anyhost:hello/greeter@1.0.0",
    ] {
        assert!(plugin.function(name, "greet").is_ok(), "{name}");
    }
}

#[test]
fn a_short_name_that_two_interfaces_have_is_none() {
    let dir = Dir::new();
    let path = dir.wat(
        "two.wasm",
        "(component (instance $i) (export \"a:b/c@1.0.0\" (instance $i)) (export \"d:e/c@1.0.0\" (instance $i)))",
    );
    let plugin = open(&path, Options::default()).expect("it opens");
    let error = plugin.interface("c").err().expect("it is either");
    let line = format!("{path}: exports a:b/c@1.0.0, d:e/c@1.0.0; c does not say which");
    assert_eq!(error, Error::Missing(line));
    assert!(plugin.interface("d:e/c").is_ok());
}

#[test]
fn imports_that_are_not_given() {
    let dir = Dir::new();
    let provide = "which this host does not provide; it provides";
    let reverse = || Functions::new().with("formatter", "reverse", |_| Ok(None));
    let instance = |name: &str, function: &str| {
        format!("(import \"{name}\" (instance (export \"{function}\" (func))))")
    };
    for (imports, given, expected) in [
        (
            instance("a:b/formatter@1.0.0", "reverse"),
            Functions::new(),
            format!("imports a:b/formatter@1.0.0, {provide} nothing"),
        ),
        (
            instance("a:b/formatter@1.0.0", "shout"),
            reverse(),
            format!("imports shout of a:b/formatter@1.0.0, {provide} reverse"),
        ),
        (
            instance("wasi:cli/environment@0.2.0", "get-arguments"),
            reverse(),
            format!("imports wasi:cli/environment@0.2.0, {provide} formatter"),
        ),
        (
            "(import \"f\" (func))".to_owned(),
            reverse(),
            format!("imports f of the world, {provide} nothing"),
        ),
        (
            "(import \"m\" (core module))".to_owned(),
            reverse(),
            format!("imports m, {provide} formatter"),
        ),
        (
            instance("a:b/formatter@1.0.0", "reverse")
                + &instance("c:d/formatter@1.0.0", "reverse"),
            reverse(),
            "imports a:b/formatter@1.0.0, c:d/formatter@1.0.0; formatter does not say which"
                .to_owned(),
        ),
    ] {
        let path = importing(&dir, &imports);
        let options = Options {
            imports: Arc::new(given),
            wasi: None,
            ..Options::default()
        };
        let error = open(&path, options).err().expect("it is not given");
        assert_eq!(error, Error::Component(format!("{path}: {expected}")));
    }
    let path = importing(&dir, &instance("a:b/formatter@1.0.0", "reverse"));
    for name in ["formatter", "a:b/formatter", "a:b/formatter@1.0.0"] {
        let options = Options {
            imports: Arc::new(Functions::new().with(name, "reverse", |_| Ok(None))),
            ..Options::default()
        };
        assert!(open(&path, options).is_ok(), "{name}");
    }
}

#[test]
fn what_a_function_of_the_host_does_wrong() {
    let dir = Dir::new();
    let path = dir.wat(
        "asks.wasm",
        r#"(component
            (import "a:b/numbers" (instance $n (export "next" (func (result u32)))))
            (alias export $n "next" (func $next))
            (core func $lowered (canon lower (func $next)))
            (core module $m
              (import "n" "next" (func $next (result i32)))
              (global $calls (mut i32) (i32.const 0))
              (func (export "add") (result i32)
                (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
                (i32.add (call $next) (global.get $calls))))
            (core instance $i (instantiate $m (with "n" (instance (export "next" (func $lowered))))))
            (func (export "add") (result u32) (canon lift (core func $i "add"))))"#,
    );
    let asked = AtomicU32::new(0);
    let next = move |_: Vec<Val>| match asked.fetch_add(1, Ordering::Relaxed) {
        2 => Err("no more numbers".to_owned()),
        4 => Ok(Some(Val::String("five".to_owned()))),
        6 => Ok(None),
        _ => Ok(Some(Val::U32(10))),
    };
    let options = Options {
        imports: Arc::new(Functions::new().with("numbers", "next", next)),
        ..Options::default()
    };
    let mut plugin = open(&path, options).expect("it opens");
    let mut add = || call(&mut plugin, ".add", &[]).map_err(|e| e.to_string());
    let number = |number| Ok(Return::Value(Some(Val::U32(number))));
    assert_eq!([add(), add()], [number(11), number(12)]);
    // After each failure the instance is a fresh one, which counts from the beginning.
    assert_eq!(add(), Err("no more numbers".to_owned()));
    assert_eq!(add(), number(11));
    let wrong = "numbers.next(…): expected u32, got \"five\"";
    assert_eq!(add(), Err(wrong.to_owned()));
    assert_eq!(add(), number(11));
    assert_eq!(add(), Err("numbers.next has no answer".to_owned()));
    assert_eq!(add(), number(11));
}

#[test]
fn bytes_go_in_bulk_and_back() {
    let dir = Dir::new();
    let path = dir.wat(
        "bytes.wasm",
        r#"(component
            (core module $m
              (memory (export "m") 400)
              (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 64))
              (func (export "echo") (param i32 i32) (result i32)
                (i32.store (i32.const 8) (local.get 0))
                (i32.store (i32.const 12) (local.get 1))
                (i32.const 8))
              (func (export "take") (param i32 i32))
              (func (export "give") (result i32)
                (i32.store (i32.const 8) (i32.const 64))
                (i32.store (i32.const 12) (i32.const 3))
                (i32.const 8)))
            (core instance $i (instantiate $m))
            (alias core export $i "m" (core memory $m))
            (alias core export $i "realloc" (core func $r))
            (func (export "echo") (param "a" (list u8)) (result (list u8))
              (canon lift (core func $i "echo") (memory $m) (realloc $r)))
            (func (export "take") (param "a" (list u8))
              (canon lift (core func $i "take") (memory $m) (realloc $r)))
            (func (export "give") (result (list u8))
              (canon lift (core func $i "give") (memory $m) (realloc $r))))"#,
    );
    let mut plugin = open(&path, Options::default()).expect("it opens");
    let bytes = |length: usize| {
        let byte = |n: usize| Val::U8(u8::try_from(n % 251).expect("a byte"));
        Val::List((0..length).map(byte).collect())
    };
    // As many values one by one would take more of this process than a guest may.
    for length in [0, 3, 20 << 20] {
        let echoed = call(&mut plugin, ".echo", &[bytes(length)]);
        assert!(echoed == Ok(Return::Value(Some(bytes(length)))), "{length}");
    }
    assert_eq!(
        call(&mut plugin, ".take", &[bytes(3)]),
        Ok(Return::Value(None))
    );
    assert_eq!(
        call(&mut plugin, ".give", &[]),
        Ok(Return::Value(Some(bytes(3))))
    );
    let error = call(&mut plugin, ".echo", &[Val::Bool(true)]).expect_err("these are no bytes");
    assert_eq!(error.to_string(), "a: expected list<u8>, got true");
}
