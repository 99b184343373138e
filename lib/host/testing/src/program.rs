//! A program that runs while a test does something else.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

pub use rustix::process::Signal;
use rustix::process::{Pid, kill_process, kill_process_group};

use crate::PATIENCE;

/// How long what an ended program printed may take to be read.
const REST: Duration = Duration::from_secs(2);

/// A running program; dropping it kills it.
pub struct Program {
    child: Child,
    /// What it prints.
    pub stdout: Output,
    /// What it says.
    pub stderr: Output,
}

impl Program {
    /// Starts it, with nothing to read.
    ///
    /// # Panics
    /// It does not start.
    pub fn start(command: &mut Command) -> Self {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        Self {
            stdout: Output::collect(child.stdout.take().expect("stdout is piped")),
            stderr: Output::collect(child.stderr.take().expect("stderr is piped")),
            child,
        }
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal.
    ///
    /// # Panics
    /// It has ended.
    pub fn signal(&self, signal: Signal) {
        kill(self.id(), signal);
    }

    /// Waits for its end, and until all that it printed is read.
    ///
    /// # Panics
    /// It does not come.
    pub fn wait(&mut self) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a child can be waited for") {
                self.stdout.finish();
                self.stderr.finish();
                return status;
            }
            assert!(start.elapsed() < PATIENCE, "the program does not exit");
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a signal to a process.
///
/// # Panics
/// There is none of that id.
pub fn kill(pid: u32, signal: Signal) {
    let pid = pid.try_into().ok().and_then(Pid::from_raw).expect("a pid");
    kill_process(pid, signal).expect("the process is there");
}

/// Sends a signal to a process group, as a terminal does.
///
/// # Panics
/// There is none of that id.
pub fn kill_group(pid: u32, signal: Signal) {
    let pid = pid.try_into().ok().and_then(Pid::from_raw).expect("a pid");
    kill_process_group(pid, signal).expect("the group is there");
}

/// What a process has printed so far.
#[derive(Clone)]
pub struct Output(Arc<(Mutex<Printed>, Condvar)>);

#[derive(Default)]
struct Printed {
    text: String,
    /// There will be no more.
    ended: bool,
}

impl Output {
    fn collect(stream: impl Read + Send + 'static) -> Self {
        let output = Self(Arc::default());
        let writer = output.clone();
        thread::spawn(move || {
            for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
                let text = String::from_utf8_lossy(&line);
                writer.change(|printed| printed.text.push_str(&format!("{text}\n")));
            }
            writer.change(|printed| printed.ended = true);
        });
        output
    }

    fn change(&self, change: impl FnOnce(&mut Printed)) {
        change(&mut self.0.0.lock().expect("no panic"));
        self.0.1.notify_all();
    }

    /// Waits for the end of what is printed, but not for long: a process that outlives the
    /// program may hold the stream.
    fn finish(&self) {
        let printed = self.0.0.lock().expect("no panic");
        let open = |printed: &mut Printed| !printed.ended;
        let _ = self.0.1.wait_timeout_while(printed, REST, open);
    }

    /// The first line that contains `part`, as soon as there is one.
    ///
    /// # Panics
    /// There is none.
    pub fn wait_for(&self, part: &str) -> String {
        let find = |text: &str| {
            text.lines()
                .find(|line| line.contains(part))
                .map(str::to_owned)
        };
        let printed = self.0.0.lock().expect("no panic");
        let lacks = |printed: &mut Printed| !printed.ended && find(&printed.text).is_none();
        let (printed, _) = self
            .0
            .1
            .wait_timeout_while(printed, PATIENCE, lacks)
            .expect("no panic");
        let text = &printed.text;
        find(text).unwrap_or_else(|| panic!("no line contains {part:?}:\n{text}"))
    }

    /// All of it.
    ///
    /// # Panics
    /// A thread that collects has panicked.
    #[must_use]
    pub fn text(&self) -> String {
        self.0.0.lock().expect("no panic").text.clone()
    }
}
