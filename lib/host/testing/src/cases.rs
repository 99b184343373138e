//! The greetings of `cases.json`, which every host is tested with.

use std::fmt::Write;
use std::io::ErrorKind;
use std::process::Command;

use serde_json::Value;

use crate::client;

/// A greeting that a guest owes.
pub struct Case {
    /// The name to greet.
    pub name: String,
    /// Whether in upper case.
    pub up: bool,
    /// What the guest answers.
    pub greeting: String,
}

/// All greetings. The environment variable `CASES` names the file, `EXPECTED` the key
/// of the guest's answers.
///
/// # Panics
/// The file is not as it should be.
#[must_use]
pub fn greetings() -> Vec<Case> {
    let text = std::fs::read(crate::file("CASES", None)).expect("the cases");
    let all: Value = serde_json::from_slice(&text).expect("the cases are JSON");
    let expected = crate::file("EXPECTED", None);
    let string = |value: &Value| value.as_str().expect("a string").to_owned();
    let mut cases: Vec<Case> = all["greetings"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|case| Case {
            name: string(&case["name"]),
            up: case["up"].as_bool().expect("true or false"),
            greeting: string(&case[&expected]),
        })
        .collect();
    let long = &all["long"];
    let times = usize::try_from(long["times"].as_u64().expect("a number")).expect("a small one");
    cases.push(Case {
        name: string(&long["unit"]).repeat(times),
        up: long["up"].as_bool().expect("true or false"),
        greeting: string(&long["greeting"]) + &string(&long["greeted_unit"]).repeat(times),
    });
    cases
}

/// Tests that the command that `host` makes greets, given a name and whether in upper case.
///
/// # Panics
/// It does not.
pub fn printed_by(host: impl Fn() -> Command) {
    for case in greetings() {
        let up = if case.up { "true" } else { "false" };
        let output = host().args([&case.name, up]).output();
        if case.name.contains('\0') {
            // The one name that no command can be given.
            let error = output.expect_err("the system takes it");
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            continue;
        }
        let output = output.expect("the host starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.is_empty() && output.status.success(), "{said}");
        assert!(
            output.stdout == format!("{}\n", case.greeting).as_bytes(),
            "{:.40}",
            case.name
        );
    }
}

/// Tests that a server greets: `/NAME?up=true`.
///
/// # Panics
/// It does not.
pub fn served_at(addr: &str) {
    for case in greetings() {
        let target = case.name.bytes().fold(String::from("/"), |mut path, byte| {
            let _ = write!(path, "%{byte:02X}");
            path
        });
        let response = client::get(addr, &format!("{target}?up={}", case.up));
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
