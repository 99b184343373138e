//! What a container costs: a command against a program for Linux under runc, a server
//! against the host `http` without a container; and how soon a server answers, and the
//! memory that it takes.
//!
//! All is measured with private daemons, and what is compared takes turns. The paths of
//! the shim, the images, the host and the component come from the environment, which
//! Bazel sets; `ROUNDS` and `ROUND_SECONDS` too may be set there.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhost_containers::{Daemons, Which};

const RUNTIME: &str = "io.containerd.anyhost.v1";
/// Rounds that only warm up.
const WARM_UP: usize = 3;

fn main() {
    let daemons = Daemons::start(Which::Docker, Path::new(&setting("SHIM", None)));
    let daemons = daemons.unwrap_or_else(|error| panic!("{error}"));
    let rounds = number("ROUNDS", "20");
    for image in ["CLI_IMAGE", "HTTP_IMAGE"] {
        let tar = fs::File::open(setting(image, None)).expect("the image");
        ok(line(&daemons, "docker load").stdin(tar));
    }
    commands(&daemons, rounds);
    first_answer(&daemons, rounds.min(5));
    memory(&daemons);
    requests(&daemons, rounds.min(5));
}

fn setting(name: &str, default: Option<&str>) -> String {
    std::env::var(name)
        .ok()
        .or(default.map(str::to_owned))
        .unwrap_or_else(|| {
            panic!("{name} is not set; ./bazel run //lib/host/runwasi_shim:bench sets it")
        })
}

fn number(name: &str, default: &str) -> usize {
    let text = setting(name, Some(default));
    text.parse()
        .unwrap_or_else(|_| panic!("{name}={text}: expected a number"))
}

/// A command inside, as if it were typed.
fn line(daemons: &Daemons, line: &str) -> Command {
    let mut words = line.split_whitespace();
    let mut command = daemons.command(words.next().expect("a program"));
    command.args(words);
    command
}

/// What a command that succeeds prints.
fn ok(command: &mut Command) -> String {
    let output = command.output().expect("the command starts");
    assert!(output.status.success(), "{command:?}: {output:?}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The milliseconds that a command takes from its start to its end.
fn time(command: &mut Command) -> f64 {
    let start = Instant::now();
    ok(command);
    start.elapsed().as_secs_f64() * 1e3
}

/// `ctr run` of a component, and of the least program that there is.
fn commands(daemons: &Daemons, rounds: usize) {
    let pack = Command::new("/usr/bin/tar")
        .args(["--create", "--directory=/usr/bin", "busybox"])
        .output()
        .expect("tar starts");
    let tar = std::env::temp_dir().join(format!("anyhost-bench-{}.tar", std::process::id()));
    fs::write(&tar, pack.stdout).expect("room for busybox");
    let archive = fs::File::open(&tar).expect("busybox");
    ok(line(daemons, "docker import - busybox").stdin(archive));
    fs::remove_file(&tar).expect("it is ours");

    let run = "ctr --namespace moby run --rm";
    let ours = format!(
        "{run} --platform wasi/wasm --runtime {RUNTIME} docker.io/anyhost/wasi_cli_rust:latest ours /wasi_cli_rust.wasm World"
    );
    let runc = format!("{run} docker.io/library/busybox:latest runc /busybox true");
    let (mut ours_ms, mut runc_ms) = (Vec::new(), Vec::new());
    for round in 0..rounds + WARM_UP {
        let (a, b) = (
            time(&mut line(daemons, &ours)),
            time(&mut line(daemons, &runc)),
        );
        if round >= WARM_UP {
            ours_ms.push(a);
            runc_ms.push(b);
        }
    }
    let (a, b) = (median(&mut ours_ms), median(&mut runc_ms));
    println!("ctr run of wasi_cli_rust     {a:8.1} ms   from start to exit, median of {rounds}");
    println!(
        "ctr run of runc and busybox  {b:8.1} ms   ratio {:.2}",
        a / b
    );
}

fn serve(daemons: &Daemons, flags: &str) {
    let run = "docker run --detach --rm --name served --platform wasi/wasm --runtime";
    ok(&mut line(
        daemons,
        &format!("{run} {RUNTIME} {flags} anyhost/wasi_http_rust"),
    ));
}

fn stop(daemons: &Daemons) {
    ok(&mut line(daemons, "docker stop served"));
}

/// Waits for the first answer.
fn answered(daemons: &Daemons, port: u16) {
    let get = format!("curl --silent --fail --output /dev/null http://127.0.0.1:{port}/World");
    let start = Instant::now();
    while !line(daemons, &get).status().expect("curl starts").success() {
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "the server answers"
        );
        sleep(Duration::from_millis(2));
    }
}

/// `docker run -p` to the first answer through the published port.
fn first_answer(daemons: &Daemons, rounds: usize) {
    let mut times = Vec::new();
    for _ in 0..rounds {
        let start = Instant::now();
        serve(daemons, "-p 127.0.0.1:8080:8080");
        answered(daemons, 8080);
        times.push(start.elapsed().as_secs_f64() * 1e3);
        stop(daemons);
    }
    let time = median(&mut times);
    println!(
        "docker run to first answer   {time:8.1} ms   through the published port, median of {rounds}"
    );
}

/// The proportional set size of an idle server's processes: the shim, its two helpers,
/// and the component's.
fn memory(daemons: &Daemons) {
    serve(daemons, "-p 127.0.0.1:8080:8080");
    answered(daemons, 8080);
    sleep(Duration::from_secs(1));
    let sum = "for p in /proc/[0-9]*; do case $(tr '\\0' ' ' <$p/cmdline) in *containerd-shim-anyhost-v1*) \
               sed -n 's/^Pss: *//p' $p/smaps_rollup;; esac; done | awk '{ kb += $1 } END { print kb }'";
    let mut shell = daemons.command("sh");
    let kb: f64 = ok(shell.args(["-c", sum])).parse().expect("a number");
    println!(
        "memory of an idle server     {:8.1} MiB  all of its processes, proportional set size",
        kb / 1024.0
    );
    stop(daemons);
}

/// Requests per second of a server in a container and of the host `http` without one,
/// on the loopback, with 16 connections and without access logs.
///
/// A container has a cgroup, and with it a share of the CPUs that it divides evenly with
/// all else, the load generator included; a service of systemd has one, too. So the
/// host is measured both in a cgroup of its own and in none.
fn requests(daemons: &Daemons, rounds: usize) {
    serve(daemons, "--network host -e ANYHOST_FLAGS=--quiet");
    let mut hosts = [host(daemons, 8081, true), host(daemons, 8082, false)];
    let ports = [8080, 8081, 8082];
    for port in ports {
        answered(daemons, port);
    }
    let seconds = number("ROUND_SECONDS", "4");
    let mut rates = ports.map(|_| Vec::new());
    for _ in 0..rounds {
        for (port, rates) in ports.iter().zip(&mut rates) {
            rates.push(load(daemons, *port, seconds));
        }
    }
    let [ours, grouped, bare] = rates.map(|mut rates| median(&mut rates));
    println!(
        "requests in a container      {ours:8.0} /s   median of {rounds} rounds of {seconds} s"
    );
    println!(
        "  hosts/http in a cgroup     {grouped:8.0} /s   ratio {:.2}",
        ours / grouped
    );
    println!(
        "  hosts/http in none         {bare:8.0} /s   ratio {:.2}",
        ours / bare
    );
    for host in &mut hosts {
        host.kill().expect("it is ours");
        host.wait().expect("it is ours");
    }
    stop(daemons);
}

/// The host `http`, in a cgroup of its own beside the container's if `grouped`.
fn host(daemons: &Daemons, port: u16, grouped: bool) -> Child {
    let join = "cgroup=$1; shift; for parent in /sys/fs/cgroup/$cgroup /sys/fs/cgroup/cpu/$cgroup \
                /sys/fs/cgroup/memory/$cgroup; do [ ! -d $parent ] || \
                { mkdir -p $parent/host && echo $$ >$parent/host/cgroup.procs; }; done; exec \"$@\"";
    let program = absolute(&setting("HTTP_HOST", None));
    let mut http = if grouped {
        let mut shell = daemons.command("sh");
        shell.args(["-c", join, "sh", daemons.cgroup(), &program]);
        shell
    } else {
        daemons.command(&program)
    };
    http.args([
        "--quiet",
        "--addr",
        &format!("127.0.0.1:{port}"),
        "--component",
    ])
    .arg(absolute(&setting("COMPONENT", None)))
    .stderr(Stdio::null());
    http.spawn().expect("the host starts")
}

fn absolute(path: &str) -> String {
    let path = fs::canonicalize(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    path.to_string_lossy().into_owned()
}

fn load(daemons: &Daemons, port: u16, seconds: usize) -> f64 {
    let wrk = format!(
        "wrk --threads 1 --connections 16 --duration {seconds}s http://127.0.0.1:{port}/World"
    );
    let said = ok(&mut line(daemons, &wrk));
    assert!(
        !said.contains("Non-2xx") && !said.contains("Socket errors"),
        "{said}"
    );
    let rate = said
        .lines()
        .find_map(|line| line.strip_prefix("Requests/sec:"));
    rate.and_then(|rate| rate.trim().parse().ok())
        .expect("wrk's rate")
}
