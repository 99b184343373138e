//! Components as containers of Docker, on its default bridge, in each form of image.

mod common;

use std::net::{SocketAddr, TcpListener};
use std::time::Instant;

use anyhost_containers::{Daemons, Forward, Which};
use common::{RUNTIME, WASI, WASIP2, client, ended, eventually, load, ok, start};
use host_testing::client::get;
use host_testing::file;

/// A port outside that leads to the one that Docker publishes inside.
fn published(daemons: &Daemons) -> (Forward, String) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let outside = listener.local_addr().expect("an address").to_string();
    let inside: SocketAddr = "127.0.0.1:8080".parse().expect("an address");
    (
        daemons
            .forward(vec![listener], inside)
            .expect("it forwards"),
        outside,
    )
}

fn serves(image: &str, platform: &str, command: &str) {
    let daemons = start(Which::Docker);
    let image = load(&daemons, &file(image, None));
    // With as few rights as a cluster gives it.
    let rights = "--user 65532:65532 --read-only --cap-drop ALL --security-opt no-new-privileges";
    let flags = format!("--runtime {RUNTIME} --platform {platform} -p 127.0.0.1:8080:8080");
    let run = format!("docker run --detach --name served {rights} {flags} {image} {command}");
    ok(&mut client(&daemons, &run));
    let logs = || {
        let output = client(&daemons, "docker logs served").output();
        ended(output.expect("docker starts"))
    };
    let listening = "listening on http://0.0.0.0:8080 ";
    eventually("the server listens", || logs().2.contains(listening));
    let (_forward, addr) = published(&daemons);
    let response = get(&addr, "/Belgium?up=true");
    assert_eq!((response.status, response.text()), (200, "HELLO, BELGIUM"));
    let line = "path=\"/Belgium?up=true\" status=200";
    eventually("the request is logged", || logs().1.contains(line));

    let start = Instant::now();
    ok(&mut client(&daemons, "docker stop --time 30 served"));
    assert!(
        start.elapsed().as_secs() < 15,
        "it stops when it is asked to"
    );
    let code = ok(&mut client(
        &daemons,
        "docker inspect --format {{.State.ExitCode}} served",
    ));
    assert_eq!(code.trim(), "0");
}

#[test]
fn a_server_in_a_file_system_answers() {
    serves("HTTP_FILESYSTEM", WASI, "");
}

#[test]
fn a_server_in_a_layer_answers() {
    serves("HTTP_LAYER", WASI, "");
}

#[test]
fn a_server_in_an_artifact_answers() {
    // Docker wants the command that an artifact does not have.
    serves("HTTP_ARTIFACT", WASIP2, "wasi_http_rust.wasm");
}

#[test]
fn a_command_has_its_output_and_exit_code() {
    let daemons = start(Which::Docker);
    let image = load(&daemons, &file("CLI_LAYER", None));
    let run = format!("docker run --rm --runtime {RUNTIME} --platform {WASI} {image}");
    let run = |args| {
        let output = client(&daemons, &format!("{run} {args}")).output();
        ended(output.expect("docker starts"))
    };
    let greeting = (Some(0), "HELLO, BELGIUM\n".to_owned(), String::new());
    assert_eq!(run("Belgium true"), greeting);
    let (code, stdout, stderr) = run("you maybe");
    assert_eq!((code, stdout.as_str()), (Some(2), ""));
    assert!(stderr.contains("maybe"), "{stderr}");
    assert_eq!(ok(&mut client(&daemons, "docker ps --all --quiet")), "");
}
