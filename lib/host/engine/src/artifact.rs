//! Precompiled code: wasmtime's own format, then a trailer that says which
//! component it was made from, so that stale code is never run.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use sha2::{Digest, Sha256};
use wasmtime::component::Component;
use wasmtime::{Engine, Precompiled};

use crate::config::ahead_of_time;
use crate::load::read_component;
use crate::{Error, Result, one_line};

/// Marks the trailer and its version; the component's SHA-256 follows.
const MARK: &[u8; 8] = b"anyhost1";
const DIGEST: usize = 32;
const TRAILER: usize = MARK.len() + DIGEST;

/// Compiles the component `input` to machine code in `output`.
///
/// The code is for this architecture and for CPUs from about 2015 on, whatever
/// this machine has: the same input gives the same bytes everywhere.
///
/// # Errors
/// [`Error`], when `input` is not a valid component or `output` cannot be written.
pub fn precompile(input: &Path, output: &Path) -> Result<()> {
    let bytes = read_component(input)?;
    let mut code = ahead_of_time()?
        .precompile_component(&bytes)
        .map_err(|e| Error::Invalid(input.to_owned(), one_line(&e)))?;
    code.extend_from_slice(MARK);
    code.extend_from_slice(&Sha256::digest(&bytes));
    fs::write(output, code).map_err(|e| Error::Io(output.to_owned(), e))
}

/// Loads precompiled code, of `source` if that is given; `Err` says in words why
/// it cannot be used.
pub(crate) fn load(
    engine: &Engine,
    file: &Path,
    source: Option<&[u8]>,
) -> std::result::Result<Component, String> {
    let digest = trailer(file).map_err(|e| e.kind().to_string())?;
    let Some(digest) = digest else {
        return Err("not precompiled code, or cut short".to_owned());
    };
    if source.is_some_and(|bytes| *Sha256::digest(bytes) != digest) {
        return Err("made from another component".to_owned());
    }
    match Engine::detect_precompiled_file(file) {
        Ok(Some(Precompiled::Component)) => {}
        _ => return Err("damaged".to_owned()),
    }
    // SAFETY: the caller names files only that the user vouched for; see
    // `crate::load`. The engine checks version, configuration and CPU.
    unsafe { Component::deserialize_file(engine, file) }
        .map_err(|e| format!("does not fit this engine: {}", e.root_cause()))
}

/// The digest in the trailer, or nothing if there is no trailer.
fn trailer(file: &Path) -> std::io::Result<Option<[u8; DIGEST]>> {
    let mut file = File::open(file)?;
    if file.metadata()?.len() < TRAILER as u64 {
        return Ok(None);
    }
    file.seek(SeekFrom::End(-(TRAILER as i64)))?;
    let mut trailer = [0; TRAILER];
    file.read_exact(&mut trailer)?;
    let (mark, digest) = trailer.split_at(MARK.len());
    Ok((mark == MARK).then(|| digest.try_into().expect("the rest is the digest")))
}
