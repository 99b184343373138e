//! What each instance gets.

use wasmtime_wasi::WasiCtxBuilder;
use wasmtime_wasi::filesystem::WasiFilesystemCtx;

use anyhost_wasi::{Make, Outgoing, State};

use crate::log::Log;
use crate::request_id::RequestId;
use crate::stdio::GuestOutput;

/// Handles that a guest may hold at once.
const MAX_RESOURCES: usize = 1024;

/// The same for all instances.
pub struct Grants {
    /// The environment.
    pub env: Vec<(String, String)>,
    /// Directories.
    pub files: WasiFilesystemCtx,
    /// Requests to other servers.
    pub outgoing: Outgoing,
    /// Linear memory of an instance, in bytes.
    pub memory: u64,
    /// Where output goes.
    pub output: Log,
}

impl Grants {
    /// The state of an instance that serves the request `id`.
    pub fn state(&'static self, id: RequestId) -> State {
        let outgoing = self.outgoing.clone();
        State::new(self.memory, MAX_RESOURCES, outgoing, self.make(id))
    }

    /// What is given for the request `id`, whose lines name it.
    pub fn make(&'static self, id: RequestId) -> Make {
        Box::new(move || {
            let output = |stream| GuestOutput::new(self.output.clone(), id.clone(), stream);
            let mut wasi = WasiCtxBuilder::new();
            wasi.envs(&self.env)
                .stdout(output("stdout"))
                .stderr(output("stderr"))
                .allow_tcp(false)
                .allow_udp(false);
            let mut wasi = wasi.build();
            wasi.filesystem().clone_from(&self.files);
            wasi
        })
    }
}
