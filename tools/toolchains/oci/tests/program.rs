//! The program that makes images: the same bytes each time, and mistakes that it tells in one line.

mod common;

use std::fs;
use std::path::Path;

use common::{Dir, error, file, files, run};

/// The arguments for an image in `dir`.
fn image(dir: &Dir, component: &str, format: &str, more: &[&str]) -> Vec<String> {
    let (output, digest) = (dir.path(format), dir.path(&format!("{format}.sha256")));
    let mut args = vec!["image", "--component", component, "--format", format];
    args.extend(["--output", &output, "--digest-file", &digest]);
    args.extend(more);
    args.into_iter().map(str::to_owned).collect()
}

fn oci(args: &[String]) {
    run(
        &file("OCI"),
        &args.iter().map(String::as_str).collect::<Vec<_>>(),
    );
}

fn oci_error(args: &[String]) -> String {
    error(
        &file("OCI"),
        &args.iter().map(String::as_str).collect::<Vec<_>>(),
    )
}

/// Makes one of everything in a folder of its own.
fn everything() -> Vec<(String, Vec<u8>)> {
    let dir = Dir::new();
    let component = dir.path("component.wasm");
    fs::copy(file("COMPONENT"), &component).expect("a copy");
    // Enough names that they do not come out in order by chance.
    let names: Vec<String> = (0..20).map(|n| format!("NAME{n}=value")).collect();
    let mut many = vec!["--entrypoint", "/app.wasm"];
    for name in &names {
        many.extend(["--env", name, "--label", name, "--annotation", name]);
    }
    oci(&image(&dir, &component, "layer", &many));
    oci(&image(&dir, &component, "filesystem", &many));
    oci(&image(&dir, &component, "artifact", &[]));
    let (layer, artifact, index) = (dir.path("layer"), dir.path("artifact"), dir.path("index"));
    let digest = dir.path("index.sha256");
    run(
        &file("OCI"),
        &[
            "index",
            &layer,
            &artifact,
            "--output",
            &index,
            "--digest-file",
            &digest,
        ],
    );
    for image in ["layer", "filesystem", "artifact", "index"] {
        let (image, tar) = (dir.path(image), dir.path(&format!("{image}.tar")));
        run(
            &file("OCI"),
            &[
                "archive", "--image", &image, "--tag", "a", "--tag", "b", "--output", &tar,
            ],
        );
    }
    files(Path::new(&dir.path("")))
}

#[test]
fn images_are_the_same_bytes_in_every_folder() {
    let first = everything();
    assert!(first.len() > 20);
    assert_eq!(first, everything());
}

#[test]
fn what_is_no_component() {
    let dir = Dir::new();
    let tells = |component: &str, expected: &str| {
        let error = oci_error(&image(&dir, component, "artifact", &[]));
        assert!(
            error.starts_with(&format!("error: {component}: {expected}")),
            "{error}"
        );
    };
    tells(&dir.path("missing.wasm"), "cannot be read: No such file");
    for (name, content) in [
        ("text.wasm", "this is text"),
        ("empty.wasm", ""),
        ("wat.wasm", "(component)"),
    ] {
        let file = dir.write(name, content);
        tells(&file, "not WebAssembly; expected a WebAssembly component");
    }
    let module = dir.write("module.wasm", b"\0asm\x01\0\0\0");
    tells(
        &module,
        "a core module; expected a WebAssembly component (`wasm-tools component new` makes one)",
    );
    let component = fs::read(file("COMPONENT")).expect("the component");
    let half = dir.write("half.wasm", &component[..component.len() / 2]);
    tells(&half, "not a valid component: ");
}

#[test]
fn values_that_cannot_be() {
    let dir = Dir::new();
    let tells = |args: &[&str], expected: &str| {
        for format in ["layer", "filesystem"] {
            let error = oci_error(&image(&dir, &file("COMPONENT"), format, args));
            assert!(error.starts_with(&format!("error: {expected}")), "{error}");
        }
    };
    let path = "expected the component's path in the container, such as /app.wasm";
    tells(&[], &format!("no entrypoint; {path}"));
    for bad in ["app.wasm", "/", "/a/", "/a/../app.wasm"] {
        let arg = format!("--entrypoint={bad}");
        tells(&[&arg], &format!("entrypoint '{bad}': {path}"));
    }
    for (arg, expected) in [
        ("--env=A", "env 'A': expected NAME=VALUE"),
        ("--env==x", "env '=x': expected NAME=VALUE"),
        ("--label==x", "label '=x': expected NAME=VALUE"),
        ("--annotation=x", "annotation 'x': expected NAME=VALUE"),
        (
            "--exposed-port=http",
            "exposed port 'http': expected a port",
        ),
        (
            "--workdir=data",
            "workdir 'data': expected an absolute path",
        ),
        (
            "--created=today",
            "created 'today': expected a time such as",
        ),
    ] {
        tells(&["--entrypoint=/a", arg], expected);
    }
    let twice = ["--entrypoint=/a", "--env=A=1", "--env=A=2"];
    tells(&twice, "env 'A': given twice");
}

#[test]
fn an_artifact_has_no_container() {
    let dir = Dir::new();
    for (arg, name) in [
        ("--entrypoint=/app.wasm", "entrypoint"),
        ("--env=A=1", "env"),
        ("--exposed-port=80", "exposed port"),
        ("--user=1", "user"),
    ] {
        let error = oci_error(&image(&dir, &file("COMPONENT"), "artifact", &[arg]));
        let expected =
            format!("error: an artifact has no {name}; the formats filesystem and layer do");
        assert_eq!(error, expected);
    }
}

#[test]
fn an_index_takes_one_image_for_each_platform() {
    let dir = Dir::new();
    let at = ["--entrypoint=/app.wasm"];
    for format in ["layer", "filesystem"] {
        oci(&image(&dir, &file("COMPONENT"), format, &at));
    }
    let (layer, filesystem) = (dir.path("layer"), dir.path("filesystem"));
    let (output, digest) = (dir.path("index"), dir.path("digest"));
    let index = |images: &[&str]| {
        let args = ["--output", &output, "--digest-file", &digest];
        error(&file("OCI"), &[&["index"], images, &args].concat())
    };
    assert_eq!(
        index(&[&layer, &filesystem]),
        format!(
            "error: {filesystem}: for the same platform as {layer}; expected one image for each"
        )
    );
    let empty = dir.path("");
    assert!(
        index(&[&empty]).starts_with(&format!("error: {empty}: expected an OCI image layout: "))
    );
}

#[test]
fn a_docker_that_is_not_there() {
    let tar = file("LAYER_TAR");
    let output = common::output(&file("LAYER_LOAD"), &["--host", "unix:///nonexistent"]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).expect("UTF-8");
    let last = said.lines().last().expect("a line");
    let path = fs::canonicalize(&tar).expect("the tar");
    let expected = "error: docker cannot load it: name its daemon in DOCKER_HOST, or load the file";
    assert_eq!(last, format!("{expected} yourself: {}", path.display()));
}
