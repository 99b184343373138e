//! The conformance contract: every WIT type in every position, resources, and all that a
//! guest can ask of its host.

use std::path::Path;

use anyhost_plugin::{Engine, run_cases};
use host_testing::{Dir, file};

fn run(cases: &str) -> Result<usize, String> {
    let engine = Engine::new().expect("an engine");
    run_cases(
        &engine,
        Path::new(&file("VALUES", None)),
        None,
        Path::new(cases),
    )
}

#[test]
fn all_are_as_the_contract_says() {
    let cases = std::fs::read_to_string(file("CASES", None)).expect("the cases");
    let ran = run(&file("CASES", None)).unwrap_or_else(|failed| panic!("{failed}"));
    // All are for this guest.
    assert_eq!(ran, cases.matches("\"steps\"").count());
}

#[test]
fn what_is_otherwise_is_told() {
    let dir = Dir::new();
    let cases = std::fs::read_to_string(file("CASES", None)).expect("the cases");
    let cases: serde_json::Value = serde_json::from_str(&cases).expect("JSON");
    let told = |interface: &str, case: &str| {
        let text = format!(
            r#"{{"package": "anyhost:values@1.0.0", "groups": [{{
                "interface": "anyhost:values/{interface}@1.0.0",
                "imports": {}, "cases": [{case}]}}]}}"#,
            cases["groups"][0]["imports"]
        );
        run(&dir.write("cases.json", text)).expect_err("it is otherwise")
    };
    let notify = r#"{"interface": "anyhost:values/host@1.0.0", "call": "notify", "args": ["b"]}"#;
    for (interface, step, reason) in [
        (
            "echo",
            r#"{"call": "echo-u8", "args": [1], "asks": [], "result": 2}"#.to_owned(),
            r#""n": step 1: expected {"args":[1],"call":"echo-u8","result":2}; got 1"#,
        ),
        (
            "echo",
            r#"{"call": "echo-f64", "args": [0.0], "asks": [], "result": -0.0}"#.to_owned(),
            r#""n": step 1: expected {"args":[0.0],"call":"echo-f64","result":-0.0}; got 0.0"#,
        ),
        (
            "echo",
            r#"{"call": "echo-u8", "args": [256], "asks": [], "result": 0}"#.to_owned(),
            r#""n": step 1: expected {"args":[256],"call":"echo-u8","result":0}; got value: expected u8, got 256"#,
        ),
        (
            "echo",
            r#"{"call": "echo-u8", "args": [1], "asks": [], "trap": ""}"#.to_owned(),
            r#""n": step 1: expected {"args":[1],"call":"echo-u8","trap":""}; got 1"#,
        ),
        (
            "echo",
            r#"{"call": "missing", "args": [], "asks": []}"#.to_owned(),
            "anyhost:values/echo@1.0.0 has no missing; it has echo-nothing, ",
        ),
        (
            "echo",
            format!(r#"{{"call": "echo-nothing", "args": [], "asks": [{notify}]}}"#),
            r#""n": step 1: did not ask for {"args":["b"],"call":"notify","#,
        ),
        (
            "relays",
            r#"{"call": "notify-all", "args": [["a"]], "asks": []}"#.to_owned(),
            r#""n": step 1: asked for host.notify("a"), expected nothing more"#,
        ),
        (
            "relays",
            format!(r#"{{"call": "notify-all", "args": [["a"]], "asks": [{notify}]}}"#),
            r#""n": step 1: asked for host.notify("a"), expected {"args":["b"],"call":"notify","#,
        ),
    ] {
        let said = told(interface, &format!(r#"{{"name": "n", "steps": [{step}]}}"#));
        assert!(said.contains(reason), "{said}");
    }
    let none = r#"{"package": "anyhost:values@1.0.0", "groups": []}"#;
    let said = run(&dir.write("none.json", none)).expect_err("there are none");
    assert!(
        said.contains("no case of \"anyhost:values@1.0.0\" is for what it exports"),
        "{said}"
    );
    let said = run(&dir.write("text.json", "text")).expect_err("it is no JSON");
    assert!(
        said.contains("text.json: expected the checked cases of a contract ("),
        "{said}"
    );
}
