//! What runs in a container: a component, or a program for Linux, as Kubernetes' pods
//! need one.

use std::cell::RefCell;
use std::collections::HashMap;
use std::env;
use std::fs::File;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::exit;
use std::rc::Rc;

use containerd_shim_wasm::sandbox::context::WasmLayer;
use libcontainer::oci_spec::runtime::Spec;
use libcontainer::workload::default::DefaultExecutor;
use libcontainer::workload::{
    Executor as Workload, ExecutorError, ExecutorSetEnvsError, ExecutorValidationError,
};
use rustix::process::geteuid;
use rustix::thread::{CapabilitySet, CapabilitySets, set_capabilities};

use crate::signals;
use crate::workload::{self, find};

/// Runs what the container's image has. It is called in the container's first process.
#[derive(Clone)]
pub struct Executor {
    layers: Rc<[WasmLayer]>,
    env: Rc<RefCell<HashMap<String, String>>>,
}

impl Executor {
    /// For an image with these layers that are components; there may be none.
    pub fn new(layers: Vec<WasmLayer>) -> Self {
        Self {
            layers: layers.into(),
            env: Rc::default(),
        }
    }
}

impl Workload for Executor {
    /// Whatever is no program is taken for a component: if it is none, [`workload::run`]
    /// tells so in the container's log.
    fn validate(&self, _: &Spec) -> Result<(), ExecutorValidationError> {
        Ok(())
    }

    /// It is the guest's environment, and not for the host that runs it.
    fn setup_envs(&self, env: HashMap<String, String>) -> Result<(), ExecutorSetEnvsError> {
        self.env.replace(env);
        Ok(())
    }

    fn exec(&self, spec: &Spec) -> Result<(), ExecutorError> {
        if self.layers.is_empty() && is_program(spec) {
            for (name, _) in env::vars_os() {
                // SAFETY: this process has no other thread.
                unsafe { env::remove_var(name) };
            }
            for (name, value) in self.env.take() {
                // SAFETY: this process has no other thread.
                unsafe { env::set_var(name, value) };
            }
            signals::release();
            return DefaultExecutor {}.exec(spec);
        }
        renounce().map_err(|error| ExecutorError::Other(error.to_string()))?;
        signals::take().map_err(|error| ExecutorError::Other(error.to_string()))?;
        let run = AssertUnwindSafe(|| workload::run(spec, &self.layers));
        exit(catch_unwind(run).unwrap_or(workload::PANICKED))
    }
}

/// Gives up the rights of root that are left to this process if its user is not root: the
/// kernel would take them if it became another program, as it usually does here.
fn renounce() -> rustix::io::Result<()> {
    if geteuid().is_root() {
        return Ok(());
    }
    let none = CapabilitySets {
        effective: CapabilitySet::empty(),
        permitted: CapabilitySet::empty(),
        inheritable: CapabilitySet::empty(),
    };
    set_capabilities(None, none)
}

/// Whether the first argument of a container is a program.
fn is_program(spec: &Spec) -> bool {
    let process = spec.process().as_ref();
    let first = process.and_then(|process| Some((process, process.args().as_ref()?.first()?)));
    let Some(path) = first.and_then(|(process, first)| find(process, Path::new(first))) else {
        return false;
    };
    let mut start = [0; 4];
    File::open(path).is_ok_and(|mut file| {
        let data = file.metadata();
        data.is_ok_and(|data| data.permissions().mode() & 0o111 != 0)
            && file.read_exact(&mut start).is_ok()
            && is_executable(start)
    })
}

/// Whether a file starts as one in the format ELF, or as a script.
fn is_executable(start: [u8; 4]) -> bool {
    start == *b"\x7fELF" || start.starts_with(b"#!")
}
