//! `wit_bindgen LANGUAGE WIT --world WORLD --out-dir DIR`: a world's bindings.
//!
//! The generators are the crates `wit-bindgen-c` and `wit-bindgen-go`, of the
//! version whose Rust bindings the other guests use.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Parser, ValueEnum};
use wit_bindgen_core::wit_parser::Resolve;
use wit_bindgen_core::{Files, WorldGenerator};

#[derive(Clone, ValueEnum)]
enum Language {
    /// WORLD.h, WORLD.c and `WORLD_component_type.o`, which has to be linked.
    C,
    /// The packages of the module `wit_component`.
    Go,
}

/// Writes a world's bindings.
#[derive(Parser)]
#[command(version)]
struct Args {
    /// What they are written in.
    language: Language,
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
    let mut generator: Box<dyn WorldGenerator> = match args.language {
        Language::C => wit_bindgen_c::Opts::default().build(),
        Language::Go => wit_bindgen_go::Opts {
            format: wit_bindgen_go::Format::False,
            ..wit_bindgen_go::Opts::default()
        }
        .build(),
    };
    let mut files = Files::default();
    generator.generate(&mut resolve, world, &mut files)?;
    for (name, content) in files.iter() {
        let path = args.out_dir.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, content).with_context(|| path.display().to_string())?;
    }
    Ok(())
}
