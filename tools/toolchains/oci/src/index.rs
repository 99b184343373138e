//! An index of images: a runtime takes the one for its platform.

use std::path::PathBuf;

use anyhow::{Result, ensure};
use oci_spec::image::{Descriptor, MediaType};

use crate::image::{listed, pairs};
use crate::layout::{self, Layout};

/// Make an index of images, one for each platform
#[derive(clap::Args)]
pub struct Args {
    /// The layouts of the images
    #[arg(required = true, value_name = "LAYOUT")]
    images: Vec<PathBuf>,
    /// An annotation of the index, or a file with one a line
    #[arg(long, value_name = "NAME=VALUE|@FILE")]
    annotation: Vec<String>,
    /// The folder to make: an OCI image layout
    #[arg(long, value_name = "DIR")]
    output: PathBuf,
    /// The file for the index's digest
    #[arg(long, value_name = "FILE")]
    digest_file: PathBuf,
}

/// Makes an index.
///
/// # Errors
/// An image is no layout, or two are for the same platform.
pub fn run(args: &Args) -> Result<()> {
    let layout = Layout::create(&args.output)?;
    let mut images: Vec<Descriptor> = Vec::new();
    for dir in &args.images {
        let (from, image) = Layout::open(dir)?;
        ensure!(
            *image.media_type() == MediaType::ImageManifest,
            "{}: an index; expected the layout of an image",
            dir.display()
        );
        if let Some(before) = images
            .iter()
            .position(|it| it.platform() == image.platform())
        {
            let (before, shown) = (args.images[before].display(), dir.display());
            anyhow::bail!(
                "{shown}: for the same platform as {before}; expected one image for each"
            );
        }
        for (descriptor, bytes) in from.content(&image)? {
            layout.add(descriptor.media_type().clone(), &bytes)?;
        }
        images.push(image);
    }
    let annotations = pairs("annotation", &listed(&args.annotation)?)?;
    let root = layout.add(MediaType::ImageIndex, &layout::index(images, annotations)?)?;
    layout.finish(root, &args.digest_file)
}
