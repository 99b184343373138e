//! Signals of a container's first process.
//!
//! The kernel gives the first process of a pid namespace no default for signals: what it
//! does not handle, it does not get. So they are held from before the process is made,
//! and a thread gives each its due once there is one: a handler if there is one by now,
//! or what any other process would make of it. None is lost, however early it comes.

use std::mem::MaybeUninit;
use std::ptr;
use std::thread;

use libc::{c_int, sigset_t};

/// Faults of the process itself, which cannot be held; the engine handles them.
const FAULTS: [c_int; 6] = [
    libc::SIGBUS,
    libc::SIGFPE,
    libc::SIGILL,
    libc::SIGSEGV,
    libc::SIGSYS,
    libc::SIGTRAP,
];
/// Whose default is not to end the process.
const HARMLESS: [c_int; 7] = [
    libc::SIGCHLD,
    libc::SIGCONT,
    libc::SIGTSTP,
    libc::SIGTTIN,
    libc::SIGTTOU,
    libc::SIGURG,
    libc::SIGWINCH,
];

/// Holds signals for this thread, and for the processes and threads that it makes.
pub fn hold() {
    mask(libc::SIG_BLOCK, &held());
}

/// Lets them through again, for a program that is to take this one's place. It gets the
/// signal of a broken pipe, too, which Rust's own programs ignore.
pub fn release() {
    mask(libc::SIG_UNBLOCK, &held());
    // SAFETY: it sets no handler.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
}

/// Starts the thread that takes the signals that are [held](hold).
///
/// # Errors
/// The system's, when it cannot be started.
pub fn take() -> std::io::Result<()> {
    let take = || loop {
        let mut signal = 0;
        // SAFETY: both point to what the call expects.
        if unsafe { libc::sigwait(&held(), &mut signal) } == 0 {
            give(signal);
        }
    };
    thread::Builder::new()
        .name("signals".to_owned())
        .spawn(take)
        .map(drop)
}

/// What an ordinary process makes of a signal.
fn give(signal: c_int) {
    let mut action = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: it is only asked for, and a zeroed one is valid.
    let handler = unsafe {
        libc::sigaction(signal, ptr::null(), action.as_mut_ptr());
        action.assume_init().sa_sigaction
    };
    match handler {
        libc::SIG_IGN => {}
        libc::SIG_DFL if HARMLESS.contains(&signal) => {}
        // As a shell tells it.
        libc::SIG_DFL => std::process::exit(128 + signal),
        _ => {
            // The handler runs in this thread, before `raise` returns.
            mask(libc::SIG_UNBLOCK, &only(signal));
            // SAFETY: it has no preconditions.
            unsafe { libc::raise(signal) };
            mask(libc::SIG_BLOCK, &only(signal));
        }
    }
}

fn held() -> sigset_t {
    let mut set = MaybeUninit::uninit();
    // SAFETY: `sigfillset` initializes it.
    unsafe {
        libc::sigfillset(set.as_mut_ptr());
        for fault in FAULTS {
            libc::sigdelset(set.as_mut_ptr(), fault);
        }
        set.assume_init()
    }
}

fn only(signal: c_int) -> sigset_t {
    let mut set = MaybeUninit::uninit();
    // SAFETY: `sigemptyset` initializes it.
    unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        libc::sigaddset(set.as_mut_ptr(), signal);
        set.assume_init()
    }
}

fn mask(how: c_int, set: &sigset_t) {
    // SAFETY: the old mask may be null, and there is no other error than a wrong `how`.
    unsafe { libc::pthread_sigmask(how, set, ptr::null_mut()) };
}
