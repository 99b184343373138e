//! A server in a container, as its user sees it.

#[path = "../../../lib/host/containers/tests/common/mod.rs"]
mod common;

use std::net::TcpListener;
use std::process::Command;
use std::time::Instant;

use anyhost_containers::Which;
use common::traces::{Machine, Traces};
use common::{broken_image, client, ended, ok, path, start};
use host_testing::Dir;
use host_testing::client::{announced, get};
use host_testing::program::{Program, Signal};

/// The host with its default image on a free port, and flags that follow.
fn host(flags: &[&str]) -> Command {
    let mut command = Command::new(path("HOST"));
    command.args(["--image", &path("IMAGE"), "--shim", &path("SHIM")]);
    if !flags.contains(&"--addr") {
        command.args(["--addr", "127.0.0.1:0"]);
    }
    command.args(flags);
    command
}

#[track_caller]
fn assert_greets(addr: &str) {
    let response = get(addr, "/Belgium?up=true");
    assert_eq!((response.status, response.text()), (200, "HELLO, BELGIUM"));
}

/// The only line of an error, with exit code 1.
#[track_caller]
fn fails(flags: &[&str]) -> String {
    let (code, stdout, stderr) = ended(host(flags).output().expect("the host starts"));
    assert_eq!((code, stdout.as_str()), (Some(1), ""), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    stderr
}

fn serves_until(signal: Signal) {
    let before = Machine::now();
    let mut host = Program::start(&mut host(&[]));
    let addr = announced(&host.stderr);
    let traces = Traces::of_program(host.id());
    host.stderr.wait_for(&format!("try: curl http://{addr}/"));
    assert_greets(&addr);
    host.stdout.wait_for("path=\"/Belgium?up=true\" status=200");
    let start = Instant::now();
    host.signal(signal);
    assert_eq!(host.wait().code(), Some(0));
    assert!(start.elapsed().as_secs() < 9, "it need not be killed");
    assert!(traces.processes().is_empty());
    before.is_again();
    // Where the container listens is no business of the user's.
    assert!(
        !host.stderr.text().contains("0.0.0.0"),
        "{}",
        host.stderr.text()
    );
}

#[test]
fn serves_until_interrupted() {
    serves_until(Signal::INT);
}

#[test]
fn serves_until_terminated() {
    serves_until(Signal::TERM);
}

#[test]
fn a_terminal_that_goes_ends_it_and_signals_of_the_user_do_not() {
    let mut host = Program::start(&mut host(&["--addr", ":0"]));
    let line = host.stderr.wait_for("listening on ");
    let urls = line.split(' ').filter_map(|it| it.strip_prefix("http://"));
    let port = announced(&host.stderr);
    let port = port.rsplit_once(':').expect("HOST:PORT").1;
    let mut here = vec!["127.0.0.1"];
    // Some kernels have only one family.
    if TcpListener::bind("[::1]:0").is_ok() {
        here.push("[::1]");
    }
    assert_eq!(urls.count(), here.len(), "{line}");
    for signal in [Signal::USR1, Signal::USR2] {
        host.signal(signal);
    }
    for ip in here {
        assert_greets(&format!("{ip}:{port}"));
    }
    host.signal(Signal::HUP);
    assert_eq!(host.wait().code(), Some(0));
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let before = Machine::now();
    let mut host = Program::start(&mut host(&["--grace", "1000s"]));
    announced(&host.stderr);
    let traces = Traces::of_program(host.id());
    host.signal(Signal::INT);
    host.signal(Signal::TERM);
    let code = host.wait().code().expect("an exit code");
    assert!([128 + 2, 128 + 15].contains(&code), "{code}");
    traces.vanish();
    before.is_again();
}

#[test]
fn nothing_is_left_when_it_is_killed() {
    let before = Machine::now();
    let mut host = Program::start(&mut host(&[]));
    assert_greets(&announced(&host.stderr));
    let traces = Traces::of_program(host.id());
    host.signal(Signal::KILL);
    host.wait();
    traces.vanish();
    before.is_again();
}

#[test]
fn a_signal_while_it_starts_ends_it() {
    let mut host = Program::start(&mut host(&[]));
    host.stderr.wait_for("] loading ");
    let traces = Traces::of_program(host.id());
    host.signal(Signal::INT);
    assert_eq!(host.wait().code(), Some(130));
    host.stderr
        .wait_for("error: stopped by SIGINT before the container ran");
    assert!(traces.processes().is_empty());
}

#[test]
fn many_requests_at_once_and_one_after_the_other() {
    let host = Program::start(&mut host(&[]));
    let addr = announced(&host.stderr);
    std::thread::scope(|scope| {
        for _ in 0..20 {
            scope.spawn(|| (0..20).for_each(|_| assert_greets(&addr)));
        }
    });
}

#[test]
fn bounds_are_given_by_the_environment() {
    let host = Program::start(&mut host(&[
        "--env",
        "ANYHOST_FLAGS=--max-memory 1MiB --quiet",
    ]));
    host.stderr.wait_for("; 1 MiB of memory, ");
    assert_greets(&announced(&host.stderr));
    assert_eq!(host.stdout.text(), "");
}

#[test]
fn a_broken_component_is_told() {
    let dir = Dir::new();
    let output = host(&["--quiet", "--image", &broken_image(&dir)]).output();
    let (code, stdout, stderr) = ended(output.expect("the host starts"));
    assert_eq!((code, stdout.as_str()), (Some(1), ""), "{stderr}");
    let [reason, last] = stderr.lines().collect::<Vec<_>>()[..] else {
        panic!("{stderr}");
    };
    assert!(reason.contains("text.wasm: not WebAssembly;"), "{stderr}");
    assert_eq!(last, "error: the container has ended, with exit code 1");
}

#[test]
fn addresses_that_cannot_be_listened_at_are_told() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let addr = taken.local_addr().expect("an address").to_string();
    let expected = format!(
        "error: cannot listen on {addr}: address already in use; use --addr to choose another\n"
    );
    assert_eq!(fails(&["--addr", &addr]), expected);
    let unknown = "error: cannot listen on no..name:80: unknown host\n";
    assert_eq!(fails(&["--addr", "no..name:80"]), unknown);
    let (code, _, stderr) = ended(host(&["--addr", "8080"]).output().expect("the host starts"));
    assert_eq!(code, Some(2));
    assert!(
        stderr.contains("use HOST:PORT, as 127.0.0.1:8080"),
        "{stderr}"
    );
}

#[test]
fn your_docker_is_left_as_it_was() {
    let daemons = start(Which::Docker);
    let docker = daemons.docker_host();
    let mut host = Program::start(&mut host(&["--docker", &docker]));
    // Docker itself publishes the port, in its network.
    let addr = announced(&host.stderr);
    let curl = format!("curl -fsS http://{addr}/Belgium?up=true");
    assert_eq!(ok(&mut client(&daemons, &curl)), "HELLO, BELGIUM");
    assert_eq!(
        ok(&mut client(&daemons, "docker ps --quiet"))
            .lines()
            .count(),
        1
    );
    host.signal(Signal::INT);
    assert_eq!(host.wait().code(), Some(0));
    assert_eq!(ok(&mut client(&daemons, "docker ps --all --quiet")), "");
    assert_eq!(ok(&mut client(&daemons, "docker image ls --quiet")), "");
}

#[test]
fn your_containerd_is_left_as_it_was() {
    let daemons = start(Which::Containerd);
    let list = |what: &str| ok(&mut client(&daemons, &format!("ctr {what}")));
    let before = list("namespaces list");
    let host = host(&["--containerd", "/run/anyhost/containerd.sock"]);
    let mut inside = daemons.command(host.get_program().to_str().expect("UTF-8"));
    let mut host = Program::start(inside.args(host.get_args()));
    let addr = announced(&host.stderr);
    let curl = format!("curl -fsS http://{addr}/Belgium?up=true");
    assert_eq!(ok(&mut client(&daemons, &curl)), "HELLO, BELGIUM");
    // It is process 1's grandchild there: nsenter waits for it, and would not pass a signal on.
    let pid = ok(&mut client(&daemons, "pgrep --exact docker_http"));
    ok(&mut client(&daemons, &format!("kill -INT {}", pid.trim())));
    assert_eq!(host.wait().code(), Some(0));
    assert_eq!(list("namespaces list"), before);
}
