//! Daemons leave nothing behind, whatever ends them.

mod common;

use std::env;
use std::net::SocketAddr;
use std::process::Command;

use anyhost_containers::{Daemons, Which};
use common::traces::{Machine, Traces, cgroups};
use common::{RUNTIME, WASI, client, eventually, load, ok, shim, start};
use host_testing::program::{Program, Signal, kill};
use host_testing::{Dir, file};

/// Daemons with a container that has a port.
fn busy() -> Daemons {
    let daemons = start(Which::Docker);
    let image = load(&daemons, &file("HTTP_LAYER", None));
    let run = format!("docker run -d -p 8080:8080 --runtime {RUNTIME} --platform {WASI} {image}");
    ok(&mut client(&daemons, &run));
    assert!(
        !cgroups(daemons.cgroup()).is_empty(),
        "the container has a cgroup"
    );
    daemons
}

#[test]
fn nothing_is_left_when_they_are_dropped() {
    let before = Machine::now();
    let daemons = busy();
    let (traces, cgroup) = (Traces::of(daemons.pid()), daemons.cgroup().to_owned());
    // Process 1, containerd, dockerd, a shim and its container.
    assert!(traces.processes().len() >= 5);
    drop(daemons);
    assert!(traces.processes().is_empty());
    assert!(cgroups(&cgroup).is_empty());
    before.is_again();
}

/// What [`ends_without_a_trace`] runs as a process of its own: a test that goes wrong
/// when a file is there.
#[test]
#[ignore = "run by other tests, in a process of its own"]
fn goes_wrong() {
    let daemons = busy();
    println!("daemons {} {}", daemons.pid(), daemons.cgroup());
    let file = file("GO_WRONG", None);
    eventually("the file is there", || {
        std::fs::exists(&file).is_ok_and(|is| is)
    });
    panic!("as a test that fails");
}

fn ends_without_a_trace(end: impl FnOnce(&Program, &str)) {
    let (before, dir) = (Machine::now(), Dir::new());
    let mut command = Command::new(env::current_exe().expect("this program"));
    command.args(["--ignored", "--exact", "goes_wrong", "--nocapture"]);
    let mut test = Program::start(command.env("GO_WRONG", dir.path("go")));
    let line = test.stdout.wait_for("daemons ");
    let words: Vec<&str> = line.split(' ').collect();
    let [.., pid, cgroup] = words[..] else {
        panic!("{line}");
    };
    let traces = Traces::of(pid.parse().expect("a pid"));
    assert!(traces.processes().len() >= 5 && !cgroups(cgroup).is_empty());
    end(&test, &dir.path("go"));
    assert!(!test.wait().success());
    traces.vanish();
    eventually("the cgroups go", || cgroups(cgroup).is_empty());
    drop(dir);
    before.is_again();
}

#[test]
fn nothing_is_left_by_a_test_that_fails() {
    ends_without_a_trace(|_, file| std::fs::write(file, "").expect("a file"));
}

#[test]
fn nothing_is_left_by_a_process_that_is_killed() {
    ends_without_a_trace(|test, _| test.signal(Signal::KILL));
}

#[test]
fn what_is_left_by_killed_daemons_is_swept_by_the_next() {
    let daemons = busy();
    let (traces, cgroup) = (Traces::of(daemons.pid()), daemons.cgroup().to_owned());
    kill(daemons.pid(), Signal::KILL);
    traces.vanish();
    drop(daemons);
    assert!(
        !cgroups(&cgroup).is_empty(),
        "nobody was there to remove it"
    );
    let next = start(Which::Containerd);
    assert!(cgroups(&cgroup).is_empty());
    // One that is in use is not swept.
    let busy = busy();
    drop(start(Which::Containerd));
    assert!(!cgroups(busy.cgroup()).is_empty());
    drop(next);
}

#[test]
fn two_do_not_disturb_each_other() {
    let daemons = [busy(), busy()];
    for daemons in &daemons {
        let names = ok(&mut client(daemons, "docker ps --format {{.Status}}"));
        assert!(
            names.starts_with("Up ") && names.lines().count() == 1,
            "{names}"
        );
    }
}

#[test]
fn a_port_leads_inside() {
    let daemons = start(Which::Containerd);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let outside = listener.local_addr().expect("an address");
    let inside: SocketAddr = "127.0.0.1:8080".parse().expect("an address");
    let forward = daemons
        .forward(vec![listener], inside)
        .expect("it forwards");
    let mut server = client(&daemons, "python3 -u -m http.server --bind 127.0.0.1 8080");
    let server = Program::start(&mut server);
    server.stdout.wait_for("Serving HTTP");
    let response = host_testing::client::get(&outside.to_string(), "/usr/bin/ctr?");
    assert_eq!(response.status, 200);
    assert!(response.body == std::fs::read("/usr/bin/ctr").expect("a large file"));
    drop(forward);
    eventually("the port is free", || {
        std::net::TcpStream::connect(outside).is_err()
    });
}

#[test]
fn a_daemon_that_does_not_start_says_why() {
    let dir = Dir::new();
    let shim = dir.write("containerd-shim-anyhost-v1", "");
    dir.program(
        "containerd",
        "#!/bin/sh\necho first >&2\necho the disk is full >&2\nexit 1\n",
    );
    let error = Daemons::start(Which::Docker, shim.as_ref()).map(drop);
    let expected = "private daemons do not start: containerd has ended: the disk is full";
    assert_eq!(error, Err(expected.to_owned()));
}

#[test]
fn a_shim_that_is_missing_is_named() {
    let error = Daemons::start(Which::Containerd, "/missing/shim".as_ref()).map(drop);
    let error = error.expect_err("there is no shim");
    assert!(error.starts_with("/missing/shim: "), "{error}");
    assert!(shim().exists());
}
