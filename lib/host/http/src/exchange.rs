//! One request and its response.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, Request, Response, StatusCode, Version};
use http_body::{Body, Frame};
use hyper::body::Incoming;
use tokio::sync::oneshot::Receiver;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};

use crate::body::{ReplyBody, UNFINISHED};
use crate::guest::{Failure, Guest, Reply, Running};
use crate::head;
use crate::record::{Logs, Record};
use crate::refusal::Refusal;
use crate::request_body::{Fault, RequestBody};
use crate::wire::Wire;

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
    pub async fn answer(
        &'static self,
        request: Request<Incoming>,
        wire: &Arc<Wire>,
    ) -> Response<ReplyBody> {
        let mut record = Record::new(&request, wire.client.clone(), self.logs);
        let version = request.version();
        let response = match self.respond(request, &mut record).await {
            Ok((reply, ended)) => into_response(reply, ended, record, wire),
            Err(refusal) => refusal.into_response(record, wire),
        };
        wire.reply(version == Version::HTTP_11 && response.body().is_chunked());
        response
    }

    async fn respond(
        &'static self,
        mut request: Request<Incoming>,
        record: &mut Record,
    ) -> Result<(Response<Outgoing>, Progress), Refusal> {
        let bad = |text| Refusal::client(StatusCode::BAD_REQUEST, text);
        head::check_host(&mut request).map_err(bad)?;
        if request.body().size_hint().lower() > self.max_body {
            return Err(Refusal::TOO_LARGE);
        }
        let deadline = record.start + self.timeout;
        let permit = self.slot(deadline).await?;
        let started = if request.body().is_end_stream() {
            self.guest.start(request, None, record, permit, deadline)
        } else {
            let request = RequestBody::of(request, self.max_body);
            let body = Some(request.body().clone());
            self.guest.start(request, body, record, permit, deadline)
        };
        let (running, reply) = started.map_err(|_| bad("the request's head is not valid"))?;
        run(running, reply).await
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

type Outgoing = wasmtime_wasi_http::WasiBody;

/// How far the guest is when its response is there.
enum Progress {
    Ended,
    Failed(Failure),
    Running(Running),
}

/// Runs the guest until it has set its response or ended, or its client's body turns
/// out to be broken.
async fn run(
    mut guest: Running,
    mut reply: Receiver<Reply>,
) -> Result<(Response<Outgoing>, Progress), Refusal> {
    let mut received = None;
    let ended = poll_fn(|cx| {
        let ended = Pin::new(&mut guest).poll(cx);
        received = reply.try_recv().ok();
        match ended {
            Poll::Ready(result) => Poll::Ready(Some(result)),
            Poll::Pending if received.is_some() || guest.fault().is_some() => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await;
    // A guest that stumbles over its client's body is not the one to blame.
    match guest.fault() {
        Some(Fault::TooLarge) => return Err(Refusal::TOO_LARGE),
        Some(Fault::Broken(reason)) => return Err(Refusal::broken_body(&reason)),
        None => {}
    }
    match received {
        Some(Ok(response)) if response.status().is_informational() => {
            Err(Refusal::informational(response.status()))
        }
        Some(Ok(response)) => Ok(match ended {
            None => (response, Progress::Running(guest)),
            Some(Ok(())) => (response, Progress::Ended),
            Some(Err(failure)) => (response, Progress::Failed(failure)),
        }),
        Some(Err(code)) => Err(Refusal::guest(
            StatusCode::BAD_GATEWAY,
            "the component answered with an error",
            format!("the guest answered with the error {code}"),
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
    wire: &Arc<Wire>,
) -> Response<ReplyBody> {
    let (head, mut body) = response.into_parts();
    record.status = head.status.as_u16();
    let bodiless = is_bodiless(&record, head.status);
    let promised = if bodiless {
        Some(0)
    } else {
        promised(&head.headers)
    };
    let body = match progress {
        Progress::Ended => match collect(&mut body) {
            Collected::Whole(content)
                if bodiless || promised.is_none_or(|n| n == content.len() as u64) =>
            {
                ReplyBody::whole(content, record, wire)
            }
            Collected::Parts(frames) => {
                ReplyBody::stream(body, promised, record, wire).starting_with(frames)
            }
            Collected::Whole(content) => {
                record.fail(&UNFINISHED);
                ReplyBody::stream(body, promised, record, wire)
                    .starting_with([Frame::data(content)].into())
                    .broken()
            }
            Collected::Broken(frames) => {
                record.fail(&UNFINISHED);
                ReplyBody::stream(body, promised, record, wire)
                    .starting_with(frames)
                    .broken()
            }
        },
        Progress::Failed(failure) => {
            record.fail(&failure);
            ReplyBody::stream(body, promised, record, wire).broken()
        }
        Progress::Running(guest) => {
            ReplyBody::stream(body, promised, record, wire).written_by(guest)
        }
    };
    Response::from_parts(head, body)
}

/// Whether the response has no body, whatever its head says.
fn is_bodiless(record: &Record, status: StatusCode) -> bool {
    record.is_head() || status == StatusCode::NO_CONTENT || status == StatusCode::NOT_MODIFIED
}

/// The bytes of body that the head promises.
fn promised(headers: &HeaderMap) -> Option<u64> {
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
