//! What the tests share: a command that is run to its end.
//!
//! The programs and components come from the environment, which Bazel sets. For
//! cargo: `ANYHOST_PRECOMPILE_BIN`, `WASI_CLI_RUST`, `PROBE_GUEST` and
//! `PROBE_GUEST_AOT` are paths of what `//hosts/cli/tests` has as data.

// Each test file is a program of its own and uses its own part of this.
#![allow(dead_code)]

use std::io::Write;
use std::process::{Command, Output, Stdio};

use host_testing::file;

pub fn cli_bin() -> String {
    file("ANYHOST_CLI_BIN", option_env!("CARGO_BIN_EXE_cli"))
}

pub fn greeter() -> String {
    file("WASI_CLI_RUST", None)
}

pub fn probe_guest() -> String {
    file("PROBE_GUEST", None)
}

/// What became of a command.
#[derive(Debug, PartialEq, Eq)]
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Self {
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }
}

impl Ended {
    /// What it printed, if it did nothing but print and succeed.
    #[track_caller]
    pub fn ok(self) -> String {
        assert_eq!((self.code, self.stderr.as_str()), (Some(0), ""), "{self:?}");
        self.stdout
    }
}

/// The host with `component`, its flags and the guest's arguments.
pub fn command(component: &str, flags: &[&str], args: &[&str]) -> Command {
    let mut command = Command::new(cli_bin());
    command
        .args(["--component", component])
        .args(flags)
        .args(args)
        .env("RUST_BACKTRACE", "1")
        .stdin(Stdio::null());
    command
}

/// The host with the probe, which is compiled only once for all tests.
pub fn probe_command(flags: &[&str], args: &[&str]) -> Command {
    let aot = file("PROBE_GUEST_AOT", None);
    let mut all = vec!["--aot", &aot];
    all.extend(flags);
    command(&probe_guest(), &all, args)
}

/// Runs the probe.
pub fn probe(flags: &[&str], args: &[&str]) -> Ended {
    let output = probe_command(flags, args).output();
    output.expect("the host starts").into()
}

/// Runs the probe with `input` on stdin.
pub fn probe_with_input(args: &[&str], input: &[u8]) -> Ended {
    let mut command = probe_command(&[], args);
    command.stdin(Stdio::piped());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the host starts");
    let mut stdin = child.stdin.take().expect("stdin is piped");
    std::thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(input));
        child.wait_with_output().expect("the host ends").into()
    })
}
