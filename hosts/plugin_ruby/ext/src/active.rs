//! Calls into guests that have not returned yet, of each thread.
//!
//! The engine keeps them as a stack for each thread: what is entered last is left
//! first. Ruby's fibers could leave them in any order, from within a host function.

use std::cell::RefCell;

use magnus::{Error, Ruby};

use crate::errors::error;
use crate::stack;

thread_local! {
    /// The fibers that are inside of a guest, outermost first.
    static FIBERS: RefCell<Vec<rb_sys::VALUE>> = const { RefCell::new(Vec::new()) };
}

/// A call, until it is dropped.
pub struct Active(());

impl Active {
    /// Begins a call of a guest.
    ///
    /// # Errors
    /// Another fiber of this thread is in a call that would have to end first, or the
    /// stack is used up.
    pub fn begin(ruby: &Ruby) -> Result<Self, Error> {
        stack::check(ruby)?;
        // SAFETY: called by a Ruby thread. The value is only compared; host functions,
        // from where alone a fiber can be left in a call, keep it from being collected.
        let fiber = unsafe { rb_sys::rb_fiber_current() };
        FIBERS.with_borrow_mut(|fibers| match fibers.last() {
            Some(&last) if last != fiber => Err(error(
                ruby,
                "another fiber of this thread is inside of a guest, in a host function that has not returned",
            )),
            _ => {
                fibers.push(fiber);
                Ok(Self(()))
            }
        })
    }
}

impl Drop for Active {
    fn drop(&mut self) {
        FIBERS.with_borrow_mut(|fibers| fibers.pop());
    }
}
