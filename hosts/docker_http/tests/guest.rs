//! A guest in this host, by the cases that all hosts are tested with.

use std::process::Command;

use host_testing::program::{Program, Signal};
use host_testing::{cases, client, file};

#[test]
fn greets_as_every_host() {
    let mut command = Command::new(file("HOST", None));
    command.args(["--addr", "127.0.0.1:0", "--image", &file("IMAGE", None)]);
    command.args(["--shim", &file("SHIM", None)]);
    let mut host = Program::start(&mut command);
    cases::served_at(&client::announced(&host.stderr));
    host.signal(Signal::TERM);
    assert_eq!(host.wait().code(), Some(0));
}
