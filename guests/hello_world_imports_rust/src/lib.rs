//! A plugin that its host helps: greets a name that `formatter` has reversed.

#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

use alloc::string::String;

use bindings::anyhost::hello::formatter;
use bindings::exports::anyhost::hello::greeter::Guest;
use guest_rt as _;

mod bindings {
    #![allow(missing_docs)]
    wit_bindgen::generate!({ path: "../../wit/hello/greeter.wit", world: "formatting-plugin" });
}

struct Greeter;

impl Guest for Greeter {
    fn greet(name: String, up: bool) -> String {
        greeting::greet(&formatter::reverse(&name), up)
    }
}

bindings::export!(Greeter with_types_in bindings);
