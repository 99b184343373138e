//! Requests to other servers: to those that are named, and to no others.

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::thread::{self, JoinHandle};

use common::probe;
use host_testing::fail;

/// A server for one request: its port, and the request line it gets.
fn server() -> (u16, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let serve = move || {
        let (mut stream, _) = listener.accept().expect("a client");
        let head: Vec<String> = BufReader::new(&stream)
            .lines()
            .map_while(Result::ok)
            .take_while(|line| !line.is_empty())
            .collect();
        let response = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";
        stream.write_all(response.as_bytes()).expect("a response");
        head[0].clone()
    };
    (port, thread::spawn(serve))
}

/// A server that nobody may reach: it listens at all addresses of the machine.
fn untouched() -> (u16, TcpListener) {
    let listener = TcpListener::bind("0.0.0.0:0").expect("a free port");
    listener.set_nonblocking(true).expect("a listener");
    let port = listener.local_addr().expect("an address").port();
    (port, listener)
}

#[test]
fn requests_are_denied_by_default() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    listener.set_nonblocking(true).expect("a listener");
    let said = probe(&[], &["get", &address]).ok();
    assert_eq!(said, "ErrorCode::HttpRequestDenied\n");
    assert!(listener.accept().is_err(), "nobody has connected");
}

#[test]
fn requests_are_made_when_allowed() {
    let flags = ["--allow-http=127.0.0.1", "--timeout", "1m"];
    // The second guest computes all the while: the host works on beside it.
    for how in ["get", "spin-get"] {
        let (port, served) = server();
        let address = format!("127.0.0.1:{port}");
        assert_eq!(probe(&flags, &[how, &address]).ok(), "200 hello\n");
        assert_eq!(served.join().expect("served"), "GET /path HTTP/1.1");
    }
}

#[test]
fn https_is_spoken_too() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    let hello = thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a client");
        let mut start = [0; 3];
        stream.read_exact(&mut start).expect("three bytes");
        // No server is trusted here, so this one ends the talk.
        stream.write_all(b"no TLS, sorry\r\n").expect("an answer");
        start
    });
    let said = probe(&["--allow-http=127.0.0.1"], &["get-tls", &address]).ok();
    assert_eq!(said, "ErrorCode::TlsProtocolError\n");
    let handshake = [22, 3, 1];
    assert_eq!(hello.join().expect("a client"), handshake);
}

#[test]
fn a_request_that_fails_tells_the_guest_why() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    drop(listener);
    let said = probe(&["--allow-http=127.0.0.1"], &["get", &address]).ok();
    assert_eq!(said, "ErrorCode::ConnectionRefused\n");
}

#[test]
fn a_server_that_is_named_is_reached() {
    for (flags, authority) in [
        (&["127.0.0.1:PORT"][..], "127.0.0.1:PORT"),
        (&["127.0.0.1"][..], "127.0.0.1:PORT"),
        (&["127.0.0.1:1", "127.0.0.1:PORT"][..], "127.0.0.1:PORT"),
        (&["127.0.0.1:PORT"][..], "[::ffff:127.0.0.1]:PORT"),
        (&["localhost:PORT"][..], "localhost:PORT"),
        (&["localhost"][..], "LocalHost:PORT"),
        (&["*", "127.0.0.1:PORT"][..], "127.0.0.1:PORT"),
        // Whatever the name, the address that it leads to is named.
        (&["*", "127.0.0.1:PORT"][..], "127.1:PORT"),
    ] {
        let (port, served) = server();
        let with_port = |text: &str| text.replace("PORT", &port.to_string());
        let flags: Vec<_> = flags
            .iter()
            .map(|server| format!("--allow-http={}", with_port(server)))
            .collect();
        let flags: Vec<_> = flags.iter().map(String::as_str).collect();
        let said = probe(&flags, &["get", &with_port(authority)]).ok();
        assert_eq!(said, "200 hello\n", "{flags:?} {authority}");
        assert_eq!(served.join().expect("served"), "GET /path HTTP/1.1");
    }
}

#[test]
fn other_servers_and_ports_are_denied() {
    let (port, listener) = untouched();
    let here = format!("127.0.0.1:{port}");
    for flags in [
        &[][..],
        &["--allow-http=example.org"],
        &["--allow-http=127.0.0.1:1"],
        &["--allow-http=*:1"],
        &["--allow-http=127.0.0.2"],
        &["--allow-http=[::1]"],
        &["--allow-http=localhost"],
        &["--allow-http=127.0.0.1.example.org", "--allow-http=7.0.0.1"],
    ] {
        let said = probe(flags, &["get", &here]).ok();
        assert_eq!(said, "ErrorCode::HttpRequestDenied\n", "{flags:?}");
        let said = probe(flags, &["get-tls", &here]).ok();
        assert_eq!(said, "ErrorCode::HttpRequestDenied\n", "{flags:?}");
    }
    assert!(listener.accept().is_err(), "nobody has connected");
}

/// What a guest may be made to ask for by whoever sends it a request.
#[test]
fn this_machine_and_its_link_are_not_reached_unless_named() {
    let (port, listener) = untouched();
    for host in [
        "127.0.0.1",
        "127.0.0.2",
        "127.255.255.254",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "0",
        "0.0.0.0",
        "0.1.2.3",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "[::1]",
        "[::]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "169.254.169.254",
        "[::ffff:169.254.169.254]",
        "[64:ff9b::a9fe:a9fe]",
        "2852039166",
        "0xa9fea9fe",
        "169.254.1.1",
        "100.100.100.200",
        "168.63.129.16",
        "[fd00:ec2::254]",
        "[fe80::1]",
        "[fec0::1]",
        "224.0.0.1",
        "255.255.255.255",
        "[ff02::1]",
    ] {
        for flags in [
            &["--allow-http=*"][..],
            &["--allow-http=*", "--allow-http=127.0.0.1:1"],
        ] {
            let said = probe(flags, &["get", &format!("{host}:{port}")]).ok();
            // Some forms are no address for the system, and no name either.
            let refused = [
                "DestinationIpProhibited",
                "DnsError",
                "HttpRequestUriInvalid",
            ];
            let is_refused = refused
                .iter()
                .any(|code| said.starts_with(&format!("ErrorCode::{code}")));
            assert!(is_refused, "{host}: {said}");
        }
    }
    assert!(listener.accept().is_err(), "nobody has connected");
}

#[test]
fn a_name_that_leads_to_this_machine_does_not_name_it() {
    let (port, listener) = untouched();
    // Written so, it is a name, which the system takes for 127.0.0.1.
    let flag = format!("--allow-http=127.1:{port}");
    let said = probe(&[&flag], &["get", &format!("127.1:{port}")]).ok();
    assert_eq!(said, "ErrorCode::DestinationIpProhibited\n");
    assert!(listener.accept().is_err(), "nobody has connected");
}

#[test]
fn a_name_that_there_is_not_is_told() {
    let said = probe(&["--allow-http=*"], &["get", "no-such-name.invalid"]).ok();
    assert!(said.starts_with("ErrorCode::DnsError"), "{said}");
}

#[test]
fn what_is_no_server_is_told() {
    for bad in ["", "http://example.org", "::1", "a:b", "a:0"] {
        let flags = ["--component", "x", &format!("--allow-http={bad}")];
        let (code, stderr) = fail(&common::cli_bin(), &flags);
        assert_eq!(code, Some(2), "{stderr}");
        let expected = format!(
            "error: invalid value '{bad}' for '--allow-http <HOST[:PORT]>': use HOST, HOST:PORT \
             or *, as example.org:443 (--help tells more)\n"
        );
        assert_eq!(stderr, expected);
    }
}
