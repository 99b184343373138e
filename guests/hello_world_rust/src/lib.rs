//! The plugin: exports `anyhost:hello/greeter`, imports nothing.

#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

use alloc::string::String;

use bindings::exports::anyhost::hello::greeter::Guest;
use guest_rt as _;

mod bindings {
    #![allow(missing_docs)]
    wit_bindgen::generate!({ path: "../../wit/greeter.wit", world: "plugin" });
}

struct Greeter;

impl Guest for Greeter {
    fn greet(name: String, up: bool) -> String {
        let greeting = ["Hello, ", &name].concat();
        if up {
            greeting.to_uppercase()
        } else {
            greeting
        }
    }
}

bindings::export!(Greeter with_types_in bindings);

#[cfg(test)]
mod tests {
    use super::*;

    fn greet(name: &str, up: bool) -> String {
        Greeter::greet(name.into(), up)
    }

    #[test]
    fn greets_by_name() {
        assert_eq!(greet("x", false), "Hello, x");
        assert_eq!(greet("", false), "Hello, ");
    }

    #[test]
    fn upper_cases_the_whole_greeting() {
        assert_eq!(greet("x", true), "HELLO, X");
    }

    #[test]
    fn upper_cases_by_the_rules_of_unicode() {
        assert_eq!(greet("Zoë Strauß", true), "HELLO, ZOË STRAUSS");
        assert_eq!(greet("ἀθήνα", true), "HELLO, ἈΘΉΝΑ");
    }

    #[test]
    fn greets_a_megabyte() {
        let name = "é".repeat(1 << 19);
        assert_eq!(greet(&name, true).len(), "HELLO, ".len() + name.len());
    }
}
