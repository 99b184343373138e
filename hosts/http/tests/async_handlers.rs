//! Handlers of WASI 0.3: they are served as those of 0.2 are, and an instance serves
//! several requests only where the user said so.

mod common;

use std::thread;
use std::time::{Duration, Instant};

use common::client::{Client, exchange};
use common::{Host, fault_guest, http_bin, p3_guest};
use host_testing::{Dir, PATIENCE, fail};

fn start(flags: &[&str]) -> Host {
    Host::start(&p3_guest(), flags)
}

#[test]
fn the_host_says_which_version_it_serves() {
    let host = start(&[]);
    let line = host.stderr.wait_for("listening on ");
    assert!(line.ends_with("(p3_guest, wasi:http 0.3.0)"), "{line}");
    let host = Host::faults(&[]);
    let line = host.stderr.wait_for("listening on ");
    assert!(line.contains("wasi:http 0.2."), "{line}");
}

#[test]
fn a_precompiled_component_behaves_the_same() {
    let dir = Dir::new();
    let aot = dir.precompiled(&p3_guest());
    let host = start(&["--aot", &aot]);
    assert_eq!(host.get("/ok").text(), "ok");
    let stderr = host.stderr.text();
    assert!(!stderr.contains("note:"), "{stderr}");
    let host = Host::start(&aot, &[]);
    assert_eq!(host.get("/ok").text(), "ok");
    // Of another component, for another engine.
    let aot = dir.precompiled(&fault_guest());
    let host = start(&["--aot", &aot]);
    host.stderr.wait_for(&format!(
        "note: {aot}: made from another component; compiling"
    ));
    assert_eq!(host.get("/ok").text(), "ok");
}

#[test]
fn a_guest_gets_the_request() {
    let host = start(&[]);
    assert_eq!(host.get("/authority").text(), "Some(\"test\")");
    let post = |path, body| {
        let length = str::len(body);
        let head = format!("POST {path} HTTP/1.1\r\nhost: test\r\ncontent-length: {length}\r\n");
        exchange(&host.addr, format!("{head}\r\n{body}"))
    };
    for path in ["/echo", "/pass"] {
        for body in ["", "some text"] {
            let response = post(path, body);
            assert_eq!((response.status, response.text()), (200, body), "{path}");
            assert!(response.complete);
        }
    }
    assert_eq!(post("/length", "some text").text(), "9");
}

/// Checks the status that `target` gets, the log's reason, and that all is well after.
fn check(host: &Host, target: &str, status: u16, reason: &str) {
    let response = host.get(target);
    assert_eq!(response.status, status, "{target}");
    assert!(response.complete, "{response:?}");
    let line = host.stderr.wait_for(&format!("path=\"{target}\""));
    assert!(line.contains(&format!("error=\"{reason}")), "{line}");
    assert_eq!(host.get("/ok").text(), "ok");
}

#[test]
fn a_guest_that_fails_is_told_of() {
    let unreachable = "wasm trap: wasm `unreachable` instruction executed";
    for flags in [&[][..], &["--max-instance-reuse-count", "100"]] {
        let host = start(&[&["--timeout", "500ms", "--max-memory", "8MiB"], flags].concat());
        check(&host, "/trap", 500, unreachable);
        check(&host, "/alloc", 500, "wasm trap");
        check(&host, "/error", 502, "the guest answered with the error");
        check(&host, "/loop", 504, "timeout");
        check(&host, "/sleep", 504, "timeout");
    }
}

/// Streams without end cost the host memory that is not the guest's own.
#[test]
fn a_guest_has_no_more_handles_than_it_may() {
    let host = start(&["--timeout", "60s"]);
    let response = host.get("/handles");
    assert_eq!(response.status, 500, "{response:?}");
    assert_eq!(host.get("/ok").text(), "ok");
}

#[test]
fn a_response_that_cannot_be_finished_is_cut_off() {
    let host = start(&["--timeout", "500ms"]);
    for (target, reason) in [
        ("/trap-in-body", "wasm trap"),
        ("/hang-in-body", "timeout"),
        ("/short-body", "the guest's body was not finished"),
    ] {
        let mut client = Client::connect(&host.addr);
        let response = client.get(target);
        assert_eq!(
            (response.status, response.complete),
            (200, false),
            "{target}"
        );
        assert_eq!(response.text(), "the beginning, ", "{target}");
        assert!(client.is_closed());
        let line = host.stderr.wait_for(&format!("path=\"{target}\""));
        assert!(line.contains(&format!("error=\"{reason}")), "{line}");
        assert_eq!(host.get("/ok").text(), "ok");
    }
}

#[test]
fn nothing_goes_out() {
    let host = start(&[]);
    let answer = host.get(&format!("/outgoing?{}", host.addr));
    assert!(answer.text().contains("HttpRequestDenied"), "{answer:?}");
}

#[test]
fn nothing_is_left_from_request_to_request() {
    let host = start(&[]);
    let mut client = Client::connect(&host.addr);
    for _ in 0..20 {
        assert_eq!(client.get("/served").text(), "1");
    }
}

/// How many requests the instance that answers has served.
fn served(host: &Host) -> u32 {
    host.get("/served").text().parse().expect("a number")
}

#[test]
fn an_instance_serves_as_many_requests_as_it_is_told_to() {
    let host = start(&[
        "--max-instance-reuse-count",
        "3",
        "--idle-instance-timeout",
        "1h",
    ]);
    host.stderr
        .wait_for("; an instance serves 3 requests, one after the other");
    // The next request may come before an instance has ended with the last: then it is another's.
    let all: Vec<_> = (0..60).map(|_| served(&host)).collect();
    assert_eq!(all[0], 1);
    assert_eq!(all.iter().max(), Some(&3), "{all:?}");
    let starts = all.iter().filter(|&&count| count == 1).count();
    let ends = all.iter().filter(|&&count| count == 3).count();
    assert!(starts >= ends && starts >= 20, "{all:?}");
}

#[test]
fn requests_at_once_are_not_of_one_instance() {
    let host = start(&["--max-instance-reuse-count", "1000", "--timeout", "60s"]);
    assert_eq!(served(&host), 1);
    let mut slow = Client::connect(&host.addr);
    slow.send("POST /length HTTP/1.1\r\nhost: test\r\ncontent-length: 4\r\n\r\n");
    let start = Instant::now();
    while served(&host) < 3 {
        assert!(start.elapsed() < PATIENCE, "no instance is used again");
    }
    slow.send("text");
    assert_eq!(slow.receive(false).text(), "4");
}

#[test]
fn an_instance_without_requests_is_dropped() {
    let host = start(&[
        "--max-instance-reuse-count",
        "1000000",
        "--idle-instance-timeout",
        "100ms",
    ]);
    assert_eq!(host.get("/served").text(), "1");
    let start = Instant::now();
    loop {
        thread::sleep(Duration::from_millis(500));
        if host.get("/served").text() == "1" {
            return;
        }
        assert!(start.elapsed() < PATIENCE, "the instance is still there");
    }
}

#[test]
fn what_is_printed_belongs_to_a_request() {
    let host = start(&["--max-instance-reuse-count", "1000"]);
    for id in ["one", "two"] {
        let head = format!("GET /print?said-for-{id} HTTP/1.1\r\nhost: test\r\nx-request-id: {id}");
        assert_eq!(
            exchange(&host.addr, format!("{head}\r\n\r\n")).text(),
            "printed"
        );
        host.stderr
            .wait_for(&format!("guest id={id} stdout: said-for-{id}"));
    }
}

#[test]
fn instances_of_0_2_are_not_used_again() {
    let component = fault_guest();
    let flags = ["--component", &component, "--max-instance-reuse-count", "2"];
    let (code, stderr) = fail(&http_bin(), &flags);
    assert_eq!(code, Some(1), "{stderr}");
    let start = format!("error: {component}: a component of wasi:http 0.2.");
    assert!(stderr.starts_with(&start), "{stderr}");
    assert_eq!(stderr.lines().count(), 1);
}
