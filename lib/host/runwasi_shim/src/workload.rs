//! Runs a container's component in the host of its world.

use std::env;
use std::fmt::Display;
use std::path::{Path, PathBuf};

use anyhost_engine::{Loaded, load_bytes, on_its_engine};
use anyhost_manners::{Grants, fail};
use clap::{CommandFactory, FromArgMatches};
use containerd_shim_wasm::sandbox::context::WasmLayer;
use libcontainer::oci_spec::runtime::{Process, Spec};

use crate::mounts;

/// The exit code of a host that panicked, as of any Rust program.
pub const PANICKED: i32 = 101;
const FAILED: i32 = 1;

/// The world to run the component in, needed if it exports more than one.
const WORLD: &str = "ANYHOST_WORLD";
/// Flags for the host of that world.
const FLAGS: &str = "ANYHOST_FLAGS";
/// Variables with this prefix are for the shim, all others for the guest.
const PREFIX: &str = "ANYHOST_";

/// Where a server listens, unless it is told: at all addresses of both families.
const ADDRESS: &str = ":8080";

/// What a container may be, each with the export that its host calls.
const WORLDS: [(&str, &str); 3] = [
    ("wasi:cli/command", "wasi:cli/run"),
    ("wasi:http/proxy", "wasi:http/incoming-handler"),
    ("wasi:http/service", "wasi:http/handler"),
];

/// Runs the container's component to its end; the result is the container's exit code.
///
/// What goes wrong is one line on its standard error.
pub fn run(spec: &Spec, layers: &[WasmLayer]) -> i32 {
    match start(spec, layers) {
        Ok(()) => 0,
        Err(error) => {
            fail(error);
            FAILED
        }
    }
}

fn start(spec: &Spec, layers: &[WasmLayer]) -> Result<(), String> {
    let process = spec.process().as_ref();
    let process = process.ok_or("the container has no process")?;
    let args = process.args().as_deref().unwrap_or_default();
    let (own, env): (Vec<_>, Vec<_>) = process
        .env()
        .iter()
        .flatten()
        .filter_map(|variable| variable.split_once('='))
        .partition(|(name, _)| name.starts_with(PREFIX));
    let own = |wanted| own.iter().find(|(name, _)| *name == wanted).map(|it| it.1);
    let grant = |grants: &mut Grants| {
        let env = env.iter().map(|&(n, v)| (n.to_owned(), v.to_owned()));
        grants.env.extend(env);
        mounts::grant(spec, &mut grants.dir);
    };

    let name = name(args);
    let loaded = load(process, layers, &name)?;
    let flags = own(FLAGS).unwrap_or_default().split_whitespace();
    match world(&loaded, own(WORLD))? {
        "wasi:http/proxy" | "wasi:http/service" => {
            let own = ["--addr", ADDRESS];
            let mut args: anyhost_http::Args = parse(&name, own.into_iter().chain(flags))?;
            grant(&mut args.grants);
            anyhost_http::serve(&args, loaded)
        }
        _ => {
            let guest = args.iter().skip(1).map(String::as_str);
            let flags = flags.chain(["--"]).chain(guest);
            let mut args: anyhost_cli::Args = parse(&name, flags)?;
            grant(&mut args.grants);
            match anyhost_cli::run(&args, loaded) {
                Err(error) => Err(error),
            }
        }
    }
}

/// What messages call the component: its path in the container, or the name that the
/// image gives to its layer.
fn name(args: &[String]) -> PathBuf {
    let first = args.first().map_or("", String::as_str);
    first.split('#').next().unwrap_or_default().into()
}

/// Loads the image's one layer that is a component, or a file in the container.
fn load(process: &Process, layers: &[WasmLayer], name: &Path) -> Result<Loaded, String> {
    const EXPECTED: &str = "expected a WebAssembly component";
    let failed = |reason: &dyn Display| format!("{}: {reason}; {EXPECTED}", name.display());
    let file;
    // Code is trusted only if it comes from the cache that this shim has filled.
    let (bytes, code) = match layers {
        [layer] => (&layer.layer, layer.precompiled),
        [] => {
            let path = find(process, name).ok_or_else(|| failed(&"no such file"))?;
            file = std::fs::read(path).map_err(|error| failed(&error.kind()))?;
            (&file, false)
        }
        _ => {
            return Err(failed(
                &"the image has more than one layer that is a component",
            ));
        }
    };
    on_its_engine(|engine| load_bytes(engine, name, bytes, code)).map_err(|e| e.to_string())
}

/// Where a file is that the container's command line names.
pub fn find(process: &Process, name: &Path) -> Option<PathBuf> {
    let mut env = process.env().iter().flatten();
    let path = env.find_map(|variable| variable.strip_prefix("PATH="));
    let folders = env::split_paths(path.unwrap_or_default());
    // A name alone is looked up as a shell does it, and then in the working directory.
    let is_alone = name.components().count() == 1;
    let there = folders.filter(|_| is_alone).map(|folder| folder.join(name));
    there.chain([name.to_owned()]).find(|path| path.is_file())
}

/// The world to run the component in: the one that is asked for, or its only one.
fn world(loaded: &Loaded, asked: Option<&str>) -> Result<&'static str, String> {
    let name = &loaded.file;
    if let Some(asked) = asked {
        let known = WORLDS.iter().find(|(world, _)| *world == asked);
        return known.map(|(world, _)| *world).ok_or_else(|| {
            let names = WORLDS.map(|(world, _)| world).join(" or ");
            format!("{WORLD}={asked}: expected {names}")
        });
    }
    let exports = loaded.exports();
    let has = |wanted: &str| {
        exports
            .iter()
            .any(|export| export.split('@').next() == Some(wanted))
    };
    let found: Vec<_> = WORLDS.iter().filter(|(_, export)| has(export)).collect();
    match found.as_slice() {
        [(world, _)] => Ok(world),
        [] => Err(format!(
            "{}: exports none of {}; it exports {}",
            name.display(),
            WORLDS.map(|(_, export)| export).join(", "),
            if exports.is_empty() {
                "nothing".to_owned()
            } else {
                exports.join(", ")
            },
        )),
        _ => Err(format!(
            "{}: has more than one world; set {WORLD} to {}",
            name.display(),
            found.iter().map(|it| it.0).collect::<Vec<_>>().join(" or ")
        )),
    }
}

/// The host's arguments: its own flags, of which the last of several counts.
fn parse<'a, A: CommandFactory + FromArgMatches>(
    name: &'a Path,
    flags: impl Iterator<Item = &'a str>,
) -> Result<A, String> {
    let component = ["", "--component", name.to_str().unwrap_or_default()];
    let command = A::command()
        .args_override_self(true)
        // The image's component it is, and nobody vouches for machine code.
        .mut_arg("aot", |arg| arg.value_parser(refuse))
        .disable_help_flag(true)
        .disable_version_flag(true);
    let line = |e: clap::Error| {
        let text = e.to_string();
        let first = text.lines().next().unwrap_or_default();
        format!("{FLAGS}: {}", first.trim_start_matches("error: "))
    };
    let matches = command
        .try_get_matches_from(component.into_iter().chain(flags))
        .map_err(line)?;
    A::from_arg_matches(&matches).map_err(line)
}

fn refuse(_: &str) -> Result<PathBuf, &'static str> {
    Err("not in a container")
}
