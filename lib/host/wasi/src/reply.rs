//! The body of a server's response.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http_body::{Body, Frame, SizeHint};
use hyper::body::{Bytes, Incoming};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, Sleep, sleep};
use wasmtime_wasi_http::Error;

use crate::outgoing::{Client, Sender, Target};

/// A body whose next part has to come within some time; at its end its connection is kept
/// for another request.
pub struct Reply {
    body: Incoming,
    patience: Duration,
    timer: Pin<Box<Sleep>>,
    /// Until then.
    done: Option<(Arc<Client>, Target, Sender)>,
    /// The request is in flight as long as its response is read.
    _permits: [Option<OwnedSemaphorePermit>; 2],
}

impl Reply {
    pub fn new(
        body: Incoming,
        patience: Duration,
        done: (Arc<Client>, Target, Sender),
        permits: [Option<OwnedSemaphorePermit>; 2],
    ) -> Self {
        let mut reply = Self {
            body,
            patience,
            timer: Box::pin(sleep(patience)),
            done: Some(done),
            _permits: permits,
        };
        if reply.body.is_end_stream() {
            reply.keep();
        }
        reply
    }

    /// Nothing of it is left to be read.
    fn keep(&mut self) {
        if let Some((client, target, sender)) = self.done.take() {
            client.keep(target, sender);
        }
    }
}

impl Body for Reply {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        match Pin::new(&mut self.body).poll_frame(cx) {
            Poll::Ready(frame) => {
                let next = Instant::now() + self.patience;
                self.timer.as_mut().reset(next);
                if frame.is_none() || self.body.is_end_stream() {
                    self.keep();
                }
                Poll::Ready(frame.map(|frame| frame.map_err(Error::from)))
            }
            Poll::Pending => {
                ready!(self.timer.as_mut().poll(cx));
                Poll::Ready(Some(Err(Error::ConnectionReadTimeout)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
