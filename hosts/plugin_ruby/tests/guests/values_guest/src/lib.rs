//! Gives back values of every WIT type, from itself or from its host.

#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

use alloc::string::String;
use alloc::vec::Vec;

use bindings::anyhost::values::host;
use bindings::anyhost::values::types::{Everything, Point, Rights, Shape, Weekday};
use bindings::exports::anyhost::values::{deeds, echo};
use guest_rt as _;

mod bindings {
    #![allow(missing_docs)]
    wit_bindgen::generate!({
        path: "values.wit",
        world: "values",
        bitflags_path: "bitflags",
    });
}

struct Values;

bindings::export!(Values with_types_in bindings);

macro_rules! echo {
    ($($name:ident: $type:ty;)*) => {
        impl echo::Guest for Values {
            $(fn $name(v: $type) -> $type {
                v
            })*

            fn id_nothing() {}
        }
    };
}

echo! {
    id_bool: bool;
    id_u8: u8;
    id_s8: i8;
    id_u16: u16;
    id_s16: i16;
    id_u32: u32;
    id_s32: i32;
    id_u64: u64;
    id_s64: i64;
    id_f32: f32;
    id_f64: f64;
    id_char: char;
    id_string: String;
    id_bytes: Vec<u8>;
    id_strings: Vec<String>;
    id_lists: Vec<Vec<i64>>;
    id_tuple: (u32, String);
    id_enum: Weekday;
    id_flags: Rights;
    id_record: Point;
    id_variant: Shape;
    id_option: Option<String>;
    id_result: Result<u32, String>;
    id_result_ok: Result<u32, ()>;
    id_result_error: Result<(), String>;
    id_result_unit: Result<(), ()>;
    id_everything: Everything;
}

impl deeds::Guest for Values {
    fn relay(v: Everything) -> Everything {
        host::relay(&v)
    }

    fn call_host() {
        host::act();
    }

    fn read_out_of_bounds() -> u8 {
        let far = core::hint::black_box(u32::MAX);
        // SAFETY: none; there is nothing at this address, and so the guest traps.
        unsafe { core::ptr::with_exposed_provenance::<u8>(far as usize).read_volatile() }
    }

    fn recurse(depth: u64) -> u64 {
        // Each call's frame holds what the calls below it have given.
        let here = core::hint::black_box(depth);
        match here.checked_add(1) {
            Some(next) => here ^ Self::recurse(next),
            None => here,
        }
    }
}
