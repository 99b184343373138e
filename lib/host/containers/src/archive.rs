//! What an image says of itself, read from its tar archive: Docker knows of components
//! that are no files only how to run them.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::Fatal;
use crate::engine::{bad_image, succeed};

/// Of an image's configuration, what is needed to run it.
#[derive(Clone, Debug)]
pub struct Config {
    /// Its operating system and architecture, as `wasi/wasm`.
    pub platform: String,
    /// The first words of its command line.
    pub entrypoint: Vec<String>,
}

impl Config {
    /// Of the first image in the archive, which has OCI's layout.
    ///
    /// # Errors
    /// One line for the user, that names the file.
    pub fn read(tar: &Path) -> Result<Self, Fatal> {
        let mut manifest = json(tar, "index.json")?;
        while manifest["manifests"].is_array() {
            manifest = blob(tar, &manifest["manifests"][0]["digest"])?;
        }
        let config = blob(tar, &manifest["config"]["digest"])?;
        let (Some(os), Some(architecture)) =
            (config["os"].as_str(), config["architecture"].as_str())
        else {
            return Err(bad_image(tar, "its configuration names no platform"));
        };
        let entrypoint = config["config"]["Entrypoint"].as_array();
        let words = entrypoint.into_iter().flatten().filter_map(Value::as_str);
        Ok(Self {
            platform: format!("{os}/{architecture}"),
            entrypoint: words.map(str::to_owned).collect(),
        })
    }
}

fn blob(tar: &Path, digest: &Value) -> Result<Value, Fatal> {
    let digest = digest.as_str().unwrap_or_default();
    json(tar, &format!("blobs/{}", digest.replace(':', "/")))
}

fn json(tar: &Path, member: &str) -> Result<Value, Fatal> {
    let mut extract = Command::new("/usr/bin/tar");
    extract
        .args(["--extract", "--to-stdout", "--file"])
        .arg(tar);
    let text = succeed(extract.arg(member)).map_err(|line| bad_image(tar, line))?;
    serde_json::from_str(&text).map_err(|e| bad_image(tar, format!("{member}: {e}")))
}
