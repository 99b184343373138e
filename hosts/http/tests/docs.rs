//! What docs/pricing.md shows is what comes.

mod common;

use std::process::Command;

use common::Host;
use host_testing::file;

#[test]
fn the_page_is_true() {
    let page = std::fs::read_to_string(file("PAGE", None)).expect("the page");
    let component = file("PRICING_HTTP_RUST", None);
    assert!(page.contains(&format!("--component bazel-bin/{component}\n")));
    let source = std::fs::read_to_string(file("WAC", None)).expect("the document");
    assert!(page.contains(&format!("```wac\n{source}```\n")));

    let host = Host::start(&component, &[]);
    let sessions = page.split("```console\n").skip(1);
    let sessions = sessions.filter_map(|part| part.split("```").next());
    let mut asked = 0;
    for turn in sessions.flat_map(|session| session.split("$ ").skip(1)) {
        // A command ends where its quotes do.
        let end = turn.rfind("'\n").expect("a command with its output") + 2;
        let (command, output) = turn.split_at(end);
        let command = command.replace("127.0.0.1:8080", &host.addr);
        let ran = Command::new("bash").args(["-c", &command]).output();
        let ran = ran.expect("bash starts");
        let said = String::from_utf8_lossy(&ran.stdout);
        assert_eq!(said, output, "{command}");
        asked += 1;
    }
    assert_eq!(asked, 4);
    host.stderr.wait_for("quoted 1 line: 39.73 USD");
    host.stderr.wait_for("quoted 2 lines: 42.48 EUR");
}
