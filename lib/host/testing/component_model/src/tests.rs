//! What becomes of a test, and what a host's outcomes count for.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::convert::of_file;
use crate::host::Host;
use crate::judge::{Outcome, called, compare, opened};
use crate::suite::{Call, Ends, Entry, Opening, Suite};
use crate::table::tables;

const WAST: &str = r#"
(component definition $D
  (core module $m
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 0)
    (func (export "take") (param i32 i32) (result i32) local.get 1)
    (func (export "trap") unreachable))
  (core instance $i (instantiate $m))
  (type $nested (list (option (option u64))))
  (func (export "bytes") (param "b" (list u8)) (result u32)
    (canon lift (core func $i "take") (memory (core memory $i "memory")) (realloc (core func $i "realloc"))))
  (func (export "options") (param "o" $nested) (result u32)
    (canon lift (core func $i "take") (memory (core memory $i "memory")) (realloc (core func $i "realloc"))))
  (func (export "trap") (canon lift (core func $i "trap"))))
(component instance $one $D)
(component instance $two $D)
(assert_return (invoke $one "bytes" (list.const)) (u32.const 0))
(assert_return (invoke $one "bytes" (list.const (u8.const 1) (u8.const 2))) (u32.const 2))
(assert_return (invoke $one "options"
  (list.const (option.none) (option.some (option.none)) (option.some (option.some (u64.const 7)))))
  (u32.const 3))
(assert_trap (invoke "trap") "wasm trap: unreachable")
(assert_trap (invoke "trap") "wasm trap: cannot enter component instance")
(assert_invalid (component (type (future u8)) (import "f" (func (param "p" 9)))) "type index out of bounds")
(assert_malformed (component quote "(component") "unexpected end")
(component definition (import "f" (func)))
(component (type (future u8)))
"#;

/// A folder that is gone with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::var_os("TEST_TMPDIR").map_or_else(std::env::temp_dir, Into::into);
        let folder = folder.join(format!("{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn read(name: &str) -> Suite {
    let folder = Folder::new(name);
    Suite(of_file("area/test.wast", WAST, &folder.0).expect("tests"))
}

fn host(lacks: &[&str], failures: &[&str]) -> Host {
    let all = |names: &[&str]| {
        let names = names
            .iter()
            .map(|name| ((*name).to_owned(), "so".to_owned()));
        names.collect::<BTreeMap<_, _>>()
    };
    Host {
        host: "h".to_owned(),
        lacks: all(lacks),
        words: BTreeMap::from([("asked".to_owned(), "said".to_owned())]),
        failures: all(failures),
    }
}

fn names(names: &BTreeSet<String>) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}

#[test]
fn each_instance_has_its_calls() {
    let Suite(entries) = read("calls");
    let calls: Vec<usize> = entries.iter().map(|entry| entry.calls.len()).collect();
    assert_eq!(calls, [0, 3, 2, 0, 0, 0, 0]);
    let args: Vec<&Value> = entries[1].calls.iter().map(|call| &call.args[0]).collect();
    // By their types, without which an empty list of bytes would be any list.
    assert_eq!(args[0], &json!(""));
    assert_eq!(args[1], &json!("AQI="));
    assert_eq!(args[2], &json!([null, {"some": null}, {"some": "7"}]));
    assert_eq!(entries[1].calls[0].at, "area/test.wast:17");
    let import = entries.iter().filter(|entry| entry.imports);
    let import: Vec<&str> = import.map(|entry| entry.at.as_str()).collect();
    assert_eq!(import, ["area/test.wast:24", "area/test.wast:26"]);
}

#[test]
fn what_is_needed_is_read_from_the_component() {
    let Suite(entries) = read("needs");
    assert_eq!(names(&entries[0].needs), [""; 0]);
    assert_eq!(names(&entries[2].calls[0].needs), [""; 0]);
    assert_eq!(names(&entries[2].calls[1].needs), ["a trapped instance"]);
    // Without futures it would be refused with other words.
    assert_eq!(names(&entries[3].needs), ["async"]);
    assert_eq!(names(&entries[4].needs), ["text"]);
    assert_eq!(names(&entries[6].needs), ["async"]);
}

fn entry(opening: Opening, imports: bool) -> Entry {
    Entry {
        at: "a/b.wast:1".to_owned(),
        opening,
        component: "b.wasm".to_owned(),
        imports,
        needs: BTreeSet::new(),
        calls: Vec::new(),
    }
}

#[test]
fn a_component_opens_or_is_refused_with_the_words() {
    let host = host(&[], &[]);
    let refused = |said: &str| Outcome::Refused(said.to_owned());
    let opens = entry(Opening::Opens, false);
    assert!(opened(&opens, &host, &Outcome::Opened(true)).is_ok());
    assert!(
        opened(
            &opens,
            &host,
            &refused("f: imports x, which this host does not provide")
        )
        .is_err()
    );
    let imports = entry(Opening::Opens, true);
    assert!(
        opened(
            &imports,
            &host,
            &refused("f: imports x, which this host does not provide; …")
        )
        .is_ok()
    );
    assert!(opened(&imports, &host, &refused("f: not a valid component")).is_err());
    let invalid = entry(Opening::Invalid("out of bounds".to_owned()), false);
    assert!(
        opened(
            &invalid,
            &host,
            &refused("f: type index out of bounds (at 0)")
        )
        .is_ok()
    );
    assert!(opened(&invalid, &host, &refused("f: something else")).is_err());
    assert!(opened(&invalid, &host, &Outcome::Opened(true)).is_err());
    assert!(
        opened(
            &invalid,
            &host,
            &Outcome::Failed("f: out of bounds".to_owned())
        )
        .is_err()
    );
}

#[test]
fn a_call_returns_the_value_or_traps_with_the_words() {
    let host = host(&[], &[]);
    let came = |ends: Ends, outcome: Outcome| {
        let call = Call {
            at: "a/b.wast:2".to_owned(),
            call: "f".to_owned(),
            args: Vec::new(),
            ends,
            needs: BTreeSet::new(),
        };
        called(&call, &host, &outcome).is_ok()
    };
    let traps = |words: &str| Ends::Traps(words.to_owned());
    let trapped = |said: &str| Outcome::Trapped(said.to_owned());
    assert!(came(Ends::Returns(json!(1)), Outcome::Returned(json!(1))));
    assert!(!came(
        Ends::Returns(json!(1)),
        Outcome::Returned(json!("1"))
    ));
    assert!(!came(
        Ends::Returns(Value::Null),
        trapped("f: trap: unreachable")
    ));
    assert!(came(
        traps("wasm trap: unaligned"),
        trapped("f: trap: unaligned pointer")
    ));
    assert!(came(traps("asked"), trapped("f: trap: said")));
    assert!(!came(traps("unaligned"), trapped("f: trap: unreachable")));
    assert!(!came(traps("unaligned"), Outcome::Returned(Value::Null)));
    assert!(!came(
        traps("unaligned"),
        Outcome::Failed("unaligned".to_owned())
    ));
}

/// What the judge says of these lines of a runner's.
fn judged(suite: &Suite, host: &Host, lines: &[String]) -> Result<(), String> {
    compare(suite, host, &lines.join("\n")).map_err(|error| error.to_string())
}

#[test]
fn what_is_otherwise_than_known_is_told() {
    let at = |number| format!("a/b.wast:{number}");
    let suite = Suite(
        (1..=3)
            .map(|number| Entry {
                at: at(number),
                ..entry(Opening::Opens, false)
            })
            .collect(),
    );
    let outcome = |number, outcome: &str| format!("{{\"at\": \"a/b.wast:{number}\", {outcome}}}");
    let (opened, refused) = (r#""opened": true"#, r#""refused": "f: so""#);
    let judged = |lines: &[String], failures: &[&str]| judged(&suite, &host(&[], failures), lines);
    let well = [outcome(1, opened), outcome(2, refused), outcome(3, opened)];
    assert_eq!(judged(&well, &[&at(2)]), Ok(()));
    let said = judged(&well, &[]).expect_err("it fails");
    assert_eq!(
        said,
        "1 directives are otherwise:\na/b.wast:2: expected that it opens, got refused: f: so"
    );
    let said = judged(&well, &[&at(2), &at(3)]).expect_err("it passes");
    assert_eq!(
        said,
        "1 directives are otherwise:\na/b.wast:3: passes, and is among the failures"
    );
    let said = judged(&well[..2], &[&at(2)]).expect_err("it was not run");
    assert_eq!(said, "a/b.wast:3 was not run");
    let said = judged(&[&well[..], &[outcome(4, opened)]].concat(), &[&at(2)]).expect_err("none");
    assert_eq!(said, "a/b.wast:4 was run, which does not apply");
    let said = judged(&[&well[..], &[outcome(1, opened)]].concat(), &[&at(2)]).expect_err("twice");
    assert!(said.contains("one directive was run twice"), "{said}");
}

#[test]
fn a_host_that_opens_what_it_lacks_is_told() {
    let mut needs_map = entry(Opening::Opens, false);
    needs_map.needs.insert("map".to_owned());
    let suite = Suite(vec![needs_map]);
    let judged = |outcome: &str| {
        let line = format!("{{\"at\": \"without map\", {outcome}}}");
        judged(&suite, &host(&["gc", "map"], &[]), &[line])
    };
    assert_eq!(judged(r#""refused": "f: so""#), Ok(()));
    let said = judged(r#""opened": true"#).expect_err("it does not lack it");
    let line = "a/b.wast:1: opens, and needs map, which the host is said to lack";
    assert!(said.ends_with(line), "{said}");
}

#[test]
fn tables_count_what_passes_fails_and_does_not_apply() {
    let suite = read("table");
    let opening = suite.0[1].at.clone();
    let page = tables(&suite, &[host(&["async"], &[&opening])]);
    // The instance fails with its three calls; text, the trapped instance and futures do not apply.
    assert!(page.contains("| `area` | 4 / 4 / 4 |"), "{page}");
    assert!(page.contains("| returns | 0 / 3 / 0 |"), "{page}");
    assert!(page.contains("| async | 2 | so |"), "{page}");
    assert!(page.contains(&format!("| so | `{opening}` |")), "{page}");
}
