//! What the tests share: a host on a free port, and a client that sees every byte.
//!
//! The programs and components come from the environment, which Bazel sets. For
//! cargo: `ANYHOST_PRECOMPILE_BIN`, `WASI_HTTP_RUST`, `FAULT_GUEST` and `P3_GUEST` are
//! paths of the built `precompile`, `//guests/wasi_http_rust`, `fault_guest` and `p3_guest`.

// Each test file is a program of its own and uses its own part of this.
#![allow(dead_code)]

use std::ops::{Deref, DerefMut};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

pub use host_testing::client;
use host_testing::client::Response;
use host_testing::program::Program;
use host_testing::{PATIENCE, file};

pub fn http_bin() -> String {
    file("ANYHOST_HTTP_BIN", option_env!("CARGO_BIN_EXE_http"))
}

pub fn greeter() -> String {
    file("WASI_HTTP_RUST", None)
}

pub fn fault_guest() -> String {
    file("FAULT_GUEST", None)
}

pub fn p3_guest() -> String {
    file("P3_GUEST", None)
}

/// A running host; dropping it kills it.
pub struct Host {
    program: Program,
    /// `HOST:PORT` where it listens.
    pub addr: String,
}

impl Host {
    pub fn start(component: &str, flags: &[&str]) -> Self {
        let flags = [&["--addr", "127.0.0.1:0"], flags].concat();
        Self::run(Command::new(http_bin()), component, &flags)
    }

    /// Run by a shell, which first does what `script` says.
    pub fn by_shell(script: &str, flags: &[&str]) -> Self {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("{script} exec \"$@\""), "sh", &http_bin()]);
        let flags = [&["--addr", "127.0.0.1:0"], flags].concat();
        Self::run(shell, &fault_guest(), &flags)
    }

    pub fn run(mut command: Command, component: &str, flags: &[&str]) -> Self {
        command.args(["--component", component]).args(flags);
        let program = Program::start(&mut command);
        let addr = client::announced(&program.stderr);
        Self { program, addr }
    }

    pub fn faults(flags: &[&str]) -> Self {
        Self::start(&fault_guest(), flags)
    }

    /// A line of the access log, by its number, as soon as it is there.
    pub fn line(&self, number: usize) -> String {
        let start = Instant::now();
        loop {
            if let Some(line) = self.program.stdout.text().lines().nth(number) {
                return line.to_owned();
            }
            assert!(start.elapsed() < PATIENCE, "no line {number}");
            thread::sleep(Duration::from_millis(10));
        }
    }

    pub fn get(&self, target: &str) -> Response {
        client::get(&self.addr, target)
    }
}

impl Deref for Host {
    type Target = Program;

    fn deref(&self) -> &Program {
        &self.program
    }
}

impl DerefMut for Host {
    fn deref_mut(&mut self) -> &mut Program {
        &mut self.program
    }
}
