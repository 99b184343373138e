//! Every mistake is told in one line, and the exit code says of which kind it is.

mod common;

use std::net::TcpListener;

use common::files::Dir;
use common::{Host, fail, fault_guest, file, greeter, http_bin};

/// A component that is fine but for what `parts` add.
fn component(parts: &str) -> String {
    format!(
        "(component {parts} (instance $i) (export \"wasi:http/incoming-handler@0.2.0\" (instance $i)))"
    )
}

fn assert_serve_fails(file: &str, expected: &str) {
    let (code, stderr) = fail(&http_bin(), &["--component", file, "--addr", "127.0.0.1:0"]);
    assert_eq!(
        (code, stderr),
        (Some(1), format!("error: {file}: {expected}\n"))
    );
}

#[test]
fn files_that_are_no_components() {
    let dir = Dir::new();
    let expected = "expected a WebAssembly component";
    assert_serve_fails(
        &dir.path("missing.wasm"),
        &format!("no such file; {expected}"),
    );
    assert_serve_fails(
        dir.path("").trim_end_matches('/'),
        &format!("is a directory; {expected}"),
    );
    for content in [&b""[..], b"\0as", b"#!/bin/sh\n", b"(component)"] {
        let file = dir.write("text.wasm", content);
        assert_serve_fails(&file, &format!("not WebAssembly; {expected}"));
    }
    let module = dir.wat("module.wasm", "(module)");
    assert_serve_fails(
        &module,
        &format!("a core module; {expected} (`wasm-tools component new` makes one)"),
    );
}

#[test]
fn a_damaged_component() {
    let dir = Dir::new();
    let mut bytes = std::fs::read(greeter()).expect("the greeter");
    bytes.truncate(bytes.len() / 2);
    let file = dir.write("half.wasm", bytes);
    let (code, stderr) = fail(&http_bin(), &["--component", &file]);
    assert_eq!(code, Some(1));
    let start = format!("error: {file}: not a valid component: ");
    assert!(
        stderr.starts_with(&start) && stderr.lines().count() == 1,
        "{stderr}"
    );
}

#[test]
fn a_component_without_the_export() {
    let dir = Dir::new();
    let wanted = "does not export wasi:http/incoming-handler@0.2; it exports";
    let empty = dir.wat("empty.wasm", "(component)");
    assert_serve_fails(&empty, &format!("{wanted} nothing"));
    let other = dir.wat(
        "other.wasm",
        "(component (instance $i) (export \"a:b/c@1.0.0\" (instance $i)))",
    );
    assert_serve_fails(&other, &format!("{wanted} a:b/c@1.0.0"));
}

#[test]
fn a_component_that_imports_what_the_host_does_not_have() {
    let dir = Dir::new();
    let import = r#"(import "wasi:keyvalue/store@0.2.0" (instance (export "open" (func))))"#;
    let file = dir.wat("keyvalue.wasm", &component(import));
    assert_serve_fails(
        &file,
        "imports wasi:keyvalue/store@0.2.0, which this host does not provide; it provides \
         wasi:http, wasi:io, wasi:cli, wasi:clocks, wasi:random, wasi:filesystem (no files) \
         and wasi:sockets (no network), all 0.2",
    );
}

#[test]
fn a_component_that_starts_over_the_memory_limit() {
    let file = fault_guest();
    let (code, stderr) = fail(
        &http_bin(),
        &["--component", &file, "--max-memory", "64KiB"],
    );
    assert_eq!(code, Some(1));
    assert!(
        stderr.starts_with(&format!("error: {file}: starts with ")),
        "{stderr}"
    );
    assert!(
        stderr.ends_with(" KiB of memory, the limit is 64 KiB\n"),
        "{stderr}"
    );
}

#[test]
fn precompiled_code_is_run_only_when_named_as_such() {
    let dir = Dir::new();
    let code = std::fs::read(dir.precompiled(&greeter())).expect("the code");
    let disguised = dir.write("code.wasm", &code);
    assert_serve_fails(
        &disguised,
        "precompiled machine code, which is run unchecked; to trust it, name it *.cwasm or give \
         it as --aot",
    );
    for (name, content) in [
        ("half.cwasm", &code[..code.len() / 2]),
        ("text.cwasm", b"nonsense"),
        ("empty.cwasm", b""),
    ] {
        let file = dir.write(name, content);
        assert_serve_fails(
            &file,
            "expected code that `precompile` wrote: not precompiled code, or cut short",
        );
    }
    let mut damaged = code.clone();
    damaged[..64].fill(0);
    let damaged = dir.write("damaged.cwasm", damaged);
    assert_serve_fails(&damaged, "expected code that `precompile` wrote: damaged");
}

#[test]
fn precompiled_code_that_does_not_fit_is_not_used() {
    let dir = Dir::new();
    let aot = dir.precompiled(&greeter());
    let component = fault_guest();
    let host = Host::start(&component, &["--aot", &aot]);
    let note = host.stderr.wait_for("note: ");
    assert_eq!(
        note,
        format!("note: {aot}: made from another component; compiling {component} instead")
    );
    assert_eq!(host.get("/ok").text(), "ok");

    let junk = dir.write("junk.cwasm", "junk");
    let host = Host::start(&component, &["--aot", &junk]);
    host.stderr
        .wait_for("not precompiled code, or cut short; compiling");
    assert_eq!(host.get("/ok").text(), "ok");

    // Code for another machine: which one is in it as text.
    let mut code = std::fs::read(dir.precompiled(&component)).expect("the code");
    let target = b"-unknown-linux-gnu";
    let at = code
        .windows(target.len())
        .position(|part| part == target)
        .expect("the target");
    code[at - 1] = b'x';
    let other = dir.write("other.cwasm", code);
    let host = Host::start(&component, &["--aot", &other]);
    host.stderr
        .wait_for(&format!("note: {other}: does not fit this engine: "));
    assert_eq!(host.get("/ok").text(), "ok");

    let missing = dir.path("missing.cwasm");
    let (code, stderr) = fail(&http_bin(), &["--component", &component, "--aot", &missing]);
    let expected = format!("error: {missing}: no such file; expected a WebAssembly component\n");
    assert_eq!((code, stderr), (Some(1), expected));
}

#[test]
fn precompile_has_the_same_errors() {
    let dir = Dir::new();
    let precompile = file("ANYHOST_PRECOMPILE_BIN", None);
    let output = dir.path("out.cwasm");
    let module = dir.wat("module.wasm", "(module)");
    let (code, stderr) = fail(&precompile, &[&module, "-o", &output]);
    assert_eq!(code, Some(1));
    assert!(
        stderr.starts_with(&format!("error: {module}: a core module; ")),
        "{stderr}"
    );
    let (code, stderr) = fail(&precompile, &[&greeter(), "-o", "/nowhere/out.cwasm"]);
    assert_eq!(
        (code, stderr.as_str()),
        (
            Some(1),
            "error: /nowhere/out.cwasm: No such file or directory\n"
        )
    );
    assert_eq!(fail(&precompile, &[&module]).0, Some(2));
}

#[test]
fn precompile_gives_the_same_bytes_each_time() {
    let (one, two) = (Dir::new(), Dir::new());
    let read = |dir: &Dir| std::fs::read(dir.precompiled(&greeter())).expect("the code");
    assert!(read(&one) == read(&two));
}

#[test]
fn a_port_that_is_taken() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let addr = listener.local_addr().expect("an address").to_string();
    let (code, stderr) = fail(&http_bin(), &["--component", &greeter(), "--addr", &addr]);
    let expected = format!(
        "error: cannot listen on {addr}: address already in use; use --addr to choose another\n"
    );
    assert_eq!((code, stderr), (Some(1), expected));
}

#[test]
fn flags_that_make_no_sense() {
    let greeter = greeter();
    for (flag, value, hint) in [
        ("--addr", "8080", "use HOST:PORT, as 127.0.0.1:8080"),
        (
            "--addr",
            "localhost:http",
            "use HOST:PORT, as 127.0.0.1:8080",
        ),
        (
            "--max-memory",
            "64",
            "use a number and B, KiB, MiB or GiB, as 64MiB",
        ),
        (
            "--max-body",
            "-1MiB",
            "use a number and B, KiB, MiB or GiB, as 64MiB",
        ),
        ("--timeout", "0s", "use a number and ms, s or m, as 30s"),
        ("--env", "NAME", "use NAME=VALUE"),
        ("--max-in-flight", "0", "0 is not in 1..=8192"),
    ] {
        let flag_value = format!("{flag}={value}");
        let (code, stderr) = fail(&http_bin(), &["--component", &greeter, &flag_value]);
        assert_eq!(code, Some(2), "{flag_value}: {stderr}");
        let first = stderr.lines().next().unwrap_or_default();
        assert!(
            first.contains(flag) && first.ends_with(hint),
            "{flag_value}: {first}"
        );
    }
    let (code, stderr) = fail(&http_bin(), &[]);
    assert_eq!(code, Some(2));
    assert!(stderr.contains("--component <FILE>"), "{stderr}");
}
