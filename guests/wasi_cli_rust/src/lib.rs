//! The command `wasi_cli_rust NAME [true|false]`: prints a greeting.
//!
//! A plugin that it is composed with does the greeting; with the feature
//! `direct` the command does it itself.

#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

use wasip2::cli::{environment, exit, stderr, stdout};
use wasip2::exports::cli::run::Guest;
use wasip2::io::streams::OutputStream;

#[cfg(not(feature = "direct"))]
use bindings::anyhost::hello::greeter::greet;
use greeting::args;
#[cfg(feature = "direct")]
use greeting::greet;
use guest_rt as _;

#[cfg(not(feature = "direct"))]
mod bindings {
    #![allow(missing_docs)]
    wit_bindgen::generate!({ path: "../../wit/hello/greeter.wit", world: "imports" });
}

/// The exit code for wrong arguments.
const USAGE: u8 = 2;
/// What one `blocking-write-and-flush` takes at most.
const CHUNK: usize = 4096;

struct Command;

impl Guest for Command {
    fn run() -> Result<(), ()> {
        match args::parse(&environment::get_arguments()) {
            Ok((name, up)) => print(&stdout::get_stdout(), &[&greet(name, up), "\n"])
                .inspect_err(|()| complain("error: cannot write to standard output")),
            Err(problem) => {
                complain(&problem);
                exit::exit_with_code(USAGE);
                Err(())
            }
        }
    }
}

wasip2::cli::command::export!(Command);

/// Says what is wrong, if anybody listens.
fn complain(problem: &str) {
    let _ = print(&stderr::get_stderr(), &[problem, "\n"]);
}

fn print(stream: &OutputStream, parts: &[&str]) -> Result<(), ()> {
    for chunk in parts.concat().as_bytes().chunks(CHUNK) {
        stream.blocking_write_and_flush(chunk).map_err(drop)?;
    }
    Ok(())
}
