//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use anyhost_manners::{Grants, Servers, listen, units};
use clap::Parser;

/// Serves a WebAssembly component that exports wasi:http/incoming-handler (WASI 0.2) or
/// wasi:http/handler (WASI 0.3) over HTTP/1.1.
///
/// Each request runs in a fresh instance with memory, time and concurrency bounded;
/// a request that fails gets a 5xx and harms no other. The host adds no routes and
/// grants no network, no files and no environment but what the flags below grant.
#[derive(Parser, Clone, Debug)]
#[command(
    name = "http",
    version,
    after_help = "SIGINT, SIGTERM or SIGHUP stops accepting, after --shutdown-delay, finishes what is in flight and \
                  exits with 0; a second one exits at once. SIGUSR1 and SIGUSR2 are ignored.

\
                  Example:\n  http --component wasi_http_rust.wasm --addr 127.0.0.1:8080\n  \
                  curl http://127.0.0.1:8080/World"
)]
pub struct Args {
    /// The component to serve (*.wasm, or *.cwasm as `precompile` wrote it).
    #[arg(long, value_name = "FILE", help_heading = "Component")]
    pub component: PathBuf,

    /// The same component, precompiled: saves compiling it at start. Machine code
    /// runs unchecked: name only files that you trust.
    #[arg(long, value_name = "FILE", help_heading = "Component")]
    pub aot: Option<PathBuf>,

    /// Where to listen: at all addresses of the host, or of the machine with :PORT or
    /// *:PORT; port 0 takes a free one. Several have commas between them.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8080", value_parser = listen::address, help_heading = "Network")]
    pub addr: String,

    /// Open connections. A further one takes the place of the one that has been idle
    /// for the longest time, or waits for one to become idle.
    #[arg(long, value_name = "N", default_value_t = 4096, value_parser = clap::value_parser!(u32).range(1..), help_heading = "Network")]
    pub max_connections: u32,

    /// How long a client may take to send a request's head (an idle connection is
    /// closed then, too), or take no byte of a response.
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = units::duration, help_heading = "Network")]
    pub client_timeout: Duration,

    /// How long requests in flight may take to finish after SIGINT or SIGTERM.
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = units::duration, help_heading = "Network")]
    pub grace: Duration,

    /// How long to go on serving after SIGINT or SIGTERM, for whoever has yet to learn
    /// that this host goes, as a cluster's load balancers; each response then closes its
    /// connection, and --grace begins afterwards [default: not at all].
    #[arg(long, value_name = "TIME", value_parser = units::duration, help_heading = "Network")]
    pub shutdown_delay: Option<Duration>,

    /// What the guest is given of the machine.
    #[command(flatten)]
    pub grants: Grants,

    /// Whom it may ask over the network.
    #[command(flatten)]
    pub servers: Servers,

    /// Linear memory of an instance, all its memories together.
    #[arg(long, value_name = "SIZE", default_value = "64MiB", value_parser = units::memory, help_heading = "Bounds")]
    pub max_memory: u64,

    /// Wall time of a request from its head to the last byte that the guest
    /// writes; then the client gets 504, or the response is cut off.
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = units::duration, help_heading = "Bounds")]
    pub timeout: Duration,

    /// Instances alive at once. Further requests wait for one to finish.
    #[arg(long, value_name = "N", default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..=8192), help_heading = "Bounds")]
    pub max_in_flight: u32,

    /// How many requests an instance of WASI 0.3 serves, one after the other, unless one
    /// fails; what one request leaves in it, the next may find.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..), help_heading = "Bounds")]
    pub max_instance_reuse_count: u32,

    /// How long such an instance is kept at least while there is no request for it.
    #[arg(long, value_name = "TIME", default_value = "1s", value_parser = units::duration, help_heading = "Bounds")]
    pub idle_instance_timeout: Duration,

    /// Requests that may wait for an instance, within their --timeout; further
    /// ones get 503 with Retry-After at once.
    #[arg(
        long,
        value_name = "N",
        default_value_t = 2048,
        help_heading = "Bounds"
    )]
    pub max_queue: u32,

    /// Bytes in the body of a request; a larger one gets 413. The host keeps what a
    /// guest has not read yet.
    #[arg(long, value_name = "SIZE", default_value = "8MiB", value_parser = units::size, help_heading = "Bounds")]
    pub max_body: u64,

    /// Threads that serve [default: one for each CPU].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024), help_heading = "Bounds")]
    pub threads: Option<u32>,

    /// No access log on stdout, which has a line for each request that gets an answer.
    /// What goes wrong is still told on stderr.
    #[arg(long, help_heading = "Log")]
    pub quiet: bool,
}
