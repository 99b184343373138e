//! Prices carts over HTTP: JSON in, the rule of `anyhost:pricing/pricing`, JSON out.
//!
//! It has std, unlike other guests: what serde_json depends on has it in this workspace.

mod http;
mod json;
mod number;
mod route;

mod bindings {
    #![allow(missing_docs)]
    wit_bindgen::generate!({
        path: "../../wit/pricing/pricing.wit",
        world: "imports",
        bitflags_path: "bitflags",
    });
}
