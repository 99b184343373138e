//! What a component prints: lines for a function of the embedder's.

use std::io::Write;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use anyhost_engine::Lines;
use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime_wasi::async_trait;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamError, StreamResult};

use crate::error::Error;

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
pub(crate) struct Printed {
    output: Arc<Output>,
    stream: Stream,
    lines: Arc<Mutex<Lines>>,
}

impl Printed {
    pub fn new(output: &Arc<Output>, stream: Stream) -> Self {
        Self {
            output: Arc::clone(output),
            stream,
            lines: Arc::default(),
        }
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, bytes: &[u8]) -> Result<(), Error> {
        let told = |line: &str| (self.output)(self.stream, line);
        self.lines().push(bytes, told)
    }

    /// What is there of a line is one.
    pub fn finish(&self) -> Result<(), Error> {
        self.lines().finish(|line| (self.output)(self.stream, line))
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
        let pushed = self.push(&bytes);
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
        let pushed = self.push(bytes);
        Poll::Ready(pushed.map(|()| bytes.len()).map_err(std::io::Error::other))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
