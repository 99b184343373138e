//! The composed command is the same under this host and under wasmtime's own.

use std::fs::File;
use std::process::{Command, Output, Stdio};

use host_testing::file;

/// Runs the component in both, with the same arguments and to the same place.
fn both(args: &[&str], stdout: impl Fn() -> Stdio) -> [Output; 2] {
    let component = file("COMPONENT", None);
    let mut ours = Command::new(file("HOST", None));
    ours.args(["--component", &component, "--"]);
    let mut theirs = Command::new(file("WASMTIME", None));
    theirs.args(["run", "-C", "cache=n", &component]);
    [ours, theirs].map(|mut command| {
        command.args(args).stdin(Stdio::null()).stdout(stdout());
        command.stderr(Stdio::piped());
        let child = command.spawn().expect("the host starts");
        child.wait_with_output().expect("the host ends")
    })
}

#[test]
fn the_same_output_and_exit_code() {
    for (args, code) in [
        (&["you"][..], 0),
        (&["you", "false"], 0),
        (&["Zoë Strauß", "true"], 0),
        (&["", "true"], 0),
        (&["--help"], 0),
        (&[&"é".repeat(50_000), "true"], 0),
        (&[], 2),
        (&["you", "maybe"], 2),
        (&["you", ""], 2),
        (&["you", "true", "more"], 2),
    ] {
        let [ours, theirs] = both(args, Stdio::piped).map(|output| {
            let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
            let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
            (output.status.code(), stdout, stderr)
        });
        assert!(
            ours == theirs,
            "{ours:.60?} under this host, {theirs:.60?} under wasmtime"
        );
        assert_eq!((ours.0, ours.1.is_empty()), (Some(code), code != 0));
    }
}

#[test]
fn the_same_when_standard_output_is_full() {
    let full = || File::create("/dev/full").expect("/dev/full").into();
    let [ours, theirs] = both(&["you"], full);
    assert_eq!(ours.status.code(), theirs.status.code());
    assert_eq!(ours.status.code(), Some(1));
}
