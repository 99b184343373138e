//! What the tests share: daemons, images, and a look at what is left of them.
//!
//! The shim and the images come from the environment, which Bazel sets.

// Each test file is a program of its own and uses its own part of this.
#![allow(dead_code)]

pub mod traces;

use std::fs::File;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::thread;
use std::time::{Duration, Instant};

use anyhost_containers::{Daemons, Which};
use host_testing::{Dir, PATIENCE, file};

/// The platform of images of the formats `filesystem` and `layer`.
pub const WASI: &str = "wasi/wasm";
/// The platform of images of the format `artifact`.
pub const WASIP2: &str = "wasip2/wasm";
pub const RUNTIME: &str = "io.containerd.anyhost.v1";

/// The file that the environment variable names, by its path from anywhere.
pub fn path(variable: &str) -> String {
    let path = std::path::absolute(file(variable, None)).expect("a path");
    path.to_str().expect("UTF-8").to_owned()
}

pub fn shim() -> PathBuf {
    path("SHIM").into()
}

pub fn start(which: Which) -> Daemons {
    Daemons::start(which, &shim()).expect("the daemons start")
}

/// What a command that succeeds prints.
#[track_caller]
pub fn ok(command: &mut Command) -> String {
    let output = command.output().expect("the command starts");
    assert!(output.status.success(), "{command:?}: {output:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// A client with arguments, as if they were typed.
pub fn client(daemons: &Daemons, line: &str) -> Command {
    let mut words = line.split_whitespace();
    let mut command = daemons.command(words.next().expect("a program"));
    command.args(words);
    command
}

/// Loads the image in a tar archive into containerd; the result is its name.
pub fn import(daemons: &Daemons, tar: &str) -> String {
    let tar = File::open(tar).expect("the image");
    let mut import = client(daemons, "ctr images import --all-platforms -");
    ok(import.stdin(tar));
    let names = ok(&mut client(daemons, "ctr images list --quiet"));
    names.lines().next().expect("an image").to_owned()
}

/// Loads the image in a tar archive into Docker; the result is its name.
pub fn load(daemons: &Daemons, tar: &str) -> String {
    let tar = File::open(tar).expect("the image");
    let said = ok(client(daemons, "docker load").stdin(tar));
    let name = said.trim().strip_prefix("Loaded image: ");
    name.expect("an image with a name").to_owned()
}

/// An image with a file that is no component, as Docker makes one: a tar archive.
pub fn broken_image(dir: &Dir) -> String {
    dir.write("text.wasm", "this is text");
    ok(Command::new("tar").args([
        "-C",
        &dir.path(""),
        "-cf",
        &dir.path("layer.tar"),
        "text.wasm",
    ]));
    let daemons = start(Which::Docker);
    let layer = File::open(dir.path("layer.tar")).expect("the layer");
    let mut import = client(
        &daemons,
        &format!("docker import --platform {WASI} --change"),
    );
    import.args(["ENTRYPOINT [\"/text.wasm\"]", "-", "anyhost/broken:latest"]);
    ok(import.stdin(layer));
    let image = client(&daemons, "docker save anyhost/broken:latest").output();
    dir.write("broken.tar", image.expect("docker starts").stdout)
}

/// What came of a command: its exit code, its output, and what it said.
pub fn ended(output: Output) -> (Option<i32>, String, String) {
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

/// Waits for what is about to be so.
#[track_caller]
pub fn eventually(what: &str, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "{what}: not yet");
        thread::sleep(Duration::from_millis(10));
    }
}
