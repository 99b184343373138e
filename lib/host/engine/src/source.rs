//! A component as a file.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use wasmtime::Engine;

use crate::{Error, Result};

/// What all WebAssembly begins with.
pub(crate) const WASM_MAGIC: &[u8] = b"\0asm";
/// The layer field of a binary's header: 0 is a core module, 1 a component.
const LAYER: std::ops::Range<usize> = 6..8;

/// Reads a component and checks that it is one.
pub(crate) fn read_component(file: &Path) -> Result<Vec<u8>> {
    let bytes = read(file)?;
    check_header(file, &bytes)?;
    Ok(bytes)
}

/// Reads a file.
pub(crate) fn read(file: &Path) -> Result<Vec<u8>> {
    check_file(file)?;
    fs::read(file).map_err(|e| Error::Io(file.to_owned(), e))
}

fn check_file(file: &Path) -> Result<()> {
    match fs::metadata(file) {
        Ok(data) if data.is_dir() => Err(Error::Directory(file.to_owned())),
        Ok(_) => Ok(()),
        Err(e) if e.kind() == ErrorKind::NotFound => Err(Error::Missing(file.to_owned())),
        Err(e) => Err(Error::Io(file.to_owned(), e)),
    }
}

/// Checks by its first bytes that it is a component.
pub(crate) fn check_header(file: &Path, bytes: &[u8]) -> Result<()> {
    if Engine::detect_precompiled(bytes).is_some() {
        return Err(Error::UntrustedCode(file.to_owned()));
    }
    match bytes.get(LAYER) {
        Some([0, 0]) if bytes.starts_with(WASM_MAGIC) => Err(Error::CoreModule(file.to_owned())),
        Some(_) if bytes.starts_with(WASM_MAGIC) => Ok(()),
        _ => Err(Error::NotWasm(file.to_owned())),
    }
}
