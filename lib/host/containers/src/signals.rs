//! SIGINT and SIGTERM: the first one is for the program, the second ends it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use tokio::signal::unix::{SignalKind, signal};

use crate::{Fatal, system};

/// Notices SIGINT and SIGTERM. A second one ends this process at once, with 128 and the
/// signal's number as its exit code.
pub struct Signals(Arc<AtomicBool>);

impl Signals {
    /// From now on these signals do not end the process.
    ///
    /// # Errors
    /// One line for the user: what the system refuses.
    pub fn new() -> Result<Self, Fatal> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(system)?;
        let context = runtime.enter();
        let mut interrupt = signal(SignalKind::interrupt()).map_err(system)?;
        let mut terminate = signal(SignalKind::terminate()).map_err(system)?;
        drop(context);
        let came = Arc::new(AtomicBool::new(false));
        let first = Arc::clone(&came);
        thread::spawn(move || {
            runtime.block_on(async {
                loop {
                    let kind = tokio::select! {
                        _ = interrupt.recv() => SignalKind::interrupt(),
                        _ = terminate.recv() => SignalKind::terminate(),
                    };
                    if first.swap(true, Ordering::Relaxed) {
                        std::process::exit(128 + kind.as_raw_value());
                    }
                }
            });
        });
        Ok(Self(came))
    }

    /// Whether there was one.
    #[must_use]
    pub fn came(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
