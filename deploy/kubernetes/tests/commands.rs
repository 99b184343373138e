//! Commands in pods, as kubelet runs them by containerd's CRI.

mod node;

use std::fs;
use std::os::unix::fs::symlink;
use std::time::{Duration, Instant};

use k8s_cri::v1::{ContainerConfig, LinuxContainerConfig, LinuxContainerResources, Mount};
use node::common::eventually;
use node::pod::{Pod, command};
use node::{HOME, Node};

fn probe(node: &Node) -> String {
    node.push("PROBE", "probe");
    node.pull("probe:latest")
}

#[test]
fn exit_codes_and_output_are_the_commands() {
    let node = Node::start();
    let (image, pod) = (probe(&node), Pod::run(&node, "ends"));
    let exits = pod.start("exits", command(&image, &["exit", "7"]));
    assert_eq!(exits.ended(), (7, "Error".to_owned()));
    let streams = pod.start("streams", command(&image, &["streams"]));
    assert_eq!(streams.ended(), (0, "Completed".to_owned()));
    eventually("its output is logged", || {
        let log = streams.log();
        log.contains(" stdout F to stdout\n") && log.contains(" stderr F to stderr\n")
    });
    // What has ended already can be stopped, and removed.
    streams.stop(node::pod::GRACE);
    streams.remove();
    exits.remove();
    pod.remove();
    node.assert_empty();
}

#[test]
fn commands_stop_when_they_are_asked_to_however_early() {
    let node = Node::start();
    let (image, pod) = (probe(&node), Pod::run(&node, "stops"));
    for round in 0..12 {
        let sleeps = pod.start(&format!("sleeps-{round}"), command(&image, &["sleep"]));
        let start = Instant::now();
        sleeps.stop(node::pod::GRACE);
        assert_eq!(sleeps.ended(), (143, "Error".to_owned()));
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "it is not killed"
        );
    }
    let loops = pod.start("loops", command(&image, &["loop"]));
    assert!(loops.is_running());
    loops.stop(0);
    assert_eq!(loops.ended().0, 137);
}

#[test]
fn a_lack_of_memory_is_told() {
    let node = Node::start();
    let (image, pod) = (probe(&node), Pod::run(&node, "grows"));
    let linux = LinuxContainerConfig {
        resources: Some(LinuxContainerResources {
            memory_limit_in_bytes: 128 << 20,
            ..Default::default()
        }),
        ..Default::default()
    };
    let grows = pod.start(
        "grows",
        ContainerConfig {
            linux: Some(linux),
            ..command(&image, &["alloc", "512"])
        },
    );
    let (code, _) = grows.ended();
    assert_eq!(code, 137);
    eventually("the reason is known", || {
        grows.status().reason == "OOMKilled"
    });
}

#[test]
fn a_config_map_is_read() {
    let node = Node::start();
    let (image, pod) = (probe(&node), Pod::run(&node, "reads"));
    // As kubelet writes one: what is read is behind two links, so that it changes at once.
    let volume = node.home.join("config");
    fs::create_dir_all(volume.join("..2026")).expect("a folder");
    fs::write(volume.join("..2026/greeting"), "Hello, map\n").expect("a file");
    symlink("..2026", volume.join("..data")).expect("a link");
    symlink("..data/greeting", volume.join("greeting")).expect("a link");
    let start = |name: &str, words: &[&str]| {
        pod.start(
            name,
            ContainerConfig {
                mounts: vec![Mount {
                    container_path: "/etc/greetings".to_owned(),
                    host_path: format!("{HOME}/config"),
                    readonly: true,
                    ..Default::default()
                }],
                ..command(&image, words)
            },
        )
    };
    let reads = start("reads", &["read", "/etc/greetings/greeting"]);
    assert_eq!(reads.ended().0, 0, "{}", reads.log());
    eventually("it has read", || {
        reads.log().contains(" stdout F Hello, map\n")
    });
    let writes = start("writes", &["write", "/etc/greetings/greeting", "other"]);
    writes.ended();
    eventually("it is told", || writes.log().contains(" stderr F probe: "));
    let text = fs::read_to_string(volume.join("greeting")).expect("a file");
    assert_eq!(text, "Hello, map\n");
}
