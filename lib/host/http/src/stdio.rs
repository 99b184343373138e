//! What a guest prints: lines on the host's stderr, marked with the request.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use anyhost_engine::Lines;
use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime_wasi::async_trait;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};

use crate::log::Log;
use crate::request_id::RequestId;

/// What a guest may write at once, in bytes.
const WRITE_BUDGET: usize = 64 * 1024;

/// The stdout or stderr of one request's guest; clones share the unfinished line.
#[derive(Clone)]
pub struct GuestOutput(Arc<Mutex<Marked>>);

struct Marked {
    log: Log,
    id: RequestId,
    stream: &'static str,
    lines: Lines,
}

impl GuestOutput {
    /// An output that is shown as `stream` of the request `id`.
    pub fn new(log: Log, id: RequestId, stream: &'static str) -> Self {
        Self(Arc::new(Mutex::new(Marked {
            log,
            id,
            stream,
            lines: Lines::default(),
        })))
    }

    fn push(&self, bytes: &[u8]) {
        let mut marked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut lines = std::mem::take(&mut marked.lines);
        let Ok(()) = lines.push(bytes, |line| marked.show(line));
        marked.lines = lines;
    }
}

impl Marked {
    fn show(&self, line: &str) -> Result<(), Infallible> {
        let line = format!("guest id={} {}: {line}\n", self.id, self.stream);
        self.log.line(&line);
        Ok(())
    }
}

impl Drop for Marked {
    fn drop(&mut self) {
        let Ok(()) = std::mem::take(&mut self.lines).finish(|line| self.show(line));
    }
}

impl IsTerminal for GuestOutput {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for GuestOutput {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

#[async_trait]
impl Pollable for GuestOutput {
    async fn ready(&mut self) {}
}

impl OutputStream for GuestOutput {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.push(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(WRITE_BUDGET)
    }
}

impl AsyncWrite for GuestOutput {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.push(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
