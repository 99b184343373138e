//! The glue to `wasi:http`: reads what a request asks for, writes the reply.
//!
//! A host makes a fresh instance for each request, so every call out counts:
//! a greeting of up to one chunk takes eleven.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use greeting::route::{self, Reply};
use wasip2::exports::http::incoming_handler::Guest;
use wasip2::http::types::{
    Fields, IncomingRequest, Method, OutgoingBody, OutgoingResponse, ResponseOutparam,
};

/// What one `blocking-write-and-flush` takes at most.
const CHUNK: usize = 4096;

struct Handler;

impl Guest for Handler {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        let target = request.path_with_query().unwrap_or_default();
        match request.method() {
            Method::Get => send(out, &route::reply(&target), true),
            Method::Head => send(out, &route::reply(&target), false),
            _ => send(out, &Reply::method_not_allowed(), true),
        }
    }
}

wasip2::http::proxy::export!(Handler);

/// Sends `reply`, its body only if `with_body`.
fn send(out: ResponseOutparam, reply: &Reply, with_body: bool) {
    let mut headers = vec![
        header("content-type", "text/plain; charset=utf-8"),
        header("content-length", &reply.body.len().to_string()),
    ];
    if reply.status == route::METHOD_NOT_ALLOWED {
        headers.push(header("allow", route::ALLOW));
    }
    let headers = Fields::from_list(&headers).expect("the headers are well-formed");
    let response = OutgoingResponse::new(headers);
    if reply.status != route::OK {
        response
            .set_status_code(reply.status)
            .expect("the status is a valid one");
    }
    // Without a body of its own, the response to HEAD keeps its content-length.
    let body = with_body.then(|| response.body().expect("the body is taken once"));
    ResponseOutparam::set(out, Ok(response));
    if let Some(body) = body {
        write(body, reply.body.as_bytes());
    }
}

/// Writes and finishes `body`, or drops it unfinished when the client has gone:
/// nobody is left to tell.
fn write(body: OutgoingBody, bytes: &[u8]) {
    let stream = body.write().expect("the stream is taken once");
    for chunk in bytes.chunks(CHUNK) {
        if stream.blocking_write_and_flush(chunk).is_err() {
            return;
        }
    }
    drop(stream);
    let _ = OutgoingBody::finish(body, None);
}

fn header(name: &str, value: &str) -> (String, Vec<u8>) {
    (name.to_owned(), value.as_bytes().to_vec())
}
