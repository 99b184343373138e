//! Large bodies pass through a guest, and are nowhere as a whole: neither in the guest's
//! memory nor in the host's.

mod common;

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;

use common::client::{self, Client};
use common::{Host, p3_guest};
use host_testing::PATIENCE;

const SIZE: usize = 64 << 20;
/// What the host may need for it: buffers, here and there.
const MOST: usize = 24 << 20;

fn start() -> Host {
    let flags = [
        "--max-memory",
        "4MiB",
        "--max-body",
        "128MiB",
        "--timeout",
        "5m",
    ];
    let host = Host::start(&p3_guest(), &flags);
    assert_eq!(host.get("/ok").text(), "ok");
    host
}

/// The most memory that the host has had, in bytes.
fn peak(host: &Host) -> usize {
    let status = fs::read_to_string(format!("/proc/{}/status", host.id())).expect("its status");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<usize>().ok());
    kib.expect("a number of KiB") * 1024
}

/// Has `exchange` move a large body, and checks what it costs.
fn is_flat(exchange: impl FnOnce(&Host)) {
    let host = start();
    let before = peak(&host);
    exchange(&host);
    let grown = peak(&host) - before;
    assert!(grown < MOST, "{grown} bytes more");
}

/// Sends a body of `SIZE`, byte by its place, while the answer is read.
fn send(host: &Host, path: &str) -> Client {
    let mut client = Client::connect(&host.addr);
    let head = format!("POST {path} HTTP/1.1\r\nhost: test\r\ncontent-length: {SIZE}\r\n\r\n");
    client.send(head);
    let mut stream = client.stream().try_clone().expect("a second handle");
    thread::spawn(move || {
        let chunk = chunk();
        for _ in 0..SIZE / chunk.len() {
            stream.write_all(&chunk).expect("the host reads");
        }
    });
    client
}

fn chunk() -> Vec<u8> {
    (0..1 << 16)
        .map(|place: usize| (place % 251) as u8)
        .collect()
}

#[test]
fn a_large_response() {
    is_flat(|host| {
        let response = host.get(&format!("/bytes?{SIZE}"));
        assert!(response.complete);
        assert_eq!(response.body.len(), SIZE);
    });
}

#[test]
fn a_large_request() {
    is_flat(|host| {
        let response = send(host, "/length").receive(false);
        assert_eq!(response.text(), SIZE.to_string());
    });
}

#[test]
fn a_large_request_that_comes_back() {
    is_flat(|host| {
        let response = send(host, "/echo").receive(false);
        assert!(response.complete);
        let chunk = chunk();
        assert_eq!(response.body.len(), SIZE);
        assert!(response.body.chunks(chunk.len()).all(|part| part == chunk));
    });
}

/// A guest that writes faster than its client reads waits.
#[test]
fn a_large_response_that_is_read_slowly() {
    is_flat(|host| {
        let mut stream = TcpStream::connect(&host.addr).expect("the host accepts");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        let request =
            format!("GET /bytes?{SIZE} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n");
        stream
            .write_all(request.as_bytes())
            .expect("the host reads");
        let mut buffer = vec![0; 1 << 20];
        let mut read = 0;
        loop {
            // While nobody reads, another request is answered.
            if read == 0 {
                assert_eq!(client::get(&host.addr, "/ok").text(), "ok");
            }
            match stream.read(&mut buffer).expect("the host writes") {
                0 => break,
                length => read += length,
            }
        }
        assert!(read > SIZE, "{read} bytes");
    });
}
