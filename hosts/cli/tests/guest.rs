//! A guest in this host, by the cases that all hosts are tested with.

use std::process::Command;

use host_testing::{cases, file};

#[test]
fn greets_as_every_host() {
    cases::printed_by(|| {
        let mut command = Command::new(file("HOST", None));
        command.args(["--component", &file("COMPONENT", None), "--"]);
        command
    });
}
