//! hyper's view of a client's connection.

use std::io::{Error, ErrorKind};
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Buf, BytesMut};
use hyper::rt::{Read, ReadBufCursor, Write};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep};
use wasmtime_wasi_http::io::TokioIo;

use crate::wire::{Phase, Wire};

/// What is read of a client's next requests while one is being answered, in bytes.
const MAX_AHEAD: usize = 64 * 1024;
/// How often it is looked whether a client that sends no more is still there.
const CHECK: Duration = Duration::from_millis(250);
/// How each response begins, whatever it is.
const START: &[u8] = b"HTTP/1.";

/// A connection that fails when the client takes no byte for too long, or when it is
/// gone while its request is being answered.
///
/// Then hyper does not read. So that a client which goes away takes its guest along,
/// this end reads; what comes are the client's next requests, or the end of what it
/// sends. The end alone does not say that it has gone: it may wait for the answer. But
/// the system of a client that has gone refuses whatever is sent to it. So a first byte
/// of the response is sent, which is the same for all of them.
pub struct ClientIo {
    stream: TcpStream,
    wire: Arc<Wire>,
    patience: Duration,
    /// Runs while the client's side is full.
    stalled: Option<Pin<Box<Sleep>>>,
    /// hyper waits for bytes.
    hungry: bool,
    /// It asked for them in this turn, and will see the client's end by itself.
    asked: bool,
    /// Read, and not given to hyper yet.
    ahead: BytesMut,
    half_closed: Option<HalfClosed>,
    /// Bytes of the response that were sent before there was one.
    foretold: usize,
}

/// The client sends no more.
struct HalfClosed {
    timer: Pin<Box<Sleep>>,
    checks: u32,
}

impl ClientIo {
    /// Bounds each wait for the client to read by `patience`.
    pub fn new(stream: TcpStream, wire: Arc<Wire>, patience: Duration) -> Self {
        Self {
            stream,
            wire,
            patience,
            stalled: None,
            hungry: false,
            asked: false,
            ahead: BytesMut::new(),
            half_closed: None,
            foretold: 0,
        }
    }

    /// Whether the client has sent more than hyper has read.
    pub fn has_unread(&self) -> bool {
        !self.ahead.is_empty() || matches!(self.stream.try_read(&mut [0]), Ok(1))
    }

    /// Says that no more comes, and reads until the client has no more to send.
    pub async fn discard(mut self) {
        let _ = self.stream.shutdown().await;
        let mut bytes = [0; 16 * 1024];
        while matches!(self.stream.read(&mut bytes).await, Ok(n) if n > 0) {}
    }

    fn bound<T>(
        &mut self,
        cx: &mut Context<'_>,
        result: Poll<Result<T, Error>>,
    ) -> Poll<Result<T, Error>> {
        if result.is_ready() {
            self.stalled = None;
            return result;
        }
        let patience = self.patience;
        let timer = self
            .stalled
            .get_or_insert_with(|| Box::pin(sleep(patience)));
        timer
            .as_mut()
            .poll(cx)
            .map(|()| Err(ErrorKind::TimedOut.into()))
    }

    /// Reads ahead; fails if the client has gone.
    fn watch(&mut self, cx: &mut Context<'_>) -> Result<(), Error> {
        while self.half_closed.is_none() && self.ahead.len() < MAX_AHEAD {
            let mut bytes = [MaybeUninit::uninit(); 4096];
            let mut buffer = ReadBuf::uninit(&mut bytes);
            let Poll::Ready(read) = Pin::new(&mut self.stream).poll_read(cx, &mut buffer) else {
                return Ok(());
            };
            read?;
            if buffer.filled().is_empty() {
                let timer = Box::pin(sleep(Duration::ZERO));
                self.half_closed = Some(HalfClosed { timer, checks: 0 });
            }
            self.ahead.extend_from_slice(buffer.filled());
            if self.hungry {
                cx.waker().wake_by_ref();
            }
        }
        while let Some(client) = &mut self.half_closed {
            if client.timer.as_mut().poll(cx).is_pending() {
                break;
            }
            client.timer.as_mut().reset(Instant::now() + CHECK);
            client.checks += 1;
            let asks = client.checks.is_power_of_two();
            if let Some(error) = self.stream.take_error()? {
                return Err(error);
            }
            if asks {
                self.foretell()?;
            }
        }
        Ok(())
    }

    /// Sends a byte that the client is going to get anyway: the next of the response's
    /// beginning, or a zero before the size of the next chunk.
    fn foretell(&mut self) -> Result<(), Error> {
        let (phase, begun) = self.wire.phase();
        let next = match phase {
            Phase::Waiting => START.get(self.foretold..=self.foretold),
            Phase::Replying { chunked: true } if begun => Some(&b"0"[..]),
            _ => None,
        };
        match next.map(|next| self.stream.try_write(next)) {
            Some(Ok(sent)) if phase == Phase::Waiting => self.foretold += sent,
            Some(Err(e)) if e.kind() != ErrorKind::WouldBlock => return Err(e),
            _ => {}
        }
        Ok(())
    }
}

impl Read for ClientIo {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<Result<(), Error>> {
        // hyper itself bounds how long a head may take, the request's deadline a body.
        let result = if self.ahead.is_empty() {
            Pin::new(&mut TokioIo::new(&mut self.stream)).poll_read(cx, buffer)
        } else {
            let length = self.ahead.len().min(buffer.remaining());
            buffer.put_slice(&self.ahead[..length]);
            self.ahead.advance(length);
            Poll::Ready(Ok(()))
        };
        self.hungry = result.is_pending();
        self.asked = self.hungry;
        if !self.hungry {
            self.wire.heard();
        }
        result
    }
}

impl Write for ClientIo {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize, Error>> {
        let sent_before = self.foretold.min(bytes.len());
        if sent_before > 0 {
            self.foretold -= sent_before;
            return Poll::Ready(Ok(sent_before));
        }
        let result = Pin::new(&mut self.stream).poll_write(cx, bytes);
        let taken = match result {
            Poll::Ready(Ok(taken)) => taken,
            _ => 0,
        };
        self.wire.wrote(bytes, taken, bytes.len() - taken);
        self.bound(cx, result)
    }

    /// hyper calls this at the end of each of its turns, when all that it has is sent.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        if !self.wire.sent() && !std::mem::take(&mut self.asked) {
            self.watch(cx)?;
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
