//! Guests that fail: the client is told, the reason is logged, others go on.

mod common;

use std::thread;

use common::Host;
use common::client::{Client, exchange};

/// Checks the status that `target` gets, the log's reason, and that all is well after.
fn check(host: &Host, target: &str, status: u16, reason: &str) {
    let response = host.get(target);
    assert_eq!(response.status, status, "{target}");
    assert!(
        response.complete && response.text().ends_with(")\n"),
        "{response:?}"
    );
    let id = response
        .header("x-request-id")
        .expect("the host's own responses carry the id");
    let line = host
        .stderr
        .wait_for(&format!("id={id} method=GET path=\"{target}\""));
    assert!(line.contains(&format!("error=\"{reason}")), "{line}");
    assert_eq!(host.get("/ok").text(), "ok");
}

#[test]
fn a_trap_is_a_500() {
    check(
        &Host::faults(&[]),
        "/trap",
        500,
        "wasm trap: wasm `unreachable` instruction executed",
    );
}

#[test]
fn a_guest_that_exits_is_a_500() {
    check(
        &Host::faults(&[]),
        "/exit",
        500,
        "the guest exited with code 1",
    );
}

#[test]
fn a_guest_out_of_memory_is_a_500() {
    check(
        &Host::faults(&["--max-memory", "8MiB"]),
        "/alloc",
        500,
        "wasm trap",
    );
}

#[test]
fn a_guest_without_a_response_is_a_502() {
    check(
        &Host::faults(&[]),
        "/no-response",
        502,
        "the guest ended without a response",
    );
}

#[test]
fn a_guest_that_answers_with_an_error_is_a_502() {
    check(
        &Host::faults(&[]),
        "/error",
        502,
        "the guest answered with the error",
    );
}

#[test]
fn a_guest_that_computes_too_long_is_a_504() {
    check(
        &Host::faults(&["--timeout", "300ms"]),
        "/loop",
        504,
        "timeout",
    );
}

#[test]
fn a_guest_that_waits_too_long_is_a_504() {
    check(
        &Host::faults(&["--timeout", "300ms"]),
        "/sleep",
        504,
        "timeout",
    );
}

/// The client must be able to tell that something is missing.
fn check_cut_off(host: &Host, target: &str, reason: &str) {
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

#[test]
fn a_response_that_cannot_be_finished_is_cut_off() {
    let host = Host::faults(&["--timeout", "500ms"]);
    check_cut_off(&host, "/trap-in-body", "wasm trap");
    check_cut_off(&host, "/trap-in-slow-body", "wasm trap");
    check_cut_off(&host, "/hang-in-body", "timeout");
    check_cut_off(&host, "/dropped-body", "the guest's body was not finished");
}

#[test]
fn a_body_shorter_than_promised_is_cut_off() {
    let host = Host::faults(&[]);
    let response = host.get("/short-body");
    assert_eq!((response.status, response.complete), (200, false));
    assert_eq!(response.text(), "not a hundred");
}

#[test]
fn a_large_body_arrives_whole() {
    let host = Host::faults(&[]);
    let response = host.get("/big?20000000");
    assert!(response.complete && response.body.len() == 20_000_000);
    assert!(response.body.iter().all(|&byte| byte == b'x'));
}

#[test]
fn a_status_that_is_not_final_is_a_502() {
    let host = Host::faults(&[]);
    for status in ["100", "101", "103", "199"] {
        let reason = format!("the guest answered with status {status}, which is not final");
        check(&host, &format!("/status?{status}"), 502, &reason);
        let line = host.stdout.wait_for(&format!("/status?{status}"));
        assert!(line.contains(" status=502 "), "{line}");
        assert!(line.ends_with(&format!(" reason=\"{reason}\"")), "{line}");
    }
    for status in [200, 418, 599] {
        assert_eq!(host.get(&format!("/status?{status}")).status, status);
    }
}

#[test]
fn a_body_longer_than_promised_is_as_long_as_promised() {
    let host = Host::faults(&[]);
    let mut client = Client::connect(&host.addr);
    assert_eq!(client.get("/overlong").text(), "long");
    // The connection is still in step.
    assert_eq!(client.get("/ok").text(), "ok");
    host.stderr
        .wait_for("path=\"/overlong\" error=\"the guest's body was not finished");
}

/// All bytes that come for a path, with a field in the request.
fn raw(host: &Host, path: &str, field: &str) -> String {
    let mut client = Client::connect(&host.addr);
    client.send(format!(
        "GET {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n{field}\r\n"
    ));
    client.rest()
}

#[test]
fn trailers_are_sent_to_who_takes_them() {
    let host = Host::faults(&[]);
    for path in ["/trailers", "/slow-trailers"] {
        let text = raw(&host, path, "te: trailers\r\n");
        assert!(
            text.contains("\r\ntransfer-encoding: chunked\r\n"),
            "{text}"
        );
        let end = "\r\nF\r\nbefore trailers\r\n0\r\nx-checksum: 7\r\n\r\n";
        assert!(text.ends_with(end), "{text}");
        let text = raw(&host, path, "");
        assert!(text.ends_with("before trailers\r\n0\r\n\r\n"), "{text}");
    }
    let text = raw(&host, "/sized-trailers", "te: trailers\r\n");
    assert!(text.ends_with("\r\n\r\nbefore trailers"), "{text}");
    host.stderr
        .wait_for("error=\"the response has a content-length: its trailers are dropped");
}

#[test]
fn a_guest_may_work_on_after_its_response() {
    let host = Host::faults(&[]);
    assert_eq!(host.get("/afterwards?one").text(), "done");
    host.stderr.wait_for("finished one");
    let mut client = Client::connect(&host.addr);
    client.send("HEAD /afterwards?two HTTP/1.1\r\nhost: test\r\n\r\n");
    assert_eq!(client.receive(true).status, 200);
    host.stderr.wait_for("finished two");
}

#[test]
fn a_client_that_goes_away_takes_its_guest_along() {
    let host = Host::faults(&["--max-in-flight", "1", "--timeout", "10m"]);
    let mut client = Client::connect(&host.addr);
    client.send("GET /loop HTTP/1.1\r\nhost: test\r\n\r\n");
    host.stderr.wait_for("looping");
    drop(client);
    // There is but one place, and it is free again.
    assert_eq!(host.get("/ok").text(), "ok");
    host.stdout.wait_for("path=\"/loop\" status=499");
}

#[test]
fn bad_guests_do_not_harm_good_ones() {
    let host = Host::faults(&["--timeout", "1s", "--max-memory", "16MiB", "--quiet"]);
    thread::scope(|scope| {
        for target in [
            "/loop",
            "/loop",
            "/alloc",
            "/trap",
            "/trap-in-body",
            "/sleep",
        ] {
            let host = &host;
            scope.spawn(move || {
                for _ in 0..3 {
                    let status = host.get(target).status;
                    assert_eq!(
                        status >= 500,
                        target != "/trap-in-body",
                        "{target}: {status}"
                    );
                }
            });
        }
        for client in 0..8 {
            let addr = host.addr.as_str();
            scope.spawn(move || {
                let mut connection = Client::connect(addr);
                for request in 0..100 {
                    let response = connection.get("/ok");
                    assert_eq!(response.text(), "ok", "client {client}, request {request}");
                }
            });
        }
    });
}

#[test]
fn least_authority_is_what_a_guest_gets() {
    let host = Host::faults(&["--env", "GREETING=hi", "--env", "EMPTY="]);
    assert_eq!(
        host.get("/env").text(),
        r#"[("GREETING", "hi"), ("EMPTY", "")]"#
    );
    assert_eq!(host.get("/files").text(), "0");
    assert!(host.get("/outgoing").text().contains("HttpRequestDenied"));
    assert_eq!(Host::faults(&[]).get("/env").text(), "[]");
}

#[test]
fn what_a_guest_prints_is_shown_with_its_request() {
    let host = Host::faults(&[]);
    let get = |target| {
        let id = "x-request-id: print-7";
        exchange(
            &host.addr,
            format!("GET {target} HTTP/1.1\r\nhost: test\r\n{id}\r\n\r\n"),
        )
    };
    assert_eq!(get("/stdout?hello").text(), "printed");
    // Colours and other tricks with the terminal are shown, not done.
    host.stderr
        .wait_for(r"guest id=print-7 stdout: hello\u{1b}[31m");
    assert_eq!(get("/stderr?oops").text(), "printed");
    host.stderr.wait_for("guest id=print-7 stderr: oops");
}
