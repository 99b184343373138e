//! `containerd-shim-anyhost-v1`: runs WebAssembly components as containers.
//!
//! containerd starts it as the runtime `io.containerd.anyhost.v1`; its command line is
//! the one of containerd's shim API version 2. What makes a container is libcontainer,
//! and what runs in it are the hosts `cli` and `http`. A component's code, compiled, is
//! kept in containerd as runwasi's shims do.

mod cgroup;
mod cleanup;
mod compiler;
mod container;
mod events;
mod executor;
mod inner;
mod mounts;
mod options;
mod service;
mod shim;
mod signals;
mod stats;
mod streams;
mod workload;

use std::env;
use std::process::ExitCode;

use containerd_shim::protos::protobuf::Message;
use containerd_shim::protos::types::introspection::{RuntimeInfo, RuntimeVersion};
use containerd_shim::{Config, Flags, parse};
use zygote::Zygote;

/// Names the runtime's folder and its labels in containerd's content store.
const NAME: &str = "anyhost";

fn main() -> ExitCode {
    let args: Vec<_> = env::args_os().skip(1).collect();
    let flags = match parse(&args) {
        Ok(flags) => flags,
        Err(error) => return anyhost_manners::fail(error),
    };
    match flags {
        Flags { version: true, .. } => {
            println!("{NAME} {}", env!("CARGO_PKG_VERSION"));
            ExitCode::SUCCESS
        }
        Flags { info: true, .. } => info(),
        _ => {
            if flags.action.is_empty() {
                // Containers are forked from a process without threads.
                Zygote::init();
            }
            let config = Config {
                default_log_level: "error".to_owned(),
                ..Config::default()
            };
            containerd_shim::run::<shim::Shim>(NAME, Some(config));
            ExitCode::SUCCESS
        }
    }
}

/// What containerd asks a runtime about itself.
fn info() -> ExitCode {
    let info = RuntimeInfo {
        name: NAME.to_owned(),
        version: Some(RuntimeVersion {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            ..RuntimeVersion::default()
        })
        .into(),
        ..RuntimeInfo::default()
    };
    match info.write_to_writer(&mut std::io::stdout()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => anyhost_manners::fail(error),
    }
}
