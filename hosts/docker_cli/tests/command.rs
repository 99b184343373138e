//! A command in a container, as its user sees it.

#[path = "../../../lib/host/containers/tests/common/mod.rs"]
mod common;

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhost_containers::{Daemons, Which};
use common::traces::{Machine, Traces};
use common::{broken_image, client, ended, ok, path, shim, start};
use host_testing::Dir;
use host_testing::program::{Program, Signal};

/// The host with its default image, and flags and arguments that follow.
fn flags(args: &[&str]) -> Vec<String> {
    let image = path("IMAGE");
    let shim = path("SHIM");
    let own = ["--image", &image, "--shim", &shim];
    own.iter().chain(args).map(ToString::to_string).collect()
}

fn host(args: &[&str]) -> Command {
    let mut command = Command::new(path("HOST"));
    command.args(flags(args));
    command
}

fn run(args: &[&str]) -> (Option<i32>, String, String) {
    ended(host(args).output().expect("the host starts"))
}

/// The last line of an error, with exit code 1 and no output.
#[track_caller]
fn fails(mut command: Command) -> String {
    let (code, stdout, stderr) = ended(command.output().expect("the host starts"));
    assert_eq!((code, stdout.as_str()), (Some(1), ""), "{stderr}");
    stderr.lines().last().expect("a line").to_owned()
}

#[test]
fn output_and_exit_code_are_the_commands() {
    let before = Machine::now();
    let (code, stdout, stderr) = run(&["Belgium", "true"]);
    assert_eq!((code, stdout.as_str()), (Some(0), "HELLO, BELGIUM\n"));
    assert!(stderr.lines().all(|line| line.starts_with('[')), "{stderr}");
    before.is_again();
    let greeting = (Some(0), "Hello, --you\n".to_owned(), String::new());
    assert_eq!(run(&["--quiet", "--", "--you"]), greeting);
    let (code, stdout, stderr) = run(&["--quiet", "you", "maybe"]);
    assert_eq!((code, stdout.as_str()), (Some(2), ""));
    assert!(stderr.contains("maybe"), "{stderr}");
}

#[test]
fn bounds_are_given_by_the_environment() {
    let bounds = "ANYHOST_FLAGS=--max-memory 32KiB";
    let (code, _, stderr) = run(&["--quiet", "--env", bounds, "you"]);
    assert_eq!(code, Some(1));
    assert!(
        stderr.contains("starts with 64 KiB of memory, the limit is 32 KiB"),
        "{stderr}"
    );
}

#[test]
fn a_broken_component_is_told() {
    let dir = Dir::new();
    let (code, stdout, stderr) = run(&["--quiet", "--image", &broken_image(&dir), "you"]);
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    assert!(stderr.contains("text.wasm: not WebAssembly;"), "{stderr}");
}

#[test]
fn files_that_are_no_images_are_told() {
    let dir = Dir::new();
    let junk = dir.write("junk.tar", "junk");
    let expected = "expected an image in a tar archive";
    let line = fails(host(&["--quiet", "--image", &junk]));
    assert!(
        line.starts_with(&format!("error: {junk}: ")) && line.ends_with(expected),
        "{line}"
    );
    let missing = dir.path("missing.tar");
    let line = fails(host(&["--image", &missing]));
    assert_eq!(line, format!("error: {missing}: no such file; {expected}"));
    let line = fails(host(&["--shim", &missing]));
    let expected = "expected the shim containerd-shim-anyhost-v1";
    assert_eq!(line, format!("error: {missing}: no such file; {expected}"));
}

#[test]
fn an_ordinary_user_is_told_what_to_do() {
    let mut command = Command::new("/usr/bin/unshare");
    // A user of that number here; the one who runs this elsewhere.
    command.args(["--user", "--map-user=1000", "--map-group=1000"]);
    command.arg(path("HOST")).args(flags(&["you"]));
    let line = fails(command);
    let expected = "error: docker_cli needs root for daemons of its own: type \
                    sudo ./bazel run //hosts:docker_cli, or name your daemon with --docker HOST";
    assert_eq!(line, expected);
}

#[test]
fn a_signal_ends_it() {
    let before = Machine::now();
    // It comes before the container is there, or while it runs.
    let mut host = Program::start(&mut host(&["you"]));
    host.stderr.wait_for("] running ");
    let traces = Traces::of_program(host.id());
    host.signal(Signal::TERM);
    assert!(host.wait().code().is_some(), "it ends in good order");
    assert!(traces.processes().is_empty());
    before.is_again();
}

#[test]
fn your_docker_is_left_as_it_was() {
    let daemons = start(Which::Docker);
    let docker = daemons.docker_host();
    let (code, stdout, stderr) = run(&["--docker", &docker, "Belgium", "true"]);
    assert_eq!(
        (code, stdout.as_str()),
        (Some(0), "HELLO, BELGIUM\n"),
        "{stderr}"
    );
    assert!(!stderr.contains("starting"), "{stderr}");
    assert_eq!(ok(&mut client(&daemons, "docker ps --all --quiet")), "");
    assert_eq!(ok(&mut client(&daemons, "docker image ls --quiet")), "");

    // An image that was there stays.
    common::load(&daemons, &path("IMAGE"));
    assert_eq!(run(&["--quiet", "--docker", &docker, "you"]).0, Some(0));
    assert_eq!(
        ok(&mut client(&daemons, "docker image ls --quiet"))
            .lines()
            .count(),
        1
    );
}

#[test]
fn your_docker_must_know_the_shim() {
    let dir = Dir::new();
    let other = dir.write("containerd-shim-other-v1", "");
    let daemons = Daemons::start(Which::Docker, Path::new(&other)).expect("the daemons start");
    let (code, _, stderr) = run(&["--quiet", "--docker", &daemons.docker_host(), "you"]);
    assert_eq!(code, Some(125), "{stderr}");
    let shim = shim().canonicalize().expect("the shim");
    let last = stderr.lines().last().expect("a hint");
    assert!(
        last.contains(&format!("sudo install {} ", shim.display())),
        "{last}"
    );
}

#[test]
fn your_containerd_is_left_as_it_was() {
    let daemons = start(Which::Containerd);
    let list = |what: &str| ok(&mut client(&daemons, &format!("ctr {what}")));
    let before = list("namespaces list");
    let mut host = daemons.command(&path("HOST"));
    host.args(flags(&[
        "--quiet",
        "--containerd",
        "/run/anyhost/containerd.sock",
    ]));
    let output = host.args(["Belgium", "true"]).output();
    let greeting = (Some(0), "HELLO, BELGIUM\n".to_owned(), String::new());
    assert_eq!(ended(output.expect("the host starts")), greeting);
    assert_eq!(list("namespaces list"), before);
}

#[test]
fn daemons_that_are_not_there_are_told() {
    let line = fails(host(&["--docker", "unix:///missing.sock"]));
    assert!(
        line.starts_with("error: --docker unix:///missing.sock: "),
        "{line}"
    );
    let line = fails(host(&["--containerd", "/missing.sock"]));
    assert!(
        line.starts_with("error: --containerd /missing.sock: "),
        "{line}"
    );
}

#[test]
fn standard_input_is_passed_on() {
    // This command reads none: what is sent does no harm, nor does its end.
    let mut command = host(&["--quiet", "you"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("the host starts");
    let _ = child.stdin.take().expect("a pipe").write_all(b"text\n");
    let output = child.wait_with_output().expect("the host ends");
    assert_eq!(output.stdout, b"Hello, you\n");
}
