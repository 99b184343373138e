//! What daemons could leave behind: processes in their namespaces, cgroups, mounts,
//! network interfaces and files.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use host_testing::PATIENCE;

use super::eventually;

const NAMESPACES: [&str; 3] = ["mnt", "net", "pid_for_children"];

/// By what one recognises all that belongs to some daemons, even when they are gone.
#[derive(Debug)]
pub struct Traces {
    namespaces: Vec<String>,
    /// Open, so that no other namespace gets their numbers.
    _files: Vec<File>,
}

impl Traces {
    /// Of the daemons whose namespaces the process `pid` has made.
    pub fn of(pid: u32) -> Self {
        let open = |name| File::open(format!("/proc/{pid}/ns/{name}")).expect("a namespace");
        Self {
            _files: NAMESPACES.map(open).into(),
            namespaces: NAMESPACES
                .map(|name| namespace(pid, name).expect("a namespace"))
                .into(),
        }
    }

    /// Of the daemons that the program `pid` has started.
    pub fn of_program(pid: u32) -> Self {
        Self::of(daemons_of(pid).expect("the program has started daemons"))
    }

    /// The processes that are in a namespace of theirs.
    pub fn processes(&self) -> Vec<u32> {
        let inside = |pid: &u32| {
            let names = ["mnt", "net", "pid"].map(|name| namespace(*pid, name));
            names
                .iter()
                .flatten()
                .any(|name| self.namespaces.contains(name))
        };
        processes().filter(inside).collect()
    }

    /// Waits until no process is left.
    #[track_caller]
    pub fn vanish(&self) {
        eventually("the processes end", || self.processes().is_empty());
    }
}

/// The process whose namespaces the daemons of the program `pid` are in, once there are some.
pub fn daemons_of(pid: u32) -> Option<u32> {
    let parent = format!("PPid:\t{pid}\n");
    let is_child = |child: &u32| {
        let status = fs::read_to_string(format!("/proc/{child}/status"));
        status.is_ok_and(|text| text.starts_with("Name:\tunshare\n") && text.contains(&parent))
    };
    let apart = |pid: &u32| {
        let of = |pid| namespace(pid, "pid_for_children");
        of(*pid).is_some_and(|name| Some(name) != of(std::process::id()))
    };
    processes().find(is_child).filter(apart)
}

fn namespace(pid: u32, name: &str) -> Option<String> {
    let link = fs::read_link(format!("/proc/{pid}/ns/{name}")).ok()?;
    Some(link.display().to_string())
}

fn processes() -> impl Iterator<Item = u32> {
    let folders = fs::read_dir("/proc").expect("/proc").flatten();
    folders.filter_map(|folder| folder.file_name().to_str()?.parse().ok())
}

/// The cgroups called `name`, in every hierarchy.
pub fn cgroups(name: &str) -> Vec<PathBuf> {
    let root = Path::new("/sys/fs/cgroup");
    let hierarchies = fs::read_dir(root).expect("cgroups").flatten();
    let all = hierarchies
        .map(|entry| entry.path())
        .chain([root.to_owned()]);
    all.map(|hierarchy| hierarchy.join(name))
        .filter(|path| path.exists())
        .collect()
}

/// What a machine has that daemons could add to: mounts, network interfaces, temporary files.
#[derive(Debug)]
pub struct Machine(BTreeSet<String>);

impl Machine {
    /// As it is now.
    pub fn now() -> Self {
        let list = |folder| {
            let entries = fs::read_dir(folder).expect("a folder").flatten();
            entries.map(|entry| entry.path().display().to_string())
        };
        let ours = |path: &String| {
            let names = ["anyhost", "containerd", "docker", "runc"];
            names.iter().any(|name| path.contains(name))
        };
        let mounts = fs::read_to_string("/proc/self/mountinfo").expect("mounts");
        let mut all: BTreeSet<_> = mounts.lines().map(str::to_owned).collect();
        all.extend(list("/sys/class/net"));
        all.extend(list("/run"));
        all.extend(list("/tmp").filter(ours));
        Self(all)
    }

    /// Waits until nothing is there that was not before; other tests may have files for
    /// a moment.
    #[track_caller]
    pub fn is_again(&self) {
        let start = Instant::now();
        loop {
            let now = Self::now();
            let new: Vec<_> = now.0.difference(&self.0).collect();
            if new.is_empty() {
                return;
            }
            assert!(start.elapsed() < PATIENCE, "is left: {new:?}");
            thread::sleep(Duration::from_millis(100));
        }
    }
}
