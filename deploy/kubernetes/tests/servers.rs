//! The deployment's server in pods, as kubelet runs it by containerd's CRI.

mod node;

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use host_testing::client::{Client, get};
use host_testing::file;
use k8s_cri::v1::ContainerConfig;
use node::common::eventually;
use node::common::traces::{Machine, Traces, cgroups};
use node::pod::{Container, Pod, config, deployed, variable};
use node::{Node, common};

/// What follows `key` on a line of the deployment.
fn deployed_value(key: &str) -> String {
    let text = fs::read_to_string(file("DEPLOYMENT", None)).expect("the deployment");
    let value = text.split(key).nth(1).and_then(|rest| rest.lines().next());
    value.expect(key).trim().to_owned()
}

/// How long the deployment's containers serve on, and how long Kubernetes lets them stop.
fn times() -> (Duration, i64) {
    let flags = deployed_value("- name: ANYHOST_FLAGS\n              value:");
    let delay = flags.strip_prefix("--shutdown-delay ").expect("a delay");
    let delay = delay.strip_suffix('s').and_then(|s| s.parse().ok());
    let grace = deployed_value("terminationGracePeriodSeconds:");
    (
        Duration::from_secs(delay.expect("seconds")),
        grace.parse().expect("seconds"),
    )
}

fn server(image: &str) -> ContainerConfig {
    let flags = deployed_value("- name: ANYHOST_FLAGS\n              value:");
    ContainerConfig {
        envs: vec![variable("ANYHOST_FLAGS", &flags)],
        linux: Some(deployed()),
        ..config(image)
    }
}

/// The same, which stops at once.
fn hasty(image: &str) -> ContainerConfig {
    ContainerConfig {
        linux: Some(deployed()),
        ..config(image)
    }
}

fn pull(node: &Node) -> String {
    node.push("HTTP", "wasi_http_rust");
    let digest = fs::read_to_string(file("DIGEST", None)).expect("the digest");
    node.pull(&format!("wasi_http_rust@{}", digest.trim()))
}

fn listens(container: &Container) {
    eventually("the server listens", || {
        container.log().contains("listening on http://")
    });
}

#[track_caller]
fn assert_greets(addr: &str) {
    let response = get(addr, "/Belgium?up=true");
    assert_eq!((response.status, response.text()), (200, "HELLO, BELGIUM"));
}

#[test]
fn a_rolling_update_loses_no_request() {
    let node = Node::start();
    let image = pull(&node);
    let pod = Pod::run(&node, "served");
    let container = pod.start("server", server(&image));
    listens(&container);
    let (_forward, addr) = pod.forward();
    assert_greets(&addr);
    let mut kept = Client::connect(&addr);
    assert_eq!(kept.get("/").status, 200);

    // Until the cluster has taken the pod out of its service, requests still come.
    let (delay, grace) = times();
    let start = Instant::now();
    thread::scope(|scope| {
        let stopping = scope.spawn(|| container.stop(grace));
        eventually("it is stopping", || {
            container.log().contains("stopping: serving on")
        });
        let response = kept.get("/");
        assert_eq!(
            (response.status, response.header("connection")),
            (200, Some("close"))
        );
        let mut answered = 0;
        while start.elapsed() < delay - Duration::from_secs(2) {
            assert_greets(&addr);
            answered += 1;
        }
        assert!(answered > 0);
        stopping.join().expect("it stops");
    });
    assert!(start.elapsed() >= delay);
    assert_eq!(container.ended(), (0, "Completed".to_owned()));
}

#[test]
fn its_log_is_in_the_form_of_cri() {
    let node = Node::start();
    let image = pull(&node);
    let pod = Pod::run(&node, "logged");
    let container = pod.start("server", hasty(&image));
    listens(&container);
    let (_forward, addr) = pod.forward();
    assert_greets(&addr);
    let line = || {
        let log = container.log();
        let mut lines = log.lines();
        lines
            .find(|line| line.contains("path=\"/Belgium?up=true\" status=200"))
            .map(str::to_owned)
    };
    eventually("the request is logged", || line().is_some());
    let line = line().unwrap_or_default();
    let [time, stream, whole, _] = line.splitn(4, ' ').collect::<Vec<_>>()[..] else {
        panic!("{line}");
    };
    assert!(time.starts_with("20") && time.ends_with('Z'), "{line}");
    assert_eq!((stream, whole), ("stdout", "F"));
    let listening = container.log();
    assert!(listening.lines().all(|line| line.contains(" F ")));
    assert!(listening.contains(" stderr F listening on http://"));

    // With nobody left to serve it ends at once, and in good order.
    let start = Instant::now();
    container.stop(node::pod::GRACE);
    assert!(start.elapsed() < Duration::from_secs(20));
    assert_eq!(container.ended().0, 0);
}

#[test]
fn figures_are_real_and_limits_can_be_changed() {
    let node = Node::start();
    let image = pull(&node);
    let pod = Pod::run(&node, "counted");
    let container = pod.start("server", hasty(&image));
    listens(&container);
    let (_forward, addr) = pod.forward();
    let cpu = || {
        let cpu = container
            .stats()
            .cpu
            .and_then(|it| it.usage_core_nano_seconds);
        cpu.map_or(0, |value| value.value)
    };
    let before = cpu();
    eventually("work is counted", || {
        (0..100).for_each(|_| assert_greets(&addr));
        cpu() > before + 10_000_000
    });
    let memory = container.stats().memory.expect("memory");
    let value = |it: Option<k8s_cri::v1::UInt64Value>| it.expect("a figure").value;
    let (used, available) = (
        value(memory.working_set_bytes),
        value(memory.available_bytes),
    );
    assert!((1 << 20..256 << 20).contains(&used), "{used}");
    assert!(available <= (256 << 20) - used, "{available}");

    let mut resources = deployed().resources.expect("resources");
    resources.memory_limit_in_bytes = 128 << 20;
    container.update(resources);
    assert_eq!(memory_limit(&node, &container), 128 << 20);
    assert_greets(&addr);
}

/// What the kernel says, by either version of cgroups.
fn memory_limit(node: &Node, container: &Container) -> u64 {
    let name = format!("{}/counted/{}", node.daemons.cgroup(), container.id);
    let files = cgroups(&name)
        .into_iter()
        .flat_map(|group| ["memory.limit_in_bytes", "memory.max"].map(|file| group.join(file)));
    let text = files
        .filter_map(|file| fs::read_to_string(file).ok())
        .next();
    text.expect("a limit").trim().parse().expect("bytes")
}

#[test]
fn pods_outlive_containerd() {
    let node = Node::start();
    let image = pull(&node);
    let pod = Pod::run(&node, "survives");
    let container = pod.start("server", hasty(&image));
    listens(&container);
    let (_forward, addr) = pod.forward();
    node.kill_containerd();
    assert_greets(&addr);
    node.restart_containerd();
    assert!(container.is_running());
    assert_greets(&addr);
    eventually("its figures are there", || container.stats().cpu.is_some());
    container.stop(node::pod::GRACE);
    assert_eq!(container.ended().0, 0);
    container.remove();
    pod.remove();
    node.assert_empty();
}

#[test]
fn twenty_pods_leave_nothing() {
    let before = Machine::now();
    let node = Node::start();
    let image = pull(&node);
    thread::scope(|scope| {
        for number in 0..20 {
            let (node, image) = (&node, &image);
            scope.spawn(move || {
                let pod = Pod::run(node, &format!("pod-{number}"));
                let container = pod.start("server", hasty(image));
                listens(&container);
                let (forward, addr) = pod.forward();
                assert_greets(&addr);
                drop(forward);
                if number % 2 == 0 {
                    container.stop(node::pod::GRACE);
                    container.remove();
                }
                pod.remove();
            });
        }
    });
    node.assert_empty();
    let traces = Traces::of(node.daemons.pid());
    let cgroup = node.daemons.cgroup().to_owned();
    drop(node);
    traces.vanish();
    assert!(common::traces::cgroups(&cgroup).is_empty());
    before.is_again();
}
