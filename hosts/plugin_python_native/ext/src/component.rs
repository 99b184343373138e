//! From a file to a component.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhost_plugin::{Compiled, Dir, Engine, Error, Options, Wasi};
use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;
use pyo3::types::PyWeakrefReference;

use crate::describe::{Shapes, describe};
use crate::host::Host;
use crate::instance::Instance;
use crate::library::exception;

/// What a component's calls within itself may take of a thread's stack.
const STACK: usize = 128 << 10;

/// A component that is compiled.
#[pyclass(frozen, module = "anyhost_native")]
pub struct Component {
    compiled: Compiled,
    shapes: OnceLock<Arc<Shapes>>,
}

/// An `anyhost._wasi.Grants`; its output is the instance's.
#[derive(FromPyObject)]
struct Grants {
    args: Vec<String>,
    env: Vec<(String, String)>,
    dirs: Vec<(PathBuf, String, bool)>,
    stdin: Vec<u8>,
    clock: Option<u64>,
    random: Option<Vec<u8>>,
}

impl Grants {
    fn wasi(self, host: &Arc<Host>) -> Wasi {
        let dir = |(host, guest, read_only)| Dir {
            host,
            guest,
            read_only,
        };
        let host = Arc::clone(host);
        Wasi {
            args: self.args,
            env: self.env,
            dirs: self.dirs.into_iter().map(dir).collect(),
            stdin: self.stdin,
            output: Some(Arc::new(move |stream, line| host.print(stream, line))),
            clock: self.clock.map(Duration::from_nanos),
            random: self.random,
        }
    }
}

/// One engine, with one clock, for all plugins of the process.
pub fn engine() -> Result<Engine, Error> {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    if let Some(engine) = ENGINE.get() {
        return Ok(engine.clone());
    }
    let engine = Engine::without_signals(STACK)?;
    Ok(ENGINE.get_or_init(|| engine).clone())
}

#[pymethods]
impl Component {
    #[new]
    fn load(py: Python<'_>, file: PathBuf, aot: Option<PathBuf>) -> PyResult<Self> {
        let compiled = py.detach(|| Compiled::load(&engine()?, &file, aot.as_deref()));
        Ok(Self {
            compiled: compiled.map_err(|e| exception(py, e))?,
            shapes: OnceLock::new(),
        })
    }

    /// Why the machine code was not used, in words, if it was not.
    #[getter]
    fn note(&self) -> Option<&str> {
        self.compiled.note()
    }

    /// What the component exports and imports, an `anyhost._types.Types`.
    fn types<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let (types, shapes) = describe(py, self.compiled.types())?;
        let _ = self.shapes.set(Arc::new(shapes));
        Ok(types)
    }

    /// Links the component; `host`, an `anyhost._native.Instance`, has what it imports of the
    /// interfaces in `given`.
    fn link(
        &self,
        host: &Bound<'_, PyAny>,
        given: Vec<String>,
        max_memory: u64,
        timeout: Option<f64>,
        wasi: Option<Grants>,
    ) -> PyResult<Instance> {
        let py = host.py();
        let shapes = self.shapes.get().expect("the types are asked for first");
        // Were it held, neither would ever be freed.
        let reference = PyWeakrefReference::new(host)?.into_any().unbind();
        let host = Arc::new(Host::new(reference, Arc::clone(shapes), given));
        let timeout = timeout.map(Duration::try_from_secs_f64);
        let options = Options {
            imports: Arc::<Host>::clone(&host),
            max_memory,
            timeout: timeout.map(|timeout| timeout.unwrap_or(Duration::MAX)),
            aot: None,
            wasi: wasi.map(|grants| grants.wasi(&host)),
        };
        let prepared = self.compiled.link(&options);
        let prepared = prepared.map_err(|e| exception(py, e))?;
        let file = self.compiled.file().to_owned();
        Ok(Instance::new(file, prepared, host, Arc::clone(shapes)))
    }
}

/// Compiles a component to machine code in a file.
#[pyfunction]
pub fn compile(py: Python<'_>, component: PathBuf, output: PathBuf) -> PyResult<()> {
    let compiled = py.detach(|| anyhost_engine::precompile_without_signals(&component, &output));
    compiled.map_err(|error| match error {
        anyhost_engine::Error::Io(file, error) if file == output => {
            let text = error.to_string();
            let reason = text.split(" (os error").next().unwrap_or_default();
            PyOSError::new_err((error.raw_os_error(), reason.to_owned()))
        }
        error => exception(py, Error::Component(error.to_string())),
    })
}
