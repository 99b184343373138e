//! The glue to `wasi:http`: reads a request, writes the reply.

use wasip2::exports::http::incoming_handler::Guest;
use wasip2::http::types::{
    Fields, IncomingRequest, Method, OutgoingBody, OutgoingResponse, ResponseOutparam,
};
use wasip2::io::streams::StreamError;

use crate::route::{self, Reply, Verb};

/// What one `blocking-write-and-flush` takes at most.
const CHUNK: usize = 4096;

struct Handler;

impl Guest for Handler {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        let target = request.path_with_query().unwrap_or_default();
        let verb = match request.method() {
            Method::Get => Verb::Get,
            Method::Head => Verb::Head,
            Method::Post => Verb::Post,
            _ => Verb::Other,
        };
        let reply = route::reply(verb, &target, || read(&request));
        send(out, &reply, verb != Verb::Head);
    }
}

wasip2::http::proxy::export!(Handler);

/// The body, or nothing of it if it is too large or breaks off.
fn read(request: &IncomingRequest) -> Result<Vec<u8>, Reply> {
    let body = request.consume().expect("the body is taken once");
    let stream = body.stream().expect("the stream is taken once");
    let mut bytes = Vec::new();
    loop {
        match stream.blocking_read(CHUNK as u64) {
            Ok(chunk) => bytes.extend_from_slice(&chunk),
            Err(StreamError::Closed) => return Ok(bytes),
            Err(StreamError::LastOperationFailed(_)) => return Err(Reply::broken_off()),
        }
        if bytes.len() > route::MAX_BODY {
            return Err(Reply::too_large());
        }
    }
}

/// Sends `reply`, its body only if `with_body`.
fn send(out: ResponseOutparam, reply: &Reply, with_body: bool) {
    let mut headers = vec![
        header("content-type", reply.content_type),
        header("content-length", &reply.body.len().to_string()),
    ];
    if let Some(methods) = reply.allow {
        headers.push(header("allow", methods));
    }
    let headers = Fields::from_list(&headers).expect("the headers are well-formed");
    let response = OutgoingResponse::new(headers);
    response
        .set_status_code(reply.status)
        .expect("the status is a valid one");
    // Without a body of its own, the response to HEAD keeps its content-length.
    let body = with_body.then(|| response.body().expect("the body is taken once"));
    ResponseOutparam::set(out, Ok(response));
    if let Some(body) = body {
        write(body, &reply.body);
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
