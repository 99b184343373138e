//! Lines for stdout and stderr that never make a request wait.
//!
//! A line is formatted where it arises and appended to a buffer; a thread writes
//! the buffers out. When a reader does not keep up, lines are dropped and counted.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// What may wait for a slow reader, in bytes.
const CAPACITY: usize = 4 << 20;
/// How long a line may wait for company, so that one write carries many.
const GATHER: Duration = Duration::from_millis(20);

/// A stream of lines; clones share it.
#[derive(Clone)]
pub struct Log(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    wake: Condvar,
}

#[derive(Default)]
struct State {
    pending: Vec<u8>,
    dropped: u64,
    /// The writer has taken bytes that are not out yet.
    writing: bool,
    /// The writer sleeps until the first line.
    idle: bool,
}

impl Log {
    /// Starts the thread that writes to `out`. When that cannot be written to, `broken`
    /// is called, once.
    ///
    /// # Errors
    /// The system's, when no thread can be started.
    pub fn new(
        out: impl Write + Send + 'static,
        broken: impl FnOnce(io::Error) + Send + 'static,
    ) -> io::Result<Self> {
        let log = Self(Arc::new(Shared {
            state: Mutex::default(),
            wake: Condvar::new(),
        }));
        let writer = log.clone();
        thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || writer.write_out(out, broken))?;
        Ok(log)
    }

    /// Appends `line`, which ends with a line break.
    pub fn line(&self, line: &str) {
        let mut state = self.lock();
        if state.pending.len() + line.len() > CAPACITY {
            state.dropped += 1;
            return;
        }
        state.pending.extend_from_slice(line.as_bytes());
        if state.idle {
            state.idle = false;
            self.0.wake.notify_all();
        }
    }

    /// Waits until all lines are out, at most a second.
    pub fn flush(&self) {
        let unwritten = |state: &mut State| state.writing || !state.pending.is_empty();
        let _ = self
            .0
            .wake
            .wait_timeout_while(self.lock(), Duration::from_secs(1), unwritten);
    }

    fn write_out(&self, mut out: impl Write, broken: impl FnOnce(io::Error)) {
        let mut broken = Some(broken);
        let mut batch = Vec::new();
        loop {
            let mut state = self.lock();
            state.writing = false;
            self.0.wake.notify_all();
            while state.pending.is_empty() {
                state.idle = true;
                state = self
                    .0
                    .wake
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner);
            }
            drop(state);
            thread::sleep(GATHER);
            let mut state = self.lock();
            batch.clear();
            std::mem::swap(&mut batch, &mut state.pending);
            let dropped = std::mem::take(&mut state.dropped);
            state.writing = true;
            drop(state);
            if dropped > 0 {
                batch.extend_from_slice(format!("log_lines_dropped={dropped}\n").as_bytes());
            }
            // A reader that has gone away is no reason to stop serving.
            if let Err(error) = out.write_all(&batch).and_then(|()| out.flush())
                && let Some(broken) = broken.take()
            {
                broken(error);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Appends `text` in double quotes so that it stays one value of one line: quotes,
/// backslashes and all but printable ASCII are escaped. What is longer than `limit`
/// bytes is cut and marked with dots.
pub fn push_quoted(line: &mut String, text: &[u8], limit: usize) {
    line.push('"');
    for &byte in &text[..text.len().min(limit)] {
        match byte {
            b'"' | b'\\' => line.extend(['\\', byte.into()]),
            b' '..=b'~' => line.push(byte.into()),
            _ => {
                let _ = write!(line, "\\x{byte:02x}");
            }
        }
    }
    line.push_str(if text.len() > limit { "...\"" } else { "\"" });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_text_stays_in_its_value() {
        let mut line = String::new();
        push_quoted(&mut line, "a\"b\\c\n\u{e9} d".as_bytes(), 100);
        assert_eq!(line, r#""a\"b\\c\x0a\xc3\xa9 d""#);
    }

    #[test]
    fn long_text_is_cut() {
        let mut line = String::new();
        push_quoted(&mut line, b"abcdef", 3);
        assert_eq!(line, "\"abc...\"");
    }
}
