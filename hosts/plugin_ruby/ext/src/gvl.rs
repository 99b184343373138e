//! Work without Ruby's global VM lock, and with it again.

use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread::Result;

/// Does `work` while other Ruby threads run. It must not touch any Ruby value, which
/// `Send` ensures for those that are its own.
pub fn released<F, R>(work: F) -> R
where
    F: FnOnce() -> R + Send,
    R: Send,
{
    let mut job = Job {
        work: Some(work),
        result: None,
    };
    // SAFETY: `run` gets the job that it is made for, which outlives the call.
    unsafe {
        rb_sys::rb_thread_call_without_gvl(
            Some(run::<F, R>),
            (&raw mut job).cast(),
            None, // cannot be interrupted
            std::ptr::null_mut(),
        );
    }
    match job.result.expect("Ruby runs the function once") {
        Ok(result) => result,
        Err(panic) => resume_unwind(panic),
    }
}

/// Does `work` with the lock, on a thread of Ruby's that has [`released`] it.
pub fn acquired<R>(work: impl FnOnce() -> R) -> R {
    let mut job = Job {
        work: Some(work),
        result: None,
    };
    // SAFETY: `run` gets the job that it is made for, which outlives the call.
    unsafe { rb_sys::rb_thread_call_with_gvl(Some(run_of(&job)), (&raw mut job).cast()) };
    match job.result.expect("Ruby runs the function once") {
        Ok(result) => result,
        Err(panic) => resume_unwind(panic),
    }
}

type Run = unsafe extern "C" fn(*mut c_void) -> *mut c_void;

/// The function that does a job of this type.
fn run_of<F: FnOnce() -> R, R>(_: &Job<F, R>) -> Run {
    run::<F, R>
}

struct Job<F, R> {
    work: Option<F>,
    result: Option<Result<R>>,
}

unsafe extern "C" fn run<F: FnOnce() -> R, R>(job: *mut c_void) -> *mut c_void {
    // SAFETY: the caller passes a job of these types, and waits.
    let job = unsafe { &mut *job.cast::<Job<F, R>>() };
    if let Some(work) = job.work.take() {
        // A panic must not cross Ruby's frames.
        job.result = Some(catch_unwind(AssertUnwindSafe(work)));
    }
    std::ptr::null_mut()
}
