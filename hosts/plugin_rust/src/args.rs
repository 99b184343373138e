//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use anyhost_manners::{Grants, units};
use clap::{ArgAction, CommandFactory, Parser};

/// Calls a function of a WebAssembly component and prints its result.
///
/// The component is given no functions, no network, and no files nor environment but what
/// the flags below grant. What it prints goes to standard error.
///
/// CALL is a call in WAVE, as `wasmtime run --invoke` has it, such as 'greet("you", true)';
/// the interface may be named before the function: 'greeter.greet("you", true)'. The result
/// is printed in WAVE, too.
///
/// If CALL is no call, it is the first argument of the one function that takes a string
/// first, and --PARAM sets a parameter of that function which is a bool. A string is then
/// printed as it is.
#[derive(Parser, Clone, Debug)]
#[command(
    name = "plugin_rust",
    version,
    override_usage = "plugin_rust [OPTIONS] --component <FILE> <CALL> [--PARAM]...",
    after_help = "Exit codes: 0 called, 1 the component cannot be used or failed, 2 wrong usage.\n\n\
                  Examples:\n  \
                  plugin_rust --component hello_world_rust.wasm World --up\n  \
                  plugin_rust --component hello_world_rust.wasm 'greet(\"World\", true)'\n  \
                  plugin_rust --component hello_world_rust.wasm --list"
)]
pub struct Args {
    /// The component (*.wasm, or *.cwasm as `precompile` wrote it).
    #[arg(long, value_name = "FILE")]
    pub component: PathBuf,

    /// The same component, precompiled: saves compiling it at start. Machine code
    /// runs unchecked: name only files that you trust.
    #[arg(long, value_name = "FILE")]
    pub aot: Option<PathBuf>,

    /// What the component is granted of WASI.
    #[command(flatten)]
    pub grants: Grants,

    /// What a component that imports WASI gets of it: `0.2`, with clocks, random numbers
    /// and what is granted, or `none`, which refuses such a component.
    #[arg(long, value_name = "VERSION", default_value = "0.2", value_parser = wasi, action = ArgAction::Set, help_heading = "Grants")]
    pub wasi: bool,

    /// How large all memories of the component together may grow.
    #[arg(long, value_name = "SIZE", default_value = "64MiB", value_parser = units::memory)]
    pub max_memory: u64,

    /// How long the call may take.
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = units::duration)]
    pub timeout: Duration,

    /// Print the result as JSON instead of WAVE.
    #[arg(long)]
    pub json: bool,

    /// Show what the component exports and imports, and call nothing.
    #[arg(long, conflicts_with_all = ["call", "json"])]
    pub list: bool,

    /// What to call.
    #[arg(value_name = "CALL", required_unless_present = "list")]
    pub call: Option<String>,
}

/// Whether there is WASI.
fn wasi(text: &str) -> Result<bool, &'static str> {
    match text {
        "0.2" => Ok(true),
        "none" => Ok(false),
        _ => Err("use 0.2 or none"),
    }
}

impl Args {
    /// Parses the command line of this process. The flags that are none of the above are
    /// switches of the component's function; whether it has them is known later.
    pub fn with_switches() -> (Self, Vec<String>) {
        let (own, switches) = split(std::env::args_os());
        (anyhost_manners::parse_from(own), switches)
    }
}

/// The arguments without switches, and the switches.
fn split(args: impl Iterator<Item = OsString>) -> (Vec<OsString>, Vec<String>) {
    let command = Args::command();
    let takes_value = |name: &str| {
        let mut flags = command.get_arguments();
        let flag = flags.find(|flag| flag.get_long() == Some(name));
        let built_in = ["help", "version"].contains(&name).then_some(false);
        flag.map(|flag| flag.get_action().takes_values())
            .or(built_in)
    };
    let (mut own, mut switches) = (Vec::new(), Vec::new());
    let mut args = args;
    while let Some(arg) = args.next() {
        let text = arg.to_str().unwrap_or_default();
        let name = text.strip_prefix("--").unwrap_or_default();
        match takes_value(name.split('=').next().unwrap_or_default()) {
            _ if name.is_empty() => {
                let last = text == "--";
                own.push(arg);
                if last {
                    own.extend(args.by_ref());
                }
            }
            None => switches.push(name.to_owned()),
            Some(more) => {
                let more = more && !name.contains('=');
                own.push(arg);
                own.extend(more.then(|| args.next()).flatten());
            }
        }
    }
    (own, switches)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switches_are_what_is_no_flag() {
        let split = |line: &str| {
            let (own, switches) = split(line.split(' ').map(OsString::from));
            let own: Vec<_> = own.iter().map(|arg| arg.to_str().expect("UTF-8")).collect();
            (own.join(" "), switches.join(" "))
        };
        for (line, own, switches) in [
            ("p a --up", "p a", "up"),
            (
                "p --up a --timeout 1s --loud",
                "p a --timeout 1s",
                "up loud",
            ),
            ("p --timeout=1s --json a", "p --timeout=1s --json a", ""),
            ("p --component --up a", "p --component --up a", ""),
            ("p --up -- --up -x", "p -- --up -x", "up"),
            ("p --max-mem=1MiB a -x", "p a -x", "max-mem=1MiB"),
            ("p --help --version", "p --help --version", ""),
            ("p --component", "p --component", ""),
        ] {
            assert_eq!(split(line), (own.to_owned(), switches.to_owned()), "{line}");
        }
    }
}
