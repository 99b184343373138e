//! Greets again and again: a plugin that it is composed with does the greeting; with
//! the feature `direct` this component does it itself. The difference is what a call
//! across the boundary costs.

#![cfg_attr(target_arch = "wasm32", no_std)]

#[cfg(not(feature = "direct"))]
use bindings::anyhost::hello::greeter::greet;
use core::hint::black_box;
#[cfg(feature = "direct")]
use greeting::greet;
use guest_rt as _;

mod bindings {
    #![allow(missing_docs)]
    #[cfg(not(feature = "direct"))]
    wit_bindgen::generate!({
        path: ["../../../../../wit/hello/greeter.wit", "caller.wit"],
        world: "anyhost:bench/caller",
        generate_all,
    });
    #[cfg(feature = "direct")]
    wit_bindgen::generate!({
        path: ["../../../../../wit/hello/greeter.wit", "caller.wit"],
        world: "anyhost:bench/direct",
    });
}

struct Caller;

impl bindings::Guest for Caller {
    fn run(n: u64) -> u64 {
        // The compiler must not see that it is always the same greeting.
        (0..n)
            .map(|_| greet(black_box("World"), black_box(false)).len() as u64)
            .sum()
    }
}

bindings::export!(Caller with_types_in bindings);
