//! Where the kernel keeps a container's account: cgroups, version 1 or 2.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

const ROOT: &str = "/sys/fs/cgroup";

/// The cgroups of a process, one for each controller, or the same for all.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Cgroup {
    unified: bool,
    /// By controller; a unified one has no controller's name.
    folders: HashMap<String, PathBuf>,
}

impl Cgroup {
    /// The cgroups of the process `pid`; none if it has ended.
    pub fn of(pid: u32) -> Self {
        let text = fs::read_to_string(format!("/proc/{pid}/cgroup")).unwrap_or_default();
        let unified = Path::new(ROOT).join("cgroup.controllers").exists();
        Self::parse(&text, unified, Path::new(ROOT))
    }

    /// Reads lines as `4:cpu,cpuacct:/path` and, if they are `unified`, `0::/path`.
    pub fn parse(text: &str, unified: bool, root: &Path) -> Self {
        let mut folders = HashMap::new();
        for line in text.lines() {
            let mut parts = line.splitn(3, ':').skip(1);
            let (Some(controllers), Some(path)) = (parts.next(), parts.next()) else {
                continue;
            };
            if unified != controllers.is_empty() {
                continue;
            }
            for controller in controllers.split(',') {
                let folder = root.join(controller).join(path.trim_start_matches('/'));
                folders.insert(controller.to_owned(), folder);
            }
        }
        Self { unified, folders }
    }

    /// Whether it is of version 2.
    pub fn is_unified(&self) -> bool {
        self.unified
    }

    /// The text of a controller's file.
    pub fn text(&self, controller: &str, file: &str) -> Option<String> {
        let controller = if self.unified { "" } else { controller };
        let folder = self.folders.get(controller)?;
        fs::read_to_string(folder.join(file)).ok()
    }

    /// The number in a controller's file; what has no limit has the largest.
    pub fn number(&self, controller: &str, file: &str) -> Option<u64> {
        match self.text(controller, file)?.trim() {
            "max" => Some(u64::MAX),
            text => text.parse().ok(),
        }
    }

    /// The numbers in a controller's file with lines as `name number`.
    pub fn table(&self, controller: &str, file: &str) -> HashMap<String, u64> {
        let text = self.text(controller, file).unwrap_or_default();
        let line = |line: &str| {
            let (name, number) = line.split_once(' ')?;
            Some((name.to_owned(), number.trim().parse().ok()?))
        };
        text.lines().filter_map(line).collect()
    }

    /// The processes in it.
    pub fn processes(&self) -> Vec<u32> {
        let text = self.text("memory", "cgroup.procs").unwrap_or_default();
        text.lines().filter_map(|pid| pid.parse().ok()).collect()
    }

    /// How many of its processes the kernel has killed for want of memory.
    pub fn out_of_memory(&self) -> u64 {
        let file = if self.unified {
            "memory.events"
        } else {
            "memory.oom_control"
        };
        let table = self.table("memory", file);
        table.get("oom_kill").copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_controller_has_its_folder() {
        let text = "4:cpu,cpuacct:/a/b\n2:memory:/c\n1:name=systemd:/d\n0::/e:f\n";
        let root = Path::new("/cgroups");
        let folders = |unified| Cgroup::parse(text, unified, root).folders;
        let old = folders(false);
        assert_eq!(old["cpu"], root.join("cpu/a/b"));
        assert_eq!(old["cpuacct"], root.join("cpuacct/a/b"));
        assert_eq!(old["memory"], root.join("memory/c"));
        assert!(!old.contains_key(""));
        let new = folders(true);
        assert_eq!(new, HashMap::from([(String::new(), root.join("e:f"))]));
    }
}
