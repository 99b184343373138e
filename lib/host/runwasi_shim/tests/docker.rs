//! What Docker asks of a container, as of one of runc's.

#[path = "../../containers/tests/common/mod.rs"]
mod common;

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhost_containers::{Daemons, Which};
use common::traces::cgroups;
use common::{RUNTIME, WASI, client, ended, eventually, load, ok, start};
use host_testing::{Dir, file};

/// Docker with the probe as an image.
struct Docker {
    daemons: Daemons,
    image: String,
}

impl Docker {
    fn new() -> Self {
        Self::of("PROBE")
    }

    fn of(image: &str) -> Self {
        let daemons = start(Which::Docker);
        let image = load(&daemons, &file(image, None));
        Self { daemons, image }
    }

    fn client(&self, line: &str) -> Command {
        client(&self.daemons, &format!("docker {line}"))
    }

    fn ok(&self, line: &str) -> String {
        ok(&mut self.client(line)).trim().to_owned()
    }

    /// `docker run` with flags, of the probe with arguments.
    fn run(&self, flags: &str, args: &str) -> Command {
        let runtime = format!("--runtime {RUNTIME} --platform {WASI}");
        self.client(&format!("run {runtime} {flags} {} {args}", self.image))
    }

    fn inspect(&self, name: &str, what: &str) -> String {
        self.ok(&format!("inspect --format {{{{{what}}}}} {name}"))
    }

    /// The memory limit that the kernel has for a container.
    fn memory_limit(&self, name: &str) -> u64 {
        let id = self.inspect(name, ".Id");
        let folders = cgroups(&format!("{}/{id}", self.daemons.cgroup()));
        let limit = |folder: &Path| {
            ["memory.limit_in_bytes", "memory.max"]
                .iter()
                .find_map(|name| fs::read_to_string(folder.join(name)).ok())
        };
        let text = folders.iter().find_map(|folder| limit(folder));
        text.expect("a limit").trim().parse().expect("a number")
    }
}

#[test]
fn standard_input_ends() {
    let docker = Docker::new();
    let mut cat = docker.run("--rm -i", "echo");
    cat.stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut cat = cat.spawn().expect("docker starts");
    let mut stdin = cat.stdin.take().expect("it is piped");
    stdin.write_all(b"hello\n").expect("it is read");
    drop(stdin);
    let greeted = ended(cat.wait_with_output().expect("it ends"));
    assert_eq!(greeted, (Some(0), "hello\n".into(), String::new()));

    for flags in ["--rm -i", "--rm"] {
        let mut cat = docker.run(flags, "echo");
        let nothing = ended(cat.stdin(Stdio::null()).output().expect("docker starts"));
        assert_eq!(nothing, (Some(0), String::new(), String::new()), "{flags}");
    }
}

#[test]
fn each_signal_does_what_it_does_outside() {
    let docker = Docker::new();
    let signals = [
        ("HUP", 129),
        ("INT", 130),
        ("QUIT", 131),
        ("USR1", 138),
        ("USR2", 140),
        ("TERM", 143),
        ("RTMIN+3", 165),
        ("KILL", 137),
    ];
    for (signal, code) in signals {
        let name = docker.ok(&format!(
            "run -d --runtime {RUNTIME} --platform {WASI} {} sleep",
            docker.image
        ));
        // These do nothing.
        docker.ok(&format!("kill --signal WINCH {name}"));
        docker.ok(&format!("kill --signal CONT {name}"));
        docker.ok(&format!("kill --signal {signal} {name}"));
        assert_eq!(
            docker.ok(&format!("wait {name}")),
            code.to_string(),
            "{signal}"
        );
    }
    // As an image's STOPSIGNAL.
    let stopped = |flags: &str, how: &str| {
        let name = ok(&mut docker.run(&format!("-d {flags}"), "sleep"));
        let name = name.trim();
        docker.ok(&format!("stop {how} --time 60 {name}"));
        docker.inspect(name, ".State.ExitCode")
    };
    assert_eq!(stopped("--stop-signal SIGINT", ""), "130");
    assert_eq!(stopped("", "--signal SIGHUP"), "129");
    assert_eq!(stopped("", ""), "143");
}

/// This image's component is compiled at each start, which takes a while.
#[test]
fn a_signal_that_comes_early_is_not_lost() {
    let docker = Docker::of("PROBE_FILES");
    for _ in 0..4 {
        let name = ok(&mut docker.run("-d", "sleep"));
        let name = name.trim();
        docker.ok(&format!("stop --time 60 {name}"));
        assert_eq!(docker.inspect(name, ".State.ExitCode"), "143");
    }
}

#[test]
fn its_cgroup_can_be_changed() {
    let docker = Docker::new();
    ok(&mut docker.run(
        "-d --name limited --memory 256m --memory-swap 256m",
        "sleep",
    ));
    assert_eq!(docker.memory_limit("limited"), 256 << 20);
    docker.ok("update --memory 128m --memory-swap 128m --cpus 0.5 limited");
    assert_eq!(docker.memory_limit("limited"), 128 << 20);
    docker.ok("update --memory 512m --memory-swap 512m limited");
    assert_eq!(docker.memory_limit("limited"), 512 << 20);
    let usage = docker.ok("stats --no-stream --format {{.MemUsage}} limited");
    assert!(usage.ends_with("/ 512MiB"), "{usage}");
    docker.ok("rm --force limited");
}

#[test]
fn its_figures_are_real() {
    let docker = Docker::new();
    ok(&mut docker.run("-d --name busy", "loop"));
    let stats = |what: &str| docker.ok(&format!("stats --no-stream --format {{{{{what}}}}} busy"));
    let number = |text: &str| -> f64 {
        let digits = text.trim_end_matches(|c: char| c.is_alphabetic() || c == '%');
        digits.parse().expect("a number")
    };
    // It computes, and so takes what it gets.
    eventually("it takes the CPU", || number(&stats(".CPUPerc")) > 1.0);
    let memory = stats(".MemUsage");
    let (used, limit) = memory.split_once(" / ").expect("two numbers");
    assert!(used.ends_with("MiB") && number(used) > 1.0, "{memory}");
    // What has no limit has the machine's memory.
    assert!(limit.ends_with("GiB") && number(limit) > 0.1, "{memory}");
    assert!(number(&stats(".PIDs")) >= 1.0);
    let processes = docker.ok("top busy");
    assert_eq!(processes.lines().count(), 2, "{processes}");
    docker.ok("rm --force busy");
}

#[test]
fn the_kernel_ends_it_for_want_of_memory() {
    let docker = Docker::new();
    let mut hoards = docker.run("--name hoards --memory 64m --memory-swap 64m", "alloc 512");
    let (code, _, _) = ended(hoards.output().expect("docker starts"));
    assert_eq!(code, Some(137));
    eventually("it is known why", || {
        docker.inspect("hoards", ".State.OOMKilled") == "true"
    });
    // One that is killed otherwise.
    ok(&mut docker.run("-d --name killed --memory 256m", "sleep"));
    docker.ok("kill killed");
    docker.ok("wait killed");
    assert_eq!(docker.inspect("killed", ".State.OOMKilled"), "false");
}

/// What a terminal does with `typed`, when a container with `args` has it.
fn type_into(docker: &Docker, args: &str, typed: &str) -> (Option<i32>, String, String) {
    let program =
        "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";
    let run = docker.run("--rm -it --name typed", args);
    let words = run.get_args().map(|word| word.to_str().expect("UTF-8"));
    let docker_words: Vec<&str> = words.skip_while(|word| *word != "docker").collect();
    let mut terminal = docker.daemons.command("/usr/bin/python3");
    terminal.args(["-c", program]).args(docker_words);
    terminal.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut terminal = terminal.stderr(Stdio::piped()).spawn().expect("python");
    let mut stdin = terminal.stdin.take().expect("it is piped");
    // Docker's client has made its own terminal a mere line by then.
    eventually("it runs", || docker.ok("ps --quiet").lines().count() == 1);
    stdin.write_all(typed.as_bytes()).expect("it is read");
    let output = terminal.wait_with_output().expect("it ends");
    drop(stdin);
    ended(output)
}

#[test]
fn it_can_have_a_terminal() {
    let docker = Docker::new();
    let (code, stdout, stderr) = ended(docker.run("--rm -t", "streams").output().expect("docker"));
    // Both streams, with the line ends of a terminal.
    assert_eq!(code, Some(0), "{stderr}");
    assert!(
        stdout.contains("to stdout\r\n") && stdout.contains("to stderr\r\n"),
        "{stdout:?}"
    );
    // What is typed is shown, and read up to Ctrl-D.
    let (code, stdout, _) = type_into(&docker, "echo", "hello\n\x04");
    assert_eq!(
        (code, stdout.matches("hello").count()),
        (Some(0), 2),
        "{stdout:?}"
    );
    let (code, stdout, _) = type_into(&docker, "sleep", "\x03");
    assert_eq!(code, Some(130), "{stdout:?}");
}

#[test]
fn nothing_else_can_run_in_it() {
    let docker = Docker::new();
    ok(&mut docker.run("-d --name sleeps", "sleep"));
    let exec = docker.client("exec sleeps ls").output();
    let (code, stdout, stderr) = ended(exec.expect("docker starts"));
    assert_ne!(code, Some(0));
    let said = stdout + &stderr;
    assert!(said.contains("is its only process"), "{said}");
    docker.ok("rm --force sleeps");
}

/// As Kubernetes' pods need one.
#[test]
fn a_program_for_linux_has_its_own_environment() {
    let dir = Dir::new();
    let daemons = start(Which::Docker);
    fs::create_dir(dir.path("bin")).expect("a folder");
    fs::copy("/usr/bin/busybox", dir.path("bin/env")).expect("a static program");
    let tar = dir.path("layer.tar");
    ok(Command::new("tar").args(["-C", &dir.path(""), "-cf", &tar, "bin"]));
    let layer = File::open(&tar).expect("the layer");
    ok(client(&daemons, "docker import - anyhost/linux:latest").stdin(layer));
    let run = format!("docker run --rm --runtime {RUNTIME} --env GREETING=hello anyhost/linux env");
    let variables = ok(&mut client(&daemons, &run));
    let mut names: Vec<&str> = variables
        .lines()
        .filter_map(|line| Some(line.split_once('=')?.0))
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["GREETING", "HOSTNAME", "PATH"]);
}
