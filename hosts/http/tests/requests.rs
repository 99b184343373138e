//! Requests of a guest to other servers: how connections are used, and by how many.

mod common;

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use common::{Host, p3_guest};
use host_testing::PATIENCE;

/// A server on a free port, which counts its connections.
struct Server {
    addr: String,
    connections: Arc<AtomicUsize>,
}

impl Server {
    /// Each connection is `serve`'s.
    fn start(serve: fn(TcpStream)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let addr = listener.local_addr().expect("an address").to_string();
        let connections = Arc::new(AtomicUsize::new(0));
        let count = connections.clone();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                count.fetch_add(1, Ordering::Relaxed);
                thread::spawn(move || serve(stream));
            }
        });
        Self { addr, connections }
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}

/// Reads the head of a request; none at the end.
fn head(reader: &mut BufReader<TcpStream>) -> Option<String> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    Some(head)
}

fn answer(stream: &mut BufReader<TcpStream>, rest: &str) {
    let response = format!("HTTP/1.1 {rest}");
    // A client may have gone.
    let _ = stream.get_mut().write_all(response.as_bytes());
}

/// A guest that may send requests to `server`.
fn guest(server: &Server, more: &[&str]) -> Host {
    let flag = format!("--allow-http={}", server.addr);
    let flags = [&[flag.as_str()], more].concat();
    Host::start(&p3_guest(), &flags)
}

#[test]
fn the_host_says_whom_a_guest_may_ask() {
    let host = Host::start(
        &p3_guest(),
        &["--allow-http=example.org:443", "--allow-http=[::1]"],
    );
    let line = host.stderr.wait_for("granted: ");
    let granted = "granted: no files, no environment, requests to example.org:443 [::1]; ";
    assert!(line.starts_with(granted), "{line}");
}

#[test]
fn a_connection_is_used_again() {
    let server = Server::start(|stream| {
        let mut stream = BufReader::new(stream);
        while head(&mut stream).is_some() {
            answer(&mut stream, "200 OK\r\ncontent-length: 2\r\n\r\nok");
        }
    });
    let host = guest(&server, &[]);
    // Each request is another instance's.
    for _ in 0..10 {
        let answer = host.get(&format!("/outgoing?{}", server.addr));
        assert_eq!(answer.text(), "200");
    }
    assert_eq!(server.connections(), 1);
}

#[test]
fn a_connection_that_is_closed_is_not_used_again() {
    for close in ["connection: close\r\n", ""] {
        // Says so, or goes silently.
        let serve: fn(TcpStream) = if close.is_empty() {
            |stream| {
                let mut stream = BufReader::new(stream);
                head(&mut stream).expect("a request");
                answer(&mut stream, "200 OK\r\ncontent-length: 2\r\n\r\nok");
            }
        } else {
            |stream| {
                let mut stream = BufReader::new(stream);
                head(&mut stream).expect("a request");
                answer(
                    &mut stream,
                    "200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok",
                );
            }
        };
        let server = Server::start(serve);
        let host = guest(&server, &[]);
        for count in 1..=5 {
            let answer = host.get(&format!("/outgoing?{}", server.addr));
            assert_eq!(answer.text(), "200", "{count}");
            assert_eq!(server.connections(), count);
        }
    }
}

#[test]
fn where_a_server_sends_a_guest_it_does_not_go_by_itself() {
    let server = Server::start(|stream| {
        let own = stream.local_addr().expect("an address");
        let mut stream = BufReader::new(stream);
        while head(&mut stream).is_some() {
            let location = format!("location: http://{own}/elsewhere\r\n");
            answer(
                &mut stream,
                &format!("302 Found\r\n{location}content-length: 0\r\n\r\n"),
            );
        }
    });
    let host = guest(&server, &[]);
    let answer = host.get(&format!("/outgoing?{}", server.addr));
    assert_eq!(answer.text(), "302");
    // Asked for by the guest, another server is as forbidden as ever.
    let other = Server::start(drop);
    let answer = host.get(&format!("/outgoing?{}", other.addr));
    assert!(answer.text().contains("HttpRequestDenied"), "{answer:?}");
    assert_eq!(other.connections(), 0);
}

#[test]
fn a_server_that_ends_early_is_an_error() {
    let server = Server::start(|stream| {
        let mut stream = BufReader::new(stream);
        head(&mut stream).expect("a request");
    });
    let host = guest(&server, &[]);
    let answer = host.get(&format!("/outgoing?{}", server.addr));
    assert!(answer.text().contains("ErrorCode::Http"), "{answer:?}");
    // It had seen the request: it is not sent a second time.
    assert_eq!(server.connections(), 1);
}

/// One guest does not take all connections.
#[test]
fn an_instance_has_few_requests_in_flight() {
    const MOST: usize = 16;
    let server = Server::start(|stream| {
        let mut stream = BufReader::new(stream);
        head(&mut stream).expect("a request");
        // No answer, until the guest has gone.
        let _ = head(&mut stream);
    });
    let host = guest(&server, &["--timeout", "5s"]);
    let addr = host.addr.clone();
    let target = format!("/many?{}", server.addr);
    let client = thread::spawn(move || common::client::get(&addr, &target).status);
    let start = Instant::now();
    while server.connections() < MOST {
        assert!(
            start.elapsed() < PATIENCE,
            "{} connections",
            server.connections()
        );
        thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(client.join().expect("a status"), 504);
    assert_eq!(server.connections(), MOST);
}
