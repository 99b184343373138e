//! A guest in this host, by the cases that all hosts are tested with.

mod common;

use std::fmt::Write;

use common::Host;
use host_testing::cases::greetings;
use host_testing::file;

#[test]
fn greets_as_every_host() {
    let host = Host::start(&file("COMPONENT", None), &["--quiet"]);
    for case in greetings() {
        let target = case.name.bytes().fold(String::from("/"), |mut path, byte| {
            let _ = write!(path, "%{byte:02X}");
            path
        });
        let response = host.get(&format!("{target}?up={}", case.up));
        // Over HTTP names have an end, and there is somebody to greet without one.
        if case.name.len() > 4096 {
            assert!([414, 431].contains(&response.status));
            continue;
        }
        let greeting = match (case.name.as_str(), case.up) {
            ("", false) => "Hello, World",
            ("", true) => "HELLO, WORLD",
            _ => &case.greeting,
        };
        assert_eq!((response.status, response.text()), (200, greeting));
    }
}
