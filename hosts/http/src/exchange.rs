//! One request and its response.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body::{Body, Frame};
use hyper::body::Incoming;
use tokio::sync::oneshot::Receiver;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};

use crate::body::{Limited, ReplyBody, UNFINISHED};
use crate::guest::{Failure, Guest, Reply, Running};
use crate::record::{Logs, Record};
use crate::refusal::Refusal;

/// What every request needs of the host.
pub struct Host {
    /// The component.
    pub guest: Guest,
    /// One permit for each instance that may be alive.
    pub slots: Arc<Semaphore>,
    /// Serving threads that have not warmed up yet.
    pub cold_threads: AtomicU32,
    /// Requests that wait for a slot now.
    pub waiting: AtomicU32,
    /// How many may.
    pub max_waiting: u32,
    /// Bytes that a request's body may have.
    pub max_body: u64,
    /// How long a request may take.
    pub timeout: Duration,
    /// Where requests are recorded.
    pub logs: &'static Logs,
}

impl Host {
    /// Warms up a serving thread. The pool has room for one instance more for each of
    /// them; other threads of the runtime, which it starts when it wants, stay cold.
    pub fn warm_up(&'static self) {
        let left = |threads: u32| threads.checked_sub(1);
        let cold = &self.cold_threads;
        if cold
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, left)
            .is_ok()
        {
            self.guest.warm_up();
        }
    }

    /// Answers `request`, with the guest's response or one of the host's.
    pub async fn answer(&'static self, request: Request<Incoming>) -> Response<ReplyBody> {
        let mut record = Record::new(&request, self.logs);
        match self.respond(request, &mut record).await {
            Ok((reply, ended)) => into_response(reply, ended, record),
            Err(refusal) => refusal.into_response(record),
        }
    }

    async fn respond(
        &'static self,
        request: Request<Incoming>,
        record: &mut Record,
    ) -> Result<(Response<Outgoing>, Progress), Refusal> {
        let size = request.body().size_hint();
        if size.lower() > self.max_body {
            return Err(Refusal::TOO_LARGE);
        }
        let deadline = record.start + self.timeout;
        let permit = self.slot(deadline).await?;
        let malformed = |_| {
            Refusal::client(
                StatusCode::BAD_REQUEST,
                "the request has no valid host header",
            )
        };
        if size.upper().is_some() {
            let (running, reply) = self
                .guest
                .start(request, record, permit, deadline)
                .map_err(malformed)?;
            return run(running, reply, None).await;
        }
        let exceeded = Arc::new(AtomicBool::new(false));
        let request = request.map(|body| Limited::new(body, self.max_body, exceeded.clone()));
        let (running, reply) = self
            .guest
            .start(request, record, permit, deadline)
            .map_err(malformed)?;
        run(running, reply, Some(&exceeded)).await
    }

    /// Waits for a slot, unless too many wait already.
    async fn slot(&self, deadline: Instant) -> Result<OwnedSemaphorePermit, Refusal> {
        match self.slots.clone().try_acquire_owned() {
            Ok(permit) => return Ok(permit),
            Err(TryAcquireError::Closed) => return Err(Refusal::BUSY),
            Err(TryAcquireError::NoPermits) => {}
        }
        let waiting = Waiting::new(&self.waiting);
        if waiting.others >= self.max_waiting {
            return Err(Refusal::BUSY);
        }
        match tokio::time::timeout_at(deadline.into(), self.slots.clone().acquire_owned()).await {
            Ok(Ok(permit)) => Ok(permit),
            _ => Err(Refusal::BUSY),
        }
    }
}

/// Counts a request among those that wait, also when its client goes away.
struct Waiting<'a> {
    count: &'a AtomicU32,
    others: u32,
}

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicU32) -> Self {
        Self {
            count,
            others: count.fetch_add(1, Ordering::Relaxed),
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.count.fetch_sub(1, Ordering::Relaxed);
    }
}

type Outgoing = wasmtime_wasi_http::p2::body::HyperOutgoingBody;

/// How far the guest is when its response is there.
enum Progress {
    Ended,
    Failed(Failure),
    Running(Running),
}

/// Runs the guest until it has set its response or ended.
async fn run(
    mut guest: Running,
    mut reply: Receiver<Reply>,
    exceeded: Option<&AtomicBool>,
) -> Result<(Response<Outgoing>, Progress), Refusal> {
    let mut received = None;
    let ended = poll_fn(|cx| {
        let ended = Pin::new(&mut guest).poll(cx);
        received = reply.try_recv().ok();
        match ended {
            Poll::Ready(result) => Poll::Ready(Some(result)),
            Poll::Pending if received.is_some() => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await;
    // A guest that stumbles over its client's body is not the one to blame.
    let exceeded = exceeded.is_some_and(|flag| flag.load(Ordering::Relaxed));
    match received {
        _ if exceeded => Err(Refusal::TOO_LARGE),
        Some(Ok(response)) => Ok(match ended {
            None => (response, Progress::Running(guest)),
            Some(Ok(())) => (response, Progress::Ended),
            Some(Err(failure)) => (response, Progress::Failed(failure)),
        }),
        Some(Err(code)) => Err(Refusal::guest(
            StatusCode::BAD_GATEWAY,
            "the component answered with an error",
            format!("the guest answered with the error {code:?}"),
        )),
        None => Err(match ended {
            Some(Err(failure)) => failure.into(),
            _ => Refusal::guest(
                StatusCode::BAD_GATEWAY,
                "the component gave no response",
                "the guest ended without a response".to_owned(),
            ),
        }),
    }
}

fn into_response(
    response: Response<Outgoing>,
    progress: Progress,
    mut record: Record,
) -> Response<ReplyBody> {
    let (head, mut body) = response.into_parts();
    record.status = head.status.as_u16();
    let body = match progress {
        Progress::Ended => match collect(&mut body) {
            Collected::Whole(content) => ReplyBody::whole(content, record),
            Collected::Parts(frames) => ReplyBody::stream(body, record).starting_with(frames),
            Collected::Broken(frames) => {
                record.fail(&UNFINISHED);
                ReplyBody::stream(body, record)
                    .starting_with(frames)
                    .broken()
            }
        },
        Progress::Failed(failure) => {
            record.fail(&failure);
            ReplyBody::stream(body, record).broken()
        }
        Progress::Running(guest) => {
            let promised = promised(&record, head.status, &head.headers);
            ReplyBody::stream(body, record).written_by(guest, promised)
        }
    };
    Response::from_parts(head, body)
}

/// The bytes of body that the client will be sent, if the head tells.
fn promised(record: &Record, status: StatusCode, headers: &HeaderMap) -> Option<u64> {
    if record.is_head() || status == StatusCode::NO_CONTENT || status == StatusCode::NOT_MODIFIED {
        return Some(0);
    }
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// What a guest that has ended left of its body.
enum Collected {
    /// All data: with its length known, it needs no chunked framing.
    Whole(Bytes),
    /// Data and trailers.
    Parts(VecDeque<Frame<Bytes>>),
    /// Less than its head says, or not finished.
    Broken(VecDeque<Frame<Bytes>>),
}

fn collect(body: &mut Outgoing) -> Collected {
    let mut frames = VecDeque::new();
    // Nobody writes any more, so there is nothing to wait for.
    let mut cx = Context::from_waker(Waker::noop());
    while let Poll::Ready(Some(frame)) = Pin::new(&mut *body).poll_frame(&mut cx) {
        match frame {
            Ok(frame) => frames.push_back(frame),
            Err(_) => return Collected::Broken(frames),
        }
    }
    match frames.pop_front().map(Frame::into_data) {
        None => Collected::Whole(Bytes::new()),
        Some(Ok(data)) if frames.is_empty() => Collected::Whole(data),
        Some(Ok(data)) => {
            frames.push_front(Frame::data(data));
            Collected::Parts(frames)
        }
        Some(Err(trailers)) => Collected::Parts([trailers].into()),
    }
}
