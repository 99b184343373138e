//! The command, as its user starts it.

use std::process::{Command, Stdio};

use host_testing::{Dir, fail, file};

fn program() -> String {
    file("PROGRAM", None)
}

/// What the command prints for the component in the variable `component`.
fn said(component: &str, args: &[&str]) -> String {
    let component = file(component, None);
    let output = Command::new(program())
        .args(["--component", &component])
        .args(args)
        .output();
    let output = output.expect("it starts");
    let stderr = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(
        (output.status.code(), stderr.as_str()),
        (Some(0), ""),
        "{args:?}"
    );
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The line with which the command fails on a component, without its name.
fn line(code: i32, component: &str, args: &[&str]) -> String {
    let (ended, stderr) = fail(&program(), &[&["--component", component], args].concat());
    assert_eq!(
        (ended, stderr.lines().count()),
        (Some(code), 1),
        "{args:?}: {stderr}"
    );
    let line = stderr.trim_end().replace(&format!("{component}: "), "");
    line.strip_prefix("error: ").expect("an error").to_owned()
}

#[test]
fn the_short_form() {
    for (args, greeting) in [
        (&["World"][..], "Hello, World\n"),
        (&["World", "--up"], "HELLO, WORLD\n"),
        (&["--up", "Zoë Strauß"], "HELLO, ZOË STRAUSS\n"),
        (&[""], "Hello, \n"),
        (&["--", "--up"], "Hello, --up\n"),
        (&["World (you)"], "Hello, World (you)\n"),
        (&["--json", "World", "--up"], "\"HELLO, WORLD\"\n"),
    ] {
        assert_eq!(said("HELLO_WORLD_RUST", args), greeting, "{args:?}");
    }
}

#[test]
fn calls_in_wave() {
    for (call, result) in [
        (r#"greet("World", true)"#, "\"HELLO, WORLD\"\n"),
        (
            r#"greeter.greet("a \"b\"", false)"#,
            "\"Hello, a \\\"b\\\"\"\n",
        ),
        (
            r#"anyhost:hello/greeter@1.0.0.greet("World", false)"#,
            "\"Hello, World\"\n",
        ),
        (
            r#"anyhost:hello/greeter.greet@1.0.0("World", false)"#,
            "\"Hello, World\"\n",
        ),
        (r#" %greet( "World" , false ) "#, "\"Hello, World\"\n"),
    ] {
        assert_eq!(said("HELLO_WORLD_RUST", &[call]), result, "{call}");
    }
    let json = said("HELLO_WORLD_RUST", &["--json", r#"greet("Zoë", true)"#]);
    assert_eq!(json, "\"HELLO, ZOË\"\n");
}

#[test]
fn values_of_all_kinds() {
    let dir = Dir::new();
    // Gives back what it is given, and has a word for both ends of a result.
    let component = dir.wat(
        "values.wasm",
        r#"(component
            (core module $m
              (memory (export "m") 1)
              (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 64))
              (func (export "same") (param i32) (result i32) (local.get 0))
              (func (export "check") (param i32) (result i32)
                (i32.store8 (i32.const 0) (local.get 0)) (i32.store8 (i32.const 1) (i32.const 7))
                (i32.const 0))
              (func (export "nothing")))
            (core instance $i (instantiate $m))
            (alias core export $i "m" (core memory $m))
            (func (export "same") (param "a" char) (result char) (canon lift (core func $i "same")))
            (func (export "check") (param "a" bool) (result (result u8 (error u8)))
              (canon lift (core func $i "check") (memory $m)))
            (func (export "nothing") (canon lift (core func $i "nothing"))))"#,
    );
    let said = |args: &[&str]| {
        let output = Command::new(program())
            .args(["--component", &component])
            .args(args)
            .output();
        String::from_utf8(output.expect("it starts").stdout).expect("UTF-8")
    };
    assert_eq!(said(&["same('é')"]), "'é'\n");
    assert_eq!(said(&["check(false)"]), "ok(7)\n");
    assert_eq!(said(&["check(true)"]), "err(7)\n");
    assert_eq!(said(&["--json", "check(true)"]), "{\"err\":7}\n");
    assert_eq!(said(&["nothing()"]), "");
    let usage = |args: &[&str]| line(2, &component, args);
    assert_eq!(
        usage(&["text"]),
        "'text' is no call, as in 'name(…)'; the component exports same: func(a: char) -> char; \
         check: func(a: bool) -> result<u8, u8>; nothing: func() (--help tells more)"
    );
}

#[test]
fn what_there_is() {
    assert_eq!(
        said("HELLO_WORLD_RUST", &["--list"]),
        "export anyhost:hello/greeter@1.0.0 {\n  greet: func(name: string, up: bool) -> string;\n}\n"
    );
}

#[test]
fn wrong_usage() {
    let component = file("HELLO_WORLD_RUST", None);
    let greet = "greet: func(name: string, up: bool) -> string";
    for (args, expected) in [
        (
            &["World", "--down"][..],
            format!("unexpected argument '--down'; the function is {greet}"),
        ),
        (
            &["World", "--max-mem=1MiB"],
            format!("unexpected argument '--max-mem=1MiB'; the function is {greet}"),
        ),
        (
            &["greet(\"World\")"],
            format!("greet(…): invalid params: missing required param(s): `)`; it is {greet}"),
        ),
        (
            &["greet(\"World\", 1)"],
            format!("greet(…): invalid value type: `1`; it is {greet}"),
        ),
        (
            &["greet(\"World\", true, 1)"],
            format!("greet(…): invalid params: more param(s) than expected: `1`; it is {greet}"),
        ),
        (
            &["great(\"World\")"],
            "great(…), which is no function of the component; it exports greeter.greet".to_owned(),
        ),
        (
            &["--up", "greet(\"World\", true)"],
            "unexpected argument '--up': a call has its arguments".to_owned(),
        ),
        (&["--list", "--up"], "unexpected argument '--up'".to_owned()),
    ] {
        assert_eq!(
            line(2, &component, args),
            format!("{expected} (--help tells more)"),
            "{args:?}"
        );
    }
    // What is nested without end is no call, and does no harm.
    let deep = format!("greet({}{}, true)", "[".repeat(50_000), "]".repeat(50_000));
    assert!(line(2, &component, &[&deep]).starts_with("greet(…): value nesting too deep"));
    for (args, begin) in [
        (
            &["--component", &component, "a", "b"][..],
            "error: unexpected argument 'b' found",
        ),
        (&["World"], "error: --component <FILE> is missing"),
        (&["--component", &component], "error: <CALL> is missing"),
        (
            &["--component", &component, "--timeout", "30", "World"],
            "error: invalid value '30' for '--timeout <TIME>'",
        ),
        (
            &["--component", &component, "--max-memory", "5GiB", "World"],
            "error: invalid value '5GiB' for '--max-memory <SIZE>'",
        ),
    ] {
        let (code, stderr) = fail(&program(), args);
        assert_eq!(code, Some(2), "{args:?}");
        assert!(stderr.starts_with(begin), "{stderr}");
    }
}

#[test]
fn faults() {
    let faulty = file("FAULTY", None);
    let told = |args: &[&str]| line(1, &faulty, args);
    assert_eq!(
        told(&["trap"]),
        "trap: wasm `unreachable` instruction executed"
    );
    assert_eq!(
        told(&["--timeout", "50ms", "loop"]),
        "trap: did not return within 0.05 s"
    );
    let spent = "; its memory reached the limit of 2048 KiB";
    assert!(told(&["--max-memory", "2MiB", "allocate"]).ends_with(spent));
    let small = told(&["--max-memory", "64KiB", "World"]);
    assert!(small.contains("of memory, the limit is 64 KiB"), "{small}");
    let imports = file("HELLO_WORLD_IMPORTS_RUST", None);
    assert_eq!(
        line(1, &imports, &["World"]),
        "imports anyhost:hello/formatter@1.0.0, which this host does not provide; it provides nothing"
    );
    let wasi = file("WASI_HTTP_RUST", None);
    let wasi = line(1, &wasi, &["--wasi", "none", "World"]);
    assert!(
        wasi.starts_with("imports wasi:") && wasi.ends_with("it provides nothing"),
        "{wasi}"
    );
}

#[test]
fn files_that_are_none() {
    let dir = Dir::new();
    let expected = "expected a WebAssembly component";
    let told = |file: &str| line(1, file, &["World"]);
    assert_eq!(
        told(&dir.path("missing.wasm")),
        format!("no such file; {expected}")
    );
    assert_eq!(
        told(dir.path("").trim_end_matches('/')),
        format!("is a directory; {expected}")
    );
    assert_eq!(
        told(&dir.write("text.wasm", "text")),
        format!("not WebAssembly; {expected}")
    );
    let module = told(&dir.wat("module.wasm", "(module)"));
    assert!(module.starts_with("a core module; "), "{module}");
    let mut half = std::fs::read(file("HELLO_WORLD_RUST", None)).expect("the component");
    half.truncate(half.len() / 2);
    let half = told(&dir.write("half.wasm", half));
    assert!(half.starts_with("not a valid component: "), "{half}");
}

#[test]
fn code_that_was_compiled_before() {
    let dir = Dir::new();
    let component = file("HELLO_WORLD_RUST", None);
    let code = dir.precompiled(&component);
    assert_eq!(
        said("HELLO_WORLD_RUST", &["--aot", &code, "World"]),
        "Hello, World\n"
    );
    let mut other = std::fs::read(&code).expect("the code");
    let middle = other.len() / 2;
    other[middle] ^= 1;
    let damaged = dir.write("damaged.cwasm", other);
    let greet = |aot: &str| {
        let args = ["--component", &component, "--aot", aot, "World"];
        let output = Command::new(program())
            .args(args)
            .output()
            .expect("it starts");
        assert_eq!(output.stdout, b"Hello, World\n");
        String::from_utf8(output.stderr).expect("UTF-8")
    };
    let note =
        |aot: &str, why: &str| format!("note: {aot}: {why}; compiling {component} instead\n");
    assert_eq!(greet(&damaged), note(&damaged, "damaged"));
    let text = dir.write("text.cwasm", "text");
    assert_eq!(
        greet(&text),
        note(&text, "not precompiled code, or cut short")
    );
}

#[test]
fn a_result_that_cannot_be_written() {
    let full = std::fs::File::options()
        .write(true)
        .open("/dev/full")
        .expect("a device");
    let component = file("HELLO_WORLD_RUST", None);
    let output = Command::new(program())
        .args(["--component", &component, "World"])
        .stdout(Stdio::from(full))
        .output()
        .expect("it starts");
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8(output.stderr).expect("UTF-8");
    assert!(
        stderr.starts_with("error: cannot write the result: "),
        "{stderr}"
    );
}

#[test]
fn help_and_bazel_run() {
    let output = Command::new(program())
        .arg("--help")
        .output()
        .expect("it starts");
    let help = String::from_utf8(output.stdout).expect("UTF-8");
    for word in [
        "CALL",
        "--component",
        "--aot",
        "--max-memory",
        "--timeout",
        "--json",
        "--list",
        "Exit codes",
        "Examples",
    ] {
        assert!(help.contains(word), "{word}");
    }
    let run = |args: &[&str]| {
        let output = Command::new(file("RUN", None))
            .args(args)
            .output()
            .expect("it starts");
        assert!(
            output.stderr.is_empty(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    assert_eq!(run(&["you", "--up"]), "HELLO, YOU\n");
    assert_eq!(run(&[r#"greet("you", true)"#]), "\"HELLO, YOU\"\n");
}
