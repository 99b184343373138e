//! The command `wasi_cli_p3_rust NAME [true|false]`: prints a greeting, with WASI 0.3.

#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

use alloc::vec::Vec;

use greeting::{args, greet};
use guest_rt as _;
use wasip3::cli::types::ErrorCode;
use wasip3::cli::{environment, exit, stderr, stdout};
use wasip3::exports::cli::run::Guest;
use wasip3::wit_bindgen::{FutureReader, StreamReader};
use wasip3::{spawn_local, wit_stream};
use wit_bindgen as _;

/// The exit code for wrong arguments.
const USAGE: u8 = 2;

struct Command;

impl Guest for Command {
    async fn run() -> Result<(), ()> {
        match args::parse(&environment::get_arguments()) {
            Ok((name, up)) => {
                let printed = print(stdout::write_via_stream, &[&greet(name, up), "\n"]).await;
                if printed.is_err() {
                    complain("error: cannot write to standard output").await;
                }
                printed
            }
            Err(problem) => {
                complain(&problem).await;
                exit::exit_with_code(USAGE);
                Err(())
            }
        }
    }
}

wasip3::cli::command::export!(Command);

/// Says what is wrong, if anybody listens.
async fn complain(problem: &str) {
    let _ = print(stderr::write_via_stream, &[problem, "\n"]).await;
}

/// Writes to the stream that `write` hands on, to its end.
async fn print(
    write: fn(StreamReader<u8>) -> FutureReader<Result<(), ErrorCode>>,
    parts: &[&str],
) -> Result<(), ()> {
    let (mut writer, reader) = wit_stream::new();
    let bytes: Vec<u8> = parts.concat().into_bytes();
    spawn_local(async move {
        // What nobody takes, the other end tells of.
        writer.write_all(bytes).await;
    });
    write(reader).await.map_err(drop)
}
