//! What a component prints: lines for a function of the embedder's.

use std::io::Write;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime_wasi::async_trait;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamError, StreamResult};

use crate::error::Error;

/// The longest line, in bytes; a longer one is split.
const MAX_LINE: usize = 4096;
/// What a component may write at once, in bytes.
const WRITE_BUDGET: usize = 64 << 10;

/// Which of its two outputs a component prints to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

impl Stream {
    /// `stdout` or `stderr`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
        }
    }
}

/// Takes a line that a component printed, without its end; control characters in it are
/// escaped. An error ends the component's call.
pub type Output = dyn Fn(Stream, &str) -> Result<(), Error> + Send + Sync;

/// What takes lines where the embedder has no function for them: they go to the process's
/// standard error.
pub(crate) fn to_stderr() -> Arc<Output> {
    Arc::new(|stream, line| {
        let _ = writeln!(std::io::stderr(), "guest {}: {line}", stream.name());
        Ok(())
    })
}

/// One of a component's outputs; clones share the line that is not finished.
#[derive(Clone)]
pub(crate) struct Printed(Arc<Mutex<Lines>>);

struct Lines {
    output: Arc<Output>,
    stream: Stream,
    unfinished: Vec<u8>,
}

impl Printed {
    pub fn new(output: &Arc<Output>, stream: Stream) -> Self {
        Self(Arc::new(Mutex::new(Lines {
            output: Arc::clone(output),
            stream,
            unfinished: Vec::new(),
        })))
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is there of a line is one.
    pub fn finish(&self) -> Result<(), Error> {
        let mut lines = self.lines();
        if lines.unfinished.is_empty() {
            return Ok(());
        }
        lines.finish()
    }
}

impl Lines {
    fn push(&mut self, bytes: &[u8]) -> Result<(), Error> {
        for &byte in bytes {
            if byte != b'\n' {
                self.unfinished.push(byte);
            }
            if byte == b'\n' || self.unfinished.len() == MAX_LINE {
                self.finish()?;
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Error> {
        let bytes = std::mem::take(&mut self.unfinished);
        let bytes = bytes.strip_suffix(b"\r").unwrap_or(&bytes);
        let mut line = String::with_capacity(bytes.len());
        for character in String::from_utf8_lossy(bytes).chars() {
            // A component must not steer the terminal that shows a log, nor forge its lines.
            if character.is_control() && character != '\t' {
                line.extend(character.escape_default());
            } else {
                line.push(character);
            }
        }
        (self.output)(self.stream, &line)
    }
}

impl IsTerminal for Printed {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Printed {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

#[async_trait]
impl Pollable for Printed {
    async fn ready(&mut self) {}
}

impl OutputStream for Printed {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        let pushed = self.lines().push(&bytes);
        pushed.map_err(|error| StreamError::Trap(error.into()))
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(WRITE_BUDGET)
    }
}

impl AsyncWrite for Printed {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        let pushed = self.lines().push(bytes);
        Poll::Ready(pushed.map(|()| bytes.len()).map_err(std::io::Error::other))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_an_end_and_no_control_characters() {
        let told = Arc::new(Mutex::new(Vec::new()));
        let lines = Arc::clone(&told);
        let output: Arc<Output> = Arc::new(move |stream, line: &str| {
            assert_eq!(stream, Stream::Stderr);
            lines.lock().expect("no panic").push(line.to_owned());
            Ok(())
        });
        let printed = Printed::new(&output, Stream::Stderr);
        let push = |bytes: &[u8]| printed.lines().push(bytes).expect("it is taken");
        push(b"a\tb\r\nc");
        push(b"d\n\n\x1b[2J\xff\n");
        push(&[b'x'; MAX_LINE + 1]);
        printed.finish().expect("it is taken");
        printed.finish().expect("there is nothing");
        let told = told.lock().expect("no panic");
        let long = "x".repeat(MAX_LINE);
        let expected = ["a\tb", "cd", "", "\\u{1b}[2J\u{fffd}", &long, "x"];
        assert_eq!(*told, expected);
    }
}
