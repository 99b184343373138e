//! `docker_http`: serves a WebAssembly component over HTTP from a container.

mod log;

use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::process::CommandExt;
use std::process::{ExitCode, Stdio};

use anyhost_containers::{ContainerArgs, Failure, Options, Session, fail};
use anyhost_manners::{listen, system};
use clap::Parser;
use log::Log;

/// Where the container's port is published on the network of private daemons.
const INSIDE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

/// Serves a WebAssembly component that exports wasi:http/incoming-handler over HTTP,
/// from a container.
///
/// containerd and Docker are started for it alone, in namespaces of their own, and are
/// gone with everything that they made when the program ends, however it ends. This
/// needs root; with --docker or --containerd the daemon is yours, and only the container
/// and its image are removed. What the container logs is printed.
#[derive(Parser, Clone, Debug)]
#[command(
    name = "docker_http",
    version,
    after_help = "SIGINT, SIGTERM or SIGHUP stops the container and exits with 0, or with 130, 143 or 129 before it \
                  runs; a second one exits at once. SIGUSR1 and SIGUSR2 are ignored.\n\n\
                  Examples:\n  \
                  sudo ./bazel run //hosts:docker_http\n  \
                  sudo ./bazel run //hosts:docker_http -- --addr 127.0.0.1:8081 --env ANYHOST_FLAGS=\"--max-memory 32MiB\"\n  \
                  ./bazel run //hosts:docker_http -- --docker unix:///run/docker.sock"
)]
struct Args {
    #[command(flatten)]
    container: ContainerArgs,

    /// Where to listen: at all addresses of the host, or of the machine with :PORT or
    /// *:PORT; port 0 takes a free one. Several have commas between them.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8080", value_parser = listen::address, help_heading = "Network")]
    addr: String,
}

fn main() -> ExitCode {
    serve(&anyhost_manners::parse()).map_or_else(fail, |()| ExitCode::SUCCESS)
}

fn serve(args: &Args) -> Result<(), Failure> {
    let listeners = listen::listen(&args.addr)?;
    let addrs: io::Result<Vec<_>> = listeners.iter().map(TcpListener::local_addr).collect();
    let addrs = addrs.map_err(system)?;
    let session = Session::open("docker_http", &args.container)?;
    let forward = match session.daemons() {
        Some(daemons) => Some(daemons.forward(listeners, INSIDE)?),
        // The user's daemon listens itself: now that the addresses are known to be free.
        None => {
            drop(listeners);
            None
        }
    };
    // Needed by a component that is a command, too.
    let mut env = vec![("ANYHOST_WORLD".to_owned(), "wasi:http/proxy".to_owned())];
    env.extend_from_slice(&args.container.env);
    let options = Options {
        env,
        publish: if forward.is_some() {
            vec![INSIDE]
        } else {
            addrs.clone()
        },
        args: Vec::new(),
    };
    let mut client = session
        .command(&options)
        // Ctrl-C in the terminal is for us; we stop the container.
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(system)?;
    let log = Log::start(client.stdout.take(), client.stderr.take());
    let mut announced = false;
    let code = session.wait(client, || {
        if !announced && log.is_listening() {
            announced = true;
            announce(&addrs, &session.image.name);
        }
        Ok(())
    })?;
    log.finish();
    if !session.is_stopped() {
        return Err(format!("the container has ended, with exit code {code}").into());
    }
    Ok(())
}

fn announce(addrs: &[SocketAddr], image: &str) {
    let urls = listen::urls(addrs);
    let reached = listen::reached(addrs[0]);
    // Whoever closed stderr does not want to know.
    let _ = writeln!(
        io::stderr(),
        "listening on {urls} ({image}, in a container)\ntry: curl http://{reached}/"
    );
}
