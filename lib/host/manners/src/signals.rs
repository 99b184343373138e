//! What a process makes of signals.

use std::{fs, io};

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Signals that stop a host: SIGINT, SIGTERM and SIGHUP.
pub struct Signals {
    interrupt: Signal,
    terminate: Signal,
    /// None if whoever started the process wants it to outlive a terminal, as nohup does.
    hangup: Option<Signal>,
    _ignored: [Signal; 2],
}

impl Signals {
    /// From now on they do not end the process; SIGUSR1 and SIGUSR2 do nothing.
    ///
    /// # Errors
    /// The system's, when signals cannot be caught.
    pub fn catch() -> io::Result<Self> {
        let hangup = (!is_ignored(SignalKind::hangup())).then(|| signal(SignalKind::hangup()));
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: hangup.transpose()?,
            _ignored: [
                signal(SignalKind::user_defined1())?,
                signal(SignalKind::user_defined2())?,
            ],
        })
    }

    /// Waits for the next one; the result is its number.
    pub async fn next(&mut self) -> i32 {
        let kind = tokio::select! {
            _ = self.interrupt.recv() => SignalKind::interrupt(),
            _ = self.terminate.recv() => SignalKind::terminate(),
            _ = recv(&mut self.hangup) => SignalKind::hangup(),
        };
        kind.as_raw_value()
    }
}

async fn recv(signal: &mut Option<Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}

/// Whether the process was started with the signal ignored.
fn is_ignored(kind: SignalKind) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    ignored.is_some_and(|mask| (mask >> (kind.as_raw_value() - 1)) & 1 == 1)
}
