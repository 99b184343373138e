//! The cases of a guest that is a command: `cli.json` beside it.

use std::process::{Command, Stdio};
use std::{io::Write, thread};

use serde::Deserialize;

use crate::cases;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    args: Vec<String>,
    #[serde(default)]
    stdin: String,
    #[serde(default)]
    stdout: String,
    #[serde(default)]
    stderr: String,
    #[serde(default)]
    code: i32,
}

/// Holds the command to the cases; `host` makes a command line that its arguments can follow.
///
/// # Panics
/// It prints something else, or ends with another code.
pub fn hold_for(host: impl Fn() -> Command) {
    let cases: Vec<Case> = cases::read();
    cases::run_all(&cases, |case| &case.name, |case| hold(host(), case));
}

fn hold(mut command: Command, case: &Case) {
    command.args(&case.args).stdin(Stdio::piped());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the host starts");
    let mut stdin = child.stdin.take().expect("stdin is piped");
    let output = thread::scope(|scope| {
        scope.spawn(move || {
            // A command need not read what it is given.
            let _ = stdin.write_all(case.stdin.as_bytes());
        });
        child.wait_with_output().expect("the host ends")
    });
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(
        (output.status.code(), &stderr),
        (Some(case.code), &case.stderr)
    );
    let expected = &case.stdout;
    assert!(
        stdout == *expected,
        "expected {expected:.300}, got {stdout:.300}"
    );
}
