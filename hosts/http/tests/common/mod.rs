//! What the tests share: a host on a free port, and a client that sees every byte.
//!
//! The programs and components come from the environment, which Bazel sets. For
//! cargo: `ANYHOST_PRECOMPILE_BIN`, `WASI_HTTP_RUST` and `FAULT_GUEST` are paths of
//! the built `precompile`, `//guests/wasi_http_rust` and `fault_guest`.

// Each test file is a program of its own and uses its own part of this.
#![allow(dead_code)]

pub mod client;

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use client::Response;
use host_testing::{PATIENCE, file};
use rustix::process::{Pid, Signal, kill_process};

pub fn http_bin() -> String {
    file("ANYHOST_HTTP_BIN", option_env!("CARGO_BIN_EXE_http"))
}

pub fn greeter() -> String {
    file("WASI_HTTP_RUST", None)
}

pub fn fault_guest() -> String {
    file("FAULT_GUEST", None)
}

/// A running host; dropping it kills it.
pub struct Host {
    child: Child,
    /// `HOST:PORT` where it listens.
    pub addr: String,
    pub stdout: Output,
    pub stderr: Output,
}

impl Host {
    pub fn start(component: &str, flags: &[&str]) -> Self {
        let mut command = Command::new(http_bin());
        command
            .args(["--component", component, "--addr", "127.0.0.1:0"])
            .args(flags);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the host starts");
        let stdout = Output::collect(child.stdout.take().expect("stdout is piped"));
        let stderr = Output::collect(child.stderr.take().expect("stderr is piped"));
        let line = stderr.wait_for("listening on http://");
        let rest = line.split("http://").nth(1).expect("an address");
        let addr = rest.split(' ').next().expect("an address").to_owned();
        Self {
            child,
            addr,
            stdout,
            stderr,
        }
    }

    pub fn faults(flags: &[&str]) -> Self {
        Self::start(&fault_guest(), flags)
    }

    pub fn get(&self, target: &str) -> Response {
        client::exchange(
            &self.addr,
            format!("GET {target} HTTP/1.1\r\nhost: test\r\n\r\n"),
        )
    }

    pub fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(self.child.id().try_into().expect("a pid")).expect("a pid");
        kill_process(pid, signal).expect("the host is there");
    }

    pub fn wait(&mut self) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("the host can be waited for") {
                return status;
            }
            assert!(start.elapsed() < PATIENCE, "the host does not exit");
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a process has printed so far.
#[derive(Clone)]
pub struct Output(Arc<(Mutex<String>, Condvar)>);

impl Output {
    fn collect(stream: impl Read + Send + 'static) -> Self {
        let output = Self(Arc::new((Mutex::new(String::new()), Condvar::new())));
        let writer = output.clone();
        thread::spawn(move || {
            for line in BufReader::new(stream).split(b'\n') {
                let Ok(line) = line else { return };
                let text = String::from_utf8_lossy(&line);
                writer
                    .0
                    .0
                    .lock()
                    .expect("no panic")
                    .push_str(&format!("{text}\n"));
                writer.0.1.notify_all();
            }
        });
        output
    }

    /// The first line that contains `part`, as soon as there is one.
    pub fn wait_for(&self, part: &str) -> String {
        let find = |text: &str| {
            text.lines()
                .find(|line| line.contains(part))
                .map(str::to_owned)
        };
        let text = self.0.0.lock().expect("no panic");
        let lacks = |text: &mut String| find(text).is_none();
        let (text, _) = self
            .0
            .1
            .wait_timeout_while(text, PATIENCE, lacks)
            .expect("no panic");
        find(&text).unwrap_or_else(|| panic!("no line contains {part:?}:\n{text}"))
    }

    pub fn text(&self) -> String {
        self.0.0.lock().expect("no panic").clone()
    }
}
