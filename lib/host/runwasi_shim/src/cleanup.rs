//! What containerd has the shim do when its running copy has died.

use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use containerd_shim::parse;
use libcontainer::container::Container;

use crate::NAME;

/// How long to try: containerd waits 5 s.
const PATIENCE: Duration = Duration::from_secs(4);

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
    let start = Instant::now();
    let delete = || match Container::load(state.clone()) {
        Ok(mut container) => container.delete(true).map_err(|e| e.to_string()),
        Err(error) => Err(error.to_string()),
    };
    let mut deleted = delete();
    // On a busy machine killed processes take longer to end than libcontainer waits.
    while deleted.is_err() && start.elapsed() < PATIENCE {
        thread::sleep(Duration::from_millis(50));
        deleted = delete();
    }
    if let Err(error) = deleted {
        eprintln!(
            "cannot remove what is left of container {}: {error}",
            flags.id
        );
    }
}
