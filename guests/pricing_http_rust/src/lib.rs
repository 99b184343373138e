//! Prices carts over HTTP: JSON in, the rule of `anyhost:pricing/pricing`, JSON out.

#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

mod http;
mod json;
mod number;
mod route;

use guest_rt as _;

mod bindings {
    #![allow(missing_docs)]
    wit_bindgen::generate!({
        path: "../../wit/pricing/pricing.wit",
        world: "imports",
        bitflags_path: "bitflags",
    });
}
