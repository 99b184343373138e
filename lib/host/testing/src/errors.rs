//! Mistakes that every native host tells in one line, with exit code 1.

use crate::{Dir, fail};

/// The host under test.
pub struct Host {
    /// Its program, which takes `--component`.
    pub program: String,
    /// A component that it can run.
    pub component: String,
    /// The interface that it calls, without the version.
    pub export: &'static str,
    /// What it says that a component has to export.
    pub wanted: &'static str,
    /// What it says that it provides.
    pub provides: &'static str,
}

impl Host {
    /// Tests them all.
    ///
    /// # Panics
    /// The host takes a file that is none, or tells it otherwise.
    pub fn tells_bad_components(&self) {
        self.files_that_are_no_components();
        self.a_damaged_component();
        self.a_component_without_the_export();
        self.a_component_that_imports_what_there_is_not();
        self.a_component_that_starts_over_the_memory_limit();
        self.precompiled_code_that_is_not_named_as_such();
        self.precompiled_code_that_is_damaged();
    }

    /// Runs the host on a file; the exit code is 1 and its line is the result.
    ///
    /// # Panics
    /// It is another one, or there are more lines.
    #[must_use]
    pub fn line(&self, args: &[&str]) -> String {
        let (code, stderr) = fail(&self.program, args);
        assert_eq!(code, Some(1), "{args:?}: {stderr}");
        assert_eq!(stderr.lines().count(), 1, "{args:?}: {stderr}");
        stderr
    }

    fn tells(&self, file: &str, expected: &str) {
        let line = self.line(&["--component", file]);
        assert_eq!(line, format!("error: {file}: {expected}\n"));
    }

    /// A component that is fine but for what `parts` add.
    fn component(&self, parts: &str) -> String {
        let export = self.export;
        format!("(component {parts} (instance $i) (export \"{export}@0.2.0\" (instance $i)))")
    }

    fn files_that_are_no_components(&self) {
        let dir = Dir::new();
        let expected = "expected a WebAssembly component";
        self.tells(
            &dir.path("missing.wasm"),
            &format!("no such file; {expected}"),
        );
        self.tells(
            dir.path("").trim_end_matches('/'),
            &format!("is a directory; {expected}"),
        );
        for content in [&b""[..], b"\0as", b"#!/bin/sh\n", b"(component)"] {
            let file = dir.write("text.wasm", content);
            self.tells(&file, &format!("not WebAssembly; {expected}"));
        }
        let module = dir.wat("module.wasm", "(module)");
        self.tells(
            &module,
            &format!("a core module; {expected} (`wasm-tools component new` makes one)"),
        );
    }

    fn a_damaged_component(&self) {
        let dir = Dir::new();
        let mut bytes = std::fs::read(&self.component).expect("the component");
        bytes.truncate(bytes.len() / 2);
        let file = dir.write("half.wasm", bytes);
        let line = self.line(&["--component", &file]);
        assert!(
            line.starts_with(&format!("error: {file}: not a valid component: ")),
            "{line}"
        );
    }

    fn a_component_without_the_export(&self) {
        let dir = Dir::new();
        let wanted = format!("does not export {}; it exports", self.wanted);
        let empty = dir.wat("empty.wasm", "(component)");
        self.tells(&empty, &format!("{wanted} nothing"));
        let other = dir.wat(
            "other.wasm",
            "(component (instance $i) (export \"a:b/c@1.0.0\" (instance $i)))",
        );
        self.tells(&other, &format!("{wanted} a:b/c@1.0.0"));
        let empty = dir.wat("no-function.wasm", &self.component(""));
        let line = self.line(&["--component", &empty]);
        assert!(line.contains(": not a valid component: "), "{line}");
    }

    fn a_component_that_imports_what_there_is_not(&self) {
        let dir = Dir::new();
        let import = r#"(import "wasi:keyvalue/store@0.2.0" (instance (export "open" (func))))"#;
        let file = dir.wat("keyvalue.wasm", &self.component(import));
        self.tells(
            &file,
            &format!(
                "imports wasi:keyvalue/store@0.2.0, which this host does not provide; it \
                 provides {}",
                self.provides
            ),
        );
    }

    fn a_component_that_starts_over_the_memory_limit(&self) {
        let dir = Dir::new();
        let memory = "(core module $m (memory 2)) (core instance (instantiate $m))";
        let file = dir.wat("memory.wasm", &self.component(memory));
        let line = self.line(&["--component", &file, "--max-memory", "64KiB"]);
        let expected = "starts with 128 KiB of memory, the limit is 64 KiB";
        assert_eq!(line, format!("error: {file}: {expected}\n"));
    }

    fn precompiled_code_that_is_not_named_as_such(&self) {
        let dir = Dir::new();
        let code = std::fs::read(dir.precompiled(&self.component)).expect("the code");
        self.tells(
            &dir.write("code.wasm", &code),
            "precompiled machine code, which is run unchecked; to trust it, name it *.cwasm or \
             give it as --aot",
        );
        let missing = dir.path("missing.cwasm");
        let line = self.line(&["--component", &self.component, "--aot", &missing]);
        let expected = "no such file; expected a WebAssembly component";
        assert_eq!(line, format!("error: {missing}: {expected}\n"));
    }

    fn precompiled_code_that_is_damaged(&self) {
        let dir = Dir::new();
        let mut code = std::fs::read(dir.precompiled(&self.component)).expect("the code");
        for (name, content) in [
            ("half.cwasm", &code[..code.len() / 2]),
            ("text.cwasm", b"nonsense"),
            ("empty.cwasm", b""),
        ] {
            self.tells(
                &dir.write(name, content),
                "expected code that `precompile` wrote: not precompiled code, or cut short",
            );
        }
        code[..64].fill(0);
        let damaged = dir.write("damaged.cwasm", code);
        self.tells(&damaged, "expected code that `precompile` wrote: damaged");
    }
}
