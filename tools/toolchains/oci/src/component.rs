//! Components, as files and as the metadata of an image.

use std::path::Path;

use anyhow::{Context, Result, bail};
use oci_wasm::Component;

/// The worlds that runtimes look for, by the interface that tells them.
const WORLDS: [(&str, &str); 3] = [
    ("wasi:cli/run", "wasi:cli/command"),
    ("wasi:http/incoming-handler", "wasi:http/proxy"),
    ("wasi:http/handler", "wasi:http/service"),
];

/// Reads a component, and what it imports and exports.
///
/// # Errors
/// The file cannot be read or is no valid component.
pub fn read(file: &Path) -> Result<(Vec<u8>, Component)> {
    let shown = file.display();
    let bytes = std::fs::read(file).with_context(|| format!("{shown}: cannot be read"))?;
    match bytes.get(..8) {
        Some(b"\0asm\x0d\0\x01\0") => {}
        Some(b"\0asm\x01\0\0\0") => bail!(
            "{shown}: a core module; expected a WebAssembly component \
             (`wasm-tools component new` makes one)"
        ),
        _ => bail!("{shown}: not WebAssembly; expected a WebAssembly component"),
    }
    let mut component = Component::from_raw_component(&bytes)
        .with_context(|| format!("{shown}: not a valid component"))?;
    component.target = target(&component.exports);
    Ok((bytes, component))
}

/// The world that a component is for; none if it could be two, or none of those known here.
fn target(exports: &[String]) -> Option<String> {
    let mut worlds = exports.iter().filter_map(|export| {
        let (interface, version) = export.split_once('@')?;
        let (_, world) = WORLDS.iter().find(|(name, _)| *name == interface)?;
        Some(format!("{world}@{version}"))
    });
    worlds.next().filter(|_| worlds.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target_of(exports: &[&str]) -> Option<String> {
        target(&exports.iter().map(|&e| e.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn the_target_is_told_by_the_exports() {
        assert_eq!(
            target_of(&["anyhost:hello/greeter@1.0.0", "wasi:cli/run@0.2.12"]).as_deref(),
            Some("wasi:cli/command@0.2.12")
        );
        assert_eq!(
            target_of(&["wasi:http/incoming-handler@0.2.3"]).as_deref(),
            Some("wasi:http/proxy@0.2.3")
        );
        assert_eq!(
            target_of(&["wasi:http/handler@0.3.0"]).as_deref(),
            Some("wasi:http/service@0.3.0")
        );
    }

    #[test]
    fn two_worlds_or_none_are_no_target() {
        assert_eq!(
            target_of(&["wasi:cli/run@0.2.12", "wasi:http/incoming-handler@0.2.12"]),
            None
        );
        assert_eq!(target_of(&["anyhost:hello/greeter@1.0.0"]), None);
        assert_eq!(target_of(&[]), None);
    }
}
