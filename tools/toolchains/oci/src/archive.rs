//! Tars with the same bytes each time: of a file system, and of an image.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use oci_spec::distribution::Reference;
use oci_spec::image::{ANNOTATION_REF_NAME, Descriptor, ImageManifest, MediaType};
use serde_json::json;
use tar::{Builder, EntryType, Header};

use crate::image::listed;
use crate::layout::{self, Layout, blob};

/// How containerd and Docker know an image's whole name.
const ANNOTATION_IMAGE_NAME: &str = "io.containerd.image.name";

/// Make a tar that `docker load` and `ctr images import` take
#[derive(clap::Args)]
pub struct Args {
    /// The image's layout
    #[arg(long, value_name = "LAYOUT")]
    image: PathBuf,
    /// A name that the image gets, such as anyhost/app:latest, or a file with one a line
    #[arg(long = "tag", required = true, value_name = "NAME[:TAG]|@FILE")]
    tags: Vec<String>,
    /// The tar to make
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
}

/// Makes a tar of an image.
///
/// # Errors
/// The image is no layout, or a name is none.
pub fn run(args: &Args) -> Result<()> {
    let (layout, root) = Layout::open(&args.image)?;
    let names = listed(&args.tags)?
        .iter()
        .map(|tag| name(tag))
        .collect::<Result<Vec<_>>>()?;
    let mut files: BTreeMap<String, Vec<u8>> = layout
        .content(&root)?
        .into_iter()
        .map(|(descriptor, bytes)| (blob(&descriptor), bytes))
        .collect();
    let roots = names.iter().map(|name| named(&root, name)).collect();
    files.insert(
        "index.json".to_owned(),
        layout::index(roots, HashMap::new())?,
    );
    files.insert(layout::MARKER.to_owned(), layout::marker()?);
    if let Some(manifest) = docker_manifest(&layout, &root, &names)? {
        files.insert("manifest.json".to_owned(), manifest);
    }
    let mut tar = Builder::new(Vec::new());
    for dir in ["blobs/", "blobs/sha256/"] {
        add(&mut tar, dir, EntryType::Directory, 0o755, b"")?;
    }
    for (name, bytes) in &files {
        add(&mut tar, name, EntryType::Regular, 0o644, bytes)?;
    }
    std::fs::write(&args.output, tar.into_inner()?)
        .with_context(|| format!("{}: cannot be written", args.output.display()))
}

/// The tar of a file system with one program.
///
/// # Errors
/// Its path is too long for a tar.
pub fn file_system(program: &Path, bytes: &[u8]) -> Result<Vec<u8>> {
    let path = program.strip_prefix("/")?;
    let mut tar = Builder::new(Vec::new());
    let dirs: Vec<&Path> = path
        .ancestors()
        .skip(1)
        .filter(|dir| *dir != Path::new(""))
        .collect();
    for dir in dirs.iter().rev() {
        add(
            &mut tar,
            &format!("{}/", dir.display()),
            EntryType::Directory,
            0o755,
            b"",
        )?;
    }
    add(
        &mut tar,
        &path.to_string_lossy(),
        EntryType::Regular,
        0o755,
        bytes,
    )?;
    Ok(tar.into_inner()?)
}

fn add(
    tar: &mut Builder<Vec<u8>>,
    path: &str,
    kind: EntryType,
    mode: u32,
    bytes: &[u8],
) -> Result<()> {
    let mut header = Header::new_ustar();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_size(bytes.len() as u64);
    tar.append_data(&mut header, path, bytes)
        .with_context(|| format!("{path}: cannot be put into a tar"))
}

/// A whole name, as Docker shows it to programs: with registry and tag.
///
/// # Errors
/// It is no name of an image, or names one image only.
pub fn name(tag: &str) -> Result<Reference> {
    tag.parse()
        .ok()
        .filter(|name: &Reference| name.digest().is_none())
        .filter(|name| name.repository() == name.repository().to_lowercase())
        .with_context(|| format!("tag '{tag}': expected a name such as anyhost/app:latest"))
}

fn named(root: &Descriptor, name: &Reference) -> Descriptor {
    let tag = name.tag().unwrap_or_default().to_owned();
    let mut root = root.clone();
    root.set_annotations(Some(HashMap::from([
        (ANNOTATION_IMAGE_NAME.to_owned(), name.whole()),
        (ANNOTATION_REF_NAME.to_owned(), tag),
    ])));
    root
}

/// What Docker read before it knew OCI's layout, where it can say what the image is.
fn docker_manifest(
    layout: &Layout,
    root: &Descriptor,
    names: &[Reference],
) -> Result<Option<Vec<u8>>> {
    if *root.media_type() != MediaType::ImageManifest {
        return Ok(None);
    }
    let manifest = ImageManifest::from_reader(&layout.get(root)?[..])?;
    if manifest
        .layers()
        .iter()
        .any(|layer| *layer.media_type() != MediaType::ImageLayer)
    {
        return Ok(None);
    }
    let document = json!([{
        "Config": blob(manifest.config()),
        "Layers": manifest.layers().iter().map(blob).collect::<Vec<_>>(),
        "RepoTags": names.iter().map(Reference::whole).collect::<Vec<_>>(),
    }]);
    Ok(Some(layout::json(document)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_whole() {
        for (given, whole) in [
            ("app", "docker.io/library/app:latest"),
            ("anyhost/app:1.0", "docker.io/anyhost/app:1.0"),
            ("localhost:5000/app", "localhost:5000/app:latest"),
        ] {
            assert_eq!(name(given).unwrap().whole(), whole);
        }
        for bad in [
            "",
            "Upper/case",
            "a b",
            "x:y:z",
            &format!("app@sha256:{:064}", 0),
        ] {
            let error = name(bad).unwrap_err().to_string();
            assert_eq!(
                error,
                format!("tag '{bad}': expected a name such as anyhost/app:latest")
            );
        }
    }
}
