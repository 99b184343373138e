//! Clients that go away, that send no more, or that have nothing to do.

mod common;

use std::thread;
use std::time::Duration;

use common::Host;
use common::client::Client;
use rustix::net::sockopt::set_socket_linger;

/// A host with one place, which no time limit frees.
fn one_place() -> Host {
    Host::faults(&["--max-in-flight", "1", "--timeout", "10m"])
}

/// A request that a guest sits on, without reading its body.
fn post(path: &str, length: usize, sent: usize) -> String {
    let body = "b".repeat(sent);
    format!("POST {path} HTTP/1.1\r\nhost: test\r\ncontent-length: {length}\r\n\r\n{body}")
}

/// Checks that a client which has sent `request` and goes away frees its guest's place.
fn frees_its_place(host: &Host, request: &str, mut leave: impl FnMut(Client)) {
    let mut client = Client::connect(&host.addr);
    let guests = host.stderr.text().lines().count();
    client.send(request);
    while host.stderr.text().lines().count() == guests {
        thread::sleep(Duration::from_millis(10));
    }
    leave(client);
    let begin: String = request.chars().take(40).collect();
    assert_eq!(host.get("/ok").text(), "ok", "{begin:?}");
}

fn reset(mut client: Client) {
    set_socket_linger(client.stream(), Some(Duration::ZERO)).expect("an option of sockets");
}

#[test]
fn a_client_that_goes_away_frees_its_place_whatever_is_unread() {
    let host = one_place();
    let chunk = format!("100000\r\n{}\r\n", "b".repeat(1 << 20));
    let chunked = "POST /sleep HTTP/1.1\r\nhost: test\r\ntransfer-encoding: chunked\r\n\r\n";
    for request in [
        "GET /sleep HTTP/1.1\r\nhost: test\r\n\r\n".to_owned(),
        "GET /sleep HTTP/1.0\r\n\r\n".to_owned(),
        "GET /loop HTTP/1.1\r\nhost: test\r\n\r\n".to_owned(),
        post("/sleep", 10, 10),
        post("/sleep", 1_000_000, 1_000_000),
        post("/sleep", 8 << 20, 8 << 20),
        post("/loop", 1_000_000, 1_000_000),
        post("/sleep", 1_000_000, 500_000),
        post("/sleep", 1_000_000, 0),
        format!("{chunked}{chunk}0\r\n\r\n"),
        format!("{chunked}{chunk}"),
        // The next request is there, too.
        "GET /sleep HTTP/1.1\r\nhost: test\r\n\r\n".repeat(2),
        "GET /sleep HTTP/1.1\r\nhost: test\r\nexpect: 100-continue\r\ncontent-length: 5\r\n\r\n"
            .to_owned(),
    ] {
        frees_its_place(&host, &request, drop);
        frees_its_place(&host, &request, reset);
    }
}

#[test]
fn a_client_that_goes_away_from_a_slow_response_frees_its_place() {
    let host = one_place();
    for leave in [drop, reset] {
        let mut client = Client::connect(&host.addr);
        client.send("GET /hang-in-body HTTP/1.1\r\nhost: test\r\n\r\n");
        // The head and the beginning are there; nothing follows.
        assert_eq!(client.peek(), b'H');
        leave(client);
        assert_eq!(host.get("/ok").text(), "ok");
    }
    host.stdout
        .wait_for("path=\"/hang-in-body\" status=200 bytes=15");
}

#[test]
fn many_clients_that_go_away_do_not_block_the_host() {
    let host = Host::faults(&["--timeout", "10m"]);
    let request = post("/sleep", 1_000_000, 1_000_000);
    for _ in 0..256 {
        Client::connect(&host.addr).send(&request);
    }
    assert_eq!(host.get("/ok").text(), "ok");
}

/// Checks what a client gets that sends no more after `request`.
fn gets(host: &Host, request: &str, expected: &str) {
    let mut client = Client::connect(&host.addr);
    client.send(request);
    client.half_close();
    let response = client.try_receive(false);
    let response = response.expect("an answer");
    assert_eq!((response.status, response.text()), (200, expected));
    assert!(response.complete);
}

#[test]
fn who_sends_no_more_gets_the_answer() {
    let host = Host::faults(&["--max-body", "2MiB"]);
    let body = "b".repeat(1_000_000);
    for _ in 0..50 {
        gets(&host, "GET /ok HTTP/1.1\r\nhost: test\r\n\r\n", "ok");
        gets(&host, "GET /ok HTTP/1.0\r\n\r\n", "ok");
        gets(&host, &post("/ok", 100_000, 100_000), "ok");
        gets(&host, &post("/echo", 1_000_000, 1_000_000), &body);
    }
    let sleep = "GET /sleep?1200000000 HTTP/1.1\r\nhost: test\r\n\r\n";
    thread::scope(|scope| {
        scope.spawn(|| gets(&host, sleep, "awake"));
        scope.spawn(|| gets(&host, &sleep.replace("/1.1", "/1.0"), "awake"));
        scope.spawn(|| {
            gets(
                &host,
                &post("/sleep?1200000000", 1_000_000, 1_000_000),
                "awake",
            );
        });
        // In chunks, and between them.
        let drip = "GET /drip?5 HTTP/1.1\r\nhost: test\r\n\r\n";
        scope.spawn(|| gets(&host, drip, &"drop ".repeat(5)));
        scope.spawn(|| {
            let big = "GET /big?20000000 HTTP/1.1\r\nhost: test\r\n\r\n";
            gets(&host, big, &"x".repeat(20_000_000));
        });
    });
    assert!(!host.stdout.text().contains("status=499"));
}

#[test]
fn who_sends_no_more_gets_nothing_but_the_answer() {
    let host = Host::faults(&[]);
    let mut client = Client::connect(&host.addr);
    client.send("GET /sleep?1200000000 HTTP/1.1\r\nhost: test\r\n\r\n");
    client.send("GET /ok HTTP/1.1\r\nhost: test\r\n\r\n");
    client.half_close();
    let text = client.rest();
    let answers: Vec<&str> = text.split("HTTP/1.1 200 OK\r\n").collect();
    assert_eq!(answers.len(), 3, "{text}");
    assert!(answers[0].is_empty() && answers[1].ends_with("awake") && answers[2].ends_with("ok"));
}

#[test]
fn who_ends_within_a_body_is_told() {
    let host = Host::faults(&[]);
    for path in ["/echo", "/sleep"] {
        let mut client = Client::connect(&host.addr);
        client.send(post(path, 10, 5));
        client.half_close();
        let response = client.receive(false);
        assert_eq!(response.status, 400, "{path}");
        assert!(response.text().starts_with("the body is broken"));
        host.stdout.wait_for(&format!("path=\"{path}\" status=400"));
    }
}

/// How many of these connections are still served.
fn open(clients: &mut [Client]) -> usize {
    let is_open = |client: &mut Client| {
        client.send("GET /ok HTTP/1.1\r\nhost: test\r\n\r\n");
        client.try_receive(false).is_some()
    };
    clients.iter_mut().map(is_open).filter(|open| *open).count()
}

#[test]
fn a_connection_with_nothing_to_do_makes_room() {
    let host = Host::faults(&["--max-connections", "50", "--client-timeout", "10m"]);
    let mut idle: Vec<Client> = (0..50)
        .map(|_| {
            let mut client = Client::connect(&host.addr);
            assert_eq!(client.get("/ok").text(), "ok");
            client
        })
        .collect();
    let mut more: Vec<Client> = (0..3)
        .map(|_| {
            let mut client = Client::connect(&host.addr);
            assert_eq!(client.get("/ok").text(), "ok");
            client
        })
        .collect();
    // No more than needed, and none that came last.
    assert_eq!(open(&mut idle), 47);
    assert_eq!(open(&mut more), 3);
}

#[test]
fn a_connection_that_was_never_used_makes_room() {
    let host = Host::faults(&["--max-connections", "2", "--client-timeout", "10m"]);
    let _unused = [Client::connect(&host.addr), Client::connect(&host.addr)];
    assert_eq!(host.get("/ok").text(), "ok");
}

#[test]
fn a_connection_that_is_busy_is_waited_for() {
    let host = Host::faults(&["--max-connections", "1", "--client-timeout", "10m"]);
    let mut busy = Client::connect(&host.addr);
    busy.send("GET /sleep?700000000 HTTP/1.1\r\nhost: test\r\n\r\n");
    host.stderr.wait_for("sleeping");
    // It is answered as soon as the other one is idle.
    assert_eq!(host.get("/ok").text(), "ok");
    assert_eq!(busy.receive(false).text(), "awake");
    assert!(busy.is_closed());
}
