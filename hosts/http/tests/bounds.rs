//! The bounds on clients and requests.

mod common;

use std::sync::Barrier;
use std::thread;

use common::client::{Client, exchange};
use common::{Host, greeter};
use rustix::process::{Resource, getrlimit, setrlimit};

#[test]
fn a_thousand_connections_are_served_without_an_error() {
    const CLIENTS: usize = 1000;
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit).expect("the limit may be raised");
    let host = Host::start(&greeter(), &["--quiet"]);
    let all_connected = Barrier::new(CLIENTS);
    thread::scope(|scope| {
        for number in 0..CLIENTS {
            let (addr, all_connected) = (host.addr.as_str(), &all_connected);
            let client = thread::Builder::new().stack_size(256 * 1024);
            let client = client.spawn_scoped(scope, move || {
                let mut connection = Client::connect(addr);
                all_connected.wait();
                for _ in 0..5 {
                    let response = connection.get(&format!("/{number}"));
                    assert_eq!(response.status, 200);
                    assert_eq!(response.text(), format!("Hello, {number}"));
                }
            });
            client.expect("a thread");
        }
    });
}

#[test]
fn a_body_up_to_the_limit_is_read() {
    let host = Host::faults(&["--max-body", "100KiB"]);
    let body = "b".repeat(100 * 1024);
    let length = body.len();
    let head = "POST /echo HTTP/1.1\r\nhost: test\r\n";
    let whole = format!("{head}content-length: {length}\r\n\r\n{body}");
    assert_eq!(exchange(&host.addr, whole).text(), body);
    let chunked =
        format!("{head}transfer-encoding: chunked\r\n\r\n{length:x}\r\n{body}\r\n0\r\n\r\n");
    assert_eq!(exchange(&host.addr, chunked).text(), body);
}

#[test]
fn a_larger_body_is_refused() {
    let host = Host::faults(&["--max-body", "100KiB"]);
    let head = "POST /echo HTTP/1.1\r\nhost: test\r\n";
    // Refused before a byte of it is read ...
    let announced = format!("{head}content-length: 102401\r\n\r\n");
    assert_eq!(exchange(&host.addr, announced).status, 413);
    // ... or, when it is sent regardless, in a way that the sender gets to see.
    let sent = format!(
        "{head}content-length: 4000000\r\n\r\n{}",
        "b".repeat(4_000_000)
    );
    assert_eq!(exchange(&host.addr, sent).status, 413);
    let chunk = format!("10000\r\n{}\r\n", "b".repeat(0x10000));
    let chunked = format!(
        "{head}transfer-encoding: chunked\r\n\r\n{}",
        chunk.repeat(20)
    );
    let response = exchange(&host.addr, chunked);
    assert_eq!(response.status, 413);
    assert!(response.text().starts_with("the body is too large"));
    assert_eq!(host.get("/ok").text(), "ok");
}

/// Takes the only place of a host.
fn occupy(host: &Host) -> Client {
    let mut client = Client::connect(&host.addr);
    client.send("GET /sleep HTTP/1.1\r\nhost: test\r\n\r\n");
    host.stderr.wait_for("sleeping");
    client
}

#[test]
fn without_a_place_a_request_waits() {
    let host = Host::faults(&["--max-in-flight", "1", "--timeout", "10m"]);
    let sleeper = occupy(&host);
    let mut waiter = Client::connect(&host.addr);
    waiter.send("GET /ok HTTP/1.1\r\nhost: test\r\n\r\n");
    drop(sleeper);
    assert_eq!(waiter.receive(false).text(), "ok");
}

#[test]
fn the_only_place_is_there_from_the_start_and_between_requests() {
    for _ in 0..20 {
        let host = Host::start(&greeter(), &["--quiet", "--max-in-flight", "1"]);
        let mut client = Client::connect(&host.addr);
        for _ in 0..50 {
            assert_eq!(client.get("/x").status, 200, "{}", host.stderr.text());
        }
    }
}

#[test]
fn beyond_the_queue_a_request_is_refused_at_once() {
    let flags = [
        "--max-in-flight",
        "1",
        "--max-queue",
        "0",
        "--timeout",
        "10m",
    ];
    let host = Host::faults(&flags);
    let sleeper = occupy(&host);
    let refused = host.get("/ok");
    assert_eq!(refused.status, 503);
    assert_eq!(refused.header("retry-after"), Some("1"));
    drop(sleeper);
    host.stdout.wait_for("path=\"/sleep\" status=499");
    assert_eq!(host.get("/ok").text(), "ok");
}

#[test]
fn who_waits_too_long_is_refused() {
    let host = Host::faults(&["--max-in-flight", "1", "--timeout", "500ms"]);
    let mut sleeper = occupy(&host);
    let mut waiter = Client::connect(&host.addr);
    waiter.send("GET /sleep HTTP/1.1\r\nhost: test\r\n\r\n");
    assert_eq!(sleeper.receive(false).status, 504);
    assert!([503, 504].contains(&waiter.receive(false).status));
    assert_eq!(host.get("/ok").text(), "ok");
}

#[test]
fn a_client_that_sends_its_head_too_slowly_is_dropped() {
    let host = Host::faults(&["--client-timeout", "300ms"]);
    let mut slow = Client::connect(&host.addr);
    slow.send("GET /ok HTTP/1.1\r\nhost: te");
    assert!(slow.is_closed());
    let mut idle = Client::connect(&host.addr);
    assert_eq!(idle.get("/ok").text(), "ok");
    assert!(idle.is_closed());
}

#[test]
fn a_client_that_sends_its_body_too_slowly_is_dropped() {
    let host = Host::faults(&["--timeout", "300ms"]);
    let head = "POST /echo HTTP/1.1\r\nhost: test\r\ncontent-length: 10\r\n\r\n12345";
    assert_eq!(exchange(&host.addr, head).status, 504);
}

#[test]
fn a_client_that_reads_nothing_is_dropped() {
    let host = Host::faults(&["--client-timeout", "300ms", "--timeout", "10m"]);
    let mut client = Client::connect(&host.addr);
    client.send("GET /big?50000000 HTTP/1.1\r\nhost: test\r\n\r\n");
    host.stdout.wait_for("path=\"/big?50000000\" status=200");
    assert!(!client.receive(false).complete);
}

#[test]
fn a_head_has_a_limit_too() {
    let host = Host::faults(&[]);
    let header = format!("x-large: {}\r\n", "h".repeat(100_000));
    let request = format!("GET /ok HTTP/1.1\r\nhost: test\r\n{header}\r\n");
    assert_eq!(exchange(&host.addr, request).status, 431);
    let request = format!("GET /{} HTTP/1.1\r\nhost: test\r\n\r\n", "p".repeat(70_000));
    assert!([414, 431].contains(&exchange(&host.addr, request).status));
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let host = Host::start(&greeter(), &["--quiet"]);
    let mut client = Client::connect(&host.addr);
    let request = |n| format!("GET /{n} HTTP/1.1\r\nhost: test\r\n\r\n");
    client.send((0..50).map(request).collect::<String>());
    for n in 0..50 {
        assert_eq!(client.receive(false).text(), format!("Hello, {n}"));
    }
}
