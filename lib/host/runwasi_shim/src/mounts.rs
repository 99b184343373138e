//! What is mounted in a container is there for its guest.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use anyhost_manners::Dir;
use libcontainer::oci_spec::runtime::{Mount, Spec};

/// What every container has, with all that is below: the kernel's, and files about its
/// network. They are for programs of Linux.
const OWN: [&str; 6] = [
    "/dev",
    "/etc/hostname",
    "/etc/hosts",
    "/etc/resolv.conf",
    "/proc",
    "/sys",
];
/// Where containerd puts an empty file system, unless something is mounted there.
const RUN: &str = "/run";

/// Adds the folders that are mounted in the container, where they are and read-only if
/// they are. A folder that has been named before, by a flag, stays as that says.
///
/// Of what cannot be given there is a note on standard error.
pub fn grant(spec: &Spec, dirs: &mut Vec<Dir>) {
    for mount in spec
        .mounts()
        .iter()
        .flatten()
        .filter(|mount| !is_own(mount))
    {
        let path = mount.destination();
        let Some(name) = path.to_str() else {
            note(path, "its name is not UTF-8, as WASI wants it");
            continue;
        };
        if dirs.iter().any(|dir| dir.guest == name) {
            continue;
        }
        match File::open(path).and_then(|file| file.metadata()) {
            Ok(data) if data.is_dir() => dirs.push(Dir {
                host: path.clone(),
                guest: name.to_owned(),
                read_only: has_option(mount, "ro"),
            }),
            Ok(_) => note(path, "WASI has folders only; mount the one that it is in"),
            Err(error) => note(path, &error.kind().to_string()),
        }
    }
}

fn is_own(mount: &Mount) -> bool {
    let path = mount.destination();
    let is_empty = mount.typ().as_deref() == Some("tmpfs");
    OWN.iter().any(|own| path.starts_with(own)) || (path == Path::new(RUN) && is_empty)
}

fn has_option(mount: &Mount, name: &str) -> bool {
    let options = mount.options().iter().flatten();
    options.into_iter().any(|option| option == name)
}

fn note(path: &Path, reason: &str) {
    let path = path.display();
    // Whoever closed stderr does not want to know.
    let _ = writeln!(
        std::io::stderr(),
        "note: the guest does not get {path}: {reason}"
    );
}
