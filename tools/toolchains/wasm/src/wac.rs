//! `wac plug` and `wac compose`, as the crate `wac-cli` has them, but for what
//! `plug` leaves out silently: a plug that gives the socket nothing, an
//! interface that does not fit, and an import that two plugs give are errors
//! that name the plugs.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Parser;
use wac_cli::commands::{ComposeCommand, PackageRef, PlugCommand};
use wac_graph::types::{Package, SubtypeChecker};
use wac_graph::{CompositionGraph, PlugError};

/// Composes WebAssembly components.
#[derive(Parser)]
#[command(name = "wac", version = "0.12.0")] // of wac-cli, whose commands these are
enum Wac {
    Plug(PlugCommand),
    Compose(ComposeCommand),
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let done = match Wac::parse() {
        Wac::Plug(plug) => match check(&plug) {
            Ok(()) => plug.exec().await,
            error => error,
        },
        Wac::Compose(compose) => compose.exec().await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Fails unless each plug gives the socket something that no other plug gives.
fn check(command: &PlugCommand) -> Result<()> {
    let PackageRef::LocalPath(socket) = &command.socket;
    let mut givers = BTreeMap::new();
    for plug in &command.plugs {
        let PackageRef::LocalPath(plug) = plug;
        for import in given(socket, plug)? {
            if let Some(other) = givers.insert(import.clone(), plug.display()) {
                let (plug, socket) = (plug.display(), socket.display());
                bail!("both {other} and {plug} export {import}, which {socket} imports");
            }
        }
    }
    Ok(())
}

/// The imports of the socket that one plug satisfies: at least one, and each that has the name of an export.
fn given(socket_file: &Path, plug_file: &Path) -> Result<Vec<String>> {
    let mut graph = CompositionGraph::new();
    let mut register = |file: &Path| -> Result<_> {
        let name = file.display().to_string();
        let package = Package::from_file(&name, None, file, graph.types_mut())?;
        Ok(graph.register_package(package)?)
    };
    let (socket, plug) = (register(socket_file)?, register(plug_file)?);
    let (socket_name, plug_name) = (socket_file.display(), plug_file.display());

    let types = graph.types();
    let imports = &types[graph[socket].ty()].imports;
    let exports = &types[graph[plug].ty()].exports;
    for (name, export) in exports {
        if let Some(import) = imports.get(name) {
            SubtypeChecker::new(&mut HashSet::new())
                .is_subtype(*export, types, *import, types)
                .with_context(|| {
                    format!("{plug_name} exports {name}, but not as {socket_name} imports it")
                })?;
        }
    }
    let nothing = format!(
        "{plug_name} exports nothing that {socket_name} imports: it exports {}, the other imports {}",
        list(exports.keys()),
        list(imports.keys()),
    );

    match wac_graph::plug(&mut graph, vec![plug], socket) {
        Err(PlugError::NoPlugHappened) => bail!(nothing),
        plugged => plugged?,
    }
    let socket = graph
        .node_ids()
        .find(|id| graph[*id].package() == Some(socket))
        .context("wac has not instantiated the socket")?;
    let given = graph.get_instantiation_arguments(socket);
    Ok(given.map(|(name, _)| name.to_owned()).collect())
}

fn list<'a>(names: impl Iterator<Item = &'a String>) -> String {
    let names: Vec<_> = names.map(String::as_str).collect();
    match names[..] {
        [] => "nothing".to_owned(),
        _ => names.join(", "),
    }
}
