//! The bounds on memory and time.

mod common;

use std::process::Stdio;

use common::{Ended, probe, probe_command, probe_guest};

#[test]
fn memory_is_there_up_to_the_limit() {
    assert_eq!(
        probe(&["--max-memory", "64MiB"], &["alloc", "16"]).ok(),
        "16 MiB\n"
    );
    assert_eq!(probe(&[], &["alloc", "200"]).ok(), "200 MiB\n");
}

#[test]
fn memory_over_the_limit_is_refused_and_told() {
    let ended = probe(&["--max-memory", "64MiB"], &["alloc", "100"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(134), ""));
    let last = ended.stderr.lines().last().expect("a line");
    let start = format!("error: {}: the guest trapped: wasm trap: ", probe_guest());
    assert!(last.starts_with(&start), "{last}");
    let end = ", after it was refused memory over --max-memory";
    assert!(last.ends_with(end), "{last}");
}

#[track_caller]
fn assert_timeout(ended: &Ended) {
    let line = format!(
        "error: {}: the guest took longer than --timeout, 300ms\n",
        probe_guest()
    );
    assert_eq!(
        (ended.code, ended.stderr.as_str()),
        (Some(124), line.as_str())
    );
}

#[test]
fn a_command_that_computes_or_waits_too_long_is_ended() {
    assert_timeout(&probe(&["--timeout", "300ms"], &["loop"]));
    assert_timeout(&probe(&["--timeout", "300ms"], &["sleep"]));
}

#[test]
fn a_command_that_waits_for_its_user_is_ended() {
    let mut command = probe_command(&["--timeout", "300ms"], &["echo"]);
    command.stdin(Stdio::piped());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the host starts");
    let _open = child.stdin.take();
    assert_timeout(&child.wait_with_output().expect("the host ends").into());
}

#[test]
fn a_command_whose_output_nobody_reads_is_ended() {
    let mut command = probe_command(&["--timeout", "300ms"], &["flood"]);
    command.stdout(Stdio::piped());
    let mut child = command.spawn().expect("the host starts");
    let _unread = child.stdout.take();
    assert_eq!(child.wait().expect("the host ends").code(), Some(124));
}
