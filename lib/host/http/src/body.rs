//! The body of a response, as a guest writes it.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use wasmtime_wasi_http::WasiBody;

use crate::guest::Running;
use crate::record::Record;
use crate::wire::Wire;

/// Why a response is cut off although its guest did not fail.
pub const UNFINISHED: &str =
    "the guest's body was not finished, or is not as long as its content-length";

/// Why trailers are not sent: only chunks can have some.
const SIZED: &str = "the response has a content-length: its trailers are dropped";

/// A response's body; when hyper drops it, it has all of the response to send.
pub struct ReplyBody {
    content: Content,
    /// Until then.
    record: Option<Record>,
    wire: Arc<Wire>,
}

enum Content {
    /// All of it, at once.
    Whole(Bytes),
    /// What a guest is still writing.
    Stream(Box<Stream>),
}

struct Stream {
    /// Taken from the body before.
    ahead: VecDeque<Frame<Bytes>>,
    body: WasiBody,
    /// The guest, until it has ended.
    guest: Option<Running>,
    /// The response's head promises this many bytes.
    promised: Option<u64>,
    /// The body ends before it is complete.
    broken: bool,
    /// What there is of a broken body had its chance to be sent.
    flushed: bool,
}

/// Tells hyper to cut the connection: a body must not look complete when it is not.
#[derive(Debug)]
pub struct Aborted;

impl std::fmt::Display for Aborted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the response is incomplete")
    }
}

impl std::error::Error for Aborted {}

impl ReplyBody {
    /// A body that is there.
    pub fn whole(content: Bytes, record: Record, wire: &Arc<Wire>) -> Self {
        Self::new(Content::Whole(content), record, wire)
    }

    /// A body that a guest writes, or has written in several pieces.
    ///
    /// The head promises the client so many bytes.
    pub fn stream(body: WasiBody, promised: Option<u64>, record: Record, wire: &Arc<Wire>) -> Self {
        let (ahead, guest) = (VecDeque::new(), None);
        let stream = Stream {
            ahead,
            body,
            guest,
            promised,
            broken: false,
            flushed: false,
        };
        Self::new(Content::Stream(Box::new(stream)), record, wire)
    }

    fn new(content: Content, record: Record, wire: &Arc<Wire>) -> Self {
        Self {
            content,
            record: Some(record),
            wire: wire.clone(),
        }
    }

    /// The guest is still at work.
    pub fn written_by(mut self, guest: Running) -> Self {
        if let Content::Stream(stream) = &mut self.content {
            stream.guest = Some(guest);
        }
        self
    }

    /// Whether hyper sends it in chunks to a client that knows them.
    pub fn is_chunked(&self) -> bool {
        matches!(&self.content, Content::Stream(stream) if stream.promised.is_none())
    }

    /// These parts were taken from the body already.
    pub fn starting_with(mut self, ahead: VecDeque<Frame<Bytes>>) -> Self {
        if let Content::Stream(stream) = &mut self.content {
            stream.ahead = ahead;
        }
        self
    }

    /// The body will not be complete.
    pub fn broken(mut self) -> Self {
        if let Content::Stream(stream) = &mut self.content {
            stream.broken = true;
        }
        self
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = Aborted;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Aborted>>> {
        let this = &mut *self;
        let Some(record) = &mut this.record else {
            return Poll::Ready(None);
        };
        let frame = match &mut this.content {
            Content::Whole(content) if content.is_empty() => None,
            Content::Whole(content) => Some(Ok(Frame::data(std::mem::take(content)))),
            Content::Stream(stream) => std::task::ready!(stream.poll_frame(cx, record)),
        };
        if let Some(Ok(frame)) = &frame {
            record.bytes += frame.data_ref().map_or(0, |data| data.len() as u64);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        matches!(&self.content, Content::Whole(content) if content.is_empty())
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Whole(content) => SizeHint::with_exact(content.len() as u64),
            Content::Stream(_) => SizeHint::default(),
        }
    }
}

impl Stream {
    fn poll_frame(
        &mut self,
        cx: &mut Context<'_>,
        record: &mut Record,
    ) -> Poll<Option<Result<Frame<Bytes>, Aborted>>> {
        if let Some(Poll::Ready(result)) = self.guest.as_mut().map(|guest| Pin::new(guest).poll(cx))
        {
            self.guest = None;
            if let Err(failure) = result {
                record.fail(&failure);
                self.broken = true;
            }
        }
        if let Some(frame) = self.ahead.pop_front() {
            return Poll::Ready(Some(Ok(frame)));
        }
        match Pin::new(&mut self.body).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => return Poll::Ready(Some(Ok(frame))),
            Poll::Ready(Some(Err(_))) => {
                record.fail(&UNFINISHED);
                self.broken = true;
            }
            // As a guest of WASI 0.3 can end it.
            Poll::Ready(None) if self.promised.is_some_and(|length| record.bytes < length) => {
                record.fail(&UNFINISHED);
                self.broken = true;
            }
            Poll::Ready(None) if !self.broken => {
                self.detach();
                return Poll::Ready(None);
            }
            Poll::Pending if !self.broken => return Poll::Pending,
            Poll::Ready(None) | Poll::Pending => {}
        }
        // hyper forgets what it has not sent when it is told of an error: wait once,
        // so that the client gets what the guest wrote before it failed.
        if !std::mem::replace(&mut self.flushed, true) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(Aborted)))
    }

    /// Whether trailers follow what was sent.
    fn has_trailers(&mut self) -> bool {
        let mut cx = Context::from_waker(Waker::noop());
        let next = match self.ahead.pop_front() {
            Some(frame) => Poll::Ready(Some(Ok(frame))),
            None => Pin::new(&mut self.body).poll_frame(&mut cx),
        };
        matches!(next, Poll::Ready(Some(Ok(frame))) if frame.is_trailers())
    }

    /// Lets a guest that has sent its response do the rest of its work, still within
    /// its deadline.
    fn detach(&mut self) {
        if let (Some(guest), Ok(runtime)) =
            (self.guest.take(), tokio::runtime::Handle::try_current())
        {
            runtime.spawn(guest);
        }
    }
}

impl Drop for ReplyBody {
    fn drop(&mut self) {
        let Some(mut record) = self.record.take() else {
            return;
        };
        // Dropped with all that was promised sent, the body is complete although its
        // end was not asked for; otherwise the client has gone, and the guest goes too.
        if let Content::Stream(stream) = &mut self.content
            && let Some(promised) = stream.promised
            && record.bytes >= promised
        {
            record.bytes = promised;
            if promised > 0 && stream.has_trailers() {
                record.fail(&SIZED);
            }
            stream.detach();
        }
        self.wire.finish(record);
    }
}
