//! OCI image layouts: folders of content, named by its digest.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use oci_spec::image::{
    Descriptor, ImageIndex, ImageIndexBuilder, ImageManifest, MediaType, OciLayoutBuilder,
    SCHEMA_VERSION, Sha256Digest,
};
use serde_json::{Value, to_value};
use sha2::{Digest, Sha256};

/// The file that says that a folder is a layout.
pub const MARKER: &str = "oci-layout";

/// A layout's folder.
pub struct Layout(PathBuf);

impl Layout {
    /// A new, empty layout.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn create(dir: &Path) -> Result<Self> {
        fs::create_dir_all(dir.join("blobs/sha256"))
            .with_context(|| format!("{}: cannot be made", dir.display()))?;
        Ok(Self(dir.to_owned()))
    }

    /// A layout that is there, and the one image or index that it is for.
    ///
    /// # Errors
    /// The folder is no layout, or is for several images.
    pub fn open(dir: &Path) -> Result<(Self, Descriptor)> {
        let shown = dir.display();
        let index = ImageIndex::from_file(dir.join("index.json"))
            .with_context(|| format!("{shown}: expected an OCI image layout"))?;
        let [root] = index.manifests().as_slice() else {
            bail!(
                "{shown}: expected a layout of one image, this is of {}",
                index.manifests().len()
            );
        };
        Ok((Self(dir.to_owned()), root.clone()))
    }

    /// Adds content.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn add(&self, media_type: MediaType, content: &[u8]) -> Result<Descriptor> {
        let hex: String = Sha256::digest(content)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let digest: Sha256Digest = hex.parse()?;
        let descriptor = Descriptor::new(media_type, content.len() as u64, digest);
        self.write(&blob(&descriptor), content)?;
        Ok(descriptor)
    }

    /// The content of a descriptor.
    ///
    /// # Errors
    /// It is not there.
    pub fn get(&self, descriptor: &Descriptor) -> Result<Vec<u8>> {
        let path = self.0.join(blob(descriptor));
        fs::read(&path).with_context(|| format!("{}: cannot be read", path.display()))
    }

    /// A descriptor and all that it needs, each with its content.
    ///
    /// # Errors
    /// Something is missing.
    pub fn content(&self, descriptor: &Descriptor) -> Result<Vec<(Descriptor, Vec<u8>)>> {
        let bytes = self.get(descriptor)?;
        let needed = match descriptor.media_type() {
            MediaType::ImageIndex => ImageIndex::from_reader(&bytes[..])?.manifests().clone(),
            MediaType::ImageManifest => {
                let manifest = ImageManifest::from_reader(&bytes[..])?;
                [&[manifest.config().clone()], &manifest.layers()[..]].concat()
            }
            _ => Vec::new(),
        };
        let mut all = vec![(descriptor.clone(), bytes)];
        for descriptor in needed {
            all.extend(self.content(&descriptor)?);
        }
        Ok(all)
    }

    /// Makes this the layout of the image or index `root`, and writes its digest to a file.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn finish(&self, root: Descriptor, digest_file: &Path) -> Result<()> {
        fs::write(digest_file, format!("{}\n", root.digest()))
            .with_context(|| format!("{}: cannot be written", digest_file.display()))?;
        self.write("index.json", &index(vec![root], HashMap::new())?)?;
        self.write(MARKER, &marker()?)
    }

    fn write(&self, name: &str, content: &[u8]) -> Result<()> {
        let path = self.0.join(name);
        fs::write(&path, content).with_context(|| format!("{}: cannot be written", path.display()))
    }
}

/// A document's one form: keys are sorted, whatever the order of what it is made of.
///
/// # Errors
/// It cannot be a document.
pub fn json(mut document: Value) -> Result<Vec<u8>> {
    document.sort_all_objects();
    Ok(serde_json::to_vec(&document)?)
}

/// An image index.
///
/// # Errors
/// It cannot be made.
pub fn index(manifests: Vec<Descriptor>, annotations: HashMap<String, String>) -> Result<Vec<u8>> {
    let mut index = ImageIndexBuilder::default()
        .schema_version(SCHEMA_VERSION)
        .media_type(MediaType::ImageIndex)
        .manifests(manifests)
        .build()?;
    if !annotations.is_empty() {
        index.set_annotations(Some(annotations));
    }
    json(to_value(&index)?)
}

/// What is in [`MARKER`].
///
/// # Errors
/// It cannot be made.
pub fn marker() -> Result<Vec<u8>> {
    let marker = OciLayoutBuilder::default()
        .image_layout_version("1.0.0")
        .build()?;
    json(to_value(&marker)?)
}

/// Where a descriptor's content is.
#[must_use]
pub fn blob(descriptor: &Descriptor) -> String {
    let digest = descriptor.digest();
    format!("blobs/{}/{}", digest.algorithm(), digest.digest())
}
