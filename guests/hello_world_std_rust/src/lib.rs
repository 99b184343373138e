//! A plugin with Rust's standard library, which imports WASI: it prints a line, and greets.

use bindings::exports::anyhost::hello::greeter::Guest;
// What `std` imports is then of the version that the world has.
use wasip2 as _;

mod bindings {
    #![allow(missing_docs)]
    wit_bindgen::generate!({ path: "../../wit/hello/greeter.wit", world: "plugin" });
}

struct Greeter;

impl Guest for Greeter {
    fn greet(name: String, up: bool) -> String {
        println!("greeting {name}");
        greeting::greet(&name, up)
    }
}

bindings::export!(Greeter with_types_in bindings);
