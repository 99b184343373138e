//! The greeting itself, for every guest that greets, and what commands and servers that greet have in common.

#![cfg_attr(not(test), no_std)]

extern crate alloc;

pub mod args;
pub mod route;

use alloc::string::String;

/// Greets `name`, as the interface `greeter` in `wit/hello/greeter.wit` has it.
pub fn greet(name: &str, up: bool) -> String {
    let greeting = ["Hello, ", name].concat();
    if up {
        greeting.to_uppercase()
    } else {
        greeting
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
