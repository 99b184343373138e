//! What the container prints, to where it belongs, as it comes.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{ChildStderr, ChildStdout};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

/// Copies both streams of a container until they end.
pub struct Log {
    listening: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Log {
    /// Starts to copy.
    pub fn start(stdout: Option<ChildStdout>, stderr: Option<ChildStderr>) -> Self {
        let listening = Arc::new(AtomicBool::new(false));
        let mut threads = Vec::new();
        if let Some(stream) = stdout {
            let listening = Arc::clone(&listening);
            threads.push(thread::spawn(move || {
                copy(stream, io::stdout(), &listening)
            }));
        }
        if let Some(stream) = stderr {
            let listening = Arc::clone(&listening);
            threads.push(thread::spawn(move || {
                copy(stream, io::stderr(), &listening)
            }));
        }
        Self { listening, threads }
    }

    /// Whether the container has said that it listens.
    pub fn is_listening(&self) -> bool {
        self.listening.load(Ordering::Relaxed)
    }

    /// Waits until everything is printed.
    pub fn finish(self) {
        for thread in self.threads {
            let _ = thread.join();
        }
    }
}

/// Copies lines. Where the container listens, inside, is not for the user: that line
/// and the one behind it, with something to try there, are left out.
fn copy(stream: impl Read, mut out: impl Write, listening: &AtomicBool) {
    let mut announcing = false;
    for line in BufReader::new(stream).split(b'\n') {
        let Ok(mut line) = line else { return };
        let announced = std::mem::take(&mut announcing);
        if line.starts_with(b"listening on http://") && !listening.swap(true, Ordering::Relaxed) {
            announcing = true;
        } else if !(announced && line.starts_with(b"try: ")) {
            line.push(b'\n');
            // A reader that has gone away is no reason to stop serving.
            let _ = out.write_all(&line);
        }
    }
}
