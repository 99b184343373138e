//! `wit_bindgen_c WIT --world WORLD --out-dir DIR`: a world's bindings for C.
//!
//! The generator is the crate `wit-bindgen-c`, of the version whose Rust
//! bindings the other guests use.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;
use wit_bindgen_core::Files;
use wit_bindgen_core::wit_parser::Resolve;

/// Writes WORLD.h, WORLD.c and WORLD_component_type.o, which has to be linked.
#[derive(Parser)]
#[command(version)]
struct Args {
    /// A folder with a WIT package, and below `deps/` those that it needs.
    wit: PathBuf,
    /// The world, by its name in the package.
    #[arg(long)]
    world: String,
    /// Where the files go.
    #[arg(long, value_name = "DIR")]
    out_dir: PathBuf,
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<()> {
    let mut resolve = Resolve {
        all_features: true,
        ..Resolve::default()
    };
    let (package, _) = resolve.push_path(&args.wit)?;
    let world = resolve.select_world(&[package], Some(&args.world))?;
    let mut files = Files::default();
    wit_bindgen_c::Opts::default()
        .build()
        .generate(&mut resolve, world, &mut files)?;
    for (name, content) in files.iter() {
        let path = args.out_dir.join(name);
        fs::write(&path, content).with_context(|| path.display().to_string())?;
    }
    Ok(())
}
