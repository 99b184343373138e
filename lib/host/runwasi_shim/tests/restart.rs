//! containerd is killed and started again, and its containers go on.

#[path = "../../containers/tests/common/mod.rs"]
mod common;

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::{fs, iter};

use anyhost_containers::{Daemons, Which};
use common::traces::{Traces, cgroups};
use common::{RUNTIME, WASI, client, eventually, import, load, ok, shim, start};
use host_testing::client::get;
use host_testing::file;
use host_testing::program::{Program, Signal, kill};

/// The processes of daemons whose program has that name.
fn processes(traces: &Traces, name: &str) -> Vec<u32> {
    let is = |pid: &u32| {
        let exe = fs::read_link(format!("/proc/{pid}/exe")).unwrap_or_default();
        exe.file_name() == Path::new(name).file_name()
    };
    traces.processes().into_iter().filter(is).collect()
}

fn shims(traces: &Traces) -> usize {
    processes(traces, "containerd-shim-anyhost-v1").len()
}

/// Kills containerd, calls `meanwhile`, and starts another.
fn restart(daemons: &Daemons, traces: &Traces, meanwhile: impl FnOnce()) -> Program {
    let [containerd] = processes(traces, "containerd")[..] else {
        panic!("there is one containerd");
    };
    kill(containerd, Signal::KILL);
    eventually("it ends", || processes(traces, "containerd").is_empty());
    meanwhile();
    let mut command = client(daemons, "containerd --config /run/anyhost/containerd.toml");
    let folder = shim().parent().expect("a folder").display().to_string();
    let again = Program::start(command.env("PATH", format!("{folder}:/usr/sbin:/usr/bin")));
    eventually("the other answers", || {
        let version = client(daemons, "ctr version").output();
        version.is_ok_and(|output| output.status.success())
    });
    again
}

#[test]
fn a_container_of_containerd_goes_on() {
    let daemons = start(Which::Containerd);
    let traces = Traces::of(daemons.pid());
    let image = import(&daemons, &file("PROBE", None));
    let cgroup = daemons.cgroup();
    let ctr = |line: &str| ok(&mut client(&daemons, &format!("ctr {line}")));
    for id in ["stays", "ends"] {
        ctr(&format!(
            "run --detach --platform {WASI} --runtime {RUNTIME} --cgroup /{cgroup}/{id} {image} {id} /probe.wasm sleep"
        ));
    }
    let state = |id: &str| {
        let tasks = ctr("tasks list");
        let line = tasks.lines().find(|line| line.starts_with(id));
        let line = line.unwrap_or_default().to_owned();
        line.split_whitespace()
            .last()
            .unwrap_or_default()
            .to_owned()
    };
    let stays_pid = ctr("tasks ps stays");
    let _containerd = restart(&daemons, &traces, || {
        // One ends while nobody is there to hear of it.
        let ends = cgroups(&format!("{cgroup}/ends"));
        let procs = iter::once(ends.first().expect("a cgroup"))
            .map(|folder| fs::read_to_string(folder.join("cgroup.procs")).expect("processes"))
            .collect::<String>();
        kill(procs.trim().parse().expect("a pid"), Signal::TERM);
    });
    assert_eq!(state("stays"), "RUNNING");
    assert_eq!(ctr("tasks ps stays"), stays_pid);
    assert!(ctr("tasks metrics stays").contains("memory"));
    assert_eq!(state("ends"), "STOPPED");
    ctr("tasks kill --signal SIGTERM stays");
    eventually("it ends", || state("stays") == "STOPPED");
    for id in ["stays", "ends"] {
        let delete = client(&daemons, &format!("ctr tasks delete {id}")).output();
        let said = String::from_utf8(delete.expect("ctr starts").stderr).expect("UTF-8");
        assert!(said.contains("143"), "{said}");
        ctr(&format!("containers delete {id}"));
    }
    eventually("nothing is left", || shims(&traces) == 0);
    assert!(cgroups(&format!("{cgroup}/stays")).is_empty());
}

#[test]
fn a_container_of_docker_goes_on() {
    let daemons = start(Which::Docker);
    let traces = Traces::of(daemons.pid());
    let image = load(&daemons, &file("HTTP", None));
    let docker = |line: &str| ok(&mut client(&daemons, &format!("docker {line}")));
    let run = |name: &str| {
        docker(&format!(
            "run -d --name {name} --runtime {RUNTIME} --platform {WASI} -p 127.0.0.1:8080:8080 {image}"
        ))
    };
    run("served");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let outside = listener.local_addr().expect("an address").to_string();
    let inside: SocketAddr = "127.0.0.1:8080".parse().expect("an address");
    let _forward = daemons
        .forward(vec![listener], inside)
        .expect("it forwards");
    let logs = || {
        let output = client(&daemons, "docker logs served").output();
        String::from_utf8(output.expect("docker starts").stderr).expect("UTF-8")
    };
    eventually("the server listens", || logs().contains("listening on"));
    let answers = || {
        let response = get(&outside, "/Belgium?up=true");
        assert_eq!((response.status, response.text()), (200, "HELLO, BELGIUM"));
    };
    answers();
    let _containerd = restart(&daemons, &traces, answers);
    answers();
    let status = || docker("ps --all --format {{.Status}}");
    assert!(status().starts_with("Up "), "{}", status());
    // Docker needs a moment to find the other.
    eventually("its process is told", || {
        let top = client(&daemons, "docker top served").output();
        top.is_ok_and(|output| output.stdout.split(|byte| *byte == b'\n').count() == 3)
    });
    assert!(status().starts_with("Up "), "{}", status());
    docker("stop --time 60 served");
    assert_eq!(
        docker("inspect --format {{.State.ExitCode}} served").trim(),
        "0"
    );
    docker("rm served");
    eventually("nothing is left", || shims(&traces) == 0);
    // The port is free again.
    run("again");
    docker("rm --force again");
}
