//! The command line.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;
use std::time::Duration;

use anyhost_engine::units;
use clap::builder::{OsStringValueParser, TypedValueParser};
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

    /// An environment variable for the command; repeat for more. Without any, its
    /// environment is empty.
    #[arg(long, value_name = "NAME=VALUE", value_parser = units::variable, help_heading = "Grants")]
    pub env: Vec<(String, String)>,

    /// A directory for the command, with all that is below it, under the name GUEST;
    /// `:ro` keeps it from writing there. Repeat for more.
    #[arg(
        long,
        value_name = "HOST::GUEST[:ro]",
        value_parser = OsStringValueParser::new().try_map(|text| Dir::parse(&text)),
        help_heading = "Grants"
    )]
    pub dir: Vec<Dir>,

    /// Outgoing requests with wasi:http, by HTTP and HTTPS to wherever this machine
    /// can reach. Without it they end in HTTP-request-denied.
    #[arg(long, help_heading = "Grants")]
    pub allow_http: bool,

    /// Linear memory, all memories together. There is one instance and it may have
    /// much to read, so this only keeps the machine from swapping.
    #[arg(long, value_name = "SIZE", default_value = "1GiB", value_parser = units::size, help_heading = "Bounds")]
    pub max_memory: u64,

    /// Wall time from the command's start to its end, so that nothing runs for ever.
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = units::duration, help_heading = "Bounds")]
    pub timeout: Duration,

    /// The command's arguments: the first that is no flag, and all after it.
    #[arg(value_name = "ARGS", trailing_var_arg = true)]
    args: Vec<OsString>,
}

/// A directory that the guest may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dir {
    /// Where it is.
    pub host: PathBuf,
    /// What the guest calls it.
    pub guest: String,
    /// The guest may not change it.
    pub read_only: bool,
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

impl Dir {
    /// Parses `HOST::GUEST[:ro]`; HOST is what is before the first `::`.
    fn parse(text: &OsStr) -> Result<Self, &'static str> {
        const HINT: &str = "use HOST::GUEST or HOST::GUEST:ro, as .::/data";
        let bytes = text.as_bytes();
        let at = bytes.windows(2).position(|pair| pair == b"::");
        let (host, rest) = bytes.split_at(at.ok_or(HINT)?);
        let guest = str::from_utf8(&rest[2..]).map_err(|_| HINT)?;
        let (guest, read_only) = match guest.strip_suffix(":ro") {
            Some(guest) => (guest, true),
            None => (guest, false),
        };
        if host.is_empty() || guest.is_empty() {
            return Err(HINT);
        }
        Ok(Self {
            host: OsString::from_vec(host.to_vec()).into(),
            guest: guest.to_owned(),
            read_only,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_has_two_names() {
        let dir = |host: &str, guest: &str, read_only| {
            Ok(Dir {
                host: host.into(),
                guest: guest.to_owned(),
                read_only,
            })
        };
        let parse = |text: &str| Dir::parse(OsStr::new(text));
        assert_eq!(parse(".::/data"), dir(".", "/data", false));
        assert_eq!(parse("/a b::.:ro"), dir("/a b", ".", true));
        assert_eq!(parse("a:ro::b:rw"), dir("a:ro", "b:rw", false));
        assert_eq!(parse("a::ro"), dir("a", "ro", false));
        for bad in ["", ".", "/a:/b", "::", "a::", "::b", "a:::ro"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        let latin1 = OsStr::from_bytes(b"caf\xe9::/data");
        assert!(Dir::parse(latin1).is_ok_and(|dir| dir.guest == "/data"));
        assert!(Dir::parse(OsStr::from_bytes(b"a::caf\xe9")).is_err());
    }
}
