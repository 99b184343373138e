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
    let deleted = patiently(|| match Container::load(state.clone()) {
        Ok(mut container) => container.delete(true).map_err(|e| e.to_string()),
        Err(error) => Err(error.to_string()),
    });
    if let Err(error) = deleted {
        eprintln!("cannot remove what is left of container {id}: {error}");
    }
}

/// Deletes a container. On a busy machine its processes take longer to leave its cgroup
/// than libcontainer waits; it keeps the container's state until the cgroup is gone, so
/// that the next try goes on where one has failed.
pub fn patiently(mut delete: impl FnMut() -> Result<(), String>) -> Result<(), String> {
    let start = Instant::now();
    loop {
        let deleted = delete();
        if deleted.is_ok() || start.elapsed() > PATIENCE {
            return deleted;
        }
        thread::sleep(Duration::from_millis(50));
    }
}
