//! How much of the machine's stack is left to the thread or fiber that runs now.
//!
//! A guest that finds less than it may take would run into what guards the stack: Ruby
//! turns that into an exception which leaves the engine's frames behind.

use std::cell::OnceCell;
use std::ffi::{c_int, c_void};
use std::ops::Range;
use std::sync::OnceLock;

use magnus::prelude::*;
use magnus::{Error, RClass, RHash, Ruby};

/// What the engine itself takes, and Ruby in a host function at least.
const HOST: usize = 64 << 10;

/// What the compiler takes.
const COMPILER: usize = 256 << 10;

/// How large the stack of a fiber is.
static FIBER: OnceLock<usize> = OnceLock::new();

/// How much of it a guest may take.
static GUEST: OnceLock<usize> = OnceLock::new();

thread_local! {
    /// The addresses of this thread's own stack, on which its fibers do not run.
    static THREAD: OnceCell<Range<usize>> = const { OnceCell::new() };
}

/// What a guest may take: a quarter of the smallest stack that threads and fibers get.
/// `RUBY_FIBER_MACHINE_STACK_SIZE` and its like say how large these are.
pub fn of_guest() -> usize {
    GUEST.get().copied().unwrap_or(0)
}

/// Checks that a guest can be entered.
///
/// # Errors
/// `SystemStackError`
pub fn check(ruby: &Ruby) -> Result<(), Error> {
    expect(ruby, of_guest() + HOST)
}

/// Checks that a component can be compiled.
///
/// # Errors
/// `SystemStackError`
pub fn check_compiler(ruby: &Ruby) -> Result<(), Error> {
    expect(ruby, COMPILER)
}

fn expect(ruby: &Ruby, expected: usize) -> Result<(), Error> {
    let left = left();
    if left >= expected {
        return Ok(());
    }
    let (left, expected) = (left >> 10, expected >> 10);
    let message = format!("stack level too deep: {left} KiB are left, expected {expected} KiB");
    Err(Error::new(ruby.exception_sys_stack_error(), message))
}

fn left() -> usize {
    let marker = 0_u8;
    let here = (&raw const marker).addr();
    THREAD.with(|thread| {
        let thread = thread.get_or_init(thread_stack);
        if thread.contains(&here) {
            return here - thread.start;
        }
        // SAFETY: called by a Ruby thread.
        let used = unsafe { rb_sys::ruby_stack_length(std::ptr::null_mut()) };
        let used = usize::try_from(used).map_or(usize::MAX, |n| n * size_of::<rb_sys::VALUE>());
        let size = FIBER.get().copied().unwrap_or(0);
        size.saturating_sub(used)
    })
}

/// At least as large as `pthread_attr_t` is on any machine.
#[repr(C, align(16))]
struct Attributes([u8; 256]);

unsafe extern "C" {
    fn pthread_self() -> usize;
    fn pthread_getattr_np(thread: usize, attributes: *mut Attributes) -> c_int;
    fn pthread_attr_getstack(
        attributes: *const Attributes,
        address: *mut *mut c_void,
        size: *mut usize,
    ) -> c_int;
    fn pthread_attr_destroy(attributes: *mut Attributes) -> c_int;
}

fn thread_stack() -> Range<usize> {
    let mut attributes = Attributes([0; 256]);
    let mut address = std::ptr::null_mut();
    let mut size = 0;
    // SAFETY: the attributes are of this thread, and made before they are looked at.
    unsafe {
        if pthread_getattr_np(pthread_self(), &raw mut attributes) == 0 {
            pthread_attr_getstack(&raw const attributes, &raw mut address, &raw mut size);
            pthread_attr_destroy(&raw mut attributes);
        }
    }
    let start = address.addr();
    start..start + size
}

pub fn init(ruby: &Ruby) -> Result<(), Error> {
    let vm: RClass = ruby.class_object().const_get("RubyVM")?;
    let params: RHash = vm.const_get("DEFAULT_PARAMS")?;
    let size = |of: &str| params.fetch(ruby.to_symbol(format!("{of}_machine_stack_size")));
    let (thread, fiber): (usize, usize) = (size("thread")?, size("fiber")?);
    FIBER.get_or_init(|| fiber);
    GUEST.get_or_init(|| thread.min(fiber) / 4);
    Ok(())
}
