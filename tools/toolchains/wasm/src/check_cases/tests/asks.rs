use serde_json::json;

use super::{case, tells};

#[test]
fn what_is_asked_of_the_host_is_told() {
    let numbers = |asks: &str, more: &str| {
        format!(r#"{{"call": "numbers", "args": [1, 1, 1], "asks": [{asks}]{more}}}"#)
    };
    let say = r#"{"call": "log.say", "args": ["x"]}"#;
    let plain = case(&numbers(say, "")).expect("it fits");
    assert_eq!(
        plain[0]["asks"],
        json!([{"interface": "example:shop/log@1.2.0", "call": "say", "args": ["x"]}])
    );
    let full = r#"{"call": "example:shop/log@1.2.0.say", "args": ["x"]}"#;
    assert_eq!(case(&numbers(full, "")).expect("it fits"), plain);
    tells(
        &numbers(r#"{"call": "log.tell", "args": ["x"]}"#, ""),
        ": asks[0]: example:shop/log@1.2.0 has no function \"tell\", it has say, sink.constructor, sink.write",
    );
    tells(
        &numbers(r#"{"call": "lag.say", "args": ["x"]}"#, ""),
        ": asks[0]: example:shop@1.2.0 has no interface \"lag\", it has types, log, shop",
    );
    tells(
        &numbers(r#"{"call": "shop.bytes", "args": [""]}"#, ""),
        ": asks[0]: \"bytes\": guests of this group do not import example:shop/shop@1.2.0",
    );
    tells(
        &numbers(r#"{"call": "log.say", "args": [1]}"#, ""),
        ": asks[0]: line: expected string, got 1",
    );
    let failing = r#"{"call": "log.say", "args": ["x"], "fails": "no"}"#;
    assert!(case(&numbers(failing, r#", "fails": "no""#)).is_ok());
    tells(
        &numbers(failing, ""),
        ": expected \"fails\" in the step and in its last ask, or in neither",
    );
    tells(
        &numbers(&format!("{failing}, {say}"), r#", "fails": "no""#),
        ": asks: expected nothing after one that fails, which ends the step",
    );
}

#[test]
fn handles_are_bound_used_and_gone() {
    let visit = r#"{"call": "visit.constructor", "args": ["Ana"], "result": "v"}"#;
    let other = r#"{"call": "visit.constructor", "args": ["Bo"], "result": "w"}"#;
    let steps = |more: &str| format!(r#"{{"steps": [{visit}, {other}, {more}]}}"#);
    let name = r#"{"call": "visit.name", "on": "v", "args": [], "result": "Ana"}"#;
    let longest = r#"{"call": "visit.longest", "args": ["v", "w"], "result": "x"}"#;
    let plain = case(&steps(&format!(r#"{name}, {longest}, {{"drop": "v"}}"#))).expect("it fits");
    assert_eq!(
        plain[2],
        json!({"call": "visit.name", "on": "v", "args": [], "result": "Ana", "asks": []})
    );
    assert_eq!(plain[4], json!({"drop": "v", "asks": []}));
    tells(
        &steps(r#"{"call": "visit.name", "on": "z", "result": ""}"#),
        r#", step 3: on: expected a handle of visit ("v", "w" at this step), got "z""#,
    );
    tells(
        &steps(r#"{"call": "visit.name", "result": ""}"#),
        ", step 3: expected \"on\", the name of the handle whose method is called",
    );
    tells(
        &steps(r#"{"call": "visit.longest", "on": "v", "args": ["v", "w"], "result": "x"}"#),
        ", step 3: on: expected none, as the function is no method",
    );
    tells(
        &steps(r#"{"call": "visit.longest", "args": ["v", "w"], "result": "v"}"#),
        r#", step 3: result: expected a new name for a handle of visit, got "v""#,
    );
    // A name means one thing in a case.
    tells(
        &steps(
            r#"{"call": "visit.longest", "args": ["v", "w"], "result": "x"}, {"call": "visit.constructor", "args": ["Cy"], "result": "w"}"#,
        ),
        r#", step 4: result: expected a new name for a handle of visit, got "w""#,
    );
    // An argument that is owned is the guest's from then on.
    tells(
        &steps(&format!(r#"{longest}, {{"drop": "w"}}"#)),
        ", step 4: drop: there is no handle \"w\" at this step",
    );
    tells(
        &steps(r#"{"call": "bytes", "args": [""], "trap": ""}, {"drop": "v"}"#),
        ", step 4: drop: there is no handle \"v\" at this step",
    );
    tells(
        &steps(r#"{"call": "visit.name", "on": 1, "result": ""}"#),
        ", step 3: invalid type: integer `1`, expected a string",
    );
}

#[test]
fn handles_of_the_host_are_the_hosts() {
    let asks = r#"{"call": "log.sink.constructor", "args": ["s"], "result": "s"}, {"call": "log.sink.write", "on": "s", "args": ["x"], "result": {"ok": 3}}"#;
    let make = format!(r#"{{"call": "numbers", "args": [1, 1, 1], "asks": [{asks}]}}"#);
    let steps = |more: &str| format!(r#"{{"steps": [{make}, {more}]}}"#);
    let dropped = steps(r#"{"call": "numbers", "args": [1, 1, 1], "asks": [{"drop": "s"}]}"#);
    let plain = case(&dropped).expect("it fits");
    assert_eq!(
        plain[1]["asks"],
        json!([{"drop": "s", "interface": "example:shop/log@1.2.0", "resource": "sink"}])
    );
    // It stays the host's, whoever has it.
    assert!(
        case(&steps(
            r#"{"call": "forward", "args": ["s"], "result": "s"}"#
        ))
        .is_ok()
    );
    tells(
        &steps(r#"{"call": "forward", "args": ["t"], "result": "s"}"#),
        r#", step 2: to: expected a handle of sink ("s" at this step), got "t""#,
    );
    tells(
        &steps(r#"{"drop": "s"}"#),
        ", step 2: drop: \"s\" is the host's own, it is dropped among the asks",
    );
}
