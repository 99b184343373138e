//! A node of a cluster, as its readme sets one up, and what kubelet asks of it: containerd
//! with CRI, a registry, and a network for pods, all in namespaces of their own.

// Each test file is a program of its own and uses its own part of this.
#![allow(dead_code)]

#[path = "../../../../lib/host/containers/tests/common/mod.rs"]
pub mod common;
pub mod pod;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use anyhost_containers::{Daemons, Which};
use common::traces::{Traces, cgroups};
use common::{client, eventually, ok, path, shim};
use containerd_client::tonic::transport::Channel;
use containerd_client::tonic::{Response, Status};
use host_testing::PATIENCE;
use host_testing::program::Program;
use k8s_cri::v1::image_service_client::ImageServiceClient;
use k8s_cri::v1::runtime_service_client::RuntimeServiceClient;
use k8s_cri::v1::{ImageSpec, PullImageRequest, StatusRequest};
use tokio::runtime::Runtime;

/// All files of a node, inside.
pub const HOME: &str = "/run/anyhost/node";
/// Where the registry listens, inside.
const REGISTRY: &str = "127.0.0.1:5000";

/// A node without pods.
pub struct Node {
    pub daemons: Daemons,
    pub home: PathBuf,
    runtime: Runtime,
    channel: Channel,
    containerd: Mutex<Child>,
    _registry: Program,
}

impl Node {
    pub fn start() -> Self {
        let daemons = common::start(Which::Containerd);
        let home = PathBuf::from(format!("/proc/{}/root{HOME}", daemons.pid()));
        for folder in ["cni", "logs", "registry"] {
            fs::create_dir_all(home.join(folder)).expect("a folder");
        }
        // containerd notes there what a network plugin has said; the build root's is read-only.
        ok(&mut client(&daemons, "mount -t tmpfs node /var/lib"));
        let write = |name: &str, text: &str| fs::write(home.join(name), text).expect("a file");
        write("containerd.toml", &configuration());
        let plugins = r#"{"cniVersion": "1.0.0", "name": "pods", "plugins": [{"type": "cable"}]}"#;
        write("cni/pods.conflist", plugins);
        fs::copy(path("CNI"), home.join("cni/cable")).expect("the network plugin");
        let program = fs::Permissions::from_mode(0o755);
        fs::set_permissions(home.join("cni/cable"), program).expect("a file");
        write(
            "registry.yml",
            &format!(
                "version: 0.1\nstorage: {{filesystem: {{rootdirectory: {HOME}/registry}}}}\n\
                 http: {{addr: '{REGISTRY}'}}\n"
            ),
        );
        let mut registry = client(&daemons, "docker-registry serve");
        let registry = Program::start(registry.arg(format!("{HOME}/registry.yml")));
        eventually("the registry answers", || {
            let mut get = client(&daemons, &format!("curl -fs http://{REGISTRY}/v2/"));
            get.output().expect("curl starts").status.success()
        });

        let runtime = Runtime::new().expect("threads");
        let containerd = containerd(&daemons);
        let channel = connect(&runtime, &home);
        let node = Self {
            daemons,
            home,
            runtime,
            channel,
            containerd: Mutex::new(containerd),
            _registry: registry,
        };
        node.push("PAUSE", "pause");
        node.is_ready();
        node
    }

    /// Ends containerd as a crash would, and nothing else.
    pub fn kill_containerd(&self) {
        let pid = fs::read_to_string(self.home.join("pid")).expect("its pid");
        let mut kill = client(&self.daemons, &format!("kill -KILL {}", pid.trim()));
        ok(&mut kill);
        let mut containerd = self.containerd.lock().expect("no panic");
        containerd.wait().expect("it ends");
    }

    pub fn restart_containerd(&self) {
        *self.containerd.lock().expect("no panic") = containerd(&self.daemons);
        self.is_ready();
    }

    fn is_ready(&self) {
        eventually("the node is ready", || {
            let answer = self.try_call(self.cri().status(StatusRequest::default()));
            let status = answer.ok().and_then(|answer| answer.status);
            status.is_some_and(|it| it.conditions.iter().all(|condition| condition.status))
        });
    }

    /// Pushes the image of the layout that `variable` names to the registry.
    pub fn push(&self, variable: &str, name: &str) {
        let mut copy = client(
            &self.daemons,
            "skopeo --insecure-policy --tmpdir /run/anyhost/tmp copy --quiet --preserve-digests --dest-tls-verify=false",
        );
        let image = path(variable);
        let form = if image.ends_with(".tar") {
            "oci-archive"
        } else {
            "oci"
        };
        copy.arg(format!("{form}:{image}"));
        ok(copy.arg(format!("docker://{REGISTRY}/{name}:latest")));
    }

    /// Pulls an image, by a digest or a tag; the result is its ID.
    pub fn pull(&self, name: &str) -> String {
        let request = PullImageRequest {
            image: Some(image(&format!("{REGISTRY}/{name}"))),
            ..Default::default()
        };
        let mut images = ImageServiceClient::new(self.channel.clone());
        self.call(images.pull_image(request)).image_ref
    }

    pub fn cri(&self) -> RuntimeServiceClient<Channel> {
        RuntimeServiceClient::new(self.channel.clone())
    }

    /// What a call answers.
    #[track_caller]
    pub fn call<T>(&self, call: impl Future<Output = Result<Response<T>, Status>>) -> T {
        self.try_call(call)
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// The same, or why it is not answered.
    pub fn try_call<T>(
        &self,
        call: impl Future<Output = Result<Response<T>, Status>>,
    ) -> Result<T, String> {
        let answer = self.runtime.block_on(call).map(Response::into_inner);
        answer.map_err(|status| format!("{:?}: {}", status.code(), status.message()))
    }

    /// Nothing is left of pods that were removed: no process, cable, mount, or cgroup.
    #[track_caller]
    pub fn assert_empty(&self) {
        let count = |line: &str| ok(&mut self.command(line)).lines().count();
        let shims = || {
            let all = Traces::of(self.daemons.pid()).processes();
            let of = |pid: &u32| fs::read_link(format!("/proc/{pid}/exe")).unwrap_or_default();
            all.iter()
                .filter(|pid| of(pid).ends_with("containerd-shim-anyhost-v1"))
                .count()
        };
        eventually("the shims end", || shims() == 0);
        eventually("the cables go", || {
            count("ip -oneline link show type veth") == 0
        });
        let mounts = |text: String| {
            let pods = ["/state/io.containerd.", "/netns/"];
            let of_pods = |line: &&str| pods.iter().any(|part| line.contains(part));
            text.lines().filter(of_pods).count()
        };
        eventually("the mounts go", || {
            mounts(ok(&mut self.command("cat /proc/self/mounts"))) == 0
        });
        // kubelet removes the pods' own.
        let below = |group: PathBuf| {
            let entries = fs::read_dir(group).into_iter().flatten().flatten();
            let paths = entries.map(|entry| entry.path());
            paths.filter(|path| path.is_dir()).collect::<Vec<_>>()
        };
        eventually("the containers' cgroups go", || {
            let pods = cgroups(self.daemons.cgroup()).into_iter().flat_map(below);
            pods.flat_map(below).count() == 0
        });
    }

    /// A command inside.
    pub fn command(&self, line: &str) -> Command {
        client(&self.daemons, line)
    }
}

impl Drop for Node {
    /// What containerd has said goes with it.
    fn drop(&mut self) {
        if thread::panicking() {
            let log = fs::read_to_string(self.home.join("log")).unwrap_or_default();
            eprintln!("{log}");
        }
    }
}

pub fn image(name: &str) -> ImageSpec {
    ImageSpec {
        image: name.to_owned(),
        ..Default::default()
    }
}

/// The readme's part for containerd 2, and around it where this containerd keeps its files.
fn configuration() -> String {
    let readme = fs::read_to_string(path("README")).expect("the readme");
    let indented = readme.split("   ```toml\n").nth(1).expect("TOML");
    let block = indented.split("   ```").next().expect("TOML");
    let block: Vec<&str> = block.lines().map(str::trim_start).collect();
    let (first, rest) = block.split_first().expect("lines");
    assert_eq!(*first, "version = 3");
    format!(
        r#"version = 3
root = "{HOME}/root"
state = "{HOME}/state"
disabled_plugins = ["io.containerd.nri.v1.nri"]

[grpc]
address = "{HOME}/containerd.sock"

[plugins."io.containerd.cri.v1.runtime"]
restrict_oom_score_adj = true # where this machine lets nobody lower it

[plugins."io.containerd.cri.v1.runtime".cni]
bin_dirs = ["{HOME}/cni"]
conf_dir = "{HOME}/cni"
use_internal_loopback = true

[plugins."io.containerd.cri.v1.images".pinned_images]
sandbox = "{REGISTRY}/pause:latest"
{}
"#,
        rest.join("\n")
    )
}

fn containerd(daemons: &Daemons) -> Child {
    let shim = shim().canonicalize().expect("the shim");
    let shim = shim.parent().expect("a folder").display();
    let script = format!(
        "echo $$ >{HOME}/pid && exec containerd --config {HOME}/containerd.toml >>{HOME}/log 2>&1"
    );
    let mut command = daemons.command("/bin/sh");
    command
        .args(["-c", &script])
        .env("PATH", format!("{shim}:/usr/sbin:/usr/bin"))
        .stdin(Stdio::null());
    command.spawn().expect("containerd starts")
}

/// Waits until it answers.
fn connect(runtime: &Runtime, home: &Path) -> Channel {
    let socket = home.join("containerd.sock");
    let start = Instant::now();
    loop {
        if let Ok(channel) = runtime.block_on(containerd_client::connect(&socket)) {
            return channel;
        }
        let log = || fs::read_to_string(home.join("log")).unwrap_or_default();
        assert!(start.elapsed() < PATIENCE, "{}", log());
        thread::sleep(Duration::from_millis(50));
    }
}
