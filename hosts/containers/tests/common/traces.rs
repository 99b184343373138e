//! What daemons could leave behind: processes in their namespaces, cgroups, mounts,
//! network interfaces and files.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use super::eventually;

const NAMESPACES: [&str; 3] = ["mnt", "net", "pid_for_children"];

/// By what one recognises all that belongs to some daemons, even when they are gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traces(Vec<String>);

impl Traces {
    /// Of the daemons whose namespaces the process `pid` has made.
    pub fn of(pid: u32) -> Self {
        Self(
            NAMESPACES
                .map(|name| namespace(pid, name).expect("a namespace"))
                .to_vec(),
        )
    }

    /// Of the daemons that the program `pid` has started.
    pub fn of_program(pid: u32) -> Self {
        let parent = format!("PPid:\t{pid}\n");
        let is_child = |child: &u32| {
            let status = fs::read_to_string(format!("/proc/{child}/status"));
            status.is_ok_and(|text| text.starts_with("Name:\tunshare\n") && text.contains(&parent))
        };
        Self::of(
            processes()
                .find(is_child)
                .expect("the program has started daemons"),
        )
    }

    /// As it is printed.
    pub fn parse(line: &str) -> Self {
        Self(line.split(' ').skip(1).map(str::to_owned).collect())
    }

    /// The processes that are in a namespace of theirs.
    pub fn processes(&self) -> Vec<u32> {
        let inside = |pid: &u32| {
            let names = ["mnt", "net", "pid"].map(|name| namespace(*pid, name));
            names.iter().flatten().any(|name| self.0.contains(name))
        };
        processes().filter(inside).collect()
    }

    /// Waits until no process is left.
    #[track_caller]
    pub fn vanish(&self) {
        eventually("the processes end", || self.processes().is_empty());
    }
}

impl fmt::Display for Traces {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "traces {}", self.0.join(" "))
    }
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

/// What a machine has that daemons could change.
#[derive(Debug, PartialEq, Eq)]
pub struct Machine {
    mounts: String,
    interfaces: Vec<PathBuf>,
    temporary_files: Vec<PathBuf>,
}

impl Machine {
    /// Waits until it is as it was; other tests may have files for a moment.
    #[track_caller]
    pub fn is_again(&self) {
        eventually("nothing is left", || Self::now() == *self);
    }

    /// As it is now.
    pub fn now() -> Self {
        let list = |folder: &Path| {
            let mut paths: Vec<_> = fs::read_dir(folder)
                .expect("a folder")
                .flatten()
                .map(|entry| entry.path())
                .collect();
            paths.sort();
            paths
        };
        let ours = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            ["anyhost", "containerd", "docker", "runc"]
                .iter()
                .any(|part| name.contains(part))
        };
        let mut temporary_files = list(Path::new("/tmp"));
        temporary_files.retain(ours);
        temporary_files.extend(list(Path::new("/run")));
        Self {
            mounts: fs::read_to_string("/proc/self/mountinfo").expect("mounts"),
            interfaces: list(Path::new("/sys/class/net")),
            temporary_files,
        }
    }
}
