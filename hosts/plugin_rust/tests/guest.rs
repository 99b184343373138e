//! One guest, by the cases of its contract.

use std::path::PathBuf;

use anyhost_plugin::{Engine, run_cases};

#[test]
fn does_what_its_contract_says() {
    let engine = Engine::new().expect("an engine");
    let file = |variable| PathBuf::from(std::env::var_os(variable).expect(variable));
    // What the build made of it, if the test is of that.
    let code = std::env::var_os("CODE").map(PathBuf::from);
    let ran = run_cases(&engine, &file("COMPONENT"), code.as_deref(), &file("CASES"));
    let ran = ran.unwrap_or_else(|failed| panic!("{failed}"));
    assert!(ran > 0);
}
