//! A guest in this host, by its cases.

use std::process::Command;

use host_testing::{cli_cases, file};

#[test]
fn prints_as_its_cases_say() {
    cli_cases::hold_for(|| {
        let mut command = Command::new(file("HOST", None));
        command.args(["--quiet", "--image", &file("IMAGE", None)]);
        command.args(["--shim", &file("SHIM", None), "--"]);
        command
    });
}
