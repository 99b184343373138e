//! Images of components, in the three forms that runtimes know.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use chrono::DateTime;
use clap::ValueEnum;
use oci_spec::image::{
    Config, ConfigBuilder, Descriptor, ImageConfigurationBuilder, ImageManifestBuilder, MediaType,
    Platform, RootFsBuilder, SCHEMA_VERSION,
};
use oci_wasm::{
    COMPONENT_OS, Component, WASM_ARCHITECTURE, WASM_LAYER_MEDIA_TYPE,
    WASM_MANIFEST_CONFIG_MEDIA_TYPE, WasmConfig,
};
use serde_json::to_value;

use crate::archive;
use crate::component;
use crate::layout::{Layout, json};

/// The forms of an image.
#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Format {
    /// An ordinary image: the component is a file in its root file system
    Filesystem,
    /// An image whose one layer is the component
    Layer,
    /// The artifact of the CNCF: nothing but the component and what it imports and exports
    Artifact,
}

/// Make an image of a component
#[derive(clap::Args)]
pub struct Args {
    /// The component
    #[arg(long, value_name = "FILE")]
    component: PathBuf,
    #[arg(long, value_enum)]
    format: Format,
    /// The folder to make: an OCI image layout
    #[arg(long, value_name = "DIR")]
    output: PathBuf,
    /// The file for the digest of the image's manifest
    #[arg(long, value_name = "FILE")]
    digest_file: PathBuf,
    /// The component's path in the container, and arguments that always follow; once for each
    #[arg(long, value_name = "WORD")]
    entrypoint: Vec<String>,
    /// Arguments that follow unless the user gives others; once for each
    #[arg(long, value_name = "WORD")]
    cmd: Vec<String>,
    #[arg(long, value_name = "NAME=VALUE")]
    env: Vec<String>,
    #[arg(long, value_name = "NAME=VALUE")]
    label: Vec<String>,
    /// An annotation of the manifest
    #[arg(long, value_name = "NAME=VALUE")]
    annotation: Vec<String>,
    /// A port that the component listens on
    #[arg(long, value_name = "PORT[/tcp|/udp]")]
    exposed_port: Vec<String>,
    #[arg(long, value_name = "DIR")]
    workdir: Option<String>,
    #[arg(long, value_name = "USER[:GROUP]")]
    user: Option<String>,
    /// When the image was made, in the form of RFC 3339
    #[arg(long, value_name = "TIME", default_value = "1970-01-01T00:00:00Z")]
    created: String,
    /// The operating system; that of the format by default
    #[arg(long)]
    os: Option<String>,
    #[arg(long, default_value = WASM_ARCHITECTURE)]
    architecture: String,
    /// The variant of the architecture
    #[arg(long)]
    variant: Option<String>,
}

/// Makes an image.
///
/// # Errors
/// The component is none, or an option has a value that it cannot have.
pub fn run(args: &Args) -> Result<()> {
    let (bytes, component) = component::read(&args.component)?;
    let layout = Layout::create(&args.output)?;
    let platform = args.platform();
    let (config, layer) = match args.format {
        Format::Filesystem => {
            let tar = archive::file_system(args.program()?, &bytes)?;
            let layer = layout.add(MediaType::ImageLayer, &tar)?;
            let diff_ids = vec![layer.digest().to_string()];
            (args.image_config(&layout, &platform, diff_ids)?, layer)
        }
        Format::Layer => {
            args.program()?;
            let layer = layout.add(wasm_layer(), &bytes)?;
            // It is no difference to a file system, and containerd takes no other ID for one.
            (args.image_config(&layout, &platform, Vec::new())?, layer)
        }
        Format::Artifact => {
            let layer = layout.add(wasm_layer(), &bytes)?;
            let config = args.artifact_config(&layout, &layer, component)?;
            (config, layer)
        }
    };
    let mut manifest = ImageManifestBuilder::default()
        .schema_version(SCHEMA_VERSION)
        .media_type(MediaType::ImageManifest)
        .config(config)
        .layers(vec![layer])
        .build()?;
    let annotations = pairs("annotation", &args.annotation)?;
    if !annotations.is_empty() {
        manifest.set_annotations(Some(annotations));
    }
    let mut root = layout.add(MediaType::ImageManifest, &json(to_value(&manifest)?)?)?;
    root.set_platform(Some(platform));
    layout.finish(root, &args.digest_file)
}

impl Args {
    fn platform(&self) -> Platform {
        let os = self.os.as_deref().unwrap_or(match self.format {
            Format::Artifact => COMPONENT_OS,
            Format::Filesystem | Format::Layer => "wasi",
        });
        let mut platform = Platform::default();
        platform.set_os(os.into());
        platform.set_architecture(self.architecture.as_str().into());
        platform.set_variant(self.variant.clone());
        platform
    }

    /// The component's path in the container.
    fn program(&self) -> Result<&Path> {
        let Some(program) = self.entrypoint.first() else {
            bail!(
                "no entrypoint; expected the component's path in the container, such as /app.wasm"
            );
        };
        let path = Path::new(program);
        let normal = path
            .components()
            .skip(1)
            .all(|part| matches!(part, std::path::Component::Normal(_)));
        ensure!(
            path.has_root() && path.file_name().is_some() && normal && !program.ends_with('/'),
            "entrypoint '{program}': expected the component's path in the container, such as \
             /app.wasm"
        );
        Ok(path)
    }

    fn created(&self) -> Result<DateTime<chrono::Utc>> {
        let time = DateTime::parse_from_rfc3339(&self.created).with_context(|| {
            let created = &self.created;
            format!("created '{created}': expected a time such as 2026-01-31T12:00:00Z")
        })?;
        Ok(time.to_utc())
    }

    /// The configuration of a container.
    fn image_config(
        &self,
        layout: &Layout,
        platform: &Platform,
        diff_ids: Vec<String>,
    ) -> Result<Descriptor> {
        self.created()?;
        let mut config = ConfigBuilder::default()
            .entrypoint(self.entrypoint.clone())
            .build()?;
        self.set_defaults(&mut config)?;
        let mut image = ImageConfigurationBuilder::default()
            .created(&self.created)
            .os(platform.os().clone())
            .architecture(platform.architecture().clone())
            .config(config)
            .rootfs(RootFsBuilder::default().diff_ids(diff_ids).build()?)
            .build()?;
        image.set_variant(self.variant.clone());
        layout.add(MediaType::ImageConfig, &json(to_value(&image)?)?)
    }

    /// What a user of the image can change, where it is given.
    fn set_defaults(&self, config: &mut Config) -> Result<()> {
        let env = pairs("env", &self.env)?;
        let labels = pairs("label", &self.label)?;
        if !self.cmd.is_empty() {
            config.set_cmd(Some(self.cmd.clone()));
        }
        if !env.is_empty() {
            let mut env: Vec<String> = env.iter().map(|(k, v)| format!("{k}={v}")).collect();
            env.sort();
            config.set_env(Some(env));
        }
        if !labels.is_empty() {
            config.set_labels(Some(labels));
        }
        if !self.exposed_port.is_empty() {
            let ports: Result<_> = self
                .exposed_port
                .iter()
                .map(|port| exposed_port(port))
                .collect();
            config.set_exposed_ports(Some(ports?));
        }
        if let Some(dir) = &self.workdir {
            ensure!(
                dir.starts_with('/'),
                "workdir '{dir}': expected an absolute path"
            );
        }
        config.set_working_dir(self.workdir.clone());
        config.set_user(self.user.clone());
        Ok(())
    }

    /// The configuration of an artifact, which has nothing to say about a container.
    fn artifact_config(
        &self,
        layout: &Layout,
        layer: &Descriptor,
        component: Component,
    ) -> Result<Descriptor> {
        for (name, given) in [
            ("entrypoint", !self.entrypoint.is_empty()),
            ("cmd", !self.cmd.is_empty()),
            ("env", !self.env.is_empty()),
            ("label", !self.label.is_empty()),
            ("exposed port", !self.exposed_port.is_empty()),
            ("workdir", self.workdir.is_some()),
            ("user", self.user.is_some()),
            ("variant", self.variant.is_some()),
        ] {
            ensure!(
                !given,
                "an artifact has no {name}; the formats filesystem and layer do"
            );
        }
        let platform = self.platform();
        let config = WasmConfig {
            created: self.created()?,
            author: None,
            architecture: platform.architecture().to_string(),
            os: platform.os().to_string(),
            layer_digests: vec![layer.digest().to_string()],
            component: Some(component),
        };
        layout.add(
            WASM_MANIFEST_CONFIG_MEDIA_TYPE.into(),
            &json(to_value(&config)?)?,
        )
    }
}

fn wasm_layer() -> MediaType {
    WASM_LAYER_MEDIA_TYPE.into()
}

/// What an option was given, and for `@FILE` each line of that file.
///
/// # Errors
/// A file cannot be read.
pub fn listed(given: &[String]) -> Result<Vec<String>> {
    let mut values = Vec::new();
    for value in given {
        match value.strip_prefix('@') {
            Some(file) => {
                let text = fs::read_to_string(file).with_context(|| file.to_owned())?;
                values.extend(
                    text.lines()
                        .filter(|line| !line.is_empty())
                        .map(String::from),
                );
            }
            None => values.push(value.clone()),
        }
    }
    Ok(values)
}

/// Names with values, each name once.
///
/// # Errors
/// One is no such pair, or a name is there twice.
pub fn pairs(what: &str, given: &[String]) -> Result<HashMap<String, String>> {
    let mut pairs = HashMap::new();
    for pair in given {
        let (name, value) = match pair.split_once('=') {
            Some((name, value)) if !name.is_empty() && !pair.contains('\0') => (name, value),
            _ => bail!("{what} '{pair}': expected NAME=VALUE"),
        };
        ensure!(
            pairs.insert(name.to_owned(), value.to_owned()).is_none(),
            "{what} '{name}': given twice"
        );
    }
    Ok(pairs)
}

/// A port with its protocol.
fn exposed_port(port: &str) -> Result<String> {
    let (number, protocol) = port.split_once('/').unwrap_or((port, "tcp"));
    ensure!(
        number.parse::<u16>().is_ok_and(|number| number > 0) && ["tcp", "udp"].contains(&protocol),
        "exposed port '{port}': expected a port such as 8080/tcp"
    );
    Ok(format!("{number}/{protocol}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports() {
        assert_eq!(exposed_port("8080").unwrap(), "8080/tcp");
        assert_eq!(exposed_port("53/udp").unwrap(), "53/udp");
        for bad in ["", "0", "65536", "-1", "http", "80/http", "80/", "/tcp"] {
            let error = exposed_port(bad).unwrap_err().to_string();
            assert_eq!(
                error,
                format!("exposed port '{bad}': expected a port such as 8080/tcp")
            );
        }
    }

    #[test]
    fn names_with_values() {
        let given = |pairs: &[&str]| pairs.iter().map(|&p| p.to_owned()).collect::<Vec<_>>();
        let good = pairs("env", &given(&["A=", "B=x=y"])).unwrap();
        assert_eq!((good["A"].as_str(), good["B"].as_str()), ("", "x=y"));
        for bad in ["A", "=x", "", "A=\0"] {
            let error = pairs("env", &given(&[bad])).unwrap_err().to_string();
            assert_eq!(error, format!("env '{bad}': expected NAME=VALUE"));
        }
        let twice = pairs("label", &given(&["A=1", "A=2"])).unwrap_err();
        assert_eq!(twice.to_string(), "label 'A': given twice");
    }
}
