//! What a guest answers, and nothing else, goes over the socket; the guests' own cases say
//! what it is.

mod common;

use common::client::{Client, Response};
use common::{Host, greeter};

fn assert_greeting(response: &Response, greeting: &str) {
    assert_eq!((response.status, response.text()), (200, greeting));
    assert!(response.complete);
}

#[test]
fn head_is_get_without_the_body() {
    let host = Host::start(&greeter(), &["--quiet"]);
    let mut client = Client::connect(&host.addr);
    client.send("HEAD /Ada HTTP/1.1\r\nhost: test\r\n\r\n");
    let response = client.receive(true);
    assert_eq!(response.status, 200);
    assert_eq!(response.header("content-length"), Some("10"));
    // The connection is still in step.
    assert_greeting(&client.get("/Ada"), "Hello, Ada");
}

#[test]
fn the_host_adds_no_routes_and_no_headers_of_its_own() {
    let host = Host::start(&greeter(), &["--quiet"]);
    for path in ["/health", "/metrics", "/.well-known/x"] {
        assert_greeting(&host.get(path), &format!("Hello, {}", &path[1..]));
    }
    let headers = host.get("/Ada").headers.into_iter();
    let names: Vec<String> = headers.map(|(name, _)| name).collect();
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
