//! What containerd asks of the shim: its task API, version 2.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use containerd_shim::api::{
    CloseIORequest, ConnectRequest, ConnectResponse, CreateTaskRequest, CreateTaskResponse,
    DeleteRequest, DeleteResponse, Empty, ExecProcessRequest, KillRequest, PidsRequest,
    PidsResponse, ResizePtyRequest, ShutdownRequest, StartRequest, StartResponse, StateRequest,
    StateResponse, StatsRequest, StatsResponse, UpdateTaskRequest, WaitRequest, WaitResponse,
};
use containerd_shim::mount::mount_rootfs;
use containerd_shim::protos::events::task::{TaskCreate, TaskDelete, TaskIO};
use containerd_shim::protos::protobuf::MessageField;
use containerd_shim::protos::protobuf::well_known_types::timestamp::Timestamp;
use containerd_shim::protos::ttrpc::Code;
use containerd_shim::protos::types::task::ProcessInfo;
use containerd_shim::util::AsOption;
use containerd_shim::{ExitSignal, Task, TtrpcContext, TtrpcResult as Result};
use containerd_shim_wasm::containerd::Client;
use containerd_shim_wasm::sandbox::context::WasmLayer;
use libcontainer::oci_spec::runtime::Spec;

use crate::NAME;
use crate::compiler::Compiler;
use crate::container::{Container, End, status};
use crate::events::Events;

/// The types of layers that are components.
const LAYERS: [&str; 2] = [
    "application/vnd.bytecodealliance.wasm.component.layer.v0+wasm",
    "application/wasm",
];

/// The containers of one shim: one, or those of a pod.
pub struct Service {
    namespace: String,
    containerd: String,
    events: Events,
    exit: Arc<ExitSignal>,
    containers: Mutex<HashMap<String, Arc<Container>>>,
}

impl Service {
    /// A shim for the containerd at the address `containerd`, that is to end with `exit`.
    pub fn new(namespace: &str, containerd: &str, events: Events, exit: Arc<ExitSignal>) -> Self {
        Self {
            namespace: namespace.to_owned(),
            containerd: containerd.to_owned(),
            events,
            exit,
            containers: Mutex::default(),
        }
    }

    fn containers(&self) -> MutexGuard<'_, HashMap<String, Arc<Container>>> {
        let containers = self.containers.lock();
        containers.unwrap_or_else(PoisonError::into_inner)
    }

    fn container(&self, id: &str) -> Result<Arc<Container>> {
        let found = self.containers().get(id).cloned();
        found.ok_or_else(|| status(Code::NOT_FOUND, format!("{id}: no such container")))
    }

    /// The container whose only process is asked for.
    fn process(&self, id: &str, exec_id: &str) -> Result<Arc<Container>> {
        if exec_id.is_empty() {
            return self.container(id);
        }
        let text = format!("{exec_id}: no such process in {id}");
        Err(status(Code::NOT_FOUND, text))
    }

    /// The layers of the container's image that are components, compiled if they can be.
    fn layers(&self, id: &str) -> Vec<WasmLayer> {
        let compiler = Compiler::new().ok();
        let load = async {
            let client = Client::connect(&self.containerd, &self.namespace).await?;
            client
                .load_modules(id, NAME, &LAYERS, compiler.as_ref())
                .await
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        // An image that is made of files has none.
        runtime
            .ok()
            .and_then(|runtime| runtime.block_on(load).ok())
            .unwrap_or_default()
    }
}

/// Mounts what containerd says is the container's root.
fn mount_root(request: &CreateTaskRequest) -> Result<()> {
    let bad = |error| status(Code::INVALID_ARGUMENT, format!("config.json: {error}"));
    let bundle = Path::new(&request.bundle);
    let spec = Spec::load(bundle.join("config.json")).map_err(bad)?;
    let Some(root) = spec.root() else {
        let text = "config.json: the container has no root";
        return Err(status(Code::INVALID_ARGUMENT, text));
    };
    let root = bundle.join(root.path());
    // What is wrong with it, the mount tells.
    let _ = fs::create_dir_all(&root);
    for mount in &request.rootfs {
        let (kind, source) = (mount.type_.as_option(), mount.source.as_option());
        mount_rootfs(kind, source, &mount.options, &root)?;
    }
    Ok(())
}

fn time(end: Option<&End>) -> MessageField<Timestamp> {
    end.map(|end| end.at.clone()).into()
}

impl Task for Service {
    fn create(&self, _: &TtrpcContext, request: CreateTaskRequest) -> Result<CreateTaskResponse> {
        if !request.checkpoint.is_empty() || !request.parent_checkpoint.is_empty() {
            let text = "a component has no checkpoints";
            return Err(status(Code::UNIMPLEMENTED, text));
        }
        if self.containers().contains_key(&request.id) {
            let text = format!("{}: there is one already", request.id);
            return Err(status(Code::ALREADY_EXISTS, text));
        }
        mount_root(&request)?;
        let layers = self.layers(&request.id);
        let id = request.id.clone();
        let container = Container::create(request, &self.namespace, layers, self.events.clone())?;
        self.containers().insert(id, container.clone());
        let request = &container.request;
        self.events.send(TaskCreate {
            container_id: request.id.clone(),
            bundle: request.bundle.clone(),
            rootfs: request.rootfs.clone(),
            io: Some(TaskIO {
                stdin: request.stdin.clone(),
                stdout: request.stdout.clone(),
                stderr: request.stderr.clone(),
                terminal: request.terminal,
                ..TaskIO::default()
            })
            .into(),
            pid: container.pid,
            ..TaskCreate::default()
        });
        Ok(CreateTaskResponse {
            pid: container.pid,
            ..CreateTaskResponse::default()
        })
    }

    fn start(&self, _: &TtrpcContext, request: StartRequest) -> Result<StartResponse> {
        let container = self.process(&request.id, &request.exec_id)?;
        container.start()?;
        Ok(StartResponse {
            pid: container.pid,
            ..StartResponse::default()
        })
    }

    fn state(&self, _: &TtrpcContext, request: StateRequest) -> Result<StateResponse> {
        let container = self.process(&request.id, &request.exec_id)?;
        let end = container.end();
        let asked = &container.request;
        Ok(StateResponse {
            id: asked.id.clone(),
            bundle: asked.bundle.clone(),
            pid: container.pid,
            status: container.status().into(),
            stdin: asked.stdin.clone(),
            stdout: asked.stdout.clone(),
            stderr: asked.stderr.clone(),
            terminal: asked.terminal,
            exit_status: end.as_ref().map_or(0, |end| end.code),
            exited_at: time(end.as_ref()),
            ..StateResponse::default()
        })
    }

    fn wait(&self, _: &TtrpcContext, request: WaitRequest) -> Result<WaitResponse> {
        let end = self.process(&request.id, &request.exec_id)?.wait();
        Ok(WaitResponse {
            exit_status: end.code,
            exited_at: time(Some(&end)),
            ..WaitResponse::default()
        })
    }

    fn kill(&self, _: &TtrpcContext, request: KillRequest) -> Result<Empty> {
        let container = self.process(&request.id, &request.exec_id)?;
        container.kill(request.signal, request.all)?;
        Ok(Empty::new())
    }

    fn delete(&self, _: &TtrpcContext, request: DeleteRequest) -> Result<DeleteResponse> {
        let container = self.process(&request.id, &request.exec_id)?;
        container.delete()?;
        self.containers().remove(&request.id);
        let end = container.end();
        let exit_status = end.as_ref().map_or(0, |end| end.code);
        self.events.send(TaskDelete {
            container_id: request.id,
            pid: container.pid,
            exit_status,
            exited_at: time(end.as_ref()),
            ..TaskDelete::default()
        });
        Ok(DeleteResponse {
            pid: container.pid,
            exit_status,
            exited_at: time(end.as_ref()),
            ..DeleteResponse::default()
        })
    }

    fn exec(&self, _: &TtrpcContext, _: ExecProcessRequest) -> Result<Empty> {
        let text = "a component in a container is its only process: nothing can be executed in it";
        Err(status(Code::UNIMPLEMENTED, text))
    }

    fn pids(&self, _: &TtrpcContext, request: PidsRequest) -> Result<PidsResponse> {
        let process = |pid| ProcessInfo {
            pid,
            ..ProcessInfo::default()
        };
        let all = self.container(&request.id)?.processes();
        Ok(PidsResponse {
            processes: all.into_iter().map(process).collect(),
            ..PidsResponse::default()
        })
    }

    fn stats(&self, _: &TtrpcContext, request: StatsRequest) -> Result<StatsResponse> {
        Ok(StatsResponse {
            stats: Some(self.container(&request.id)?.stats()?).into(),
            ..StatsResponse::default()
        })
    }

    fn update(&self, _: &TtrpcContext, request: UpdateTaskRequest) -> Result<Empty> {
        self.container(&request.id)?.update(&request.resources)?;
        Ok(Empty::new())
    }

    fn resize_pty(&self, _: &TtrpcContext, request: ResizePtyRequest) -> Result<Empty> {
        let container = self.process(&request.id, &request.exec_id)?;
        container.resize(request.width, request.height)?;
        Ok(Empty::new())
    }

    fn close_io(&self, _: &TtrpcContext, request: CloseIORequest) -> Result<Empty> {
        let container = self.process(&request.id, &request.exec_id)?;
        if request.stdin {
            container.close_stdin();
        }
        Ok(Empty::new())
    }

    fn connect(&self, _: &TtrpcContext, request: ConnectRequest) -> Result<ConnectResponse> {
        Ok(ConnectResponse {
            shim_pid: std::process::id(),
            task_pid: self.container(&request.id)?.pid,
            ..ConnectResponse::default()
        })
    }

    fn shutdown(&self, _: &TtrpcContext, _: ShutdownRequest) -> Result<Empty> {
        if self.containers().is_empty() {
            self.events.flush();
            self.exit.signal();
        }
        Ok(Empty::new())
    }
}
