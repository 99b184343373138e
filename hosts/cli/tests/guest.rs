//! A guest in this host, by the cases that all hosts are tested with.

use std::io::ErrorKind;
use std::process::Command;

use host_testing::cases::greetings;
use host_testing::file;

#[test]
fn greets_as_every_host() {
    for case in greetings() {
        let up = if case.up { "true" } else { "false" };
        let output = Command::new(file("HOST", None))
            .args(["--component", &file("COMPONENT", None), "--"])
            .args([&case.name, up])
            .output();
        if case.name.contains('\0') {
            // The one name that no command can be given.
            let error = output.expect_err("the system takes it");
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            continue;
        }
        let output = output.expect("the host starts");
        assert!(output.stderr.is_empty() && output.status.success());
        assert!(
            output.stdout == format!("{}\n", case.greeting).as_bytes(),
            "{:.40}",
            case.name
        );
    }
}
