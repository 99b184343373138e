//! A guest in this host, by its cases.

use std::process::Command;

use host_testing::program::Program;
use host_testing::{client, file, http_cases};

#[test]
fn answers_as_its_cases_say() {
    let mut command = Command::new(file("HOST", None));
    command.args(["--quiet", "--addr", "127.0.0.1:0"]);
    command.args(["--component", &file("COMPONENT", None)]);
    let host = Program::start(&mut command);
    http_cases::hold_at(&client::announced(&host.stderr));
}
