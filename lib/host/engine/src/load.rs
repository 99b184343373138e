//! From a file to a component: compiled here, or ahead of time.

use std::path::{Path, PathBuf};

use wasmtime::Engine;
use wasmtime::component::Component;

use crate::artifact;
use crate::source::{WASM_MAGIC, check_header, read};
use crate::{Error, Result, concurrent, on_demand};

/// The extension by which a user vouches for precompiled code.
const TRUSTED_EXTENSION: &str = "cwasm";

/// A component that is ready to be linked.
pub struct Loaded {
    /// What messages call it: the file that it is from.
    pub file: PathBuf,
    /// The component, as machine code.
    pub component: Component,
    /// Whether its engine is one of [`concurrent`], because it has async functions.
    pub concurrent: bool,
    /// One line for the user when the precompiled code was not used.
    pub note: Option<String>,
}

impl Loaded {
    fn new(file: &Path, component: Component, note: Option<String>) -> Self {
        Self {
            file: file.to_owned(),
            component,
            concurrent: false,
            note,
        }
    }
}

/// Has `load`, which is one of those below, load a component into the engine that it
/// needs: into one of [`on_demand`], or of [`concurrent`] if it has async functions.
///
/// # Errors
/// Those of `load`.
pub fn on_its_engine(load: impl Fn(&Engine) -> Result<Loaded>) -> Result<Loaded> {
    let retry = |error| {
        let loaded = load(&concurrent()?).map_err(|second| match error {
            Error::Async(_) => second,
            _ => error,
        });
        Ok(Loaded {
            concurrent: true,
            ..loaded?
        })
    };
    match load(&on_demand()?) {
        // What code was compiled for is found out by trying.
        Err(error @ (Error::Async(_) | Error::BadCode(..))) => retry(error),
        loaded => loaded,
    }
}

/// Loads the component in `file`.
///
/// `aot` is the same component as [`crate::precompile`] wrote it; it saves the
/// compilation. When it is damaged, or of another component, engine or CPU, the
/// component is compiled after all and [`Loaded::note`] says why.
///
/// `file` may itself be precompiled if its extension is `.cwasm`.
///
/// # Safety of precompiled code
/// Machine code runs with the rights of the host, outside the sandbox. Its seal tells
/// damage, and code that was made for something else, but not a forgery. It is therefore
/// loaded only where the user named it as such: as `aot`, or by the extension. It must
/// not be writable by anyone whom the host does not trust. It is read once: what was
/// checked is what runs, whatever becomes of the file.
///
/// # Errors
/// One line that names the file, see [`Error`].
pub fn load(engine: &Engine, file: &Path, aot: Option<&Path>) -> Result<Loaded> {
    let bytes = read(file)?;
    let trusted = file.extension().is_some_and(|e| e == TRUSTED_EXTENSION);
    if !bytes.starts_with(WASM_MAGIC) && trusted {
        let component = artifact::load(engine, &bytes, None)
            .map_err(|reason| Error::BadCode(file.to_owned(), reason))?;
        return Ok(Loaded::new(file, component, None));
    }
    check_header(file, &bytes)?;
    let note = match aot {
        None => None,
        Some(aot) => {
            // A wrong path is a mistake to report; wrong content can be helped.
            match artifact::load(engine, &read(aot)?, Some(&bytes)) {
                Ok(component) => {
                    return Ok(Loaded::new(file, component, None));
                }
                Err(reason) => {
                    let (aot, file) = (aot.display(), file.display());
                    Some(format!("{aot}: {reason}; compiling {file} instead"))
                }
            }
        }
    };
    let component =
        Component::from_binary(engine, &bytes).map_err(|e| Error::of_component(file, &e))?;
    Ok(Loaded::new(file, component, note))
}

/// Loads a component from memory, as an image's layer; messages call it `name`.
///
/// `code` says that `bytes` are machine code from [`crate::compile`]; see [`load`] for
/// what that takes. Without it, machine code is refused.
///
/// # Errors
/// One line that names it, see [`Error`].
pub fn load_bytes(engine: &Engine, name: &Path, bytes: &[u8], code: bool) -> Result<Loaded> {
    let component = if code {
        artifact::load(engine, bytes, None).map_err(|e| Error::BadCode(name.to_owned(), e))?
    } else {
        check_header(name, bytes)?;
        Component::from_binary(engine, bytes).map_err(|e| Error::of_component(name, &e))?
    };
    Ok(Loaded::new(name, component, None))
}
