//! A guest that misbehaves on request: the path selects how.
//!
//! It uses std, and with it most of WASI, as guests of other people do.

use std::io::Write;

use wasip2::clocks::monotonic_clock::subscribe_duration;
use wasip2::exports::http::incoming_handler::Guest;
use wasip2::filesystem::preopens::get_directories;
use wasip2::http::outgoing_handler;
use wasip2::http::types::{
    ErrorCode, Fields, IncomingRequest, OutgoingBody, OutgoingRequest, OutgoingResponse,
    ResponseOutparam,
};
use wasip2::io::streams::StreamError;

const SECOND: u64 = 1_000_000_000;

struct Handler;

impl Guest for Handler {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        let target = request.path_with_query().unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        match path {
            "/ok" => reply(out, b"ok"),
            "/echo" => echo(request, out),
            "/env" => reply(
                out,
                format!("{:?}", std::env::vars().collect::<Vec<_>>()).as_bytes(),
            ),
            "/files" => reply(out, get_directories().len().to_string().as_bytes()),
            "/read" => reply(out, &said(std::fs::read(query))),
            "/write" => reply(
                out,
                &said(std::fs::write(query, "text").map(|()| Vec::new())),
            ),
            "/outgoing" => reply(out, outgoing().as_bytes()),
            "/stdout" => {
                println!("{query}\u{1b}[31m");
                reply(out, b"printed");
            }
            "/stderr" => {
                eprint!("{query}");
                let _ = std::io::stderr().flush();
                reply(out, b"printed");
            }
            "/loop" => {
                eprintln!("looping");
                loop {
                    std::hint::spin_loop();
                }
            }
            "/alloc" => alloc(out),
            "/trap" => panic!("asked to"),
            "/exit" => std::process::exit(3),
            "/no-response" => {}
            "/error" => ResponseOutparam::set(out, Err(ErrorCode::InternalError(None))),
            "/sleep" => {
                eprintln!("sleeping");
                subscribe_duration(query.parse().unwrap_or(3600 * SECOND)).block();
                reply(out, b"awake");
            }
            "/big" => big(out, query.parse().unwrap_or(1 << 20)),
            "/trap-in-body" => {
                let body = start(out, None);
                write(&body, b"the beginning, ");
                panic!("asked to");
            }
            "/trap-in-slow-body" => {
                let body = start(out, None);
                write(&body, b"the beginning, ");
                subscribe_duration(SECOND / 20).block();
                panic!("asked to");
            }
            "/hang-in-body" => {
                let body = start(out, None);
                write(&body, b"the beginning, ");
                subscribe_duration(3600 * SECOND).block();
            }
            "/dropped-body" => write(&start(out, None), b"the beginning, "),
            "/short-body" => {
                let body = start(out, Some(100));
                write(&body, b"not a hundred");
                let _ = OutgoingBody::finish(body, None);
            }
            "/trailers" => {
                let body = start(out, None);
                write(&body, b"before trailers");
                let trailers = Fields::from_list(&[("x-checksum".to_owned(), b"7".to_vec())]);
                let _ = OutgoingBody::finish(body, trailers.ok());
            }
            "/slow-trailers" => {
                let body = start(out, None);
                write(&body, b"before trailers");
                subscribe_duration(SECOND / 20).block();
                let trailers = Fields::from_list(&[("x-checksum".to_owned(), b"7".to_vec())]);
                let _ = OutgoingBody::finish(body, trailers.ok());
            }
            "/sized-trailers" => {
                let body = start(out, Some(15));
                write(&body, b"before trailers");
                let trailers = Fields::from_list(&[("x-checksum".to_owned(), b"7".to_vec())]);
                let _ = OutgoingBody::finish(body, trailers.ok());
            }
            "/status" => {
                let response = OutgoingResponse::new(Fields::new());
                let status = query.parse().expect("a status");
                response.set_status_code(status).expect("a valid status");
                ResponseOutparam::set(out, Ok(response));
            }
            "/drip" => {
                let body = start(out, None);
                let stream = body.write().expect("the stream is taken once");
                for _ in 0..query.parse().unwrap_or(5) {
                    let _ = stream.blocking_write_and_flush(b"drop ");
                    subscribe_duration(SECOND / 4).block();
                }
                drop(stream);
                let _ = OutgoingBody::finish(body, None);
            }
            // More than the head says, and never finished.
            "/overlong" => {
                let body = start(out, Some(4));
                write(&body, b"longer than four bytes");
                std::mem::forget(body);
            }
            "/afterwards" => {
                reply(out, b"done");
                subscribe_duration(SECOND / 20).block();
                eprintln!("finished {query}");
            }
            _ => reply(out, b"unknown path"),
        }
    }
}

wasip2::http::proxy::export!(Handler);

/// Sends the head of a response.
fn start(out: ResponseOutparam, length: Option<u64>) -> OutgoingBody {
    let length = length.map(|n| ("content-length".to_owned(), n.to_string().into_bytes()));
    let headers = Fields::from_list(&length.into_iter().collect::<Vec<_>>());
    let response = OutgoingResponse::new(headers.expect("the headers are well-formed"));
    let body = response.body().expect("the body is taken once");
    ResponseOutparam::set(out, Ok(response));
    body
}

fn write(body: &OutgoingBody, bytes: &[u8]) {
    let stream = body.write().expect("the stream is taken once");
    for chunk in bytes.chunks(4096) {
        if stream.blocking_write_and_flush(chunk).is_err() {
            return;
        }
    }
}

fn reply(out: ResponseOutparam, bytes: &[u8]) {
    let body = start(out, None);
    write(&body, bytes);
    let _ = OutgoingBody::finish(body, None);
}

/// Sends the request's body back, all of it at once.
fn echo(request: IncomingRequest, out: ResponseOutparam) {
    let body = request.consume().expect("the body is taken once");
    let stream = body.stream().expect("the stream is taken once");
    let mut bytes = Vec::new();
    loop {
        match stream.blocking_read(64 * 1024) {
            Ok(chunk) => bytes.extend(chunk),
            Err(StreamError::Closed) => return reply(out, &bytes),
            Err(StreamError::LastOperationFailed(e)) => {
                return reply(out, e.to_debug_string().as_bytes());
            }
        }
    }
}

/// Takes memory until there is no more.
fn alloc(out: ResponseOutparam) {
    let mut hoard = Vec::new();
    loop {
        hoard.push(vec![1u8; 1 << 20]);
        if hoard.len() > 1 << 16 {
            return reply(out, b"the memory is boundless");
        }
    }
}

fn big(out: ResponseOutparam, size: usize) {
    let body = start(out, Some(size as u64));
    write(&body, &vec![b'x'; size]);
    let _ = OutgoingBody::finish(body, None);
}

/// What came of a file.
fn said(done: std::io::Result<Vec<u8>>) -> Vec<u8> {
    done.unwrap_or_else(|error| format!("{:?}", error.kind()).into_bytes())
}

/// What comes of a request to somewhere else.
fn outgoing() -> String {
    let request = OutgoingRequest::new(Fields::new());
    let _ = request.set_authority(Some("127.0.0.1:9"));
    let _ = request.set_path_with_query(Some("/"));
    match outgoing_handler::handle(request, None) {
        Err(code) => format!("{code:?}"),
        Ok(response) => {
            response.subscribe().block();
            format!("{:?}", response.get())
        }
    }
}
