//! Images that the rules make, read by programs that others wrote: skopeo and umoci.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use common::{Dir, file, files, json, run, sha256, skopeo};
use serde_json::{Value, json};

const EPOCH: &str = "1970-01-01T00:00:00Z";

fn component() -> Vec<u8> {
    fs::read(file("COMPONENT")).expect("the component")
}

fn digest(image: &str) -> String {
    let text = fs::read_to_string(file(&format!("{image}_DIGEST"))).expect("the digest");
    text.strip_suffix('\n').expect("a line").to_owned()
}

fn manifest(image: &str) -> Value {
    let raw = skopeo(&["inspect", "--raw", &format!("oci:{}", file(image))]);
    assert_eq!(sha256(&raw), digest(image), "{image}");
    json(&raw)
}

fn config(image: &str) -> Value {
    let layout = format!("oci:{}", file(image));
    json(&skopeo(&["inspect", "--config", "--raw", &layout]))
}

fn blob(image: &str, descriptor: &Value) -> Vec<u8> {
    let digest = descriptor["digest"].as_str().expect("a digest");
    let path = Path::new(&file(image))
        .join("blobs")
        .join(digest.replace(':', "/"));
    fs::read(path).expect("a blob")
}

/// All blobs that a descriptor needs, itself too; each has the size and the digest that is told.
fn needed(image: &str, descriptor: &Value, found: &mut BTreeSet<String>) {
    let bytes = blob(image, descriptor);
    assert_eq!(descriptor["size"], bytes.len());
    assert_eq!(descriptor["digest"], sha256(&bytes));
    found.insert(sha256(&bytes).replace(':', "/"));
    let kind = descriptor["mediaType"].as_str().expect("a media type");
    if kind.contains(".index.") || kind.contains(".manifest.") {
        let document = json(&bytes);
        let of = |key: &str| document[key].as_array().cloned().unwrap_or_default();
        for child in of("manifests")
            .iter()
            .chain(&of("layers"))
            .chain(document.get("config"))
        {
            needed(image, child, found);
        }
    }
}

#[test]
fn layouts_hold_just_what_their_digests_say() {
    for image in ["FILESYSTEM", "LAYER", "ARTIFACT", "INDEX"] {
        let all = files(Path::new(&file(image)));
        let content = |name: &str| json(&all.iter().find(|(path, _)| path == name).expect(name).1);
        assert_eq!(
            content("oci-layout"),
            json!({"imageLayoutVersion": "1.0.0"})
        );
        let roots = content("index.json")["manifests"].clone();
        assert_eq!(roots.as_array().expect("a list").len(), 1);
        assert_eq!(roots[0]["digest"], digest(image));
        let mut found = BTreeSet::new();
        needed(image, &roots[0], &mut found);
        let blobs: BTreeSet<String> = all
            .iter()
            .filter_map(|(path, _)| path.strip_prefix("blobs/").map(str::to_owned))
            .collect();
        assert_eq!(blobs, found, "{image}");
    }
}

#[test]
fn a_file_system_has_the_component_as_a_program() {
    let manifest = manifest("FILESYSTEM");
    let layers = manifest["layers"].as_array().expect("layers");
    assert_eq!(layers.len(), 1);
    assert_eq!(
        layers[0]["mediaType"],
        "application/vnd.oci.image.layer.v1.tar"
    );
    let config = config("FILESYSTEM");
    assert_eq!(config["rootfs"]["diff_ids"], json!([layers[0]["digest"]]));
    assert_eq!(
        (&config["os"], &config["architecture"]),
        (&json!("wasi"), &json!("wasm"))
    );

    // umoci finds images by tags, and makes whole bundles for Linux and FreeBSD only.
    let dir = Dir::new();
    let (image, rootfs) = (dir.path("image:latest"), dir.path("rootfs"));
    let from = format!("oci:{}", file("FILESYSTEM"));
    skopeo(&[
        "copy",
        "--quiet",
        "--preserve-digests",
        &from,
        &format!("oci:{image}"),
    ]);
    let umoci = file("UMOCI");
    let stat = json(&run(&umoci, &["stat", "--json", "--image", &image]));
    assert_eq!(stat["manifest"]["blob"]["layers"], manifest["layers"]);
    assert_eq!(stat["config"]["blob"], config);
    run(
        &umoci,
        &["raw", "unpack", "--rootless", "--image", &image, &rootfs],
    );
    let unpacked = files(Path::new(&rootfs));
    assert_eq!(unpacked, [("opt/example/app.wasm".to_owned(), component())]);
}

#[test]
fn the_tar_of_a_file_system_is_the_same_for_everyone() {
    let layer = &manifest("FILESYSTEM")["layers"][0];
    let bytes = blob("FILESYSTEM", layer);
    let mut tar = tar::Archive::new(&bytes[..]);
    let entries: Vec<_> = tar
        .entries()
        .expect("a tar")
        .map(|entry| {
            let header = entry.expect("an entry").header().clone();
            let number = |value: std::io::Result<u64>| value.expect("a number");
            assert_eq!(
                number(header.mtime()) + number(header.uid()) + number(header.gid()),
                0
            );
            let path = header.path().expect("a path").display().to_string();
            (path, header.mode().expect("a mode"))
        })
        .collect();
    let expected = [
        ("opt/", 0o755),
        ("opt/example/", 0o755),
        ("opt/example/app.wasm", 0o755),
    ];
    assert_eq!(
        entries,
        expected.map(|(path, mode)| (path.to_owned(), mode))
    );
}

#[test]
fn a_layer_is_the_component() {
    let manifest = manifest("LAYER");
    let layers = manifest["layers"].as_array().expect("layers");
    assert_eq!(layers.len(), 1);
    assert_eq!(layers[0]["mediaType"], "application/wasm");
    assert_eq!(blob("LAYER", &layers[0]), component());
    assert_eq!(
        manifest["annotations"],
        json!({"org.example.a": "1", "org.example.b": "2"})
    );
    assert_eq!(
        config("LAYER"),
        json!({
            "architecture": "wasm",
            "config": {
                "Cmd": ["by", "default"],
                "Entrypoint": ["/example.wasm"],
                "Env": ["A=1", "B=x = 'y'"],
                "ExposedPorts": {"53/udp": {}, "8080/tcp": {}},
                "Labels": {"org.example.c": "3", "org.example.d": ""},
                "User": "1000:1000",
                "WorkingDir": "/data",
            },
            "created": "2026-01-31T12:00:00Z",
            "os": "wasi",
            "rootfs": {"diff_ids": [], "type": "layers"},
            "variant": "v1",
        })
    );
}

#[test]
fn an_artifact_says_what_the_component_is() {
    let manifest = manifest("ARTIFACT");
    assert_eq!(
        manifest["config"]["mediaType"],
        "application/vnd.wasm.config.v0+json"
    );
    assert_eq!(manifest["layers"][0]["mediaType"], "application/wasm");
    assert_eq!(blob("ARTIFACT", &manifest["layers"][0]), component());
    assert_eq!(
        config("ARTIFACT"),
        json!({
            "architecture": "wasm",
            "author": null,
            "component": {
                "exports": ["wasi:cli/run@0.2.12"],
                "imports": ["wasi:random/random@0.2.12"],
                "target": "wasi:cli/command@0.2.12",
            },
            "created": EPOCH,
            "layerDigests": [sha256(&component())],
            "os": "wasip2",
        })
    );
}

#[test]
fn an_index_has_an_image_for_each_platform() {
    let index = manifest("INDEX");
    assert_eq!(
        index["mediaType"],
        "application/vnd.oci.image.index.v1+json"
    );
    assert_eq!(index["annotations"], json!({"org.example.index": "yes"}));
    let images: Vec<_> = index["manifests"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|image| (image["digest"].clone(), image["platform"].clone()))
        .collect();
    let expected = [("FILESYSTEM", "wasi"), ("ARTIFACT", "wasip2")].map(|(image, os)| {
        (
            json!(digest(image)),
            json!({"architecture": "wasm", "os": os}),
        )
    });
    assert_eq!(images, expected);
    let chosen = [
        "--override-os",
        "wasi",
        "--override-arch",
        "wasm",
        "inspect",
        "--config",
    ];
    let layout = format!("oci:{}", file("INDEX"));
    let config = json(&skopeo(&[&chosen[..], &["--raw", &layout]].concat()));
    assert_eq!(config, self::config("FILESYSTEM"));
}

#[test]
fn skopeo_copies_them_unchanged() {
    for image in ["FILESYSTEM", "LAYER", "ARTIFACT", "INDEX"] {
        let dir = Dir::new();
        let from = format!("oci:{}", file(image));
        for to in [
            format!("oci:{}", dir.path("oci")),
            format!("dir:{}", dir.path("dir")),
        ] {
            skopeo(&["copy", "--quiet", "--all", "--preserve-digests", &from, &to]);
            assert_eq!(sha256(&skopeo(&["inspect", "--raw", &to])), digest(image));
        }
    }
}

#[test]
fn tars_are_layouts_with_names() {
    for image in ["FILESYSTEM", "LAYER", "ARTIFACT", "INDEX"] {
        let dir = Dir::new();
        let tar = file(&format!("{image}_TAR"));
        let mut archive = tar::Archive::new(fs::File::open(&tar).expect("a tar"));
        archive.unpack(dir.path("")).expect("unpacks");
        let all = files(Path::new(&dir.path("")));
        let index = json(&fs::read(dir.path("index.json")).expect("an index"));
        let names: Vec<_> = index["manifests"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|image| {
                let of = |key: &str| image["annotations"][key].as_str().expect(key).to_owned();
                (
                    image["digest"].as_str().expect("a digest").to_owned(),
                    of("io.containerd.image.name"),
                    of("org.opencontainers.image.ref.name"),
                )
            })
            .collect();
        let expected = [
            ("docker.io/anyhost/example:latest", "latest"),
            ("localhost:5000/example:1.0", "1.0"),
        ]
        .map(|(name, tag)| (digest(image), name.to_owned(), tag.to_owned()));
        assert_eq!(names, expected, "{image}");
        // The rest is the layout.
        let is_own = |path: &str| path == "index.json" || path == "manifest.json";
        let of_tar: Vec<_> = all.into_iter().filter(|(path, _)| !is_own(path)).collect();
        let mut of_layout = files(Path::new(&file(image)));
        of_layout.retain(|(path, _)| !is_own(path));
        assert_eq!(of_tar, of_layout, "{image}");
    }
}

#[test]
fn the_tar_of_a_file_system_is_also_one_of_older_docker() {
    let tar = format!(
        "docker-archive:{}:anyhost/example:latest",
        file("FILESYSTEM_TAR")
    );
    let config = json(&skopeo(&["inspect", "--config", "--raw", &tar]));
    assert_eq!(config, self::config("FILESYSTEM"));
}
