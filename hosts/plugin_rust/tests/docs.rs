//! The programs on the page are the examples, and print what it says.

use std::process::Command;

use host_testing::{Dir, file};

/// The blocks of a language on the page, in order.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let begin = format!("```{language}\n");
    let parts = page.split(&begin).skip(1);
    parts
        .map(|part| part.split("```").next().expect("a block").to_owned())
        .collect()
}

#[test]
fn the_page_is_true() {
    let page = std::fs::read_to_string(file("PAGE", None)).expect("the page");
    let (programs, outputs) = (blocks(&page, "rust"), blocks(&page, "text"));
    assert_eq!((programs.len(), outputs.len()), (2, 2));
    let dir = Dir::new();
    for name in ["HELLO_WORLD_RUST", "HELLO_WORLD_IMPORTS_RUST"] {
        let component = std::fs::read(file(name, None)).expect("a component");
        dir.write(&format!("{}.wasm", name.to_lowercase()), component);
    }
    for (name, (program, output)) in ["ANY", "TYPED"].iter().zip(programs.iter().zip(&outputs)) {
        let source = std::fs::read_to_string(file(&format!("{name}_SOURCE"), None));
        let source = source.expect("the example");
        let (_, code) = source.split_once("\n\n").expect("its description");
        assert_eq!(program, code);
        let example = std::fs::canonicalize(file(name, None)).expect("the example's program");
        let ran = Command::new(example).current_dir(dir.path("")).output();
        let ran = ran.expect("it starts");
        let said = String::from_utf8(ran.stdout).expect("UTF-8");
        assert_eq!((&said, ran.stderr.as_slice()), (output, &b""[..]));
    }
}
