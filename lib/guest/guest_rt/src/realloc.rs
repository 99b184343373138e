//! `cabi_realloc`, which a host calls to pass strings in.
//!
//! wit-bindgen brings it on every target but wasip2, where it counts on
//! wasi-libc; that one would bring `malloc`, a second owner of the same memory.

extern crate alloc;

use alloc::alloc::{Layout, alloc, realloc};
use core::arch::wasm32::unreachable;
use core::ptr;

// For `memcmp` and the like, which Rust's builtins leave to libc on wasip2; the
// linker takes nothing else from it.
#[link(name = "c")]
unsafe extern "C" {}

#[unsafe(no_mangle)]
unsafe extern "C" fn cabi_realloc(
    old: *mut u8,
    old_size: usize,
    align: usize,
    size: usize,
) -> *mut u8 {
    if size == 0 {
        return ptr::without_provenance_mut(align);
    }
    // SAFETY: the canonical ABI passes a power of two as alignment, and the
    // address and size of a block that came from here.
    let new = unsafe {
        if old_size == 0 {
            alloc(Layout::from_size_align_unchecked(size, align))
        } else {
            realloc(
                old,
                Layout::from_size_align_unchecked(old_size, align),
                size,
            )
        }
    };
    if new.is_null() {
        unreachable();
    }
    new
}
