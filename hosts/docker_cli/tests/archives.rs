//! Images in tar archives, as the programs that make these make them.

#[path = "../../../lib/host/containers/tests/common/mod.rs"]
mod common;

use std::process::Command;

use anyhost_containers::Which;
use common::{ended, ok, path, start};
use host_testing::Dir;

const GREETING: &str = "HELLO, BELGIUM\n";

fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    command.args(["--quiet", "--shim", &path("SHIM")]);
    command
}

/// Runs an image with Docker.
#[track_caller]
fn greets(image: &str) {
    let mut host = command(&path("HOST"));
    let output = host.args(["--image", image, "Belgium", "true"]).output();
    let greeting = (Some(0), GREETING.to_owned(), String::new());
    assert_eq!(ended(output.expect("the host starts")), greeting, "{image}");
}

/// Runs it with containerd alone, too.
#[track_caller]
fn greets_everywhere(image: &str) {
    greets(image);
    let daemons = start(Which::Containerd);
    let mut host = daemons.command(&path("HOST"));
    host.args(command("").get_args());
    host.args(["--containerd", "/run/anyhost/containerd.sock"]);
    let output = host.args(["--image", image, "Belgium", "true"]).output();
    let greeting = (Some(0), GREETING.to_owned(), String::new());
    assert_eq!(ended(output.expect("the host starts")), greeting, "{image}");
}

/// Makes an archive with skopeo of the layout that `variable` names.
fn skopeo(variable: &str, to: &str) {
    let (from, dir) = (format!("oci:{}", path(variable)), Dir::new());
    let mut skopeo = Command::new("skopeo");
    skopeo.args([
        "--insecure-policy",
        "--tmpdir",
        &dir.path(""),
        "copy",
        "--quiet",
    ]);
    ok(skopeo.args([&from, to]));
}

#[test]
fn those_of_gnu_tar_are_taken() {
    let dir = Dir::new();
    std::fs::create_dir(dir.path("layout")).expect("a folder");
    let unpack = ["--extract", "--file", &path("IMAGE")];
    ok(Command::new("tar")
        .args(unpack)
        .args(["--directory", &dir.path("layout")]));
    // Given a folder, it writes ./index.json.
    for (name, flag) in [
        ("plain.tar", "--no-auto-compress"),
        ("small.tar.gz", "--gzip"),
    ] {
        let pack = ["--create", flag, "--file", &dir.path(name), "--directory"];
        ok(Command::new("tar")
            .args(pack)
            .args([&dir.path("layout"), "."]));
        greets_everywhere(&dir.path(name));
    }
}

#[test]
fn those_of_skopeo_are_taken() {
    let dir = Dir::new();
    let (docker, oci) = (dir.path("docker.tar"), dir.path("oci.tar"));
    skopeo(
        "FILESYSTEM",
        &format!("docker-archive:{docker}:anyhost/greets:latest"),
    );
    greets_everywhere(&docker);
    skopeo(
        "LAYER",
        &format!("oci-archive:{oci}:docker.io/anyhost/greets:latest"),
    );
    greets_everywhere(&oci);
}

#[test]
fn those_without_a_name_are_taken() {
    let dir = Dir::new();
    let (docker, oci) = (dir.path("docker.tar"), dir.path("oci.tar"));
    skopeo("FILESYSTEM", &format!("docker-archive:{docker}"));
    greets_everywhere(&docker);
    skopeo("LAYER", &format!("oci-archive:{oci}"));
    greets_everywhere(&oci);
}

#[test]
fn those_that_lack_something_are_told() {
    let dir = Dir::new();
    dir.write("other", "");
    let pack = ["--create", "--file", &dir.path("other.tar"), "--directory"];
    ok(Command::new("tar")
        .args(pack)
        .args([&dir.path(""), "other"]));
    let mut host = command(&path("HOST"));
    let output = host
        .args(["--image", &dir.path("other.tar"), "you"])
        .output();
    let (code, _, stderr) = ended(output.expect("the host starts"));
    let expected = format!(
        "error: {}: has neither index.json nor manifest.json; expected an image in a tar archive\n",
        dir.path("other.tar")
    );
    assert_eq!((code, stderr), (Some(1), expected));
}
