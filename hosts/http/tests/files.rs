//! Files: what is granted is there for each request, and nothing else.

mod common;

use std::fs;
use std::os::unix::fs::symlink;

use common::Host;
use host_testing::Dir;

#[test]
fn without_a_grant_there_are_no_files() {
    let host = Host::faults(&[]);
    assert_eq!(host.get("/files").text(), "0");
    assert_ne!(host.get("/read?/etc/passwd").text(), "");
    let dir = Dir::new();
    let new = dir.path("new");
    host.get(&format!("/write?{new}"));
    assert!(!fs::exists(new).expect("a directory"));
}

#[test]
fn directories_are_there_for_each_request() {
    let dir = Dir::new();
    dir.write("file", "content");
    let path = dir.path("");
    let flags = [
        format!("--dir={path}::/data"),
        format!("--dir={path}::/conf:ro"),
    ];
    let host = Host::faults(&[&flags[0], &flags[1]]);
    let line = host.stderr.wait_for("granted: ");
    assert!(
        line.starts_with("granted: files /data /conf:ro, no environment, no network; "),
        "{line}"
    );
    for _ in 0..3 {
        assert_eq!(host.get("/files").text(), "2");
        assert_eq!(host.get("/read?/data/file").text(), "content");
        assert_eq!(host.get("/read?/conf/file").text(), "content");
    }
    assert_eq!(host.get("/write?/conf/new").text(), "PermissionDenied");
    assert_eq!(host.get("/write?/conf/file").text(), "PermissionDenied");
    assert!(!fs::exists(dir.path("new")).expect("a directory"));
    assert_eq!(host.get("/write?/data/new").text(), "");
    assert_eq!(fs::read(dir.path("new")).expect("the file"), b"text");
    // What is changed outside is seen by the next request.
    dir.write("file", "changed");
    assert_eq!(host.get("/read?/conf/file").text(), "changed");
}

#[test]
fn there_is_no_way_out_of_a_directory() {
    let outer = Dir::new();
    let secret = outer.write("secret", "secret");
    let inner = outer.path("inner");
    fs::create_dir(&inner).expect("a directory");
    fs::write(outer.path("inner/file"), "inside").expect("a file");
    symlink("../secret", outer.path("inner/up")).expect("a link");
    symlink(&secret, outer.path("inner/absolute")).expect("a link");
    symlink("..", outer.path("inner/parent")).expect("a link");
    symlink("file", outer.path("inner/link")).expect("a link");
    let host = Host::faults(&[&format!("--dir={inner}::/data")]);
    for path in ["/data/file", "/data/link", "/data/../data/file"] {
        assert_eq!(
            host.get(&format!("/read?{path}")).text(),
            "inside",
            "{path}"
        );
    }
    for path in [
        "/data/up",
        "/data/absolute",
        "/data/parent/secret",
        "/data/../secret",
        "/data/../../secret",
        "../secret",
        "secret",
        &secret,
    ] {
        let said = host.get(&format!("/read?{path}")).text().to_owned();
        assert!(said != "secret" && said != "inside", "{path}: {said}");
        let written = host.get(&format!("/write?{path}"));
        assert_ne!(written.text(), "", "{path}");
    }
    assert_eq!(fs::read(&secret).expect("the file"), b"secret");
}
