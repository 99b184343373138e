//! One guest, by the cases of its contract.

use std::path::Path;

use anyhost_plugin::{Engine, run_cases};
use host_testing::file;

#[test]
fn does_what_its_contract_says() {
    let engine = Engine::new().expect("an engine");
    let (component, cases) = (file("COMPONENT", None), file("CASES", None));
    let ran = run_cases(&engine, Path::new(&component), Path::new(&cases));
    let ran = ran.unwrap_or_else(|failed| panic!("{failed}"));
    assert!(ran > 0);
}
