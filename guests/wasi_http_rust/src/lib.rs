//! Greets over HTTP (`wasi:http/incoming-handler`) and as a plugin
//! (`anyhost:hello/greeter`).

#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

mod http;

use alloc::string::String;

use bindings::exports::anyhost::hello::greeter::Guest;
use guest_rt as _;

mod bindings {
    #![allow(missing_docs)]
    wit_bindgen::generate!({ path: "../../wit/hello/greeter.wit", world: "plugin" });
}

struct Greeter;

impl Guest for Greeter {
    fn greet(name: String, up: bool) -> String {
        greeting::greet(&name, up)
    }
}

bindings::export!(Greeter with_types_in bindings);
