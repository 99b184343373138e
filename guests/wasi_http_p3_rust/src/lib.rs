//! Greets over HTTP with WASI 0.3 (`wasi:http/handler`) and as a plugin
//! (`anyhost:hello/greeter`).

#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use bindings::exports::anyhost::hello::greeter::Guest as Plugin;
use greeting::route::{self, Reply};
use guest_rt as _;
use wasip3::exports::http::handler::Guest as Handler;
use wasip3::http::types::{ErrorCode, Fields, Method, Request, Response};
use wasip3::{spawn_local, wit_future, wit_stream};

mod bindings {
    #![allow(missing_docs)]
    wit_bindgen::generate!({ path: "../../wit/hello/greeter.wit", world: "plugin" });
}

struct Guest;

impl Handler for Guest {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        let target = request.get_path_with_query().unwrap_or_default();
        Ok(match request.get_method() {
            Method::Get => respond(route::reply(&target), true),
            Method::Head => respond(route::reply(&target), false),
            _ => respond(Reply::method_not_allowed(), true),
        })
    }
}

wasip3::http::service::export!(Guest);

impl Plugin for Guest {
    fn greet(name: String, up: bool) -> String {
        greeting::greet(&name, up)
    }
}

bindings::export!(Guest with_types_in bindings);

/// The response for `reply`, whose body, if it has one, is written once the host has
/// the response.
fn respond(reply: Reply, with_body: bool) -> Response {
    let mut headers = vec![
        header("content-type", "text/plain; charset=utf-8"),
        header("content-length", &reply.body.len().to_string()),
    ];
    if reply.status == route::METHOD_NOT_ALLOWED {
        headers.push(header("allow", route::ALLOW));
    }
    let headers = Fields::from_list(&headers).expect("the headers are well-formed");
    // Without a body of its own, the response to HEAD keeps its content-length.
    let body = with_body.then(|| {
        let (mut writer, reader) = wit_stream::new();
        spawn_local(async move {
            // What is left is for a client that has gone: nobody is left to tell.
            writer.write_all(reply.body.into_bytes()).await;
        });
        reader
    });
    let (_, no_trailers) = wit_future::new(|| Ok(None));
    let (response, _) = Response::new(headers, body, no_trailers);
    response
        .set_status_code(reply.status)
        .expect("the status is a valid one");
    response
}

fn header(name: &str, value: &str) -> (String, Vec<u8>) {
    (name.to_owned(), value.as_bytes().to_vec())
}
