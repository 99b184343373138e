//! Wrong usage of a command line, in one line.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Error, Parser};

use crate::fail;

/// Parses the command line of this process.
///
/// Wrong usage ends it: with one line on stderr and exit code 2. `--help` and `--version`
/// end it, too, with 0.
#[must_use]
pub fn parse<T: Parser>() -> T {
    parse_from(std::env::args_os())
}

/// As [`parse`], with these words; the first is the program's name.
#[must_use]
pub fn parse_from<T: Parser>(words: impl IntoIterator<Item = OsString>) -> T {
    T::try_parse_from(words).unwrap_or_else(|error| {
        if !error.use_stderr() {
            error.exit();
        }
        wrong_usage(line(&error));
        std::process::exit(2)
    })
}

/// Reports wrong usage as one line on stderr; the exit code is 2.
pub fn wrong_usage(line: impl std::fmt::Display) -> ExitCode {
    fail(format_args!("{line} (--help tells more)"));
    ExitCode::from(2)
}

/// What clap says in several lines.
fn line(error: &Error) -> String {
    let names = |kind| match error.get(kind) {
        Some(ContextValue::String(name)) => vec![name.clone()],
        Some(ContextValue::Strings(names)) => names.clone(),
        _ => Vec::new(),
    };
    let missing = names(ContextKind::InvalidArg);
    if error.kind() == ErrorKind::MissingRequiredArgument && !missing.is_empty() {
        let verb = if missing.len() == 1 { "is" } else { "are" };
        return format!("{} {verb} missing", missing.join(" and "));
    }
    let text = error.to_string();
    let first = text.lines().next().unwrap_or_default();
    let first = first.strip_prefix("error: ").unwrap_or(first);
    let suggested = names(ContextKind::SuggestedArg);
    match suggested.first() {
        Some(similar) => format!("{first}; there is {similar}"),
        None => first.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::line;

    #[derive(Parser, Debug)]
    struct Args {
        #[arg(long, value_name = "FILE")]
        component: String,
        #[arg(long, value_name = "N", default_value_t = 1)]
        max_memory: u32,
        #[arg(value_name = "CALL")]
        call: String,
    }

    #[test]
    fn wrong_usage_is_one_line() {
        for (words, expected) in [
            ("", "--component <FILE> and <CALL> are missing"),
            ("--component a", "<CALL> is missing"),
            ("--component a b c", "unexpected argument 'c' found"),
            (
                "--component a b --max-mem 1",
                "unexpected argument '--max-mem' found; there is --max-memory",
            ),
            (
                "--component a b --max-memory x",
                "invalid value 'x' for '--max-memory <N>': invalid digit found in string",
            ),
        ] {
            let words = ["program"].into_iter().chain(words.split_whitespace());
            let error = Args::try_parse_from(words).expect_err("it is wrong");
            assert_eq!(line(&error), expected);
        }
    }
}
