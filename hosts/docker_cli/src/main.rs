//! `docker_cli`: runs a WebAssembly component as a command in a container.

use std::ffi::OsString;
use std::process::ExitCode;

use anyhost_containers::{ContainerArgs, Failure, Options, Session, fail, system};
use clap::Parser;

/// Runs a WebAssembly component that exports wasi:cli/run as a command in a container.
///
/// containerd and Docker are started for it alone, in namespaces of their own, and are
/// gone with everything that they made when the command ends. This needs root; with
/// --docker or --containerd the daemon is yours, and only the container and its image
/// are removed.
#[derive(Parser, Clone, Debug)]
#[command(
    name = "docker_cli",
    version,
    override_usage = "docker_cli [OPTIONS] --image <TAR> --shim <FILE> [--] [ARGS]...",
    after_help = "Exit codes: the command's own; 1 if it cannot be run, 2 for wrong flags, 125 when \
                  Docker cannot start the container, 129, 130 or 143 when SIGHUP, SIGINT or SIGTERM comes before it runs.\n\n\
                  Examples:\n  \
                  sudo ./bazel run //hosts:docker_cli -- Belgium true\n  \
                  ./bazel run //hosts:docker_cli -- --docker unix:///run/docker.sock Belgium true"
)]
struct Args {
    #[command(flatten)]
    container: ContainerArgs,

    /// The command's arguments: the first that is no flag, and all after it.
    #[arg(value_name = "ARGS", trailing_var_arg = true)]
    args: Vec<OsString>,
}

fn main() -> ExitCode {
    run(&anyhost_manners::parse()).unwrap_or_else(fail)
}

fn run(args: &Args) -> Result<ExitCode, Failure> {
    let session = Session::open("docker_cli", &args.container)?;
    // Needed by a component that serves HTTP, too.
    let mut env = vec![("ANYHOST_WORLD".to_owned(), "wasi:cli/command".to_owned())];
    env.extend_from_slice(&args.container.env);
    let options = Options {
        env,
        publish: Vec::new(),
        args: args.args.clone(),
    };
    let client = session.command(&options).spawn().map_err(system)?;
    let code = session.wait(client, || Ok(()))?;
    Ok(code.into())
}
