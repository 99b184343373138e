//! The greeter's contract, through the host and over a socket.

mod common;

use common::client::{Client, Response};
use common::{Host, greeter};

fn host() -> Host {
    Host::start(&greeter(), &["--quiet"])
}

fn assert_greeting(response: &Response, greeting: &str) {
    assert_eq!(response.status, 200);
    assert_eq!(response.text(), greeting);
    assert_eq!(
        response.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    assert!(response.complete);
}

#[test]
fn greets_the_name_in_the_path() {
    let host = host();
    assert_greeting(&host.get("/Ada"), "Hello, Ada");
    assert_greeting(&host.get("/Ada?up=false"), "Hello, Ada");
    assert_greeting(&host.get("/Ada?other=1"), "Hello, Ada");
}

#[test]
fn greets_the_world_without_a_name() {
    let host = host();
    assert_greeting(&host.get("/"), "Hello, World");
    assert_greeting(&host.get("/?up=true"), "HELLO, WORLD");
}

#[test]
fn up_puts_the_whole_greeting_in_upper_case() {
    let host = host();
    assert_greeting(&host.get("/stra%C3%9Fe?up=true"), "HELLO, STRASSE");
}

#[test]
fn the_name_is_percent_decoded() {
    let host = host();
    assert_greeting(&host.get("/J%C3%BCrgen%20%E2%9C%93"), "Hello, Jürgen ✓");
    assert_greeting(&host.get("/a%2Fb"), "Hello, a/b");
}

#[test]
fn bad_percent_encoding_is_a_bad_request() {
    let host = host();
    for name in ["%", "%4", "%zz", "%FF"] {
        assert_eq!(host.get(&format!("/{name}")).status, 400, "{name}");
    }
}

#[test]
fn a_bad_value_of_up_is_a_bad_request() {
    let host = host();
    for value in ["", "yes", "TRUE", "1"] {
        assert_eq!(host.get(&format!("/Ada?up={value}")).status, 400, "{value}");
    }
}

#[test]
fn head_is_get_without_the_body() {
    let host = host();
    let mut client = Client::connect(&host.addr);
    client.send("HEAD /Ada HTTP/1.1\r\nhost: test\r\n\r\n");
    let response = client.receive(true);
    assert_eq!(response.status, 200);
    assert_eq!(
        response.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    assert_eq!(response.header("content-length"), Some("10"));
    // The connection is still in step.
    assert_greeting(&client.get("/Ada"), "Hello, Ada");
}

#[test]
fn other_methods_are_not_allowed() {
    let host = host();
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "BREW"] {
        let request = format!("{method} /Ada HTTP/1.1\r\nhost: test\r\ncontent-length: 0\r\n\r\n");
        let response = common::client::exchange(&host.addr, request);
        assert_eq!(response.status, 405, "{method}");
        let allow = response.header("allow").expect("405 says what is allowed");
        assert!(allow.contains("GET") && allow.contains("HEAD"), "{allow}");
    }
}

#[test]
fn a_name_has_up_to_4096_bytes_however_they_are_encoded() {
    let host = host();
    let longest = "%C3%A4".repeat(2048);
    assert_greeting(
        &host.get(&format!("/{longest}")),
        &format!("Hello, {}", "ä".repeat(2048)),
    );
    assert_eq!(host.get(&format!("/{longest}a")).status, 414);
    assert_eq!(host.get(&format!("/{}", "a".repeat(4097))).status, 414);
}

#[test]
fn a_greeting_larger_than_one_chunk_arrives_whole() {
    let host = host();
    let name = "n".repeat(4096);
    assert_greeting(
        &host.get(&format!("/{name}?up=true")),
        &format!("HELLO, {}", "N".repeat(4096)),
    );
}

#[test]
fn the_host_adds_no_routes_and_no_headers_of_its_own() {
    let host = host();
    for path in ["/health", "/metrics", "/.well-known/x"] {
        assert_greeting(&host.get(path), &format!("Hello, {}", &path[1..]));
    }
    let names: Vec<String> = host
        .get("/Ada")
        .headers
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(names, ["content-type", "content-length", "date"]);
}

#[test]
fn a_precompiled_component_behaves_the_same() {
    let dir = host_testing::Dir::new();
    let aot = dir.precompiled(&greeter());
    let host = Host::start(&greeter(), &["--aot", &aot]);
    assert_greeting(&host.get("/Ada"), "Hello, Ada");
    assert!(
        !host.stderr.text().contains("note:"),
        "{}",
        host.stderr.text()
    );
    let host = Host::start(&aot, &[]);
    assert_greeting(&host.get("/Ada"), "Hello, Ada");
}

#[test]
fn a_component_that_is_a_command_too_is_served() {
    let host = Host::start(&host_testing::file("WASI_DUAL_RUST", None), &["--quiet"]);
    assert_greeting(&host.get("/Ada?up=true"), "HELLO, ADA");
}
