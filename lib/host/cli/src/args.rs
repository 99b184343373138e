//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use anyhost_manners::{Grants, Servers, units};
use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

/// Runs a WebAssembly component that exports wasi:cli/run as a command.
///
/// Standard input, output and error are the command's own, and so is the exit code.
/// It gets no files, no network and no environment but what the flags below grant.
#[derive(Parser, Clone, Debug)]
#[command(
    name = "cli",
    version,
    override_usage = "cli [OPTIONS] --component <FILE> [--] [ARGS]...",
    after_help = "Exit codes: the command's own; 1 if it cannot be run, 2 for wrong flags, 124 when \
                  --timeout is over, 134 for a trap.\n\n\
                  Example:\n  cli --component wasi_cli_rust.wasm you true"
)]
pub struct Args {
    /// The component to run (*.wasm, or *.cwasm as `precompile` wrote it).
    #[arg(long, value_name = "FILE", help_heading = "Component")]
    pub component: PathBuf,

    /// The same component, precompiled: saves compiling it at start. Machine code
    /// runs unchecked: name only files that you trust.
    #[arg(long, value_name = "FILE", help_heading = "Component")]
    pub aot: Option<PathBuf>,

    /// What the guest is given of the machine.
    #[command(flatten)]
    pub grants: Grants,

    /// Whom it may ask over the network.
    #[command(flatten)]
    pub servers: Servers,

    /// Linear memory, all memories together. There is one instance and it may have
    /// much to read, so this only keeps the machine from swapping.
    #[arg(long, value_name = "SIZE", default_value = "1GiB", value_parser = units::memory, help_heading = "Bounds")]
    pub max_memory: u64,

    /// Wall time from the command's start to its end, so that nothing runs for ever.
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = units::duration, help_heading = "Bounds")]
    pub timeout: Duration,

    /// The command's arguments: the first that is no flag, and all after it.
    #[arg(value_name = "ARGS", trailing_var_arg = true)]
    args: Vec<OsString>,
}

impl Args {
    /// The guest's arguments, behind the component's file name.
    ///
    /// One that is not UTF-8, as WASI has them, is wrong usage and ends the process.
    pub fn guest_args(&self) -> Vec<String> {
        let name = self.component.file_name().unwrap_or_default();
        let mut args = vec![name.to_string_lossy().into_owned()];
        for arg in &self.args {
            let Some(text) = arg.to_str() else {
                let problem = format!("the argument {arg:?} is not UTF-8, as WASI wants it");
                Self::command()
                    .error(ErrorKind::InvalidUtf8, problem)
                    .exit()
            };
            args.push(text.to_owned());
        }
        args
    }
}
