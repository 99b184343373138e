//! A guest that is compiled with `-Ctarget-feature=+simd128`.

#![no_std]

extern crate alloc;

use alloc::vec::Vec;
use core::arch::wasm32::{f32x4, f32x4_add, f32x4_extract_lane, f32x4_mul, f32x4_splat};

use guest_rt as _;

mod bindings {
    #![allow(missing_docs)]
    wit_bindgen::generate!({ path: "simd.wit", world: "simd" });
}

struct Simd;

impl bindings::Guest for Simd {
    fn dot(a: Vec<f32>, b: Vec<f32>) -> f32 {
        let mut sum = f32x4_splat(0.0);
        for (a, b) in a.chunks_exact(4).zip(b.chunks_exact(4)) {
            let a = f32x4(a[0], a[1], a[2], a[3]);
            sum = f32x4_add(sum, f32x4_mul(a, f32x4(b[0], b[1], b[2], b[3])));
        }
        f32x4_extract_lane::<0>(sum)
            + f32x4_extract_lane::<1>(sum)
            + f32x4_extract_lane::<2>(sum)
            + f32x4_extract_lane::<3>(sum)
    }
}

bindings::export!(Simd with_types_in bindings);
