//! A component that is opened: compiled, linked with what it imports, and ready to have
//! instances.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhost_engine::{Loaded, TICK, load, one_line};
use wasmtime::component::{InstancePre, Linker};

use crate::engine::Engine;
use crate::error::{Error, Wrong};
use crate::handle::Home;
use crate::imports::{Imports, Nothing, link};
use crate::instance::State;
use crate::plugin::Plugin;
use crate::reflect::Types;
use crate::wasi::{Grants, Wasi};

/// The most that a 32-bit memory can grow to.
const MOST_MEMORY: u64 = 4 << 30;
/// More ticks than there will be.
const NEVER: u64 = 1 << 62;
/// How a component is opened.
#[derive(Clone)]
pub struct Options {
    /// What it is given of what it imports.
    pub imports: Arc<dyn Imports>,
    /// The most that all its memories together may grow to, in bytes: up to 4 GiB.
    pub max_memory: u64,
    /// The longest that a call may take; None for no bound. What functions of the host take
    /// counts, but they are not interrupted.
    pub timeout: Option<Duration>,
    /// The same component as `precompile` wrote it. It runs unchecked, see
    /// [`anyhost_engine::load`].
    pub aot: Option<PathBuf>,
    /// What it is granted of WASI 0.2; None refuses a component that imports something of
    /// that which `imports` do not have.
    pub wasi: Option<Wasi>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            imports: Arc::new(Nothing),
            max_memory: 64 << 20,
            timeout: Some(Duration::from_secs(10)),
            aot: None,
            wasi: Some(Wasi::default()),
        }
    }
}

impl Options {
    fn check(&self) -> Result<(), Error> {
        let wrong = |place: &str, expected: String, got: String| {
            let place = place.to_owned();
            Err(Error::Value(Wrong {
                place,
                expected,
                got,
                kind: false,
            }))
        };
        if !(1..=MOST_MEMORY).contains(&self.max_memory) {
            let expected = format!("1 to {MOST_MEMORY} bytes");
            return wrong("max_memory", expected, self.max_memory.to_string());
        }
        let random = self.wasi.as_ref().and_then(|wasi| wasi.random.as_ref());
        if random.is_some_and(Vec::is_empty) {
            return wrong("random", "a byte or more".to_owned(), "none".to_owned());
        }
        Ok(())
    }
}

/// A component that is compiled, and not linked with what it imports: for a host that looks
/// at its types first. Others begin with [`Plugin::open`].
pub struct Compiled {
    engine: Engine,
    loaded: Loaded,
    home: Arc<Home>,
    types: Arc<Types>,
}

impl Compiled {
    /// Loads the component in `file`, or the machine code in `aot`; see [`Options::aot`].
    ///
    /// # Errors
    /// [`Error::Component`].
    pub fn load(engine: &Engine, file: &Path, aot: Option<&Path>) -> Result<Self, Error> {
        let loaded = load(engine.wasm(), file, aot).map_err(of_file)?;
        Ok(Self {
            engine: engine.clone(),
            home: Arc::new(Home::new(file.display().to_string())),
            types: Arc::new(Types::of(&loaded.component)),
            loaded,
        })
    }

    /// The file, as messages name it.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.home.file
    }

    /// What the component exports and imports.
    #[must_use]
    pub fn types(&self) -> &Types {
        &self.types
    }

    /// One line for the user if the precompiled code was not used.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        self.loaded.note.as_deref()
    }

    /// Links the component with what it imports; `options` say all but the `aot`.
    ///
    /// # Errors
    /// [`Error::Component`] and [`Error::Value`].
    pub fn link(&self, options: &Options) -> Result<Prepared, Error> {
        options.check()?;
        let (loaded, home) = (&self.loaded, &self.home);
        let mut linker = Linker::new(self.engine.wasm());
        let has_wasi = link(&mut linker, &self.types, options, home)?;
        let wasi = options.wasi.as_ref().filter(|_| has_wasi);
        loaded.check_start(options.max_memory).map_err(of_file)?;
        let pre = linker.instantiate_pre(&loaded.component).map_err(|e| {
            Error::Component(format!("{}: cannot be linked: {}", home.file, one_line(&e)))
        })?;
        let ticks = |limit: Duration| {
            // One more: the first may come at once.
            let ticks = limit.as_nanos().div_ceil(TICK.as_nanos()) + 1;
            u64::try_from(ticks).unwrap_or(NEVER).min(NEVER)
        };
        Ok(Prepared(Arc::new(Opened {
            engine: self.engine.clone(),
            home: Arc::clone(home),
            types: Arc::clone(&self.types),
            pre,
            max_memory: options.max_memory,
            timeout: options.timeout,
            ticks: options.timeout.map_or(NEVER, ticks),
            note: loaded.note.clone(),
            grants: wasi.map(Grants::of).transpose()?,
        })))
    }
}

fn of_file(error: anyhost_engine::Error) -> Error {
    Error::Component(error.to_string())
}

/// A component that is ready to have instances; clones are the same.
#[derive(Clone)]
pub struct Prepared(Arc<Opened>);

pub(crate) struct Opened {
    pub engine: Engine,
    pub home: Arc<Home>,
    pub types: Arc<Types>,
    pub pre: InstancePre<State>,
    pub max_memory: u64,
    pub timeout: Option<Duration>,
    /// The time limit, as the clock counts.
    pub ticks: u64,
    pub note: Option<String>,
    /// What instances have of WASI, if the component imports that.
    pub grants: Option<Grants>,
}

impl Prepared {
    /// Loads the component in `file` and links it with what it imports.
    ///
    /// # Errors
    /// [`Error::Component`] and [`Error::Value`].
    pub fn open(engine: &Engine, file: &Path, options: Options) -> Result<Self, Error> {
        options.check()?;
        Compiled::load(engine, file, options.aot.as_deref())?.link(&options)
    }

    /// A plugin with an instance of its own.
    ///
    /// # Errors
    /// [`Error::Component`], or what a start that runs code ends with.
    pub fn plugin(&self) -> Result<Plugin, Error> {
        Plugin::new(&self.0)
    }

    /// What the component exports and imports.
    #[must_use]
    pub fn types(&self) -> &Types {
        &self.0.types
    }

    /// One line for the user if the precompiled code was not used.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }
}
