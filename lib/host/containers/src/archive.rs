//! What an image says of itself, read from its tar archive: Docker knows of components
//! that are no files only how to run them.

use std::fmt::Display;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::Fatal;
use crate::client::succeed;

/// What an image should be.
pub(crate) const IMAGE: &str = "an image in a tar archive";

/// Of an image's configuration, what is needed to run it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Its operating system and architecture, as `wasi/wasm`.
    pub platform: String,
    /// The first words of its command line.
    pub entrypoint: Vec<String>,
    /// The names that the archive gives to images, in full or as Docker shortens them.
    pub names: Vec<String>,
}

impl Config {
    /// Of the first image in the archive, which has OCI's layout or the older one of
    /// `docker save`, skopeo's `docker-archive`.
    ///
    /// # Errors
    /// One line for the user, that names the file.
    pub fn read(tar: &Path) -> Result<Self, Fatal> {
        let archive = Archive::open(tar)?;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let names: Vec<String>;
        let config = if archive.member("index.json").is_some() {
            let mut manifest = archive.json("index.json")?;
            let name = |image: &Value| text(&image["annotations"]["io.containerd.image.name"]);
            names = list(&manifest["manifests"])
                .iter()
                .filter_map(name)
                .collect();
            while manifest["manifests"].is_array() {
                manifest = archive.blob(&manifest["manifests"][0]["digest"])?;
            }
            archive.blob(&manifest["config"]["digest"])?
        } else if archive.member("manifest.json").is_some() {
            let images = archive.json("manifest.json")?;
            let tags = |image: &Value| list(&image["RepoTags"]);
            let tags = list(&images).iter().flat_map(tags).collect::<Vec<_>>();
            names = tags.iter().filter_map(text).collect();
            archive.json(images[0]["Config"].as_str().unwrap_or_default())?
        } else {
            return Err(bad_image(tar, "has neither index.json nor manifest.json"));
        };
        let (Some(os), Some(architecture)) =
            (config["os"].as_str(), config["architecture"].as_str())
        else {
            return Err(bad_image(tar, "its configuration names no platform"));
        };
        let entrypoint = list(&config["config"]["Entrypoint"]);
        Ok(Self {
            platform: format!("{os}/{architecture}"),
            entrypoint: entrypoint.iter().filter_map(text).collect(),
            names,
        })
    }
}

/// A tar archive, compressed or not, and the names in it.
struct Archive<'a> {
    tar: &'a Path,
    members: String,
}

impl<'a> Archive<'a> {
    fn open(tar: &'a Path) -> Result<Self, Fatal> {
        let mut list = Command::new("/usr/bin/tar");
        list.args(["--list", "--quoting-style=literal", "--file"]);
        let members = succeed(list.arg(tar)).map_err(|line| bad_image(tar, line))?;
        Ok(Self { tar, members })
    }

    /// What the archive calls a file: GNU tar, given a folder, writes `./index.json`.
    fn member(&self, path: &str) -> Option<&str> {
        let names = |name: &&str| name.trim_start_matches("./") == path;
        self.members.lines().find(names)
    }

    fn json(&self, path: &str) -> Result<Value, Fatal> {
        let error = |reason| bad_image(self.tar, reason);
        let member = self
            .member(path)
            .ok_or_else(|| error(format!("has no {path}")))?;
        let mut extract = Command::new("/usr/bin/tar");
        extract.args(["--extract", "--to-stdout", "--no-wildcards", "--file"]);
        let text = succeed(extract.arg(self.tar).args(["--", member])).map_err(error)?;
        serde_json::from_str(&text).map_err(|e| error(format!("{path}: {e}")))
    }

    fn blob(&self, digest: &Value) -> Result<Value, Fatal> {
        let digest = digest.as_str().unwrap_or_default();
        self.json(&format!("blobs/{}", digest.replace(':', "/")))
    }
}

/// Why a file is not loaded.
pub fn bad_image(tar: &Path, reason: impl Display) -> Fatal {
    format!("{}: {reason}; expected {IMAGE}", tar.display())
}
