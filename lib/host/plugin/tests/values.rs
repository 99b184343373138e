//! Values that are none, handles that cannot be used, and types as they are shown.

use std::path::Path;
use std::sync::Arc;

use anyhost_plugin::{
    Engine, Error, Function, HostCall, Imports, Json, Options, Plugin, Prepared, Resource, Return,
    Scope,
};
use host_testing::file;
use serde_json::{Value, json};

/// Has everything, but nothing that could be called.
struct Anything;

impl Imports for Anything {
    fn names(&self) -> Vec<String> {
        vec!["anyhost:values/host@1.0.0".to_owned()]
    }

    fn has(&self, _: &Function) -> Result<(), Vec<String>> {
        Ok(())
    }

    fn call(&self, _: &mut HostCall<'_>) -> Result<(), Error> {
        Err(Error::Host("not in this test".to_owned()))
    }

    fn dropped(&self, _: &Resource, _: u32) -> Result<(), Error> {
        Ok(())
    }
}

fn prepared() -> Prepared {
    let options = Options {
        imports: Arc::new(Anything),
        ..Options::default()
    };
    let engine = Engine::new().expect("an engine");
    Prepared::open(&engine, Path::new(&file("VALUES", None)), options).expect("it opens")
}

/// A plugin with names for its handles.
struct Guest(Plugin, Scope);

impl Guest {
    fn new() -> Self {
        Self(prepared().plugin().expect("it starts"), Scope::new())
    }

    fn call(&mut self, function: &str, args: Value) -> Result<Return<Value>, Error> {
        let Self(plugin, scope) = self;
        let (interface, name) = function.split_once('.').expect("an interface and a name");
        let function = plugin.function(interface, name)?;
        let args = args.as_array().expect("a list");
        let args = args.iter().map(|value| Json { value, scope });
        Ok(plugin.call(&function, args, &mut &*scope)?)
    }

    /// Calls a function that returns something.
    fn get(&mut self, function: &str, args: Value) -> Value {
        match self.call(function, args) {
            Ok(Return::Value(Some(value))) => value,
            other => panic!("{function}: {other:?}"),
        }
    }

    /// Calls a function that cannot be called so; the instance goes on.
    fn refuses(&mut self, function: &str, args: Value) -> String {
        let alive = self.get("counters.alive", json!([]));
        let error = self.call(function, args).expect_err("it is refused");
        assert_eq!(self.get("counters.alive", json!([])), alive);
        let path = format!("{}: ", file("VALUES", None));
        error.to_string().replace(&path, "")
    }
}

#[test]
fn what_is_wrong_with_a_value_is_said_with_its_place() {
    let mut guest = Guest::new();
    // What is wrong is found before anything enters the instance, so this one stays.
    guest.get("counters.open", json!([1]));
    for (ty, value, line) in [
        ("bool", json!(1), "value: expected bool, got 1"),
        ("u8", json!(256), "value: expected u8, got 256"),
        ("u8", json!(1.5), "value: expected u8, got 1.5"),
        ("s8", json!(-129), "value: expected s8, got -129"),
        ("u32", json!(-1), "value: expected u32, got -1"),
        (
            "u64",
            json!("18446744073709551616"),
            "value: expected u64, got \"18446744073709551616\"",
        ),
        ("s64", json!("1e3"), "value: expected s64, got \"1e3\""),
        ("f64", json!("much"), "value: expected f64, got \"much\""),
        ("char", json!("ab"), "value: expected char, got \"ab\""),
        ("string", json!(null), "value: expected string, got null"),
        ("bytes", json!("?"), "value: expected list<u8>, got \"?\""),
        ("bools", json!([true, 0]), "value[1]: expected bool, got 0"),
        (
            "lists",
            json!([["1"], [2, true]]),
            "value[1][1]: expected s64, got true",
        ),
        (
            "tuple",
            json!([1, "a"]),
            "value: expected tuple<u32, string, char>, got [1,\"a\"]",
        ),
        (
            "tuple",
            json!([1, "a", ""]),
            "value[2]: expected char, got \"\"",
        ),
        (
            "point",
            json!({ "x": 1 }),
            "value: expected point with a field y, got {\"x\":1}",
        ),
        (
            "point",
            json!({ "x": 1, "y": 2, "z": 3 }),
            "value: expected point with the fields x, y, got z",
        ),
        (
            "points",
            json!([{ "x": 1, "y": "2" }]),
            "value[0].y: expected s32, got \"2\"",
        ),
        (
            "shape",
            json!({ "square": 1 }),
            "value: expected shape, one of nothing, circle(f64), polygon(list<point>), \
             named(tuple<string, option<point>>), got {\"square\":1}",
        ),
        (
            "shape",
            json!({ "circle": null }),
            "value.circle: expected f64, got null",
        ),
        (
            "shape",
            json!({ "polygon": [3] }),
            "value.polygon[0]: expected point, got 3",
        ),
        (
            "weekday",
            json!("friday"),
            "value: expected weekday, one of monday, tuesday, saturday-night, got \"friday\"",
        ),
        (
            "rights",
            json!(["fly"]),
            "value: expected rights, any of read, write, run-as-root, got [\"fly\"]",
        ),
        ("option", json!(1), "value: expected string, got 1"),
        (
            "nested-option",
            json!("a"),
            "value: expected option<option<string>>, got \"a\"",
        ),
        (
            "result",
            json!({ "ok": "1" }),
            "value.ok: expected u32, got \"1\"",
        ),
        (
            "result",
            json!({ "perhaps": 1 }),
            "value: expected result<u32, string>, got {\"perhaps\":1}",
        ),
        (
            "result-unit",
            json!({ "ok": 1 }),
            "value.ok: expected no value, got 1",
        ),
    ] {
        assert_eq!(
            guest.refuses(&format!("echo.echo-{ty}"), json!([value])),
            line
        );
    }
    let args = |count| json!(vec![1; count]);
    assert_eq!(
        guest.refuses("echo.echo-u8", args(2)),
        "echo.echo-u8: expected 1 argument, got 2"
    );
    assert_eq!(
        guest.refuses("counters.counter.sum", args(0)),
        "counters.counter.sum: expected 2 arguments, got 0"
    );
    assert_eq!(guest.get("counters.alive", json!([])), json!(1));
}

#[test]
fn handles_that_cannot_be_used() {
    let (mut guest, mut other) = (Guest::new(), Guest::new());
    let one = guest.get("counters.open", json!([1]));
    let name = one.as_str().expect("a name");
    let handle = guest.1.take(name).expect("it is bound");
    let ty = guest
        .0
        .function("counters", "peek")
        .expect("it is there")
        .params[0]
        .1
        .clone();
    let bind = |guest: &Guest, name: &str| {
        let scope = &guest.1;
        let made = anyhost_plugin::Sink::handle(&mut &*scope, handle.resource(), handle.clone());
        let Ok(made) = made;
        assert!(scope.is(&ty, &json!(name), &made));
    };
    bind(&guest, "a");
    bind(&guest, "b");
    assert_eq!(guest.get("counters.peek", json!(["a"])), json!(1));
    assert_eq!(
        guest.refuses("counters.peek", json!(["c"])),
        "counter: expected borrow<counter>, got \"c\""
    );
    // The same handle under two names.
    let twice = "the counter is given away, and used again in one call";
    assert_eq!(
        guest.refuses("counters.counter.merge", json!(["a", "b"])),
        twice
    );
    assert_eq!(
        guest.get("counters.counter.sum", json!(["a", "b"])),
        json!(2)
    );
    // Another plugin's.
    bind(&other, "a");
    assert_eq!(
        other.refuses("counters.peek", json!(["a"])),
        "counter: expected borrow<counter>, got \"a\""
    );
    // One that was dropped, which can be done again, or given away.
    guest.0.end(&handle).expect("it is dropped");
    guest.0.end(&handle).expect("nothing is done");
    assert_eq!(guest.get("counters.alive", json!([])), json!(0));
    assert_eq!(
        guest.refuses("counters.peek", json!(["a"])),
        "the counter is closed, or was given away"
    );
    let two = guest.get("counters.open", json!([2]));
    assert_eq!(guest.get("counters.consume", json!([two])), json!(2));
    assert_eq!(
        guest.refuses("counters.consume", json!([two])),
        "the counter is closed, or was given away"
    );
    // One whose instance failed.
    let three = guest.get("counters.open", json!([3]));
    assert!(matches!(
        guest.call("counters.fall", json!([])),
        Err(Error::Trap(_))
    ));
    let lost = "the counter was lost with its instance, which failed";
    assert_eq!(guest.refuses("counters.peek", json!([three])), lost);
    let handle = guest
        .1
        .take(three.as_str().expect("a name"))
        .expect("it is bound");
    guest.0.end(&handle).expect("nothing is done");
}

#[test]
fn handles_that_are_forgotten_are_dropped_with_the_next_call() {
    let mut guest = Guest::new();
    for _ in 0..3 {
        let names = guest.get("counters.open-many", json!([vec![7; 1000]]));
        assert_eq!(names.as_array().map(Vec::len), Some(1000));
        assert_eq!(guest.get("counters.alive", json!([])), json!(1000));
        guest.1.clear();
        assert_eq!(guest.get("counters.alive", json!([])), json!(0));
    }
}

#[test]
fn types_are_shown_as_wit_has_them() {
    let types = prepared().types().to_string();
    for part in [
        "import anyhost:values/host@1.0.0 {\n",
        "export anyhost:values/counters@1.0.0 {\n",
        "  record point { x: s32, y: s32 }\n",
        "  flags rights { read, write, run-as-root }\n",
        "  enum weekday { monday, tuesday, saturday-night }\n",
        "  variant shape { nothing, circle(f64), polygon(list<point>), named(tuple<string, option<point>>) }\n",
        "  resource counter {\n    constructor(start: s32);\n    increment: func(by: s32) -> s32;\n",
        "    sum: static func(one: borrow<counter>, other: borrow<counter>) -> s32;\n",
        "  open-positive: func(start: s32) -> result<own<counter>, string>;\n",
        "  echo-result-err: func(value: result<_, string>) -> result<_, string>;\n",
        "  fall: func();\n",
    ] {
        assert!(types.contains(part), "{part} is not in\n{types}");
    }
}
