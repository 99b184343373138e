//! One guest, by the cases of its contract.

use std::path::PathBuf;

use anyhost_plugin::{Engine, run_cases};

#[test]
fn does_what_its_contract_says() {
    let engine = Engine::new().expect("an engine");
    let file = |variable| PathBuf::from(std::env::var_os(variable).expect(variable));
    let ran = run_cases(&engine, &file("COMPONENT"), &file("CASES"));
    let ran = ran.unwrap_or_else(|failed| panic!("{failed}"));
    assert!(ran > 0);
}
