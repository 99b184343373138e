//! Accepts connections, and stops in good order.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use anyhost_manners::Signals;
use tokio::net::TcpListener;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::args::Args;
use crate::connection::{self, Connections};
use crate::exchange::Host;
use crate::log::Log;

/// How long to wait when there are no more file descriptors.
const ACCEPT_RETRY: Duration = Duration::from_millis(50);
/// How long a connection may take that was asked to make room, before another is.
const ROOM_RETRY: Duration = Duration::from_millis(100);

/// Serves until a signal arrives and then finishes what is in flight.
pub async fn serve(
    host: &'static Host,
    listeners: Vec<TcpListener>,
    mut signals: Signals,
    args: &Args,
) {
    let connections: &'static Connections = Box::leak(Box::default());
    let places = Arc::new(Semaphore::new(args.max_connections as usize));
    let mut accepting = JoinSet::new();
    for listener in listeners {
        let places = places.clone();
        accepting.spawn(accept(
            host,
            listener,
            connections,
            places,
            args.client_timeout,
        ));
    }
    let errors = &host.logs.errors;
    signals.next().await;
    if let Some(delay) = args.shutdown_delay {
        connections.leave();
        errors.line(&format!(
            "stopping: serving on for {delay:?}; interrupt again to exit at once\n"
        ));
        tokio::select! {
            () = sleep(delay) => {}
            signal = signals.next() => exit_at_once(errors, signal),
        }
    }
    // With the listeners gone nobody new comes in.
    accepting.shutdown().await;
    connections.stop();
    errors.line("stopping: finishing requests in flight; interrupt again to exit at once\n");
    tokio::select! {
        drained = timeout(args.grace, drained(host, &places, args)) => {
            if drained.is_err() {
                errors.line("stopped: requests were still in flight after --grace\n");
            }
        }
        signal = signals.next() => exit_at_once(errors, signal),
    }
}

async fn accept(
    host: &'static Host,
    listener: TcpListener,
    connections: &'static Connections,
    places: Arc<Semaphore>,
    patience: Duration,
) {
    loop {
        let (stream, client) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(e) => {
                // A client that gave up costs nothing; a lack of descriptors passes.
                if !matches!(
                    e.kind(),
                    ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset
                ) {
                    host.logs
                        .errors
                        .line(&format!("cannot accept a connection: {e}\n"));
                    sleep(ACCEPT_RETRY).await;
                }
                continue;
            }
        };
        let Some(place) = place(&places, connections).await else {
            return;
        };
        let _ = stream.set_nodelay(true);
        tokio::spawn(async move {
            connection::serve(host, stream, client, patience, connections).await;
            drop(place);
        });
    }
}

/// Waits for a place for a connection, which one that is idle gives up.
async fn place(places: &Arc<Semaphore>, connections: &Connections) -> Option<OwnedSemaphorePermit> {
    if let Ok(place) = places.clone().try_acquire_owned() {
        return Some(place);
    }
    loop {
        connections.make_room();
        if let Ok(place) = timeout(ROOM_RETRY, places.clone().acquire_owned()).await {
            connections.has_room();
            return place.ok();
        }
    }
}

/// Waits until every connection is closed and every guest has ended.
async fn drained(host: &Host, places: &Semaphore, args: &Args) {
    let _ = places.acquire_many(args.max_connections).await;
    let _ = host.slots.acquire_many(args.max_in_flight).await;
}

/// The exit code is the shell's for a process that the signal killed.
fn exit_at_once(errors: &Log, signal: i32) -> ! {
    errors.line("exiting at once: requests in flight are cut off\n");
    errors.flush();
    std::process::exit(128 + signal)
}
