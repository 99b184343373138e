//! Listens, accepts connections, and stops in good order.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use crate::args::Args;
use crate::connection::{self, Stop};
use crate::exchange::Host;
use crate::log::Log;

/// Connections that the system holds until they are accepted.
const BACKLOG: u32 = 4096;
/// How long to wait when there are no more file descriptors.
const ACCEPT_RETRY: Duration = Duration::from_millis(50);

/// Listens at `HOST:PORT`.
///
/// # Errors
/// One line for the user.
pub fn listen(addr: &str) -> Result<TcpListener, String> {
    bind(addr).map_err(|e| match e.kind() {
        ErrorKind::AddrInUse => {
            format!("cannot listen on {addr}: address already in use; use --addr to choose another")
        }
        ErrorKind::PermissionDenied => {
            format!("cannot listen on {addr}: permission denied; use --addr to choose another")
        }
        ErrorKind::AddrNotAvailable => {
            format!("cannot listen on {addr}: not an address of this machine")
        }
        _ => format!("cannot listen on {addr}: {e}"),
    })
}

fn bind(addr: &str) -> io::Result<TcpListener> {
    let addr: SocketAddr = addr
        .to_socket_addrs()
        .ok()
        .and_then(|mut addrs| addrs.next())
        .ok_or_else(|| io::Error::other("unknown host"))?;
    let socket = if addr.is_ipv4() {
        TcpSocket::new_v4()
    } else {
        TcpSocket::new_v6()
    }?;
    socket.set_reuseaddr(true)?;
    socket.bind(addr)?;
    socket.listen(BACKLOG)
}

/// Serves until a signal arrives and then finishes what is in flight.
///
/// # Errors
/// The system's, when signals cannot be caught.
pub async fn serve(host: &'static Host, listener: TcpListener, args: &Args) -> io::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let stop: &'static Stop = Box::leak(Box::default());
    let connections = Arc::new(Semaphore::new(args.max_connections as usize));
    let errors = &host.logs.errors;
    let accept = accept(host, listener, stop, &connections, args.client_timeout);
    let mut accept = Box::pin(accept);
    tokio::select! {
        () = &mut accept => {}
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    if let Some(delay) = args.shutdown_delay {
        stop.leave();
        errors.line(&format!(
            "stopping: serving on for {delay:?}; interrupt again to exit at once\n"
        ));
        tokio::select! {
            () = &mut accept => {}
            () = sleep(delay) => {}
            _ = interrupt.recv() => exit_at_once(errors, 130),
            _ = terminate.recv() => exit_at_once(errors, 143),
        }
    }
    // The listener goes with it: nobody new comes in.
    drop(accept);
    stop.stop();
    errors.line("stopping: finishing requests in flight; interrupt again to exit at once\n");
    tokio::select! {
        drained = timeout(args.grace, drained(host, &connections, args)) => {
            if drained.is_err() {
                errors.line("stopped: requests were still in flight after --grace\n");
            }
        }
        _ = interrupt.recv() => exit_at_once(errors, 130),
        _ = terminate.recv() => exit_at_once(errors, 143),
    }
    Ok(())
}

async fn accept(
    host: &'static Host,
    listener: TcpListener,
    stop: &'static Stop,
    connections: &Arc<Semaphore>,
    patience: Duration,
) {
    loop {
        let Ok(permit) = connections.clone().acquire_owned().await else {
            return;
        };
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
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
        let _ = stream.set_nodelay(true);
        tokio::spawn(async move {
            connection::serve(host, stream, patience, stop).await;
            drop(permit);
        });
    }
}

/// Waits until every connection is closed and every guest has ended.
async fn drained(host: &Host, connections: &Semaphore, args: &Args) {
    let _ = connections.acquire_many(args.max_connections).await;
    let _ = host.slots.acquire_many(args.max_in_flight).await;
}

/// The exit code is the shell's for a process that the signal killed.
fn exit_at_once(errors: &Log, code: i32) -> ! {
    errors.line("exiting at once: requests in flight are cut off\n");
    errors.flush();
    std::process::exit(code)
}
