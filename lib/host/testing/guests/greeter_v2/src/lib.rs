//! A greeter of another version of the contract.

#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

use alloc::string::String;

use bindings::exports::anyhost::hello::greeter::Guest;
use guest_rt as _;

mod bindings {
    #![allow(missing_docs)]
    wit_bindgen::generate!({ path: "greeter.wit", world: "plugin" });
}

struct Greeter;

impl Guest for Greeter {
    fn greet(name: String) -> String {
        ["Hello again, ", &name].concat()
    }
}

bindings::export!(Greeter with_types_in bindings);
