//! Heads of requests: what HTTP/1.0 and 1.1 allow is served, all else is refused and logged.

mod common;

use common::client::{Client, Response, exchange};
use common::{Host, greeter};

/// Sends a request that is refused; the connection is closed behind the response, and the
/// log has the reason. What follows the request is not served.
#[track_caller]
fn refused(host: &Host, request: &str, status: u16, reason: &str) -> Response {
    let lines = host.stdout.text().lines().count();
    let mut client = Client::connect(&host.addr);
    client.send(request);
    client.send("GET /smuggled HTTP/1.1\r\nhost: test\r\n\r\n");
    let response = client.receive(false);
    assert_eq!(response.status, status, "{request:?}");
    assert!(client.is_closed(), "{request:?}");
    let line = host.line(lines);
    assert!(line.contains(&format!(" status={status} ")), "{line}");
    assert!(line.contains(" client=127.0.0.1:"), "{line}");
    assert!(line.contains(&format!(" reason=\"{reason}")), "{line}");
    assert!(
        !host.stdout.text().contains("/smuggled\" status="),
        "{request:?}"
    );
    response
}

#[test]
fn http_1_0_needs_no_host() {
    let host = Host::start(&greeter(), &[]);
    for (request, status) in [
        ("GET /World HTTP/1.0\r\n\r\n", 200),
        ("GET /World HTTP/1.0\r\nhost: test\r\n\r\n", 200),
        ("GET /World HTTP/1.0\r\nhost:\r\n\r\n", 200),
        ("GET /World HTTP/1.1\r\nhost:\r\n\r\n", 200),
        ("GET http://test/World HTTP/1.1\r\nhost: test\r\n\r\n", 200),
        ("OPTIONS /World HTTP/1.0\r\n\r\n", 405),
        ("OPTIONS * HTTP/1.0\r\n\r\n", 405),
        ("OPTIONS * HTTP/1.1\r\nhost: test\r\n\r\n", 405),
    ] {
        assert_eq!(exchange(&host.addr, request).status, status, "{request:?}");
    }
    let line = host.stdout.wait_for("method=OPTIONS path=\"*\"");
    assert!(line.contains(" status=405 "), "{line}");
}

#[test]
fn a_request_is_for_one_host() {
    let host = Host::faults(&[]);
    let request = |hosts: &str| format!("GET /ok HTTP/1.1\r\n{hosts}\r\n");
    for (hosts, reason) in [
        ("", "the request has no host field"),
        (
            "host: a\r\nhost: a\r\n",
            "the request has more than one host field",
        ),
        ("host: a/b\r\n", "the request's host field is not a host"),
        ("host: a b\r\n", "the request's host field is not a host"),
        ("host: a, b\r\n", "the request's host field is not a host"),
        ("host: u@a\r\n", "the request's host field is not a host"),
        (
            "host: a:99999\r\n",
            "the request's host field is not a host",
        ),
        ("host: \u{e4}\r\n", "the request's host field is not a host"),
    ] {
        let response = refused(&host, &request(hosts), 400, reason);
        assert!(response.text().starts_with(reason), "{response:?}");
    }
    refused(
        &host,
        "GET http://u@a/ok HTTP/1.1\r\nhost: a\r\n\r\n",
        400,
        "the request's target has no valid host",
    );
    for good in ["a", "a:80", "[::1]:80", "a:"] {
        let request = request(&format!("host: {good}\r\n"));
        assert_eq!(exchange(&host.addr, request).text(), "ok", "{good}");
    }
}

#[test]
fn what_is_no_http_is_logged_with_the_reason() {
    let host = Host::faults(&[]);
    let head = "GET /ok HTTP/1.1\r\nhost: test\r\n";
    for (request, status, reason) in [
        (
            "nonsense\r\n\r\n".to_owned(),
            400,
            "invalid HTTP method parsed: nonsense",
        ),
        (
            format!("{head}Bad Header: 1\r\n\r\n"),
            400,
            "invalid HTTP header parsed: GET /ok HTTP/1.1",
        ),
        (
            format!("{head} folded: 1\r\n\r\n"),
            400,
            "invalid HTTP header parsed: GET /ok HTTP/1.1",
        ),
        (
            "GET /ok HTTP/3.0\r\n\r\n".to_owned(),
            400,
            "invalid HTTP version parsed: GET /ok HTTP/3.0",
        ),
        (
            format!("GET /{} HTTP/1.1\r\nhost: test\r\n\r\n", "p".repeat(70_000)),
            431,
            "message head is too large: GET /ppp",
        ),
        (
            format!("{head}x: {}\r\n\r\n", "x".repeat(70_000)),
            431,
            "message head is too large: GET /ok HTTP/1.1",
        ),
    ] {
        refused(&host, &request, status, reason);
    }
    assert!(host.stdout.text().is_ascii());
    assert_eq!(host.get("/ok").text(), "ok");
}

#[test]
fn a_body_whose_end_others_could_see_elsewhere_is_refused() {
    let host = Host::faults(&[]);
    let chunked = "5\r\nhello\r\n0\r\n\r\n";
    for fields in [
        "transfer-encoding: gzip, chunked",
        "transfer-encoding: chunked, chunked",
        "transfer-encoding: identity, chunked",
        "transfer-encoding: chunked\r\ntransfer-encoding: chunked",
        "transfer-encoding: identity\r\ntransfer-encoding: chunked",
        "transfer-encoding: chunked\r\ntransfer-encoding: identity",
        "transfer-encoding: gzip",
        "transfer-encoding: xchunked",
        "transfer-encoding: chunked;q=1",
        "transfer-encoding: \"chunked\"",
        "transfer-encoding:",
        "transfer-encoding: chunked\r\ncontent-length: 5",
        "content-length: 5\r\ntransfer-encoding: chunked",
        "content-length: 15\r\ntransfer-encoding: chunked",
        "content-length: 5\r\ncontent-length: 6",
        "content-length: 5\r\ncontent-length: 5",
        "content-length: 5, 5",
        "content-length: 5, 6",
        "content-length: +5",
        "content-length: -5",
        "content-length: 5 5",
        "content-length: 0x5",
        "content-length: 5.0",
        "content-length:",
        "content-length: 99999999999999999999",
        "transfer-encoding : chunked",
        "content-length: 5\r\n transfer-encoding: chunked",
        "x: y\ntransfer-encoding: chunked",
        "x: y\rcontent-length: 5",
        "content-length: 5\n\r\nhello",
    ] {
        let request = format!("POST /echo HTTP/1.1\r\nhost: test\r\n{fields}\r\n\r\n{chunked}");
        refused(&host, &request, 400, "");
    }
    refused(
        &host,
        &format!("POST /echo HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n{chunked}"),
        400,
        "unexpected transfer-encoding parsed",
    );
    let good = format!(
        "POST /echo HTTP/1.1\r\nhost: test\r\nTransfer-Encoding: Chunked \r\n\r\n{chunked}"
    );
    assert_eq!(exchange(&host.addr, good).text(), "hello");
}

#[test]
fn chunks_that_others_could_read_otherwise_are_refused() {
    let host = Host::faults(&[]);
    for chunks in [
        "5\nhello\r\n0\r\n\r\n",
        "5;a=\n\r\nhello\r\n0\r\n\r\n",
        "+5\r\nhello\r\n0\r\n\r\n",
        "0x5\r\nhello\r\n0\r\n\r\n",
        " 5\r\nhello\r\n0\r\n\r\n",
        "-1\r\nhello\r\n0\r\n\r\n",
        "g\r\nhello\r\n0\r\n\r\n",
        "\r\nhello\r\n0\r\n\r\n",
        "fffffffffffffffff\r\nhello\r\n0\r\n\r\n",
        "4\r\nhello\r\n0\r\n\r\n",
        "5\r\nhello\n0\r\n\r\n",
        "0\r\nx: y\n\nGET /smuggled HTTP/1.1\r\nhost: test\r\n\r\n",
        "0\r\n\nGET /smuggled HTTP/1.1\r\nhost: test\r\n\r\n",
    ] {
        let head = "POST /echo HTTP/1.1\r\nhost: test\r\ntransfer-encoding: chunked\r\n\r\n";
        refused(
            &host,
            &format!("{head}{chunks}"),
            400,
            "the body is broken: ",
        );
    }
}
