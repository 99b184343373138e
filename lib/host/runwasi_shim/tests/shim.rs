//! What the shim makes of a container's environment, of signals, and of what it has
//! compiled before.

#[path = "../../containers/tests/common/mod.rs"]
mod common;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhost_containers::{Daemons, Which};
use common::traces::Traces;
use common::{RUNTIME, WASI, client, ended, eventually, import, load, ok, start};
use host_testing::file;
use host_testing::program::Program;

/// containerd with one image.
struct Containers {
    daemons: Daemons,
    image: String,
}

impl Containers {
    fn of(image: &str) -> Self {
        let daemons = start(Which::Containerd);
        let image = import(&daemons, &file(image, None));
        Self { daemons, image }
    }

    /// `ctr run` of the container `id` with an environment and a command line.
    fn command(&self, id: &str, env: &[&str], args: &str) -> Command {
        self.run_with("--rm", id, env, args)
    }

    /// The same, and it goes on alone.
    fn detached(&self, id: &str, args: &str) -> Command {
        self.run_with("--detach", id, &[], args)
    }

    fn run_with(&self, flags: &str, id: &str, env: &[&str], args: &str) -> Command {
        let cgroup = self.daemons.cgroup();
        let run = format!(
            "ctr run {flags} --platform {WASI} --runtime {RUNTIME} --cgroup /{cgroup}/{id}"
        );
        let mut command = client(&self.daemons, &run);
        for variable in env {
            command.args(["--env", variable]);
        }
        command
            .args([&self.image, id])
            .args(args.split_whitespace());
        command
    }

    fn run(&self, env: &[&str], args: &str) -> (Option<i32>, String, String) {
        let mut command = self.command("tested", env, args);
        ended(command.stdin(Stdio::null()).output().expect("ctr starts"))
    }
}

#[test]
fn the_environment_is_the_guests_but_for_what_is_the_shims() {
    let probe = Containers::of("PROBE");
    let env = ["GREETING=Hello you", "ANYHOST_FLAGS=--timeout 10s"];
    let (code, stdout, stderr) = probe.run(&env, "/probe.wasm env");
    assert_eq!(code, Some(0), "{stderr}");
    assert!(stdout.contains("(\"GREETING\", \"Hello you\")"), "{stdout}");
    assert!(!stdout.contains("ANYHOST"), "{stdout}");
}

#[test]
fn flags_bound_the_guest() {
    let probe = Containers::of("PROBE");
    let (code, _, stderr) = probe.run(&["ANYHOST_FLAGS=--timeout 300ms"], "/probe.wasm loop");
    assert_eq!(code, Some(124), "{stderr}");
    let line = "error: /probe.wasm: the guest took longer than --timeout, 300ms";
    assert_eq!(stderr.trim(), line);
    let memory = ["ANYHOST_FLAGS=--max-memory 8MiB"];
    let (code, _, stderr) = probe.run(&memory, "/probe.wasm alloc 64");
    assert_ne!(code, Some(0), "{stderr}");
    let (code, _, stderr) = probe.run(&[], "/probe.wasm alloc 64");
    assert_eq!(code, Some(0), "{stderr}");
}

#[test]
fn flags_that_are_wrong_are_named() {
    let probe = Containers::of("PROBE");
    let refused = |flags: &str| {
        let (code, stdout, stderr) = probe.run(&[&format!("ANYHOST_FLAGS={flags}")], "/probe.wasm");
        assert_eq!((code, stdout.as_str()), (Some(1), ""), "{stderr}");
        stderr.trim().to_owned()
    };
    let line = "error: ANYHOST_FLAGS: unexpected argument '--nope' found";
    assert_eq!(refused("--nope"), line);
    let line = refused("--aot /code.cwasm");
    assert!(
        line.starts_with("error: ANYHOST_FLAGS: ") && line.ends_with("not in a container"),
        "{line}"
    );
}

#[test]
fn a_component_with_two_worlds_is_told_which() {
    let dual = Containers::of("DUAL");
    let args = "/dual.wasm Belgium true";
    let failed = |line: &str| (Some(1), String::new(), format!("error: {line}\n"));
    assert_eq!(
        dual.run(&[], args),
        failed(
            "/dual.wasm: has more than one world; set ANYHOST_WORLD to wasi:cli/command or wasi:http/proxy"
        )
    );
    assert_eq!(
        dual.run(&["ANYHOST_WORLD=wasi:cli/commands"], args),
        failed(
            "ANYHOST_WORLD=wasi:cli/commands: expected wasi:cli/command or wasi:http/proxy or wasi:http/service"
        )
    );
    assert_eq!(
        dual.run(&["ANYHOST_WORLD=wasi:cli/command"], args),
        (Some(0), "HELLO, BELGIUM\n".to_owned(), String::new())
    );
}

#[test]
fn streams_and_exit_codes_are_the_guests() {
    let probe = Containers::of("PROBE");
    let (code, stdout, stderr) = probe.run(&[], "/probe.wasm streams");
    assert_eq!(
        (code, stdout.as_str(), stderr.as_str()),
        (Some(0), "to stdout\n", "to stderr\n")
    );
    assert_eq!(probe.run(&[], "/probe.wasm exit 7").0, Some(7));
    let (code, _, stderr) = probe.run(&[], "/probe.wasm trap");
    assert_eq!(code, Some(134));
    assert!(
        stderr.contains("/probe.wasm: the guest trapped: "),
        "{stderr}"
    );
}

#[test]
fn sigterm_ends_a_command_at_once() {
    let probe = Containers::of("PROBE");
    let mut sleeps = Program::start(&mut probe.command("sleeps", &[], "/probe.wasm sleep"));
    eventually("it runs", || {
        ok(&mut client(&probe.daemons, "ctr tasks list")).contains("RUNNING")
    });
    ok(&mut client(
        &probe.daemons,
        "ctr tasks kill --signal SIGTERM sleeps",
    ));
    assert_eq!(sleeps.wait().code(), Some(143));
}

#[test]
fn what_has_ended_is_not_found() {
    let probe = Containers::of("PROBE");
    ok(&mut probe.detached("ended", "/probe.wasm exit 0"));
    let tasks = || ok(&mut client(&probe.daemons, "ctr tasks list"));
    eventually("it ends", || tasks().contains("STOPPED"));
    for signal in ["SIGTERM", "SIGKILL"] {
        let kill = format!("ctr tasks kill --signal {signal} ended");
        let killed = client(&probe.daemons, &kill).output().expect("ctr starts");
        let (code, _, stderr) = ended(killed);
        assert_ne!(code, Some(0));
        assert!(stderr.contains("process already finished"), "{stderr}");
    }
}

#[test]
fn what_has_no_limit_says_so() {
    let probe = Containers::of("PROBE");
    ok(&mut probe.detached("sleeps", "/probe.wasm sleep"));
    let metrics = ok(&mut client(
        &probe.daemons,
        "ctr tasks metrics --format json sleeps",
    ));
    // By the cgroups' version.
    let limit = ["\"usage_limit\":", "\"limit\":"];
    let rest = limit.iter().find_map(|name| metrics.split(name).nth(1));
    let digits = rest
        .unwrap_or_else(|| panic!("{metrics}"))
        .trim_start_matches(|c: char| !c.is_ascii_digit());
    let end = digits.find(|c: char| !c.is_ascii_digit());
    let limit: u64 = digits[..end.expect("an end")].parse().expect("a number");
    // What containerd takes for unlimited.
    assert!(limit > 1 << 62, "{metrics}");
}

/// As on a cluster with one family only, or with both.
#[test]
fn a_server_listens_on_both_families() {
    let http = Containers::of("HTTP");
    ok(&mut http.run_with("--detach --net-host", "served", &[], ""));
    for address in ["[::1]:8080", "127.0.0.1:8080"] {
        let curl = format!("curl --silent --globoff http://{address}/Belgium");
        eventually("it answers", || {
            let output = client(&http.daemons, &curl).output().expect("curl starts");
            output.stdout == b"Hello, Belgium"
        });
    }
}

#[test]
fn a_layer_is_compiled_once() {
    let probe = Containers::of("PROBE");
    let compiled = || -> Vec<String> {
        let content = ok(&mut client(&probe.daemons, "ctr content list"));
        let mut lines: Vec<_> = content
            .lines()
            .filter(|line| line.contains("runwasi.io/precompiled/anyhost"))
            .filter_map(|line| line.split_whitespace().next())
            .map(str::to_owned)
            .collect();
        lines.sort();
        lines
    };
    assert_eq!(compiled().len(), 0);
    assert_eq!(probe.run(&[], "/probe.wasm exit 0").0, Some(0));
    let first = compiled();
    assert!(
        first.len() >= 2,
        "the code, and the layer that it belongs to: {first:?}"
    );
    assert_eq!(probe.run(&[], "/probe.wasm exit 0").0, Some(0));
    assert_eq!(compiled(), first);
}

/// Docker kills what it has created when it cannot connect it.
#[test]
fn nothing_is_left_of_a_container_whose_port_is_taken() {
    let daemons = start(Which::Docker);
    let image = load(&daemons, &file("HTTP", None));
    let traces = Traces::of(daemons.pid());
    let shims = || {
        let is_shim = |pid: &u32| {
            let exe = fs::read_link(format!("/proc/{pid}/exe")).unwrap_or_default();
            exe.file_name() == Path::new("containerd-shim-anyhost-v1").file_name()
        };
        traces.processes().into_iter().filter(is_shim).count()
    };
    let run = |name: &str| {
        let flags = format!("--runtime {RUNTIME} --platform {WASI} -p 127.0.0.1:8080:8080");
        let run = format!("docker run --detach --name {name} {flags} {image}");
        ended(client(&daemons, &run).output().expect("docker starts"))
    };
    assert_eq!(run("first").0, Some(0));
    let one = shims();
    let (code, _, stderr) = run("second");
    assert_eq!(code, Some(125));
    assert!(stderr.contains("port is already allocated"), "{stderr}");
    eventually("the second's shim ends", || shims() == one);
    ok(&mut client(&daemons, "docker rm second"));
}
