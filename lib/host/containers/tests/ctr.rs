//! Components as containers of containerd, by `ctr`.

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;

use anyhost_containers::{Daemons, Which};
use common::traces::{Traces, cgroups};
use common::{RUNTIME, WASI, broken_image, client, ended, eventually, import, ok, start};
use host_testing::program::{Signal, kill};
use host_testing::{Dir, file};

/// `ctr run` of a container called `id`, with further flags.
fn run(daemons: &Daemons, flags: &str, image: &str, id: &str) -> Command {
    let cgroup = daemons.cgroup();
    client(
        daemons,
        &format!(
            "ctr run {flags} --platform {WASI} --runtime {RUNTIME} --cgroup /{cgroup}/{id} {image} {id}"
        ),
    )
}

/// A command that is given arguments, of which the first takes the entrypoint's place.
fn greet(daemons: &Daemons, image: &str, id: &str, args: &[&str]) -> (Option<i32>, String, String) {
    let mut command = run(daemons, "--rm", image, id);
    command.arg("/wasi_cli_rust.wasm").args(args);
    ended(command.output().expect("ctr starts"))
}

fn runs_commands(image: &str) {
    let daemons = start(Which::Containerd);
    let image = import(&daemons, &file(image, None));
    let greeting = greet(&daemons, &image, "greets", &["Belgium", "true"]);
    assert_eq!(
        greeting,
        (Some(0), "HELLO, BELGIUM\n".into(), String::new())
    );
    let (code, stdout, stderr) = greet(&daemons, &image, "fails", &["you", "maybe"]);
    assert_eq!((code, stdout.as_str()), (Some(2), ""));
    assert!(stderr.contains("maybe"), "{stderr}");
}

#[test]
fn a_command_in_a_file_system_runs() {
    runs_commands("CLI_FILESYSTEM");
}

#[test]
fn a_command_in_a_layer_runs() {
    runs_commands("CLI_LAYER");
}

#[test]
fn twenty_run_at_once() {
    let daemons = start(Which::Containerd);
    let image = import(&daemons, &file("CLI_LAYER", None));
    thread::scope(|scope| {
        let greet = |number: usize| {
            let (daemons, image) = (&daemons, &image);
            let name = format!("guest-{number}");
            scope.spawn(move || greet(daemons, image, &name, &[&name, "true"]))
        };
        let all: Vec<_> = (0..20).map(greet).collect();
        for (number, thread) in all.into_iter().enumerate() {
            let expected = format!("HELLO, GUEST-{number}\n");
            let greeting = thread.join().expect("no panic");
            assert_eq!(greeting, (Some(0), expected, String::new()));
        }
    });
    assert_eq!(ok(&mut client(&daemons, "ctr tasks list --quiet")), "");
}

#[test]
fn a_broken_component_is_told() {
    let dir = Dir::new();
    let daemons = start(Which::Containerd);
    let image = import(&daemons, &broken_image(&dir));
    let mut command = run(&daemons, "--rm", &image, "broken");
    let (code, _, stderr) = ended(command.output().expect("ctr starts"));
    assert_eq!(code, Some(1), "{stderr}");
    let line = "text.wasm: not WebAssembly; expected a WebAssembly component";
    assert!(stderr.contains(line), "{stderr}");
}

#[test]
fn a_shim_that_is_killed_leaves_nothing() {
    let daemons = start(Which::Containerd);
    let image = import(&daemons, &file("HTTP_LAYER", None));
    ok(&mut run(&daemons, "--detach", &image, "served"));
    let traces = Traces::of(daemons.pid());
    let cgroup = format!("{}/served", daemons.cgroup());
    let mounts = || {
        let table = ok(&mut client(&daemons, "cat /proc/self/mounts"));
        table
            .lines()
            .filter(|line| line.contains("/served/"))
            .count()
    };
    // The shim and the container are both the shim's program.
    let shims = || -> Vec<u32> {
        let is_shim = |pid: &u32| {
            let exe = fs::read_link(format!("/proc/{pid}/exe")).unwrap_or_default();
            exe.file_name() == Path::new("containerd-shim-anyhost-v1").file_name()
        };
        traces.processes().into_iter().filter(is_shim).collect()
    };
    assert!(shims().len() >= 2 && !cgroups(&cgroup).is_empty() && mounts() > 0);
    let outside = |pid: &u32| !cgroup_of(*pid).contains(&cgroup);
    let shim = shims().into_iter().find(outside).expect("a shim");
    kill(shim, Signal::KILL);
    eventually("the container ends", || shims().is_empty());
    eventually("its cgroups go", || cgroups(&cgroup).is_empty());
    eventually("its mounts go", || mounts() == 0);
    // containerd knows, too, and the name is free again.
    ok(&mut client(&daemons, "ctr containers delete served"));
    ok(&mut run(&daemons, "--detach", &image, "served"));
}

fn cgroup_of(pid: u32) -> String {
    fs::read_to_string(format!("/proc/{pid}/cgroup")).unwrap_or_default()
}
