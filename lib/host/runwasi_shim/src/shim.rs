//! How containerd starts the shim, and what it has it do when its running copy has died.

use std::path::Path;
use std::sync::Arc;

use containerd_shim::api::DeleteResponse;
use containerd_shim::publisher::RemotePublisher;
use containerd_shim::util::{timestamp, write_address};
use containerd_shim::{Config, Error, ExitSignal, Flags, Result, StartOpts, spawn};
use libcontainer::oci_spec::runtime::Spec;

use crate::cleanup;
use crate::events::Events;
use crate::service::Service;

/// A pod's containers are all one shim's.
const POD: &str = "io.kubernetes.cri.sandbox-id";
/// Where containerd takes events.
const EVENTS: &str = "TTRPC_ADDRESS";
/// What a container ends with whose shim has died.
const KILLED: u32 = 137;

/// One run of this program.
pub struct Shim {
    namespace: String,
    id: String,
    containerd: String,
    exit: Arc<ExitSignal>,
}

impl containerd_shim::Shim for Shim {
    type T = Service;

    fn new(_: &str, flags: &Flags, _: &mut Config) -> Self {
        Self {
            namespace: flags.namespace.clone(),
            id: flags.id.clone(),
            containerd: flags.address.clone(),
            exit: Arc::default(),
        }
    }

    fn start_shim(&mut self, options: StartOpts) -> Result<String> {
        let spec = Spec::load(Path::new("config.json"))
            .map_err(|error| Error::InvalidArgument(format!("config.json: {error}")))?;
        let pod = spec.annotations().as_ref().and_then(|all| all.get(POD));
        let group = pod.unwrap_or(&options.id).clone();
        let (_, address) = spawn(options, &group, Vec::new())?;
        write_address(&address)?;
        Ok(address)
    }

    fn wait(&mut self) {
        self.exit.wait();
    }

    fn create_task_service(&self, _: RemotePublisher) -> Service {
        let address = std::env::var(EVENTS).unwrap_or_default();
        Service::new(
            &self.namespace,
            &self.containerd,
            Events::start(address, &self.namespace),
            self.exit.clone(),
        )
    }

    fn delete_shim(&mut self) -> Result<DeleteResponse> {
        cleanup::after_dead_shim(&self.namespace, &self.id);
        Ok(DeleteResponse {
            exit_status: KILLED,
            exited_at: Some(timestamp()?).into(),
            ..DeleteResponse::default()
        })
    }
}
