//! The threads that serve connections.
//!
//! Each thread has a runtime of its own, and a connection stays on its thread: no
//! work moves between CPUs, no lock is taken for a request.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;
use std::{io, thread};

use http::Request;
use http_body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Handle};
use tokio::sync::{Notify, OwnedSemaphorePermit};
use tokio::time::timeout;

use crate::client_io::{ClientIo, TokioTimer};
use crate::exchange::Host;

/// The largest head of a request, in bytes: a name of 4096 bytes, percent-encoded,
/// and cookies.
const MAX_HEAD: usize = 64 * 1024;
/// How long a client may go on sending what nobody wants.
const LINGER: Duration = Duration::from_secs(2);

/// One serving thread.
pub struct Worker {
    runtime: Handle,
    shared: Arc<Shared>,
}

struct Shared {
    open: AtomicUsize,
    stopping: AtomicBool,
    stop: Notify,
}

impl Worker {
    /// Starts a thread.
    ///
    /// # Errors
    /// The system's, when no thread or event queue can be had.
    pub fn start() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_io().enable_time().build()?;
        let handle = runtime.handle().clone();
        thread::Builder::new().name("worker".to_owned()).spawn(move || {
            runtime.block_on(std::future::pending::<()>());
        })?;
        let shared = Shared {
            open: AtomicUsize::new(0),
            stopping: AtomicBool::new(false),
            stop: Notify::new(),
        };
        Ok(Self { runtime: handle, shared: Arc::new(shared) })
    }

    /// Connections that it serves now.
    pub fn open(&self) -> usize {
        self.shared.open.load(Ordering::Relaxed)
    }

    /// Serves a connection, which keeps `permit` until its end.
    pub fn serve(
        &self,
        host: &'static Host,
        stream: std::net::TcpStream,
        patience: Duration,
        permit: OwnedSemaphorePermit,
    ) {
        let shared = self.shared.clone();
        shared.open.fetch_add(1, Ordering::Relaxed);
        self.runtime.spawn(async move {
            // A connection that cannot be registered or breaks is its client's loss only.
            if let Ok(stream) = TcpStream::from_std(stream) {
                connection(host, stream, patience, &shared).await;
            }
            shared.open.fetch_sub(1, Ordering::Relaxed);
            drop(permit);
        });
    }

    /// Closes idle connections now and the others after their current request.
    pub fn stop(&self) {
        self.shared.stopping.store(true, Ordering::Relaxed);
        self.shared.stop.notify_waiters();
    }
}

async fn connection(host: &'static Host, stream: TcpStream, patience: Duration, shared: &Shared) {
    let used = AtomicBool::new(false);
    let has_body = AtomicBool::new(false);
    let service = service_fn(|request: Request<Incoming>| {
        used.store(true, Ordering::Relaxed);
        has_body.store(!request.body().is_end_stream(), Ordering::Relaxed);
        async { Ok::<_, Infallible>(host.answer(request).await) }
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer)
        .header_read_timeout(patience)
        .max_header_size(MAX_HEAD)
        .serve_connection(ClientIo::new(stream, patience), service);
    let mut stop = pin!(shared.stop.notified());
    // To be woken once is enough: a task's waker stays the same.
    let mut unregistered = true;
    let mut stopping = false;
    let result = poll_fn(|cx| {
        if std::mem::take(&mut unregistered) {
            let _ = stop.as_mut().poll(cx);
        }
        if !stopping && shared.stopping.load(Ordering::Relaxed) {
            stopping = true;
            Pin::new(&mut connection).graceful_shutdown();
            if !used.load(Ordering::Relaxed) {
                return Poll::Ready(Ok(()));
            }
        }
        Pin::new(&mut connection).poll(cx)
    })
    .await;
    let unread = match &result {
        Ok(()) => has_body.load(Ordering::Relaxed),
        Err(e) => e.is_parse(),
    };
    if unread {
        // To close with unread bytes would make the system take back a response that the
        // client has not read yet, as one that says that the head or body is too large.
        let _ = timeout(LINGER, connection.into_parts().io.discard()).await;
    }
}
