//! hyper's view of a client's connection, and of time.

use std::future::poll_fn;
use std::io::{Error, ErrorKind};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use hyper::rt::{Read, ReadBuf, ReadBufCursor, Timer, Write};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep_until};
use wasmtime_wasi_http::io::TokioIo;

/// A connection that fails when the client takes no byte for too long.
pub struct ClientIo {
    stream: TokioIo<TcpStream>,
    patience: Duration,
    /// Runs while the client's side is full.
    stalled: Option<Pin<Box<Sleep>>>,
}

impl ClientIo {
    /// Bounds each wait for the client to read by `patience`.
    pub fn new(stream: TcpStream, patience: Duration) -> Self {
        Self {
            stream: TokioIo::new(stream),
            patience,
            stalled: None,
        }
    }

    /// Says that no more comes, and reads until the client has no more to send.
    pub async fn discard(mut self) {
        let _ = poll_fn(|cx| Pin::new(&mut self).poll_shutdown(cx)).await;
        let mut bytes = [0; 16 * 1024];
        loop {
            let mut buffer = ReadBuf::new(&mut bytes);
            let read = poll_fn(|cx| Pin::new(&mut self).poll_read(cx, buffer.unfilled())).await;
            if read.is_err() || buffer.filled().is_empty() {
                return;
            }
        }
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
            .get_or_insert_with(|| Box::pin(sleep_until((Instant::now() + patience).into())));
        timer
            .as_mut()
            .poll(cx)
            .map(|()| Err(ErrorKind::TimedOut.into()))
    }
}

impl Read for ClientIo {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<Result<(), Error>> {
        // hyper itself bounds how long a head may take, the request's deadline a body.
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl Write for ClientIo {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize, Error>> {
        let result = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.bound(cx, result)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// tokio's timer, as hyper wants it.
#[derive(Clone, Copy)]
pub struct TokioTimer;

struct TokioSleep(Pin<Box<Sleep>>);

impl Future for TokioSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.0.as_mut().poll(cx)
    }
}

impl hyper::rt::Sleep for TokioSleep {}

impl Timer for TokioTimer {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn hyper::rt::Sleep>> {
        self.sleep_until(Instant::now() + duration)
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn hyper::rt::Sleep>> {
        Box::pin(TokioSleep(Box::pin(sleep_until(deadline.into()))))
    }

    fn reset(&self, sleep: &mut Pin<Box<dyn hyper::rt::Sleep>>, deadline: Instant) {
        match sleep.as_mut().downcast_mut_pin::<TokioSleep>() {
            Some(mut sleep) => sleep.0.as_mut().reset(deadline.into()),
            None => *sleep = self.sleep_until(deadline),
        }
    }
}
