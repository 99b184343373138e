//! What a guest that is built with `debug` throws is told, with its message and
//! where it was.

use host_testing::{fail, file};

/// Has a guest throw, and looks for texts in what the command says.
fn check(component: &str, expected: &[&str]) {
    let component = file(component, None);
    let (code, said) = fail(
        &file("PROGRAM", None),
        &["--component", &component, "World", "--up"],
    );
    assert_eq!(code, Some(1), "{said}");
    for text in expected.iter().chain(&["error: ", "trap"]) {
        assert!(said.contains(text), "{text:?} is not in {said}");
    }
}

#[test]
fn go() {
    let place = "export_anyhost_hello_greeter/greeter.go:4";
    check("GO", &["panic: no upper case of World", "upper", place]);
}

#[test]
fn python() {
    let place = "File \"/0/greeter.py\", line 5, in upper";
    check("PYTHON", &["LookupError: no upper case of World", place]);
}

#[test]
fn quickjs() {
    check(
        "QUICKJS",
        &["no upper case of World", "upper", "greeter.js:2"],
    );
}

#[test]
fn starlingmonkey() {
    check(
        "STARLINGMONKEY",
        &["no upper case of World", "upper", "greeter.js:2"],
    );
}
