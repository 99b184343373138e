//! Signals that stop the program: the first one is for it, the second ends it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::thread;

use rustix::process::Signal;

use crate::{Fatal, system};

/// Notices SIGINT, SIGTERM and SIGHUP. A second one ends this process at once, with 128
/// and the signal's number as its exit code.
#[derive(Clone)]
pub struct Signals(Arc<AtomicI32>);

impl Signals {
    /// From now on these signals do not end the process.
    ///
    /// # Errors
    /// One line for the user: the system's error.
    pub fn new() -> Result<Self, Fatal> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(system)?;
        let context = runtime.enter();
        let mut signals = anyhost_manners::Signals::catch().map_err(system)?;
        drop(context);
        let came = Arc::new(AtomicI32::new(0));
        let first = Arc::clone(&came);
        thread::spawn(move || {
            runtime.block_on(async {
                loop {
                    let number = signals.next().await;
                    if first.swap(number, Ordering::Relaxed) != 0 {
                        std::process::exit(128 + number);
                    }
                }
            });
        });
        Ok(Self(came))
    }

    /// The one that came.
    #[must_use]
    pub fn came(&self) -> Option<Signal> {
        Signal::from_named_raw(self.0.load(Ordering::Relaxed))
    }
}

/// A signal's name for Docker and containerd.
#[must_use]
pub fn name(signal: Signal) -> &'static str {
    match signal {
        Signal::INT => "INT",
        Signal::HUP => "HUP",
        _ => "TERM",
    }
}
