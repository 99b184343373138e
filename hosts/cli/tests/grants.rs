//! Files: what is granted is there, and nothing else.

mod common;

use std::fs;
use std::net::TcpListener;
use std::path;
use std::process::Command;

use common::{Ended, cli_bin, probe, probe_guest};
use host_testing::{Dir, file};

/// The probe says why it could not do what it was told.
#[track_caller]
fn assert_refused(ended: &Ended, kind: &str) {
    assert_eq!(
        (ended.code, ended.stderr.as_str()),
        (Some(1), format!("probe: {kind}\n").as_str())
    );
}

#[test]
fn without_a_grant_there_are_no_files() {
    let dir = Dir::new();
    let file = dir.write("file", "secret");
    for path in [file.as_str(), "/", ".", "/etc/passwd"] {
        let ended = probe(&[], &["read", path]);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""), "{path}");
    }
    let refused = probe(&[], &["write", &dir.path("new"), "text"]);
    assert_eq!(refused.code, Some(1));
    assert!(!fs::exists(dir.path("new")).expect("a directory"));
}

#[test]
fn a_directory_can_be_read_and_written() {
    let dir = Dir::new();
    dir.write("file", "content\n");
    let flag = format!("--dir={}::/data", dir.path(""));
    let run = |args: &[&str]| probe(&[&flag], args);
    assert_eq!(run(&["read", "/data/file"]).ok(), "content\n");
    run(&["write", "/data/new", "written"]).ok();
    assert_eq!(
        fs::read_to_string(dir.path("new")).expect("the file"),
        "written"
    );
    assert_eq!(run(&["list", "/data"]).ok(), "file new\n");
    run(&["remove", "/data/file"]).ok();
    assert_eq!(run(&["list", "/data"]).ok(), "new\n");
}

#[test]
fn a_read_only_directory_stays_as_it_is() {
    let dir = Dir::new();
    let file = dir.write("file", "content\n");
    let flag = format!("--dir={}::/data:ro", dir.path(""));
    let run = |args: &[&str]| probe(&[&flag], args);
    assert_eq!(run(&["read", "/data/file"]).ok(), "content\n");
    assert_eq!(run(&["list", "/data"]).ok(), "file\n");
    assert_refused(&run(&["write", "/data/file", "x"]), "PermissionDenied");
    assert_refused(&run(&["write", "/data/new", "x"]), "PermissionDenied");
    assert_refused(&run(&["remove", "/data/file"]), "PermissionDenied");
    assert_eq!(fs::read_to_string(file).expect("the file"), "content\n");
    assert!(!fs::exists(dir.path("new")).expect("a directory"));
}

#[test]
fn a_directory_without_a_name_for_the_guest_keeps_its_own() {
    let dir = Dir::new();
    dir.write("file", "content\n");
    let absolute = |path: String| path::absolute(path).expect("a path");
    let run = |flag: &str, args: &[&str]| -> Ended {
        let mut command = Command::new(absolute(cli_bin()));
        command.arg("--component").arg(absolute(probe_guest()));
        command
            .arg("--aot")
            .arg(absolute(file("PROBE_GUEST_AOT", None)));
        command.args(["--dir", flag]).args(args);
        let output = command.current_dir(dir.path("")).output();
        output.expect("the host starts").into()
    };
    assert_eq!(run(".", &["read", "file"]).ok(), "content\n");
    assert_eq!(run(".", &["list", "."]).ok(), "file\n");
    let path = dir.path("");
    let path = path.trim_end_matches('/');
    assert_eq!(run(path, &["read", &dir.path("file")]).ok(), "content\n");
    assert_refused(&run(".:ro", &["write", "new", "x"]), "PermissionDenied");
}

#[test]
fn a_directory_has_the_guests_name_only_and_no_way_out() {
    let outer = Dir::new();
    outer.write("secret", "secret");
    fs::create_dir(outer.path("inner")).expect("a directory");
    let inner = outer.path("inner");
    fs::write(format!("{inner}/file"), "inside").expect("a file");
    std::os::unix::fs::symlink("../secret", format!("{inner}/link")).expect("a link");
    let flags = [
        format!("--dir={inner}::in"),
        format!("--dir={inner}::/also"),
    ];
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    assert_eq!(probe(&flags, &["read", "in/file"]).ok(), "inside");
    assert_eq!(probe(&flags, &["read", "/also/file"]).ok(), "inside");
    for path in [
        "file",
        "in/../../secret",
        "in/../secret",
        "in/link",
        &outer.path("secret"),
        &format!("{inner}/file"),
    ] {
        let ended = probe(&flags, &["read", path]);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""), "{path}");
    }
}

#[test]
fn there_are_no_sockets_even_with_requests() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    for flags in [&[][..], &["--allow-http=*"]] {
        assert_refused(&probe(flags, &["connect", &address]), "PermissionDenied");
    }
}
