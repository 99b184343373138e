//! Connections: any number of requests each, one after the other.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use http::Request;
use http::header::{CONNECTION, HeaderValue};
use http_body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::client_io::ClientIo;
use crate::exchange::Host;
use crate::record::Record;
use crate::timer::TokioTimer;
use crate::wire::Wire;

/// The largest head of a request, in bytes: a name of 4096 bytes, percent-encoded,
/// and cookies.
const MAX_HEAD: usize = 64 * 1024;
/// How long a client may go on sending what nobody wants.
const LINGER: Duration = Duration::from_secs(2);
/// What is logged of the head of a request that is no HTTP, in bytes.
const MAX_SHOWN: usize = 80;

/// All connections that are open.
#[derive(Default)]
pub struct Connections {
    open: Mutex<BTreeMap<u64, Arc<Wire>>>,
    next: AtomicU64,
    leaving: AtomicBool,
    stopping: AtomicBool,
    /// A client waits for a place: the next connection with nothing to do gives its own.
    crowded: AtomicBool,
}

impl Connections {
    /// Closes connections after their next response: a client that has had one looks for
    /// another server, and does not send a request just when this one closes.
    pub fn leave(&self) {
        self.leaving.store(true, Ordering::Relaxed);
    }

    /// Closes idle connections now and the others after their current request.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
        for wire in self.open().values() {
            wire.wake.notify_one();
        }
    }

    /// Closes the connection that has been idle for the longest time, or the first that
    /// will be.
    pub fn make_room(&self) {
        let open = self.open();
        let idle = open
            .values()
            .filter_map(|wire| Some((wire.idle_since()?, wire)));
        // One that was asked already, and has not come to it, is enough.
        let longest = idle.min_by_key(|(since, wire)| (!wire.is_unwanted(), *since));
        self.crowded.store(longest.is_none(), Ordering::Relaxed);
        if let Some((_, wire)) = longest {
            wire.close();
        }
    }

    /// No client waits for a place any more.
    pub fn has_room(&self) {
        self.crowded.store(false, Ordering::Relaxed);
    }

    fn wants_closed(&self, wire: &Wire) -> bool {
        self.stopping.load(Ordering::Relaxed)
            || wire.is_unwanted()
            || (self.crowded.load(Ordering::Relaxed)
                && wire.idle_since().is_some()
                && self.crowded.swap(false, Ordering::Relaxed))
    }

    fn open(&self) -> MutexGuard<'_, BTreeMap<u64, Arc<Wire>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Serves a connection to its end. `patience` bounds how long the client may take to
/// send a head or to read a byte.
pub async fn serve(
    host: &'static Host,
    stream: TcpStream,
    client: SocketAddr,
    patience: Duration,
    connections: &Connections,
) {
    // An address of IPv4 is one, also on a socket that takes both.
    let client = SocketAddr::new(client.ip().to_canonical(), client.port());
    let wire = Arc::new(Wire::new(client.to_string().into()));
    let number = connections.next.fetch_add(1, Ordering::Relaxed);
    connections.open().insert(number, wire.clone());
    run(host, stream, &wire, patience, connections).await;
    connections.open().remove(&number);
}

async fn run(
    host: &'static Host,
    stream: TcpStream,
    wire: &Arc<Wire>,
    patience: Duration,
    connections: &Connections,
) {
    let has_body = AtomicBool::new(false);
    let service = service_fn(|request: Request<Incoming>| {
        wire.begin();
        has_body.store(!request.body().is_end_stream(), Ordering::Relaxed);
        async move {
            let mut response = host.answer(request, wire).await;
            if connections.leaving.load(Ordering::Relaxed) {
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
        .half_close(true)
        .serve_connection(ClientIo::new(stream, wire.clone(), patience), service);
    let mut woken = pin!(wire.wake.notified());
    // To be woken once is enough: a task's waker stays the same.
    let mut unregistered = true;
    let mut closing = false;
    let result = poll_fn(|cx| {
        if std::mem::take(&mut unregistered) {
            let _ = woken.as_mut().poll(cx);
        }
        let result = Pin::new(&mut connection).poll(cx);
        if result.is_pending() && !closing && connections.wants_closed(wire) {
            if !wire.is_answering() {
                return Poll::Ready(None);
            }
            closing = true;
            Pin::new(&mut connection).graceful_shutdown();
        }
        result.map(Some)
    })
    .await;
    let parts = connection.into_parts();
    let own_status = wire.end();
    let unread = match &result {
        None => false,
        Some(Ok(())) => {
            has_body.load(Ordering::Relaxed) || !parts.read_buf.is_empty() || parts.io.has_unread()
        }
        Some(Err(e)) => e.is_parse(),
    };
    if let (Some(Err(e)), Some(status)) = (result, own_status) {
        let reason = reason(&e, &parts.read_buf);
        Record::refused(wire.client.clone(), host.logs, status, reason);
    }
    if unread {
        // To close with unread bytes would make the system take back a response that the
        // client has not read yet, as one that says that the head or body is too large.
        let _ = timeout(LINGER, parts.io.discard()).await;
    }
}

/// Why hyper has refused a head, and how that begins, if it is still there.
fn reason(error: &hyper::Error, unparsed: &[u8]) -> String {
    let error = error.to_string();
    // Found in a head that was taken already.
    if error.contains("content-length") || error.contains("transfer-encoding") {
        return error;
    }
    let head = &unparsed[..unparsed.len().min(MAX_SHOWN)];
    let line = head.split(|byte| b"\r\n".contains(byte)).next();
    let line = String::from_utf8_lossy(line.unwrap_or_default());
    format!("{error}: {line}")
}
