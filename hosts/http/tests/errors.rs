//! Every mistake is told in one line, and the exit code says of which kind it is.

mod common;

use std::net::TcpListener;

use common::{Host, fault_guest, greeter, http_bin};
use host_testing::{Dir, fail, file, seal};

fn host() -> host_testing::errors::Host {
    host_testing::errors::Host {
        program: http_bin(),
        component: greeter(),
        export: "wasi:http/incoming-handler",
        wanted: "wasi:http/incoming-handler@0.2 or wasi:http/handler@0.3",
        provides: "wasi:cli, wasi:io, wasi:clocks, wasi:random, wasi:filesystem, wasi:http and \
                   wasi:sockets (no network), all 0.2",
    }
}

#[test]
fn components_that_cannot_be_served() {
    host().tells_bad_components();
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

    // A bit that fell over.
    let mut code = std::fs::read(dir.precompiled(&component)).expect("the code");
    let middle = code.len() / 2;
    code[middle] ^= 1;
    let damaged = dir.write("damaged.cwasm", code);
    let host = Host::start(&component, &["--aot", &damaged]);
    host.stderr
        .wait_for(&format!("note: {damaged}: damaged; compiling"));
    assert_eq!(host.get("/ok").text(), "ok");

    // Code for another machine: which one is in it as text.
    let mut code = std::fs::read(dir.precompiled(&component)).expect("the code");
    let target = b"-unknown-linux-gnu";
    let at = code
        .windows(target.len())
        .position(|part| part == target)
        .expect("the target");
    code[at - 1] = b'x';
    seal(&mut code);
    let other = dir.write("other.cwasm", code);
    let host = Host::start(&component, &["--aot", &other]);
    host.stderr
        .wait_for(&format!("note: {other}: does not fit this engine: "));
    assert_eq!(host.get("/ok").text(), "ok");
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
fn more_instances_than_there_is_address_space() {
    let dir = Dir::new();
    let memory = "(core module (memory 1))".repeat(16);
    let instances: String = (0..16)
        .map(|n| format!("(core instance (instantiate {n}))"))
        .collect();
    let export = r#"(instance $i) (export "wasi:http/incoming-handler@0.2.0" (instance $i))"#;
    let text = format!("(component {memory} {instances} {export})");
    let file = dir.wat("memories.wasm", &text);
    let line = host().line(&[
        "--component",
        &file,
        "--max-in-flight",
        "8192",
        "--threads",
        "1",
    ]);
    let start = "error: cannot reserve the address space of 8193 instances at once: ";
    assert!(
        line.starts_with(start) && line.ends_with("; lower --max-in-flight\n"),
        "{line}"
    );
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
fn directories_that_cannot_be_granted() {
    host().tells_bad_directories();
}
