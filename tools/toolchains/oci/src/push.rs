//! Pushing to a registry, which skopeo does.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, anyhow, bail};
use oci_spec::distribution::Reference;

use crate::archive::name;
use crate::image::listed;
use crate::layout::Layout;

/// What skopeo says of a registry that it cannot talk to.
const UNREACHABLE: &str = "pinging container registry";

/// Push this image to a registry
///
/// Prints where it is, REPOSITORY@DIGEST, on stdout. What the registry has is not sent again.
///
/// The user's name and password are those that `docker login HOST` wrote to
/// ~/.docker/config.json, or those in the file that REGISTRY_AUTH_FILE names, which has the
/// same form. A registry on this machine's loopback may speak plain HTTP.
#[derive(clap::Args)]
#[command(
    override_usage = "bazel run <TARGET> -- [OPTIONS]",
    verbatim_doc_comment
)]
pub struct Args {
    #[arg(long, value_name = "LAYOUT", hide = true)]
    image: PathBuf,
    #[arg(long, value_name = "FILE", hide = true)]
    skopeo: PathBuf,
    /// Where to, such as registry.example/team/app
    #[arg(long, short, value_name = "HOST/NAME", overrides_with = "repository")]
    repository: Option<String>,
    /// A tag that the image gets there, or a file with one a line; several if given several times
    #[arg(long = "tag", short, value_name = "TAG|@FILE")]
    tags: Vec<String>,
    /// Allow plain HTTP, and certificates that nobody vouches for
    #[arg(long)]
    insecure: bool,
}

/// Pushes an image.
///
/// # Errors
/// A name is none, or the registry cannot be reached or refuses.
pub fn run(args: &Args) -> Result<()> {
    let Some(given) = &args.repository else {
        bail!("no repository; expected --repository HOST/NAME");
    };
    let (layout, root) = Layout::open(&args.image)?;
    let manifest = layout.get(&root)?;
    let repository = repository(given)?;
    let registry = repository.registry();
    let whole = format!("{registry}/{}", repository.repository());
    let name = format!("{whole}@{}", root.digest());
    let tags = listed(&args.tags)?;
    let targets = if tags.is_empty() {
        vec![name.clone()]
    } else {
        let tagged = |tag: &String| tagged(&whole, tag);
        tags.iter().map(tagged).collect::<Result<_>>()?
    };
    let skopeo = Skopeo {
        program: &args.skopeo,
        secure: !args.insecure && !is_loopback(registry),
    };
    let failed =
        |name: &str, reason: &str| anyhow!("{name}: {reason}; {}", next_step(reason, registry));
    for name in &targets {
        let target = format!("docker://{name}");
        // What the registry has is not sent again, not even the manifest.
        match skopeo.run("inspect", "", &["--raw", &target]) {
            Ok(there) if there == manifest => continue,
            Err(reason) if reason.contains(UNREACHABLE) => return Err(failed(name, &reason)),
            _ => {}
        }
        let source = format!("oci:{}", args.image.display());
        let copy = ["--all", "--preserve-digests", "--quiet", &source, &target];
        skopeo
            .run("copy", "dest-", &copy)
            .map_err(|reason| failed(name, &reason))?;
    }
    for target in targets.iter().filter(|target| **target != name) {
        println!("{target}");
    }
    println!("{name}");
    Ok(())
}

fn repository(given: &str) -> Result<Reference> {
    // Nothing but a name can have a tag put behind it.
    let name = name(&format!("{given}:latest")).ok();
    name.filter(|_| given.contains('/')).with_context(|| {
        format!("repository '{given}': expected HOST/NAME in lower case; a tag is given with --tag")
    })
}

fn tagged(repository: &str, tag: &str) -> Result<String> {
    let target = format!("{repository}:{tag}");
    match name(&target) {
        Ok(name) if name.tag() == Some(tag) => Ok(target),
        _ => bail!("tag '{tag}': expected letters, digits, '.', '_' and '-'"),
    }
}

struct Skopeo<'a> {
    program: &'a Path,
    secure: bool,
}

impl Skopeo<'_> {
    /// What a command prints, or why it failed.
    fn run(&self, command: &str, side: &str, args: &[&str]) -> Result<Vec<u8>, String> {
        let output = Command::new(self.program)
            // Nobody asks for signatures of what was built here.
            .args(["--insecure-policy", command])
            .arg(format!("--{side}tls-verify={}", self.secure))
            .args(args)
            .stdin(Stdio::null())
            .output()
            .map_err(|error| format!("{}: cannot be started: {error}", self.program.display()))?;
        if output.status.success() {
            Ok(output.stdout)
        } else {
            Err(message(&String::from_utf8_lossy(&output.stderr)))
        }
    }
}

/// Whether a registry is on this machine.
fn is_loopback(registry: &str) -> bool {
    let host = match registry.strip_prefix('[') {
        Some(v6) => v6.split(']').next(),
        None => registry.split(':').next(),
    }
    .unwrap_or_default();
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// What skopeo says last, `time="…" level=fatal msg="…"`, as one line.
fn message(said: &str) -> String {
    let last = said
        .lines()
        .last()
        .unwrap_or("skopeo failed and said nothing");
    let quoted = last.split_once(" msg=").map_or(last, |(_, quoted)| quoted);
    let text: String = serde_json::from_str(quoted).unwrap_or_else(|_| quoted.to_owned());
    // It blames the image's name, which was checked, for a registry that it cannot reach.
    let blamed = text.strip_prefix("Error parsing image name \"");
    let reason = blamed.and_then(|rest| rest.split_once("\": "));
    reason.map_or(text.clone(), |(_, reason)| reason.to_owned())
}

/// What the user can do about it.
fn next_step(reason: &str, registry: &str) -> String {
    let says = |texts: &[&str]| texts.iter().any(|text| reason.contains(text));
    if says(&["server gave HTTP response", "certificate"]) {
        "--insecure allows plain HTTP, and certificates that nobody vouches for".to_owned()
    } else if says(&["unauthorized", "denied", "authentication required"]) {
        format!(
            "log in with `docker login {registry}`, or set REGISTRY_AUTH_FILE to a file that \
             `skopeo login --authfile` wrote"
        )
    } else if says(&[
        "connection refused",
        "no such host",
        "no route",
        "timeout",
        "unreachable",
    ]) {
        format!("is there a registry at {registry}?")
    } else {
        format!("does the registry {registry} take this name and OCI images?")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback() {
        for host in [
            "localhost:5000",
            "127.0.0.1:5000",
            "127.1.2.3",
            "[::1]:5000",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "docker.io",
            "localhost.example",
            "10.0.0.1:5000",
            "[::2]:80",
            "",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn skopeo_s_last_line() {
        let said = "level=warning msg=\"w\"\nlevel=fatal msg=\"reading \\\"x\\\": gone\"\n";
        assert_eq!(message(said), "reading \"x\": gone");
        assert_eq!(message("not so"), "not so");
        let said = r#"level=fatal msg="Error parsing image name \"docker://h/n\": no such host""#;
        assert_eq!(message(said), "no such host");
        assert_eq!(message("t level=fatal msg=EOF"), "EOF");
    }

    #[test]
    fn tags() {
        assert_eq!(tagged("a.b/c", "1.0-x_Y").unwrap(), "a.b/c:1.0-x_Y");
        for bad in ["", "x y", "a:b", "a/b", "@sha256:0", ".a"] {
            let error = tagged("a.b/c", bad).unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("tag '{bad}': expected letters")),
                "{error}"
            );
        }
    }

    #[test]
    fn repositories() {
        assert_eq!(
            repository("localhost:5000/a/b").unwrap().whole(),
            "localhost:5000/a/b:latest"
        );
        for bad in [
            "",
            "name",
            "host/Name",
            "host/name:tag",
            "host/name@sha256:0",
            "https://host/name",
        ] {
            let error = repository(bad).unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("repository '{bad}': expected HOST/NAME")),
                "{error}"
            );
        }
    }
}
