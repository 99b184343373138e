//! SIGINT and SIGTERM: the first one is for the program, the second ends it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::thread;

use tokio::signal::unix::{SignalKind, signal};

use crate::{Fatal, system};

/// One of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// SIGINT, as Ctrl-C sends it.
    Interrupt,
    /// SIGTERM.
    Terminate,
}

impl Signal {
    /// Its name for Docker and containerd.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Interrupt => "INT",
            Self::Terminate => "TERM",
        }
    }

    /// A shell's exit code for a process that it has ended.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Interrupt => 130,
            Self::Terminate => 143,
        }
    }
}

/// Notices SIGINT and SIGTERM. A second one ends this process at once, with 128 and the
/// signal's number as its exit code.
#[derive(Clone)]
pub struct Signals(Arc<AtomicI32>);

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
        let came = Arc::new(AtomicI32::new(0));
        let first = Arc::clone(&came);
        thread::spawn(move || {
            runtime.block_on(async {
                loop {
                    let kind = tokio::select! {
                        _ = interrupt.recv() => SignalKind::interrupt(),
                        _ = terminate.recv() => SignalKind::terminate(),
                    };
                    if first.swap(kind.as_raw_value(), Ordering::Relaxed) != 0 {
                        std::process::exit(128 + kind.as_raw_value());
                    }
                }
            });
        });
        Ok(Self(came))
    }

    /// The one that came.
    #[must_use]
    pub fn came(&self) -> Option<Signal> {
        match self.0.load(Ordering::Relaxed) {
            0 => None,
            number if number == SignalKind::interrupt().as_raw_value() => Some(Signal::Interrupt),
            _ => Some(Signal::Terminate),
        }
    }
}
