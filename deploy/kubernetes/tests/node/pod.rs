//! Pods and their containers, as kubelet makes them.

use std::net::{SocketAddr, TcpListener};

use anyhost_containers::Forward;
use k8s_cri::v1::{
    Capability, ContainerConfig, ContainerMetadata, ContainerState, ContainerStats,
    ContainerStatsRequest, ContainerStatus, ContainerStatusRequest, CreateContainerRequest,
    Int64Value, KeyValue, LinuxContainerConfig, LinuxContainerResources,
    LinuxContainerSecurityContext, LinuxPodSandboxConfig, LinuxSandboxSecurityContext,
    NamespaceMode, NamespaceOption, PodSandboxConfig, PodSandboxMetadata, PodSandboxStatusRequest,
    RemoveContainerRequest, RemovePodSandboxRequest, RunPodSandboxRequest, SecurityProfile,
    StartContainerRequest, StopContainerRequest, StopPodSandboxRequest,
    UpdateContainerResourcesRequest,
};

use super::{HOME, Node, common::eventually, image};

/// How long kubelet waits for a container, if a pod says nothing.
pub const GRACE: i64 = 30;

pub struct Pod<'a> {
    node: &'a Node,
    id: String,
    config: PodSandboxConfig,
    /// Its address, inside.
    pub address: String,
}

impl<'a> Pod<'a> {
    /// A pod of the runtime class.
    pub fn run(node: &'a Node, name: &str) -> Self {
        std::fs::create_dir_all(node.home.join("logs").join(name)).expect("a folder");
        let config = PodSandboxConfig {
            metadata: Some(PodSandboxMetadata {
                name: name.to_owned(),
                uid: format!("uid-of-{name}"),
                namespace: "default".to_owned(),
                attempt: 0,
            }),
            hostname: name.to_owned(),
            log_directory: format!("{HOME}/logs/{name}"),
            linux: Some(LinuxPodSandboxConfig {
                cgroup_parent: format!("/{}/{name}", node.daemons.cgroup()),
                security_context: Some(LinuxSandboxSecurityContext {
                    namespace_options: namespaces(),
                    ..Default::default()
                }),
                ..Default::default()
            }),
            ..Default::default()
        };
        let request = RunPodSandboxRequest {
            config: Some(config.clone()),
            runtime_handler: "anyhost".to_owned(),
        };
        let id = node
            .call(node.cri().run_pod_sandbox(request))
            .pod_sandbox_id;
        let request = PodSandboxStatusRequest {
            pod_sandbox_id: id.clone(),
            verbose: false,
        };
        let status = node.call(node.cri().pod_sandbox_status(request)).status;
        let network = status.and_then(|status| status.network);
        Self {
            node,
            id,
            config,
            address: network.expect("a network").ip,
        }
    }

    /// A port outside that leads to the pod's port 8080.
    pub fn forward(&self) -> (Forward, String) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let outside = listener.local_addr().expect("an address").to_string();
        let inside: SocketAddr = format!("{}:8080", self.address).parse().expect("one");
        let forward = self.node.daemons.forward(vec![listener], inside);
        (forward.expect("it forwards"), outside)
    }

    /// Creates and starts a container.
    pub fn start(&self, name: &str, mut config: ContainerConfig) -> Container<'a> {
        config.metadata = Some(ContainerMetadata {
            name: name.to_owned(),
            attempt: 0,
        });
        config.log_path = format!("{name}.log");
        let linux = config.linux.get_or_insert_default();
        let security = linux.security_context.get_or_insert_default();
        security.namespace_options = namespaces();
        let request = CreateContainerRequest {
            pod_sandbox_id: self.id.clone(),
            config: Some(config),
            sandbox_config: Some(self.config.clone()),
        };
        let node = self.node;
        let id = node.call(node.cri().create_container(request)).container_id;
        let pod = &self.config.hostname;
        let container = Container {
            node,
            id,
            log: format!("logs/{pod}/{name}.log"),
        };
        let request = StartContainerRequest {
            container_id: container.id.clone(),
        };
        node.call(node.cri().start_container(request));
        container
    }

    /// Stops and removes it with its containers.
    pub fn remove(self) {
        let node = self.node;
        node.call(node.cri().stop_pod_sandbox(StopPodSandboxRequest {
            pod_sandbox_id: self.id.clone(),
        }));
        node.call(node.cri().remove_pod_sandbox(RemovePodSandboxRequest {
            pod_sandbox_id: self.id,
        }));
    }
}

pub struct Container<'a> {
    node: &'a Node,
    pub id: String,
    log: String,
}

impl Container<'_> {
    pub fn status(&self) -> ContainerStatus {
        let request = ContainerStatusRequest {
            container_id: self.id.clone(),
            verbose: false,
        };
        let status = self.node.call(self.node.cri().container_status(request));
        status.status.expect("a status")
    }

    pub fn is_running(&self) -> bool {
        self.status().state() == ContainerState::ContainerRunning
    }

    /// Waits for its end; the result is its exit code and the reason.
    #[track_caller]
    pub fn ended(&self) -> (i32, String) {
        eventually("the container ends", || {
            self.status().state() == ContainerState::ContainerExited
        });
        let status = self.status();
        (status.exit_code, status.reason)
    }

    /// Stops it within so many seconds.
    pub fn stop(&self, timeout: i64) {
        let request = StopContainerRequest {
            container_id: self.id.clone(),
            timeout,
        };
        self.node.call(self.node.cri().stop_container(request));
    }

    pub fn remove(self) {
        let request = RemoveContainerRequest {
            container_id: self.id,
        };
        self.node.call(self.node.cri().remove_container(request));
    }

    pub fn update(&self, resources: LinuxContainerResources) {
        let request = UpdateContainerResourcesRequest {
            container_id: self.id.clone(),
            linux: Some(resources),
            ..Default::default()
        };
        let node = self.node;
        node.call(node.cri().update_container_resources(request));
    }

    pub fn stats(&self) -> ContainerStats {
        let request = ContainerStatsRequest {
            container_id: self.id.clone(),
        };
        let stats = self.node.call(self.node.cri().container_stats(request));
        stats.stats.expect("figures")
    }

    /// Its log so far, in the form of CRI: time, stream, whether the line is whole, text.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.node.home.join(&self.log)).unwrap_or_default()
    }
}

/// Each container has processes of its own, and the pod's network.
fn namespaces() -> Option<NamespaceOption> {
    Some(NamespaceOption {
        pid: NamespaceMode::Container.into(),
        ..Default::default()
    })
}

/// A container of an image.
pub fn config(id: &str) -> ContainerConfig {
    ContainerConfig {
        image: Some(image(id)),
        ..Default::default()
    }
}

/// The command `words`.
pub fn command(id: &str, words: &[&str]) -> ContainerConfig {
    ContainerConfig {
        args: words.iter().map(ToString::to_string).collect(),
        ..config(id)
    }
}

/// A variable of the environment.
pub fn variable(name: &str, value: &str) -> KeyValue {
    KeyValue {
        key: name.to_owned(),
        value: value.to_owned(),
    }
}

/// What the deployment's `resources` and `securityContext` become.
pub fn deployed() -> LinuxContainerConfig {
    let number = |value| Some(Int64Value { value });
    LinuxContainerConfig {
        resources: Some(LinuxContainerResources {
            cpu_period: 100_000,
            cpu_quota: 100_000,
            cpu_shares: 51,
            memory_limit_in_bytes: 256 << 20,
            ..Default::default()
        }),
        security_context: Some(LinuxContainerSecurityContext {
            run_as_user: number(65532),
            run_as_group: number(65532),
            readonly_rootfs: true,
            no_new_privs: true,
            capabilities: Some(Capability {
                drop_capabilities: vec!["ALL".to_owned()],
                ..Default::default()
            }),
            seccomp: Some(SecurityProfile::default()), // the runtime's
            ..Default::default()
        }),
    }
}
