//! What containerd has the shim do when its running copy has died.

use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use libcontainer::container::Container;

use crate::NAME;

/// How long to try: containerd waits 5 s.
const PATIENCE: Duration = Duration::from_secs(4);

/// Where libcontainer keeps what it knows of a namespace's containers.
pub fn state_root(namespace: &str) -> PathBuf {
    ["/run/containerd", NAME, namespace].iter().collect()
}

/// Ends the container of a shim that was killed, and removes its cgroup and its state.
pub fn after_dead_shim(namespace: &str, id: &str) {
    let state = state_root(namespace).join(id);
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
        eprintln!("cannot remove what is left of container {id}: {error}");
    }
}
