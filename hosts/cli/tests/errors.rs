//! Every mistake is told in one line, and the exit code says of which kind it is.

mod common;

use common::{Ended, cli_bin, command, greeter, probe_guest};
use host_testing::errors::Host;
use host_testing::{Dir, fail};

fn host() -> Host {
    Host {
        program: cli_bin(),
        component: greeter(),
        export: "wasi:cli/run",
        wanted: "wasi:cli/run@0.2 or wasi:cli/run@0.3",
        provides: "wasi:cli, wasi:io, wasi:clocks, wasi:random, wasi:filesystem, wasi:http and \
                   wasi:sockets (no network), all 0.2",
    }
}

#[test]
fn components_that_cannot_be_run() {
    host().tells_bad_components();
}

#[test]
fn precompiled_code_that_does_not_fit_is_not_used() {
    let dir = Dir::new();
    let stale = dir.precompiled(&probe_guest());
    let junk = dir.write("junk.cwasm", "junk");
    let mut code = std::fs::read(Dir::new().precompiled(&greeter())).expect("the code");
    let middle = code.len() / 2;
    code[middle] ^= 1;
    let damaged = dir.write("damaged.cwasm", code);
    for (aot, reason) in [
        (damaged, "damaged"),
        (stale, "made from another component"),
        (junk, "not precompiled code, or cut short"),
    ] {
        let output = command(&greeter(), &["--aot", &aot], &["you"]).output();
        let ended = Ended::from(output.expect("the host starts"));
        assert_eq!(
            (ended.code, ended.stdout.as_str()),
            (Some(0), "Hello, you\n")
        );
        let note = format!("note: {aot}: {reason}; compiling {} instead\n", greeter());
        assert_eq!(ended.stderr, note);
    }
}

#[test]
fn memories_that_are_too_large_together() {
    let dir = Dir::new();
    let file = dir.wat(
        "memories.wasm",
        r#"(component
            (core module $m (memory 1) (func (export "run") (result i32) i32.const 0))
            (core instance $c (instantiate $m))
            (core instance (instantiate $m))
            (func $run (result (result)) (canon lift (core func $c "run")))
            (instance $i (export "run" (func $run)))
            (export "wasi:cli/run@0.2.0" (instance $i)))"#,
    );
    let run = |limit| fail(&cli_bin(), &["--component", &file, "--max-memory", limit]);
    assert_eq!(run("128KiB"), (Some(0), String::new()));
    let (code, stderr) = run("64KiB");
    assert_eq!(code, Some(1));
    assert!(
        stderr.starts_with(&format!("error: {file}: cannot start: ")),
        "{stderr}"
    );
    assert_eq!(stderr.lines().count(), 1);
}

#[test]
fn a_component_that_traps_before_it_runs() {
    let dir = Dir::new();
    let file = dir.wat(
        "start.wasm",
        r#"(component
            (core module $m (func $f unreachable) (start $f) (func (export "run") (result i32) i32.const 0))
            (core instance $c (instantiate $m))
            (func $run (result (result)) (canon lift (core func $c "run")))
            (instance $i (export "run" (func $run)))
            (export "wasi:cli/run@0.2.0" (instance $i)))"#,
    );
    let expected = format!(
        "error: {file}: the guest trapped: wasm trap: wasm `unreachable` instruction executed\n"
    );
    assert_eq!(
        fail(&cli_bin(), &["--component", &file]),
        (Some(134), expected)
    );
}

#[test]
fn flags_that_make_no_sense() {
    host().tells_bad_directories();
    // A flag that is misspelt is not taken for the guest's.
    let (code, stderr) = fail(
        &cli_bin(),
        &["--component", &greeter(), "--max-mem", "1GiB"],
    );
    assert_eq!(code, Some(2));
    assert!(
        stderr.starts_with("error: unexpected argument '--max-mem'"),
        "{stderr}"
    );
}
