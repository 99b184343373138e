//! What containerd has the shim do when its running copy has died.

use std::path::PathBuf;

use containerd_shim::parse;
use libcontainer::container::Container;

use crate::NAME;

/// Ends the container of a shim that was killed, and removes its cgroup and its state,
/// if this process was started for that (`delete`): containerd-shimkit only answers an
/// exit code there, and the component would run on for ever.
pub fn after_dead_shim() {
    let args: Vec<_> = std::env::args_os().skip(1).collect();
    let Ok(flags) = parse(&args) else { return };
    if flags.action != "delete" {
        return;
    }
    let state = ["/run/containerd", NAME, &flags.namespace, &flags.id];
    let state: PathBuf = state.iter().collect();
    if !state.exists() {
        return;
    }
    let deleted = Container::load(state).and_then(|mut container| container.delete(true));
    if let Err(error) = deleted {
        eprintln!(
            "cannot remove what is left of container {}: {error}",
            flags.id
        );
    }
}
