//! Makes OCI images of components, and hands them on.

mod archive;
mod component;
mod image;
mod index;
mod layout;
mod push;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "oci", version, about)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Image(Box<image::Args>),
    Index(index::Args),
    Archive(archive::Args),
    Push(push::Args),
}

fn main() -> ExitCode {
    let done = match Args::parse().command {
        Command::Image(args) => image::run(&args),
        Command::Index(args) => index::run(&args),
        Command::Archive(args) => archive::run(&args),
        Command::Push(args) => push::run(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
