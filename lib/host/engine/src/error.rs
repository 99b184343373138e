//! What can be wrong with a component file, each in one line.

use std::fmt::{Display, Formatter};
use std::path::{Path, PathBuf};

/// The result of loading or checking a component.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a component cannot be used; shown as one line that names the file.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The machine cannot run the engine: the reason.
    Engine(String),
    /// The address space of a pool cannot be had: of how many instances, and the reason.
    Pool(u32, String),
    /// There is no such file.
    Missing(PathBuf),
    /// The path is a directory.
    Directory(PathBuf),
    /// The file cannot be read or written: the system's reason.
    Io(PathBuf, std::io::Error),
    /// The file is not WebAssembly at all.
    NotWasm(PathBuf),
    /// The file is a core module.
    CoreModule(PathBuf),
    /// The file claims to be a component but is not a valid one: the reason.
    Invalid(PathBuf, String),
    /// The component has async functions, and the engine runs none.
    Async(PathBuf),
    /// The file holds machine code but does not say so by its extension.
    UntrustedCode(PathBuf),
    /// The file should hold machine code but cannot be used: the reason.
    BadCode(PathBuf, String),
    /// The component lacks an export.
    MissingExport {
        /// The component.
        file: PathBuf,
        /// The export that the host calls.
        wanted: String,
        /// What the component exports instead.
        exports: Vec<String>,
    },
    /// The component imports what the host does not provide.
    MissingImport {
        /// The component.
        file: PathBuf,
        /// The import's name.
        import: String,
        /// What the host provides, for a reader.
        provided: String,
    },
    /// The component's memory is over the limit before it has run.
    Memory {
        /// The component.
        file: PathBuf,
        /// What it starts with, in bytes.
        needs: u64,
        /// The limit, in bytes.
        limit: u64,
    },
}

impl Display for Error {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        const EXPECTED: &str = "expected a WebAssembly component";
        match self {
            Self::Engine(reason) => write!(f, "cannot start the WebAssembly engine: {reason}"),
            Self::Pool(instances, reason) => write!(
                f,
                "cannot reserve the address space of {instances} instances at once: {reason}; \
                 lower --max-in-flight"
            ),
            Self::Missing(file) => write!(f, "{}: no such file; {EXPECTED}", file.display()),
            Self::Directory(file) => write!(f, "{}: is a directory; {EXPECTED}", file.display()),
            Self::Io(file, e) => {
                // The system's words without its number.
                let reason = e.to_string();
                let reason = reason.split(" (os error").next().unwrap_or_default();
                write!(f, "{}: {reason}", file.display())
            }
            Self::NotWasm(file) => write!(f, "{}: not WebAssembly; {EXPECTED}", file.display()),
            Self::CoreModule(file) => write!(
                f,
                "{}: a core module; {EXPECTED} (`wasm-tools component new` makes one)",
                file.display()
            ),
            Self::Invalid(file, reason) => {
                write!(f, "{}: not a valid component: {reason}", file.display())
            }
            Self::Async(file) => write!(
                f,
                "{}: has async functions, as WASI 0.3 has them, which this host does not run",
                file.display()
            ),
            Self::UntrustedCode(file) => write!(
                f,
                "{}: precompiled machine code, which is run unchecked; \
                 to trust it, name it *.cwasm or give it as --aot",
                file.display()
            ),
            Self::BadCode(file, reason) => {
                write!(
                    f,
                    "{}: expected code that `precompile` wrote: {reason}",
                    file.display()
                )
            }
            Self::MissingExport {
                file,
                wanted,
                exports,
            } => {
                write!(
                    f,
                    "{}: does not export {wanted}; it exports ",
                    file.display()
                )?;
                match exports.as_slice() {
                    [] => f.write_str("nothing"),
                    names => f.write_str(&names.join(", ")),
                }
            }
            Self::MissingImport {
                file,
                import,
                provided,
            } => write!(
                f,
                "{}: imports {import}, which this host does not provide; it provides {provided}",
                file.display()
            ),
            Self::Memory { file, needs, limit } => write!(
                f,
                "{}: starts with {} KiB of memory, the limit is {} KiB",
                file.display(),
                needs / 1024,
                limit / 1024
            ),
        }
    }
}

impl std::error::Error for Error {}

impl Error {
    /// Why the engine does not take the component in `file`.
    pub(crate) fn of_component(file: &Path, error: &wasmtime::Error) -> Self {
        let reason = one_line(error);
        // The engine has no other word for it.
        if reason.contains("requires the component model async feature") {
            Self::Async(file.to_owned())
        } else {
            Self::Invalid(file.to_owned(), reason)
        }
    }
}

/// An engine's error with its causes in one line.
#[must_use]
pub fn one_line(error: &wasmtime::Error) -> String {
    let whole = format!("{error:#}");
    whole.split_whitespace().collect::<Vec<_>>().join(" ")
}
