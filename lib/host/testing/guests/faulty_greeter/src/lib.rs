//! A greeter that misbehaves when it is asked to: the name selects how.

#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

use alloc::string::String;
use alloc::vec::Vec;

use bindings::exports::anyhost::hello::greeter::Guest;
use guest_rt as _;

mod bindings {
    #![allow(missing_docs)]
    wit_bindgen::generate!({ path: "../../../../../wit/hello/greeter.wit", world: "plugin" });
}

struct Greeter;

impl Guest for Greeter {
    fn greet(name: String, up: bool) -> String {
        match name.as_str() {
            "trap" => panic!("asked to"),
            "allocate" => allocate(),
            "loop" => loop {
                core::hint::spin_loop();
            },
            _ => greeting::greet(&name, up),
        }
    }
}

bindings::export!(Greeter with_types_in bindings);

/// Takes memory until there is no more, which traps.
fn allocate() -> ! {
    let mut hoard = Vec::new();
    loop {
        hoard.push(Vec::<u8>::with_capacity(1 << 20));
    }
}
