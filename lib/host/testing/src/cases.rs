//! What cases of commands and servers have in common; docs/contracts.md has their form.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::de::DeserializeOwned;
use serde_json::Value;

/// The cases in the file that the environment variable `CASES` names, with long values written out.
///
/// # Panics
/// They are not as they should be.
pub(crate) fn read<T: DeserializeOwned>() -> Vec<T> {
    let file = crate::file("CASES", None);
    let wrong = |reason: &dyn std::fmt::Display| -> ! { panic!("{file}: {reason}") };
    let text = std::fs::read(&file).unwrap_or_else(|error| wrong(&error));
    let plain = serde_json::from_slice(&text).map(written_out);
    let cases = plain.and_then(serde_json::from_value::<Vec<T>>);
    let cases = cases.unwrap_or_else(|error| wrong(&error));
    if cases.is_empty() {
        wrong(&"there are no cases, and no case is no proof");
    }
    cases
}

/// Replaces `{"$repeat": …, "times": n}` and `{"$concat": […]}` by the strings that they stand for.
fn written_out(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(written_out).collect(),
        Value::Object(fields) => {
            let fields: serde_json::Map<_, _> = fields
                .into_iter()
                .map(|(key, value)| (key, written_out(value)))
                .collect();
            match (
                fields.get("$repeat"),
                fields.get("times"),
                fields.get("$concat"),
            ) {
                (Some(Value::String(part)), Some(Value::Number(times)), _) => {
                    let times = times.as_u64().and_then(|times| times.try_into().ok());
                    part.repeat(times.expect("times are whole")).into()
                }
                (_, _, Some(Value::Array(parts))) => {
                    let parts = parts.iter().map(|part| part.as_str().expect("a string"));
                    parts.collect::<String>().into()
                }
                _ => fields.into(),
            }
        }
        other => other,
    }
}

/// Runs each of them, and fails if one does, or more: each is told by its name.
///
/// # Panics
/// So it does.
pub(crate) fn run_all<T>(cases: &[T], name: impl Fn(&T) -> &str, run: impl Fn(&T)) {
    let mut failed = Vec::new();
    for case in cases {
        println!("{}", name(case));
        if catch_unwind(AssertUnwindSafe(|| run(case))).is_err() {
            failed.push(name(case));
        }
    }
    assert!(failed.is_empty(), "failed: {}", failed.join(", "));
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn long_values_are_written_out() {
        let value = json!([{ "a": { "$concat": ["/", { "$repeat": "é", "times": 3 }] }, "b": 1 }]);
        assert_eq!(written_out(value), json!([{ "a": "/ééé", "b": 1 }]));
    }

    #[test]
    #[should_panic(expected = "failed: two, three")]
    fn a_case_that_fails_is_named() {
        let run = |case: &&str| assert_eq!(*case, "one");
        run_all(&["one", "two", "three"], |case| case, run);
    }
}
