//! One connection: any number of requests, one after the other.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use http::Request;
use http::header::{CONNECTION, HeaderValue};
use http_body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::client_io::{ClientIo, TokioTimer};
use crate::exchange::Host;

/// The largest head of a request, in bytes: a name of 4096 bytes, percent-encoded,
/// and cookies.
const MAX_HEAD: usize = 64 * 1024;
/// How long a client may go on sending what nobody wants.
const LINGER: Duration = Duration::from_secs(2);

/// What the connections share: how they learn that the host stops.
#[derive(Default)]
pub struct Stop {
    leaving: AtomicBool,
    stopping: AtomicBool,
    notify: Notify,
}

impl Stop {
    /// Closes connections after their next response: a client that has had one looks for
    /// another server, and does not send a request just when this one closes.
    pub fn leave(&self) {
        self.leaving.store(true, Ordering::Relaxed);
    }

    /// Closes idle connections now and the others after their current request.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
        self.notify.notify_waiters();
    }
}

/// Serves a connection to its end. `patience` bounds how long the client may take to
/// send a head or to read a byte.
pub async fn serve(host: &'static Host, stream: TcpStream, patience: Duration, stop: &Stop) {
    let used = AtomicBool::new(false);
    let has_body = AtomicBool::new(false);
    let service = service_fn(|request: Request<Incoming>| {
        used.store(true, Ordering::Relaxed);
        has_body.store(!request.body().is_end_stream(), Ordering::Relaxed);
        async {
            let mut response = host.answer(request).await;
            if stop.leaving.load(Ordering::Relaxed) {
                let close = HeaderValue::from_static("close");
                response.headers_mut().insert(CONNECTION, close);
            }
            Ok::<_, Infallible>(response)
        }
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer)
        .header_read_timeout(patience)
        .max_header_size(MAX_HEAD)
        .serve_connection(ClientIo::new(stream, patience), service);
    let mut stopped = pin!(stop.notify.notified());
    // To be woken once is enough: a task's waker stays the same.
    let mut unregistered = true;
    let mut stopping = false;
    let result = poll_fn(|cx| {
        if std::mem::take(&mut unregistered) {
            let _ = stopped.as_mut().poll(cx);
        }
        if !stopping && stop.stopping.load(Ordering::Relaxed) {
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
