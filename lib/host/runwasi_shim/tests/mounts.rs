//! What is mounted in a container is there for its guest.

#[path = "../../containers/tests/common/mod.rs"]
mod common;

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};

use anyhost_containers::{Daemons, Which};
use common::{RUNTIME, WASI, client, ended, eventually, load, ok, start};
use host_testing::{Dir, file};

/// What `docker run` of the probe gives, with flags and arguments.
fn run(daemons: &Daemons, image: &str, flags: &str, args: &str) -> (Option<i32>, String, String) {
    let run = format!("docker run --rm --runtime {RUNTIME} --platform {WASI} {flags}");
    let mut run = client(daemons, &format!("{run} {image} {args}"));
    ended(run.output().expect("docker starts"))
}

#[test]
fn a_command_has_what_is_mounted() {
    let daemons = start(Which::Docker);
    let image = load(&daemons, &file("PROBE", None));
    let dir = Dir::new();
    let path = dir.path("");
    dir.write("file", "content");
    // As Kubernetes has the files of a ConfigMap.
    fs::create_dir(dir.path("..2026")).expect("a folder");
    dir.write("..2026/key", "value");
    symlink("..2026", dir.path("..data")).expect("a link");
    symlink("..data/key", dir.path("key")).expect("a link");
    let run = |flags: &str, args: &str| run(&daemons, &image, flags, args);
    let read = |flags: &str, args: &str| {
        let (code, stdout, stderr) = run(flags, args);
        assert_eq!((code, stderr.as_str()), (Some(0), ""), "{flags} {args}");
        stdout
    };
    let writable = format!("-v {path}:/data");
    let read_only = format!("-v {path}:/etc/conf:ro");
    assert_eq!(read(&writable, "read /data/file"), "content");
    assert_eq!(read(&read_only, "read /etc/conf/file"), "content");
    assert_eq!(read(&read_only, "read /etc/conf/key"), "value");
    assert_eq!(
        read(&format!("{writable} {read_only}"), "read /etc/conf/file"),
        "content"
    );
    read(&writable, "write /data/new text");
    assert_eq!(fs::read(dir.path("new")).expect("the file"), b"text");
    read("--tmpfs /scratch", "write /scratch/new text");
    read(
        "--mount type=volume,target=/volume",
        "write /volume/new text",
    );

    let denied = |flags: &str, args: &str| {
        let (code, stdout, stderr) = run(flags, args);
        assert_eq!((code, stdout.as_str()), (Some(1), ""), "{flags} {args}");
        stderr
    };
    denied(&read_only, "write /etc/conf/file text");
    assert_eq!(fs::read(dir.path("file")).expect("the file"), b"content");
    for args in [
        "list /",
        "list /etc",
        "list /proc",
        "list /sys",
        "list /dev",
        "list /dev/shm",
    ] {
        denied(&writable, args);
    }
    // There are no files without a folder in WASI.
    let note = denied(&format!("-v {path}file:/app.conf"), "read /app.conf");
    let line = "note: the guest does not get /app.conf: WASI has folders only";
    assert!(note.starts_with(line), "{note}");
    // The guest is who the container's user is.
    fs::set_permissions(&path, Permissions::from_mode(0o700)).expect("a folder");
    let note = denied(&format!("--user 65532 {writable}"), "read /data/file");
    let line = "note: the guest does not get /data: permission denied";
    assert!(note.starts_with(line), "{note}");
}

#[test]
fn a_server_has_what_is_mounted() {
    let daemons = start(Which::Docker);
    let image = load(&daemons, &file("FAULTS", None));
    let dir = Dir::new();
    dir.write("file", "content");
    let docker = |line: &str| {
        ended(
            client(&daemons, &format!("docker {line}"))
                .output()
                .expect("docker"),
        )
    };
    let flags = format!("--runtime {RUNTIME} --platform {WASI} -p 127.0.0.1:8080:8080");
    let volume = dir.path("");
    let run = format!("docker run -d --name served {flags} -v {volume}:/conf:ro {image}");
    ok(&mut client(&daemons, &run));
    eventually("it says what it grants", || {
        docker("logs served").2.contains("granted: files /conf:ro,")
    });
    let get = |path: &str| {
        let curl = format!("curl --silent http://127.0.0.1:8080{path}");
        ok(&mut client(&daemons, &curl))
    };
    assert_eq!(get("/read?/conf/file"), "content");
    assert_ne!(get("/write?/conf/new"), "");
    assert!(!fs::exists(dir.path("new")).expect("a folder"));
    ok(&mut client(&daemons, "docker rm --force served"));
}
