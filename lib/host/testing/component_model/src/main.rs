//! The official tests of the component model, for libraries that open components and call
//! them: `convert` makes components and a list of what is said of them of the `.wast` files,
//! `judge` lets a host do it and compares, `table` says what came of it.
//!
//! docs/component-model.md has the rules.

mod convert;
mod host;
mod judge;
mod needs;
mod suite;
mod table;
mod value;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use crate::host::Host;
use crate::suite::Suite;

/// The official tests of the component model.
#[derive(Parser)]
#[command(version)]
enum Command {
    /// Makes components, and what the tests say of them, of `.wast` files.
    Convert {
        /// The folder to make.
        #[arg(long, short, value_name = "FOLDER")]
        output: PathBuf,
        /// The tests, each in a folder that names its area.
        #[arg(required = true, value_name = "WAST")]
        files: Vec<PathBuf>,
    },
    /// Runs what applies to a host, and fails if anything is otherwise than its file says.
    Judge {
        /// What `convert` made.
        suite: PathBuf,
        /// What is known of the host.
        host: PathBuf,
        /// The host's runner.
        runner: PathBuf,
    },
    /// Writes the results of all hosts as tables in Markdown.
    Table {
        /// The file to write.
        #[arg(long, short, value_name = "FILE")]
        output: PathBuf,
        /// What `convert` made.
        suite: PathBuf,
        /// What is known of the hosts.
        #[arg(required = true, value_name = "HOST")]
        hosts: Vec<PathBuf>,
    },
}

fn main() -> ExitCode {
    match run(Command::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    match command {
        Command::Convert { output, files } => convert::convert(&files, &output),
        Command::Judge {
            suite,
            host,
            runner,
        } => {
            let read = Suite::read(&suite)?;
            let host = Host::read(&host, &read)?;
            judge::judge(&suite, &read, &host, &runner)
        }
        Command::Table {
            output,
            suite,
            hosts,
        } => {
            let suite = Suite::read(&suite)?;
            let hosts = hosts.iter().map(|host| Host::read(host, &suite));
            let hosts = hosts.collect::<Result<Vec<_>>>()?;
            suite::write(&output, table::tables(&suite, &hosts))
        }
    }
}
