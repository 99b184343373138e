//! Serves a WebAssembly component over HTTP/1.1.
//!
//! The program `http` is a command line around [`serve`]; the containerd shim calls it
//! in a container.

mod args;
mod body;
mod client_io;
mod connection;
mod exchange;
mod guest;
mod head;
mod log;
mod record;
mod refusal;
mod request_body;
mod request_id;
mod server;
mod service;
mod state;
mod stdio;
mod timer;
mod wire;

use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::thread::available_parallelism;
use std::time::Duration;

use anyhost_engine::{Loaded, PoolLimits, open_dirs};
use anyhost_manners::{Fatal, Signals, listen, system, units};
use anyhost_wasi::Outgoing;
use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use wasmtime::component::Linker;
use wasmtime_wasi_http::{p2, p3};

pub use args::Args;
use exchange::Host;
use guest::{Guest, Handler};
use log::Log;
use record::Logs;
use service::Kept;
use state::Grants;

/// How long what is cut off at the end may take to stop.
const SHUTDOWN: Duration = Duration::from_millis(200);

/// Serves a component until SIGINT, SIGTERM or SIGHUP.
///
/// # Errors
/// One line for the user, when it cannot be served.
pub fn serve(args: &Args, loaded: Loaded) -> Result<(), Fatal> {
    raise_descriptor_limit();
    let logs = make_logs(args).map_err(system)?;
    let grants = Grants {
        env: args.grants.environment(),
        files: open_dirs(&args.grants.dir, false).map_err(|e| format!("--dir {e}"))?,
        outgoing: Outgoing::new(&args.servers.allow_http)?,
        memory: args.max_memory,
        output: logs.errors.clone(),
    };
    let (guest, version) = prepare(args, loaded, grants).map_err(|e| e.to_string())?;
    if args.max_instance_reuse_count > 1 && matches!(guest.handler, Handler::P2(_)) {
        return Err(format!(
            "{}: a component of wasi:http {version} has an instance for each request; \
             --max-instance-reuse-count is for 0.3",
            args.component.display()
        ));
    }
    let host: &'static Host = Box::leak(Box::new(Host {
        guest,
        slots: Arc::new(Semaphore::new(args.max_in_flight as usize)),
        cold_threads: AtomicU32::new(threads(args)),
        waiting: AtomicU32::new(0),
        max_waiting: args.max_queue,
        max_body: args.max_body,
        timeout: args.timeout,
        logs: Box::leak(Box::new(logs)),
    }));
    anyhost_engine::start_ticker(host.guest.handler.engine()).map_err(system)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads(args) as usize)
        .on_thread_start(|| host.warm_up())
        .enable_all()
        .build()
        .map_err(system)?;
    let result = runtime.block_on(async {
        let listeners = listen::listen(&args.addr)?;
        let listeners: io::Result<Vec<_>> =
            listeners.into_iter().map(TcpListener::from_std).collect();
        let listeners = listeners.map_err(system)?;
        let signals = Signals::catch().map_err(system)?;
        let addrs: io::Result<Vec<_>> = listeners.iter().map(TcpListener::local_addr).collect();
        announce(args, &addrs.map_err(system)?, &version);
        if let Handler::P3(_, kept) = &host.guest.handler
            && args.max_instance_reuse_count > 1
        {
            tokio::spawn(kept.expire(args.idle_instance_timeout));
        }
        server::serve(host, listeners, signals, args).await;
        Ok(())
    });
    // What is cut off is logged, too.
    runtime.shutdown_timeout(SHUTDOWN);
    host.logs.errors.flush();
    if let Some(access) = &host.logs.access {
        access.flush();
    }
    result
}

fn threads(args: &Args) -> u32 {
    let cpus = || available_parallelism().map_or(1, usize::from);
    args.threads
        .unwrap_or_else(|| u32::try_from(cpus()).unwrap_or(u32::MAX))
}

fn make_logs(args: &Args) -> io::Result<Logs> {
    // Nobody can be told that stderr is broken.
    let errors = Log::new(io::stderr(), |_| {})?;
    let access = if args.quiet {
        None
    } else {
        let errors = errors.clone();
        let tell = move |e| errors.line(&format!("cannot write the access log to stdout: {e}\n"));
        Some(Log::new(io::stdout(), tell)?)
    };
    Ok(Logs { access, errors })
}

/// Makes the component ready to serve; the string is its version of `wasi:http`.
fn prepare(args: &Args, loaded: Loaded, grants: Grants) -> anyhost_engine::Result<(Guest, String)> {
    if let Some(note) = &loaded.note {
        let _ = writeln!(io::stderr(), "note: {note}");
    }
    let (place, version) =
        loaded.exported(&["wasi:http/incoming-handler@0.2", "wasi:http/handler@0.3"])?;
    let kept = Kept::new(args.max_instance_reuse_count);
    let limits = PoolLimits {
        // Warming up takes no place that a request may need.
        instances: args.max_in_flight.saturating_add(threads(args)),
        memory_bytes: args.max_memory,
    };
    let pooled = loaded.pooled(limits)?;
    let engine_error = |e| anyhost_engine::Error::Engine(anyhost_engine::one_line(&e));
    let mut linker = Linker::new(pooled.component.engine());
    anyhost_wasi::link(&mut linker, pooled.concurrent).map_err(engine_error)?;
    let pre = pooled.resolve_imports(&linker, anyhost_wasi::PROVIDED)?;
    let handler = match place {
        0 => p2::bindings::ProxyPre::new(pre).map(Handler::P2),
        _ => p3::bindings::ServicePre::new(pre).map(|pre| Handler::P3(pre, kept)),
    };
    let handler = handler
        .map_err(|e| anyhost_engine::Error::Invalid(pooled.file, anyhost_engine::one_line(&e)))?;
    Ok((Guest { handler, grants }, version))
}

/// Says on stderr where and what is served, and what the guest is given.
fn announce(args: &Args, addrs: &[SocketAddr], version: &str) {
    let name = args
        .component
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy();
    let urls = listen::urls(addrs);
    let reached = listen::reached(addrs[0]);
    let lines = format!(
        "listening on {urls} ({name}, wasi:http {version})\n\
         try: curl http://{reached}/\n\
         granted: {}, {}; {} of memory, {:?} a request, {} at once{}\n",
        args.grants,
        args.servers,
        units::show_size(args.max_memory),
        args.timeout,
        args.max_in_flight,
        match args.max_instance_reuse_count {
            1 => String::new(),
            count => format!("; an instance serves {count} requests, one after the other"),
        },
    );
    // Whoever closed stderr does not want to know.
    let _ = io::stderr().write_all(lines.as_bytes());
}

/// Each connection takes a descriptor, and the usual limit of 1024 is for programs
/// that use select(2).
fn raise_descriptor_limit() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // Not being allowed to is no reason not to serve.
    let _ = setrlimit(Resource::Nofile, limit);
}
