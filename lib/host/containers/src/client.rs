//! Other programs as clients of daemons: what they say, in one line.

use std::fmt::Display;
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::process::{Command, Output, Stdio};
use std::thread;

use crate::signals::Signals;
use crate::{Fatal, TICK, system};

/// What a client that should succeed has printed. It is let finish, even if a signal comes.
///
/// # Errors
/// The first line that it said on stderr, if it fails.
pub fn succeed(command: &mut Command) -> Result<String, Fatal> {
    let output = apart(command).output().map_err(|e| broken(command, e))?;
    said(&output)
}

/// The same of a client that may take long: a signal ends it.
///
/// # Errors
/// Also that there was a signal.
pub fn ask(command: &mut Command, signals: &Signals) -> Result<String, Fatal> {
    let piped = apart(command).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().map_err(|e| broken(command, e))?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    thread::scope(|scope| {
        let stdout = scope.spawn(|| read(stdout));
        let stderr = scope.spawn(|| read(stderr));
        let status = loop {
            if let Some(status) = child.try_wait().map_err(system)? {
                break status;
            }
            if signals.came().is_some() {
                let _ = child.kill();
            }
            thread::sleep(TICK);
        };
        let collected = |thread: thread::ScopedJoinHandle<_>| thread.join().unwrap_or_default();
        said(&Output {
            status,
            stdout: collected(stdout),
            stderr: collected(stderr),
        })
    })
}

/// Ctrl-C in the terminal is for us: a client that it ended as well would fail without a
/// word.
fn apart(command: &mut Command) -> &mut Command {
    command.process_group(0)
}

fn broken(command: &Command, error: impl Display) -> Fatal {
    format!("{}: {error}", command.get_program().display())
}

fn read(stream: Option<impl Read>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let _ = stream.map(|mut stream| stream.read_to_end(&mut bytes));
    bytes
}

fn said(output: &Output) -> Result<String, Fatal> {
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(first_line(output))
}

fn first_line(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    let line = said.lines().find(|line| !line.trim().is_empty());
    let line = line.unwrap_or("no reason is known").trim();
    ["Error response from daemon: ", "ctr: ", "/usr/bin/tar: "]
        .iter()
        .fold(line, |line, prefix| line.trim_start_matches(prefix))
        .to_owned()
}

/// Runs a client whose success does not matter: what is not there need not be removed.
pub fn quietly(command: &mut Command) {
    let quiet = apart(command).stdin(Stdio::null()).stdout(Stdio::null());
    let _ = quiet.stderr(Stdio::null()).status();
}
