//! A handler of WASI 0.3 that does what the path says.

#![no_std]

extern crate alloc;

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicU32, Ordering};

use guest_rt as _;
use wasip3::cli::stdout;
use wasip3::clocks::monotonic_clock;
use wasip3::exports::http::handler::Guest;
use wasip3::http::client;
use wasip3::http::types::{ErrorCode, Fields, Request, Response, Scheme};
use wasip3::wit_bindgen::{StreamReader, StreamResult, StreamWriter};
use wasip3::{spawn_local, wit_future, wit_stream};
use wit_bindgen as _;

const SECOND: u64 = 1_000_000_000;
/// What is read and written at once, in bytes.
const CHUNK: usize = 64 * 1024;
const BEGINNING: &[u8] = b"the beginning, ";

/// What one request leaves to the next, where one instance serves both.
static SERVED: AtomicU32 = AtomicU32::new(0);

struct Handler;

impl Guest for Handler {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        let target = request.get_path_with_query().unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let number = query.parse().unwrap_or(0);
        Ok(match path {
            "/ok" => text("ok".to_owned()),
            "/served" => text(format!("{}", 1 + SERVED.fetch_add(1, Ordering::Relaxed))),
            "/authority" => text(format!("{:?}", request.get_authority())),
            "/echo" => {
                let mut body = body(request);
                streamed(None, async move |mut out: StreamWriter<u8>| {
                    while let Some(bytes) = read(&mut body).await {
                        if !out.write_all(bytes).await.is_empty() {
                            return;
                        }
                    }
                })
            }
            // What is not touched by the guest, the host may pass on as it is.
            "/pass" => {
                let body = body(request);
                respond(None, Some(body))
            }
            "/length" => {
                let mut body = body(request);
                let mut length = 0;
                while let Some(bytes) = read(&mut body).await {
                    length += bytes.len();
                }
                text(format!("{length}"))
            }
            "/bytes" => streamed(None, async move |mut out| {
                let mut left: usize = number;
                while left > 0 {
                    let bytes = vec![b'x'; left.min(CHUNK)];
                    left -= bytes.len();
                    if !out.write_all(bytes).await.is_empty() {
                        return;
                    }
                }
            }),
            "/print" => {
                print(query).await;
                text("printed".to_owned())
            }
            "/outgoing" => text(outgoing(query).await),
            "/many" => {
                for _ in 0..40 {
                    let query = query.to_owned();
                    spawn_local(async move {
                        outgoing(&query).await;
                    });
                }
                monotonic_clock::wait_for(3600 * SECOND).await;
                text("awake".to_owned())
            }
            "/error" => return Err(ErrorCode::InternalError(None)),
            "/trap" => panic!("asked to"),
            "/trap-in-body" => streamed(None, async |mut out| {
                out.write_all(BEGINNING.to_vec()).await;
                panic!("asked to");
            }),
            "/hang-in-body" => streamed(None, async |mut out| {
                out.write_all(BEGINNING.to_vec()).await;
                monotonic_clock::wait_for(3600 * SECOND).await;
            }),
            "/short-body" => streamed(Some(100), async |mut out| {
                out.write_all(BEGINNING.to_vec()).await;
            }),
            "/sleep" => {
                monotonic_clock::wait_for(3600 * SECOND).await;
                text("awake".to_owned())
            }
            "/loop" => loop {
                core::hint::spin_loop();
            },
            "/alloc" => {
                let mut all = Vec::new();
                loop {
                    all.push(vec![1_u8; CHUNK]);
                }
            }
            "/handles" => {
                let mut all = Vec::new();
                loop {
                    all.push(wit_stream::new::<u8>());
                }
            }
            _ => return Err(ErrorCode::HttpRequestUriInvalid),
        })
    }
}

wasip3::http::service::export!(Handler);

fn body(request: Request) -> StreamReader<u8> {
    let (_, done) = wit_future::new(|| Ok(()));
    Request::consume_body(request, done).0
}

/// The next bytes, none at the end.
async fn read(body: &mut StreamReader<u8>) -> Option<Vec<u8>> {
    let (result, bytes) = body.read(Vec::with_capacity(CHUNK)).await;
    match result {
        StreamResult::Complete(_) => Some(bytes),
        _ => None,
    }
}

fn text(text: String) -> Response {
    streamed(Some(text.len()), async move |mut out: StreamWriter<u8>| {
        out.write_all(text.into_bytes()).await;
    })
}

/// A response with a body that `write` writes once the host has the response.
fn streamed(
    length: Option<usize>,
    write: impl AsyncFnOnce(StreamWriter<u8>) + 'static,
) -> Response {
    let (writer, reader) = wit_stream::new();
    spawn_local(async move { write(writer).await });
    respond(length, Some(reader))
}

fn respond(length: Option<usize>, body: Option<StreamReader<u8>>) -> Response {
    let headers = Fields::new();
    if let Some(length) = length {
        let value = format!("{length}").into_bytes();
        let appended = headers.append("content-length", &value);
        appended.expect("the header is well-formed");
    }
    let (_, no_trailers) = wit_future::new(|| Ok(None));
    Response::new(headers, body, no_trailers).0
}

async fn print(line: &str) {
    let (mut writer, reader) = wit_stream::new();
    let bytes = format!("{line}\n").into_bytes();
    spawn_local(async move {
        writer.write_all(bytes).await;
    });
    let _ = stdout::write_via_stream(reader).await;
}

/// Asks the server at `authority` for its page.
async fn outgoing(authority: &str) -> String {
    let (_, no_trailers) = wit_future::new(|| Ok(None));
    let (request, _) = Request::new(Fields::new(), None, no_trailers, None);
    let set = request.set_scheme(Some(&Scheme::Http));
    set.expect("the scheme is a known one");
    if request.set_authority(Some(authority)).is_err() {
        return "not an authority".to_owned();
    }
    request
        .set_path_with_query(Some("/"))
        .expect("the path is a valid one");
    match client::send(request).await {
        Ok(response) => {
            let status = response.get_status_code();
            let (_, done) = wit_future::new(|| Ok(()));
            let mut body = Response::consume_body(response, done).0;
            while read(&mut body).await.is_some() {}
            format!("{status}")
        }
        Err(code) => format!("{code:?}"),
    }
}
