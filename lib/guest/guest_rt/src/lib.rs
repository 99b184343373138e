//! What a `no_std` guest needs once: an allocator and a panic handler.
//!
//! A guest says `use guest_rt as _;` and nothing more. Natively, where guests
//! are unit-tested against std, this crate is empty.
//!
//! It is for modules that hold no std and no C: it owns the memory from the end
//! of the module's data on, as libc's `malloc` would.

#![cfg_attr(target_arch = "wasm32", no_std)]

#[cfg(target_arch = "wasm32")]
mod heap;
#[cfg(target_env = "p2")]
mod realloc;

/// Traps: the host reports a trap better than a guest without output could.
#[cfg(target_arch = "wasm32")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
