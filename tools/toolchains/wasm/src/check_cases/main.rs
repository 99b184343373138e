//! `check_cases WIT CASES --output FILE`: a contract's cases, checked against its WIT.
//!
//! What is written is plain: full names, values in one form, a list of steps in each case, so
//! that the hosts' runners of cases have nothing to look up. docs/contracts.md and
//! docs/values.md say what goes in.

mod check;
mod handles;
mod names;
mod scalar;
mod source;
mod step;
mod value;

#[cfg(test)]
mod tests;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow};
use clap::Parser;
use wit_bindgen_core::wit_parser::Resolve;

/// Checks the cases of a contract and writes them plainly.
#[derive(Parser)]
#[command(version)]
struct Args {
    /// A folder with a WIT package, and below `deps/` those that it needs.
    wit: PathBuf,
    /// The cases, as JSON.
    cases: PathBuf,
    /// Where the plain form goes.
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
}

fn main() -> ExitCode {
    let args = Args::parse();
    match run(&args.wit, &args.cases, &args.output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(wit: &Path, cases: &Path, output: &Path) -> Result<()> {
    let mut resolve = Resolve {
        all_features: true,
        ..Resolve::default()
    };
    let (package, _) = resolve.push_path(wit)?;
    let file = || cases.display().to_string();
    let text = fs::read_to_string(cases).with_context(file)?;
    let plain = source::read(&text)
        .and_then(|groups| check::check(&resolve, package, groups))
        .map_err(|reason| anyhow!(reason))
        .with_context(file)?;
    fs::write(output, format!("{plain:#}\n")).with_context(|| output.display().to_string())
}
