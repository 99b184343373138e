//! libcontainer, which makes containers by forking: so it runs in a process without
//! threads, one for each container.

use std::cell::RefCell;
use std::error::Error;
use std::path::PathBuf;

use containerd_shim_wasm::sandbox::context::WasmLayer;
use libcgroups::common::{CgroupConfig, CgroupManager, ControllerOpt, create_cgroup_manager};
use libcontainer::container::Container;
use libcontainer::container::builder::ContainerBuilder;
use libcontainer::oci_spec::runtime::LinuxResources;
use libcontainer::syscall::syscall::SyscallType;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zygote::Zygote;

use crate::cleanup::patiently;
use crate::executor::Executor;
use crate::signals;
use crate::streams::Ends;

/// What libcontainer needs to know.
#[derive(Serialize, Deserialize)]
pub struct Plan {
    pub id: String,
    pub bundle: PathBuf,
    /// Where it keeps what it knows of containers.
    pub state: PathBuf,
    /// Whether systemd makes the cgroup.
    pub systemd: bool,
    pub layers: Vec<WasmLayer>,
    pub ends: Ends,
}

/// libcontainer's view of a container. All errors are its own, in one line.
pub struct Inner(Zygote);

impl Inner {
    /// Makes a container; the number is its first process's.
    pub fn build(plan: Plan) -> Result<(Self, u32), String> {
        let inner = Self(Zygote::global().spawn());
        let pid = inner.call(build, plan)?;
        Ok((inner, pid))
    }

    /// Lets its program begin.
    pub fn start(&self) -> Result<(), String> {
        self.call(start, ())
    }

    /// Ends it, and removes what was made for it.
    pub fn delete(&self) -> Result<(), String> {
        self.call(delete, ())
    }

    /// Changes what it may use to `resources`, JSON as in a container's `config.json`.
    pub fn update(&self, resources: String) -> Result<(), String> {
        self.call(update, resources)
    }

    fn call<A, R>(&self, function: fn(A) -> Result<R, String>, args: A) -> Result<R, String>
    where
        A: Serialize + DeserializeOwned + 'static,
        R: Serialize + DeserializeOwned + 'static,
    {
        let answer = self.0.try_run(function, args);
        answer.map_err(|error| error.to_string())?
    }
}

thread_local! {
    /// In the process without threads: its container.
    static CONTAINER: RefCell<Option<Container>> = RefCell::default();
}

fn build(plan: Plan) -> Result<u32, String> {
    signals::hold();
    let mut builder = ContainerBuilder::new(plan.id, SyscallType::Linux)
        .with_executor(Executor::new(plan.layers))
        .with_console_socket(plan.ends.console)
        .with_root_path(plan.state)
        .map_err(causes)?;
    if let Some(stdin) = plan.ends.stdin {
        builder = builder.with_stdin(stdin.into_inner());
    }
    if let Some(stdout) = plan.ends.stdout {
        builder = builder.with_stdout(stdout.into_inner());
    }
    if let Some(stderr) = plan.ends.stderr {
        builder = builder.with_stderr(stderr.into_inner());
    }
    let container = builder
        .as_init(plan.bundle)
        .as_sibling(true)
        .with_systemd(plan.systemd)
        .build()
        .map_err(causes)?;
    let pid = container.pid().map(|pid| pid.as_raw().unsigned_abs());
    CONTAINER.set(Some(container));
    pid.ok_or_else(|| "the container has no process".to_owned())
}

fn start((): ()) -> Result<(), String> {
    with_container(|container| container.start().map_err(causes))
}

fn delete((): ()) -> Result<(), String> {
    patiently(|| with_container(|container| container.delete(true).map_err(causes)))
}

fn update(resources: String) -> Result<(), String> {
    let mut resources: LinuxResources = serde_json::from_str(&resources)
        .map_err(|error| format!("resources of a container: {error}"))?;
    // They cannot be changed, and containerd sends them all the same.
    resources.set_devices(None);
    with_container(|container| {
        let manager = create_cgroup_manager(CgroupConfig {
            cgroup_path: container.spec().map_err(causes)?.cgroup_path,
            systemd_cgroup: container.systemd(),
            container_name: container.id().to_owned(),
        });
        let options = ControllerOpt {
            resources: &resources,
            disable_oom_killer: false,
            oom_score_adj: None,
            freezer_state: None,
        };
        manager.map_err(causes)?.apply(&options).map_err(causes)
    })
}

fn with_container<R>(act: impl FnOnce(&mut Container) -> Result<R, String>) -> Result<R, String> {
    CONTAINER.with_borrow_mut(|container| match container {
        Some(container) => act(container),
        None => Err("the container has not been made".to_owned()),
    })
}

/// An error with its causes, in one line.
fn causes(error: impl Error) -> String {
    let mut line = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_text = cause.to_string();
        if !line.ends_with(&cause_text) {
            line = format!("{line}: {cause_text}");
        }
        next = cause.source();
    }
    line
}
