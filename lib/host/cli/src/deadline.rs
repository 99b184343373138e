//! The end of a command that takes longer than it may.

use std::fmt::Display;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// What timeout(1) exits with, too.
const EXIT_CODE: i32 = 124;
/// How long the last line may take to be written, if nobody reads stderr.
const GRACE: Duration = Duration::from_secs(1);

/// Ends the process after `time`, with a line about `file`.
///
/// A thread of its own does so whatever the guest is at: it may compute, wait, or be
/// in a call to the system, as a write to a pipe that nobody reads.
///
/// # Errors
/// The system's, when no thread can be started.
pub fn start(file: impl Display, time: Duration) -> std::io::Result<()> {
    let line = format!("{file}: the guest took longer than --timeout, {time:?}");
    let watch = move || {
        thread::sleep(time);
        let (said, wait) = mpsc::channel();
        thread::spawn(move || {
            anyhost_manners::fail(&line);
            said.send(())
        });
        let _ = wait.recv_timeout(GRACE);
        std::process::exit(EXIT_CODE)
    };
    thread::Builder::new()
        .name("deadline".to_owned())
        .spawn(watch)
        .map(drop)
}
