//! A command as its user sees it: arguments, environment, streams, exit code.

mod common;

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::process::{Command, Stdio};

use common::{
    Ended, cli_bin, command, greeter, probe, probe_command, probe_guest, probe_with_input,
};
use host_testing::Dir;

fn run(component: &str, args: &[&str]) -> Ended {
    let output = command(component, &[], args).output();
    output.expect("the host starts").into()
}

#[test]
fn a_precompiled_component_behaves_the_same() {
    let dir = Dir::new();
    let aot = dir.precompiled(&greeter());
    let output = command(&greeter(), &["--aot", &aot], &["you"]).output();
    assert_eq!(
        Ended::from(output.expect("the host starts")).ok(),
        "Hello, you\n"
    );
    assert_eq!(run(&aot, &["you"]).ok(), "Hello, you\n");
}

#[test]
fn arguments_arrive_untouched() {
    let name = probe_guest();
    let name = name.rsplit('/').next().expect("a file name");
    for (args, expected) in [
        (&[][..], &[][..]),
        (&["a", "", "b c"], &["a", "", "b c"]),
        (
            &["a", "--env", "A=B", "--help"],
            &["a", "--env", "A=B", "--help"],
        ),
        (
            &["a", "-x", "--", "-y", "--"],
            &["a", "-x", "--", "-y", "--"],
        ),
        (&["--", "--component", "x"], &["--component", "x"]),
        (&["--", "--", "a"], &["--", "a"]),
        (&["-"], &["-"]),
        (&["ä\n\"'\\$(x)"], &["ä\n\"'\\$(x)"]),
    ] {
        let mut all = vec![name];
        all.extend(expected);
        assert_eq!(probe(&[], args).ok(), format!("{all:?}\n"));
    }
}

#[test]
fn an_argument_that_is_not_utf8_is_wrong_usage() {
    let mut command = probe_command(&[], &["a"]);
    let ended: Ended = command
        .arg(OsStr::from_bytes(b"caf\xe9"))
        .output()
        .expect("the host starts")
        .into();
    assert_eq!(ended.code, Some(2));
    let line = r#"error: the argument "caf\xE9" is not UTF-8, as WASI wants it"#;
    assert_eq!(ended.stderr.lines().next(), Some(line));
}

#[test]
fn the_environment_is_what_is_granted() {
    let flags = [
        "--env", "A=1", "--env", "EMPTY=", "--env", "Ä=ö", "--env", "A=b=c",
    ];
    assert_eq!(
        probe(&flags, &["env"]).ok(),
        "[(\"A\", \"b=c\"), (\"EMPTY\", \"\"), (\"Ä\", \"ö\")]\n"
    );
    assert_eq!(probe(&[], &["env"]).ok(), "[]\n");
}

#[test]
fn the_streams_are_separate() {
    let ended = probe(&[], &["streams"]);
    assert_eq!(
        (ended.code, ended.stdout.as_str(), ended.stderr.as_str()),
        (Some(0), "to stdout\n", "to stderr\n")
    );
}

#[test]
fn standard_input_reaches_the_command_whole() {
    let input: Vec<u8> = b"0123456789abcde\n".repeat(100_000);
    let ended = probe_with_input(&["echo"], &input);
    assert!(ended.ok().as_bytes() == input);
    assert_eq!(probe_with_input(&["echo"], b"").ok(), "");
}

#[test]
fn the_exit_code_is_the_commands() {
    for code in [0, 1, 2, 3, 124, 134, 255] {
        let ended = probe(&[], &["exit", &code.to_string()]);
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(code), ""));
    }
    let failed = probe(&[], &["fail"]);
    assert_eq!((failed.code, failed.stderr.as_str()), (Some(1), ""));
}

#[test]
fn a_trap_is_told_and_has_an_exit_code() {
    let ended = probe(&[], &["trap"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(134), ""));
    let expected = format!(
        "error: {}: the guest trapped: wasm trap: wasm `unreachable` instruction executed",
        probe_guest()
    );
    assert_eq!(ended.stderr.lines().last(), Some(expected.as_str()));
}

/// Runs the probe as a shell does, with `redirect`.
fn shell(args: &str, redirect: &str) -> Ended {
    let script = format!("\"$1\" --component \"$2\" {args} {redirect}");
    let output = Command::new("/bin/sh")
        .args(["-c", &script, "sh", &cli_bin(), &probe_guest()])
        .stdin(Stdio::null())
        .output();
    output.expect("a shell").into()
}

#[test]
fn closed_streams_are_no_reason_to_crash() {
    for redirect in ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"] {
        let ended = shell("streams", redirect);
        assert_eq!(ended.code, Some(0), "{redirect}: {ended:?}");
    }
    let trapped = shell("trap", "2>&-");
    assert_eq!(trapped.code, Some(134));
}

#[test]
fn output_that_cannot_be_written_is_an_error() {
    let ended = shell("streams", ">/dev/full");
    assert_eq!(ended.code, Some(1));
    assert!(!ended.stderr.contains("panicked"), "{ended:?}");
    // What the guest does not flush, the host does.
    let ended = shell("unflushed text", ">/dev/full");
    assert_eq!(
        (ended.code, ended.stderr.as_str()),
        (Some(1), "error: standard output: no storage space\n")
    );
    assert_eq!(shell("unflushed text", "").ok(), "text");
    let ended = shell("flood", "| head -c 6");
    assert_eq!(ended.stdout, "flood ");
}
