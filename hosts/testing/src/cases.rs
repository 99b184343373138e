//! The greetings of `cases.json`, which every host is tested with.

use serde_json::Value;

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
