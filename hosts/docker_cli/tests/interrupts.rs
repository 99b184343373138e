//! Ctrl-C, which goes to all processes of the terminal's foreground, before the
//! container runs.

#[path = "../../../lib/host/containers/tests/common/mod.rs"]
mod common;

use std::fs::File;
use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhost_containers::Which;
use common::traces::{Machine, Traces, daemons_of};
use common::{client, eventually, ok, path, start};
use host_testing::Dir;
use host_testing::program::{Program, Signal, kill_group};

fn host(image: &str) -> Command {
    let mut command = Command::new(path("HOST"));
    command.args(["--shim", &path("SHIM"), "--image", image]);
    command.process_group(0);
    command
}

/// An image that takes a while to load: it has a file of many zeros beside.
fn slow_image(dir: &Dir) -> String {
    let (image, zeros) = (dir.path("slow.tar"), dir.path("zeros"));
    std::fs::copy(path("IMAGE"), &image).expect("a copy");
    File::create(&zeros)
        .and_then(|file| file.set_len(1 << 30))
        .expect("a sparse file");
    let append = ["--append", "--sparse", "--file", &image, "--directory"];
    ok(Command::new("tar")
        .args(append)
        .args([&dir.path(""), "zeros"]));
    image
}

/// Ends in one line, with the exit code of a process that was interrupted.
#[track_caller]
fn is_interrupted(mut host: Program) {
    kill_group(host.id(), Signal::INT);
    let status = host.wait();
    assert_eq!(status.code(), Some(130), "{status}: {}", host.stderr.text());
    let expected = "error: stopped by SIGINT before the container ran";
    host.stderr.wait_for(expected);
    let said = host.stderr.text();
    let lines = said.lines().filter(|line| !line.starts_with('['));
    assert_eq!(lines.collect::<Vec<_>>(), [expected]);
}

#[test]
fn while_an_image_is_loaded() {
    let (before, dir) = (Machine::now(), Dir::new());
    let host = Program::start(&mut host(&slow_image(&dir)));
    host.stderr.wait_for("] loading ");
    let traces = Traces::of_program(host.id());
    is_interrupted(host);
    assert!(traces.processes().is_empty());
    before.is_again();
}

#[test]
fn while_your_docker_loads_an_image() {
    let (daemons, dir) = (start(Which::Docker), Dir::new());
    let mut host = host(&slow_image(&dir));
    let host = Program::start(host.args(["--docker", &daemons.docker_host()]));
    host.stderr.wait_for("] loading ");
    is_interrupted(host);
    // What was loaded all the same is removed.
    let images = ok(&mut client(&daemons, "docker image ls --quiet"));
    assert_eq!(images, "");
}

#[test]
fn while_daemons_start() {
    let host = Program::start(&mut host(&path("IMAGE")));
    host.stderr.wait_for("] starting ");
    eventually("they start", || daemons_of(host.id()).is_some());
    let traces = Traces::of_program(host.id());
    is_interrupted(host);
    traces.vanish();
}

#[test]
fn while_a_daemon_does_not_answer() {
    for (flag, scheme) in [("--docker", "unix://"), ("--containerd", "")] {
        // A socket's path is short, and a test's own folder need not be.
        let silent = format!("/tmp/anyhost-{}{flag}.sock", std::process::id());
        let _ = std::fs::remove_file(&silent);
        let socket = UnixListener::bind(&silent).expect("a socket");
        let address = format!("{scheme}{silent}");
        let host = Program::start(host(&path("IMAGE")).args([flag, &address]));
        // Somebody asks it.
        socket.accept().expect("a connection");
        is_interrupted(host);
        std::fs::remove_file(&silent).expect("the socket");
    }
}
