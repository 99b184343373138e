//! The greetings of `wit/hello/cases.json`, for hosts that run a command or a server.

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

/// All greetings of a guest that asks nothing of its host. The environment variable `CASES`
/// names the file with the contract's cases as the build writes them.
///
/// # Panics
/// The file is not as it should be.
#[must_use]
pub fn greetings() -> Vec<Case> {
    let text = std::fs::read(crate::file("CASES", None)).expect("the cases");
    let all: Value = serde_json::from_slice(&text).expect("the cases are JSON");
    let list = |value: &Value| value.as_array().expect("a list").clone();
    let string = |value: &Value| value.as_str().expect("a string").to_owned();
    let alone = |group: &Value| list(&group["imports"]).is_empty();
    let group = list(&all["groups"]).into_iter().find(alone);
    list(&group.expect("cases of a guest without imports")["cases"])
        .iter()
        .flat_map(|case| list(&case["steps"]))
        .map(|step| Case {
            name: string(&step["args"][0]),
            up: step["args"][1].as_bool().expect("true or false"),
            greeting: string(&step["result"]),
        })
        .collect()
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
