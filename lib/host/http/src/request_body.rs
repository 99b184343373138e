//! A request's body on its way to the guest.

use std::error::Error as _;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::{Bytes, BytesMut};
use http::header::EXPECT;
use http::{HeaderMap, Request};
use http_body::{Body, Frame};
use hyper::body::Incoming;
use wasmtime_wasi_http::Error;

/// A body that is received whether its guest reads it or not: where nobody reads,
/// nobody notices that the client has gone. Clones are one body.
#[derive(Clone)]
pub struct RequestBody(Arc<Mutex<Received>>);

struct Received {
    body: Incoming,
    /// Bytes that the body may still have.
    left: u64,
    /// The client sends it: it waits for no `100 Continue`, or has got it.
    comes: bool,
    ended: bool,
    /// What the guest has not read.
    data: BytesMut,
    /// The guest, while it waits for more.
    reader: Option<Waker>,
    trailers: Option<HeaderMap>,
    error: Option<Error>,
    fault: Option<Fault>,
}

/// What is wrong with a body.
#[derive(Clone)]
pub enum Fault {
    /// It is larger than it may be.
    TooLarge,
    /// It ends too early, or its framing is wrong.
    Broken(String),
}

impl RequestBody {
    /// The body of `request`, up to `limit` bytes.
    pub fn of(request: Request<Incoming>, limit: u64) -> Request<Self> {
        let comes = !request.headers().contains_key(EXPECT);
        request.map(|body| {
            Self(Arc::new(Mutex::new(Received {
                body,
                left: limit,
                comes,
                ended: false,
                data: BytesMut::new(),
                reader: None,
                trailers: None,
                error: None,
                fault: None,
            })))
        })
    }

    /// Receives what there is, and keeps it until the guest reads it.
    pub fn receive(&self, cx: &mut Context<'_>) {
        let mut received = self.received();
        let mut news = false;
        while received.comes && !received.ended {
            let Poll::Ready(frame) = received.next(cx) else {
                break;
            };
            news = true;
            match frame.map(|frame| frame.map(Frame::into_data)) {
                Some(Ok(Ok(data))) => received.data.extend_from_slice(&data),
                Some(Ok(Err(trailers))) => received.trailers = trailers.into_trailers().ok(),
                Some(Err(error)) => received.error = Some(error),
                None => {}
            }
        }
        if news {
            // The guest may wait for it, by itself or among other things.
            cx.waker().wake_by_ref();
            if let Some(reader) = received.reader.take() {
                reader.wake();
            }
        }
    }

    /// What is wrong with the body, as far as it was received.
    pub fn fault(&self) -> Option<Fault> {
        self.received().fault.clone()
    }

    fn received(&self) -> MutexGuard<'_, Received> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Received {
    fn next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let frame = std::task::ready!(Pin::new(&mut self.body).poll_frame(cx));
        let (frame, fault) = match frame {
            None => (None, None),
            Some(Err(error)) => {
                let reason = error
                    .source()
                    .map_or_else(|| error.to_string(), |e| e.to_string());
                (Some(Err(error.into())), Some(Fault::Broken(reason)))
            }
            Some(Ok(frame)) => {
                let length = frame.data_ref().map_or(0, |data| data.len() as u64);
                if let Some(left) = self.left.checked_sub(length) {
                    self.left = left;
                    return Poll::Ready(Some(Ok(frame)));
                }
                let error = Error::HttpRequestBodySize(None);
                (Some(Err(error)), Some(Fault::TooLarge))
            }
        };
        self.ended = true;
        self.fault = fault;
        Poll::Ready(frame)
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let mut received = self.received();
        received.comes = true;
        if !received.data.is_empty() {
            let data = received.data.split().freeze();
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        if let Some(trailers) = received.trailers.take() {
            return Poll::Ready(Some(Ok(Frame::trailers(trailers))));
        }
        if let Some(error) = received.error.take() {
            return Poll::Ready(Some(Err(error)));
        }
        let next = received.next(cx);
        if next.is_pending() {
            received.reader = Some(cx.waker().clone());
        }
        next
    }
}
