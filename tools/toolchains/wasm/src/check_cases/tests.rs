mod asks;
mod values;

use serde_json::{Value, json};
use wit_bindgen_core::wit_parser::Resolve;

use crate::{check, source};

const WIT: &str = r#"
package example:shop@1.2.0;

interface types {
  enum currency { eur, usd }
  flags marks { fragile, gift, express }
  record item { name: string, quantity: u32 }
  record cart { items: list<item>, note: option<string>, currency: currency }
  variant discount { percentage(f64), amount(s64), none }
}

interface log {
  resource sink { constructor(name: string); write: func(line: string) -> result<u8, string>; }
  say: func(line: string);
}

interface shop {
  use types.{cart, discount, marks};
  use log.{sink};
  price: func(cart: cart, discount: discount) -> result<u64, string>;
  mark: func(marks: marks) -> tuple<char, f32>;
  bytes: func(value: list<u8>) -> list<u8>;
  nested: func(value: option<option<bool>>) -> option<option<bool>>;
  numbers: func(a: u8, b: s64, c: f64);
  forward: func(to: sink) -> sink;
  resource visit {
    constructor(name: string);
    name: func() -> string;
    longest: static func(one: borrow<visit>, other: visit) -> visit;
  }
}

world plugin {
  import log;
  export shop;
}

world bare {
  import host-only: func(text: string);
  export run: func(n: u32) -> u32;
}
"#;

fn checked(cases: &str) -> Result<Value, String> {
    let mut resolve = Resolve::default();
    let package = resolve.push_str("shop.wit", WIT).expect("the WIT is right");
    check::check(&resolve, package, source::read(cases)?)
}

/// The plain form of one case's steps.
fn case(text: &str) -> Result<Value, String> {
    let body = text.trim().strip_prefix('{').expect("an object");
    let plain = checked(&format!(
        r#"[{{"interface": "shop", "imports": ["log", "types"], "cases": [{{"name": "it", {body}]}}]"#
    ))?;
    Ok(plain["groups"][0]["cases"][0]["steps"].clone())
}

/// Fails unless the case's mistake is told as `expected`.
#[track_caller]
fn tells(text: &str, expected: &str) {
    let told = case(text).expect_err("a mistake");
    assert!(!told.contains('\n'), "{told}");
    assert_eq!(told, format!("group of shop: case \"it\"{expected}"));
}

#[track_caller]
fn price_tells(cart: &str, expected: &str) {
    tells(
        &format!(
            r#"{{"call": "price", "args": [{cart}, {{"none": null}}], "result": {{"ok": 1}}}}"#
        ),
        expected,
    );
}

#[test]
fn the_plain_form_has_full_names_and_steps() {
    let plain = checked(
        r#"[
          {"interface": "shop", "imports": ["types", "log"], "cases": [
            {"name": "one", "call": "bytes", "args": [{"$concat": ["AQ==", ""]}], "result": "AQ=="}
          ]},
          {"interface": null, "cases": [
            {"name": "asks the world", "call": "run", "args": [1], "result": 2,
             "asks": [{"call": "host-only", "args": ["x"]}]}
          ]}
        ]"#,
    );
    // The world `bare` imports no interface of the package.
    assert_eq!(
        plain.expect("they fit"),
        json!({
            "package": "example:shop@1.2.0",
            "groups": [
                {
                    "interface": "example:shop/shop@1.2.0",
                    "imports": ["example:shop/log@1.2.0", "example:shop/types@1.2.0"],
                    "cases": [{"name": "one", "steps": [
                        {"call": "bytes", "args": ["AQ=="], "result": "AQ==", "asks": []}
                    ]}],
                },
                {
                    "interface": null,
                    "imports": [],
                    "cases": [{"name": "asks the world", "steps": [
                        {"call": "run", "args": [1], "result": 2, "asks": [
                            {"interface": null, "call": "host-only", "args": ["x"]}
                        ]}
                    ]}],
                },
            ],
        })
    );
}

#[test]
fn functions_and_their_arguments_are_told() {
    tells(
        r#"{"call": "prize"}"#,
        ": example:shop/shop@1.2.0 has no function \"prize\", it has bytes, forward, mark, nested, numbers, price, visit.constructor, visit.longest, visit.name",
    );
    tells(
        r#"{"call": "numbers", "args": [1]}"#,
        ": args: expected 3 (a, b, c), got 1",
    );
    tells(
        r#"{"call": "numbers", "args": [1, 1, 1], "result": null}"#,
        ": result: expected none, as the function returns nothing",
    );
    tells(
        r#"{"call": "bytes", "args": [""]}"#,
        ": result: it is missing",
    );
    tells(
        r#"{"call": "bytes", "args": [""], "trap": "", "result": ""}"#,
        ": expected only one of result, trap and fails",
    );
    tells(
        r#"{"call": "bytes", "args": [""], "reslt": ""}"#,
        ": unknown field `reslt`, expected one of `call`, `on`, `args`, `result`, `trap`, `fails`, `drop`, `asks`",
    );
    tells(
        r#"{"args": [""]}"#,
        ": expected \"call\" with its arguments, or \"drop\" alone",
    );
    tells(
        r#"{"steps": []}"#,
        ": expected \"steps\", a list of one step or more, and no step beside it",
    );
    tells(
        r#"{"steps": [{"call": "numbers", "args": [1, 1, 1]}, {"call": "numbers", "args": [1, 1, true]}]}"#,
        r#", step 2: c: expected f64, a number, "nan", "inf" or "-inf", got true"#,
    );
}

#[test]
fn groups_are_told() {
    let told = |cases: &str| checked(cases).expect_err("a mistake");
    assert_eq!(
        told(r#"[{"interface": "shp", "cases": []}]"#),
        "group of shp: example:shop@1.2.0 has no interface \"shp\", it has types, log, shop"
    );
    assert_eq!(
        told(r#"[{"interface": "shop", "imports": ["log"], "cases": []}]"#),
        "group of shop: no world exports it and imports, of this package, log"
    );
    let two = r#"{"interface": "shop", "imports": ["log", "types"], "cases": []}"#;
    assert_eq!(
        told(&format!("[{two}, {two}]")),
        "group of shop: there is one with these imports already"
    );
    assert_eq!(
        told(r#"[{"interface": null, "cases": [{"call": "run"}]}]"#),
        "group of the world: a case has no name, a string"
    );
    let run = r#"{"name": "a", "call": "run", "args": [1], "result": 1}"#;
    assert_eq!(
        told(&format!(r#"[{{"cases": [{run}, {run}]}}]"#)),
        "group of the world: case \"a\": there are two of this name"
    );
    assert_eq!(
        told(r#"[{"cases": "#),
        "EOF while parsing a value at line 1 column 11"
    );
    assert_eq!(
        told(r#"[{"case": []}]"#),
        "unknown field `case`, expected one of `interface`, `imports`, `cases`"
    );
}
