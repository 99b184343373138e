//! Signals: finish in good order, or at once.

mod common;

use std::net::TcpStream;

use common::Host;
use common::client::Client;
use host_testing::program::Signal;

const SLEEP: &str = "GET /sleep?700000000 HTTP/1.1\r\nhost: test\r\n\r\n";
const SLEEP_LONG: &str = "GET /sleep HTTP/1.1\r\nhost: test\r\n\r\n";

/// Sends a request and waits until it has reached its guest.
fn start(host: &Host, request: &str) -> Client {
    let mut client = Client::connect(&host.addr);
    client.send(request);
    host.stderr.wait_for("sleeping");
    client
}

fn drains(signal: Signal) {
    let mut host = Host::faults(&[]);
    let mut idle = Client::connect(&host.addr);
    assert_eq!(idle.get("/ok").status, 200);
    let mut unused = Client::connect(&host.addr);
    let mut busy = start(&host, SLEEP);
    host.signal(signal);
    host.stderr.wait_for("stopping");
    assert!(
        TcpStream::connect(&host.addr).is_err(),
        "nobody new comes in"
    );
    assert!(idle.is_closed() && unused.is_closed());
    let response = busy.receive(false);
    assert_eq!((response.text(), response.complete), ("awake", true));
    assert_eq!(host.wait().code(), Some(0));
    assert!(
        host.stdout
            .text()
            .contains("path=\"/sleep?700000000\" status=200")
    );
}

#[test]
fn sigterm_finishes_what_is_in_flight() {
    drains(Signal::TERM);
}

#[test]
fn sigint_finishes_what_is_in_flight() {
    drains(Signal::INT);
}

#[test]
fn sighup_finishes_what_is_in_flight() {
    drains(Signal::HUP);
}

#[test]
fn under_nohup_a_terminal_may_go() {
    let mut host = Host::by_shell("trap '' HUP;", &[]);
    host.signal(Signal::HUP);
    assert_eq!(host.get("/ok").text(), "ok");
    host.signal(Signal::TERM);
    assert_eq!(host.wait().code(), Some(0));
}

#[test]
fn signals_of_the_users_own_do_nothing() {
    let mut host = Host::faults(&[]);
    for signal in [Signal::USR1, Signal::USR2] {
        host.signal(signal);
        assert_eq!(host.get("/ok").text(), "ok");
    }
    host.signal(Signal::TERM);
    assert_eq!(host.wait().code(), Some(0));
}

#[test]
fn work_after_a_response_is_finished_too() {
    let mut host = Host::faults(&[]);
    assert_eq!(host.get("/afterwards?late").text(), "done");
    host.signal(Signal::TERM);
    assert_eq!(host.wait().code(), Some(0));
    host.stderr.wait_for("finished late");
}

#[test]
fn what_takes_longer_than_grace_is_cut_off() {
    let mut host = Host::faults(&["--grace", "300ms", "--timeout", "10m"]);
    let mut busy = start(&host, SLEEP_LONG);
    host.signal(Signal::TERM);
    assert_eq!(host.wait().code(), Some(0));
    host.stderr.wait_for("still in flight after --grace");
    assert!(busy.is_closed());
    assert!(host.stdout.text().contains("path=\"/sleep\" status=499"));
}

#[test]
fn shutdown_delay_is_for_those_who_do_not_know_yet() {
    let mut host = Host::faults(&["--shutdown-delay", "3s"]);
    let mut kept = Client::connect(&host.addr);
    assert_eq!(kept.get("/ok").header("connection"), None);
    let mut idle = Client::connect(&host.addr);
    assert_eq!(idle.get("/ok").status, 200);
    host.signal(Signal::TERM);
    host.stderr.wait_for("stopping: serving on for 3s;");
    // A client that is there is told to leave, and a new one is served.
    let response = kept.get("/ok");
    assert_eq!(
        (response.status, response.header("connection")),
        (200, Some("close"))
    );
    assert!(kept.is_closed());
    assert_eq!(host.get("/ok").status, 200);
    host.stderr.wait_for("stopping: finishing requests");
    assert!(TcpStream::connect(&host.addr).is_err() && idle.is_closed());
    assert_eq!(host.wait().code(), Some(0));
}

#[test]
fn a_second_signal_exits_at_once() {
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
        let mut host = Host::faults(&["--shutdown-delay", "1h"]);
        host.signal(signal);
        host.stderr.wait_for("stopping");
        host.signal(signal);
        assert_eq!(host.wait().code(), Some(code));

        let mut host = Host::faults(&["--grace", "10m", "--timeout", "10m"]);
        let _busy = start(&host, SLEEP_LONG);
        host.signal(signal);
        host.stderr.wait_for("stopping");
        host.signal(signal);
        assert_eq!(host.wait().code(), Some(code));
    }
}
