//! The threads that serve connections.
//!
//! Each thread has a runtime of its own, and a connection stays on its thread: no
//! work moves between CPUs, no lock is taken for a request.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use std::{io, thread};

use hyper::server::conn::http1;
use hyper::service::service_fn;
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Handle};
use tokio::sync::{Notify, OwnedSemaphorePermit};

use crate::client_io::{ClientIo, TokioTimer};
use crate::exchange::Host;

/// The largest head of a request, in bytes: a name of 4096 bytes, percent-encoded,
/// and cookies.
const MAX_HEAD: usize = 64 * 1024;

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
    let service = service_fn(|request| {
        used.store(true, Ordering::Relaxed);
        async { Ok::<_, std::convert::Infallible>(host.answer(request).await) }
    });
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer)
            .header_read_timeout(patience)
            .max_header_size(MAX_HEAD)
            .pipeline_flush(true)
            .serve_connection(ClientIo::new(stream, patience), service)
    );
    let mut stop = pin!(shared.stop.notified());
    // Being woken is enough: a task's waker stays the same.
    stop.as_mut().enable();
    let mut waiting = true;
    let mut stopping = false;
    poll_fn(|cx| {
        if std::mem::take(&mut waiting) {
            let _ = stop.as_mut().poll(cx);
        }
        if !stopping && shared.stopping.load(Ordering::Relaxed) {
            stopping = true;
            connection.as_mut().graceful_shutdown();
            if !used.load(Ordering::Relaxed) {
                return std::task::Poll::Ready(());
            }
        }
        connection.as_mut().poll(cx).map(|_| ())
    })
    .await;
}
