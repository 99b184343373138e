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
fn values_have_one_form() {
    let plain = |text| case(text).expect("it fits")[0].clone();
    let step = plain(
        r#"{"call": "price", "args": [{"items": [{"quantity": 4294967295, "name": "é"}], "note": null, "currency": "eur"},
            {"percentage": 3.4028234663852886e38}], "result": {"ok": 9007199254740991}}"#,
    );
    assert_eq!(step["result"], json!({"ok": "9007199254740991"}));
    assert_eq!(
        step["args"][1].to_string(),
        r#"{"percentage":3.4028234663852886e+38}"#
    );
    let step =
        plain(r#"{"call": "mark", "args": [["express", "fragile"]], "result": ["🦀", 0.1]}"#);
    assert_eq!(step["args"], json!([["fragile", "express"]]));
    // As near as 32 bits come to it.
    assert_eq!(step["result"].to_string(), r#"["🦀",0.10000000149011612]"#);
    for (value, plain) in [
        ("null", "null"),
        (r#"{"some": null}"#, r#"{"some":null}"#),
        (r#"{"some": true}"#, r#"{"some":true}"#),
    ] {
        let text = format!(r#"{{"call": "nested", "args": [{value}], "result": {value}}}"#);
        assert_eq!(
            case(&text).expect("it fits")[0]["args"][0].to_string(),
            plain
        );
    }
    for (value, plain) in [
        ("-0.0", "-0.0"),
        ("1", "1.0"),
        (r#""-inf""#, r#""-inf""#),
        ("1e-7", "1e-7"),
        ("123456789012345678901", "1.2345678901234568e+20"),
    ] {
        let text =
            format!(r#"{{"call": "numbers", "args": [255, "-9223372036854775808", {value}]}}"#);
        let step = &case(&text).expect("it fits")[0];
        assert_eq!(step["args"][2].to_string(), plain);
        assert!(step.get("result").is_none(), "it returns nothing");
    }
}

#[test]
fn long_values_have_short_forms() {
    let text = r#"{"call": "price", "args": [{"items": {"$repeat": [{"name": {"$repeat": "ab", "times": 2}, "quantity": 1}], "times": 3},
        "note": {"$concat": ["a", {"$repeat": "b", "times": 0}, "c"]}, "currency": "usd"}, {"amount": "-1"}], "result": {"err": "e"}}"#;
    let cart = &case(text).expect("it fits")[0]["args"][0];
    assert_eq!(cart["items"].as_array().map(Vec::len), Some(3));
    assert_eq!(cart["items"][2]["name"], "abab");
    assert_eq!(cart["note"], "ac");
    let read = |text| source::read(text).map(|_| ());
    assert_eq!(
        read(r#"[{"$concat": ["a", []]}]"#),
        Err("$repeat and $concat: expected strings alone, or lists alone".to_owned())
    );
    assert_eq!(
        read(r#"[{"$repeat": "a"}]"#),
        Err(r#"$repeat: expected {"$repeat": VALUE, "times": NUMBER}"#.to_owned())
    );
    assert_eq!(
        read(r#"[{"$repeat": "ab", "times": 9999999999}]"#),
        Err("$repeat and $concat: expected at most 16777216 bytes or items".to_owned())
    );
}

#[test]
fn a_wrong_value_is_told_with_its_place() {
    let cart = |items: &str| format!(r#"{{"items": {items}, "note": null, "currency": "eur"}}"#);
    price_tells(
        &cart(r#"[{"name": "", "quantity": 1}, {"name": "", "quantity": -1}]"#),
        ": cart.items[1].quantity: expected u32, got -1",
    );
    price_tells(
        &cart(r#"[{"name": "", "quantity": 1.5}]"#),
        ": cart.items[0].quantity: expected u32, got 1.5",
    );
    price_tells(
        &cart(r#"[{"name": "", "quantity": 4294967296}]"#),
        ": cart.items[0].quantity: expected u32, got 4294967296",
    );
    price_tells(
        &cart(r#"[{"name": ""}]"#),
        ": cart.items[0]: field quantity of record item is missing",
    );
    price_tells(
        &cart(r#"[{"name": "", "qty": 1}]"#),
        ": cart.items[0]: record item has no field qty, it has name, quantity",
    );
    price_tells(
        &cart(r#"{}"#),
        ": cart.items: expected list, an array, got {}",
    );
    price_tells("[]", ": cart: expected record cart, an object, got []");
    price_tells(
        r#"{"items": [], "note": null, "currency": "gbp"}"#,
        r#": cart.currency: expected enum currency, one of eur, usd, got "gbp""#,
    );
    price_tells(
        r#"{"items": [], "note": 1, "currency": "eur"}"#,
        ": cart.note: expected string, got 1",
    );
    let discount = |discount: &str, expected: &str| {
        tells(
            &format!(
                r#"{{"call": "price", "args": [{}, {discount}], "result": {{"ok": 1}}}}"#,
                cart("[]")
            ),
            expected,
        );
    };
    discount(
        r#"{"half": null}"#,
        r#": discount: expected variant discount, {"CASE": …} with one of percentage, amount, none, got {"half":null}"#,
    );
    discount(
        r#"{"none": 1}"#,
        ": discount.none: expected null, as there is no payload, got 1",
    );
    discount(
        r#"{"percentage": "x"}"#,
        r#": discount.percentage: expected f64, a number, "nan", "inf" or "-inf", got "x""#,
    );
    discount(
        r#"{"amount": 9007199254740992}"#,
        ": discount.amount: expected s64, a string of digits or a number to 9007199254740991, got 9007199254740992",
    );
    discount(
        r#"{"amount": "9223372036854775808"}"#,
        r#": discount.amount: expected s64, got "9223372036854775808""#,
    );
}

#[test]
fn wrong_values_of_other_types_are_told() {
    tells(
        r#"{"call": "mark", "args": [["gift", "heavy"]], "result": ["a", 1]}"#,
        r#": marks: expected flags marks, a list of fragile, gift, express, got "heavy""#,
    );
    tells(
        r#"{"call": "mark", "args": [[]], "result": ["ab", 1]}"#,
        r#": result[0]: expected char, a string of one character, got "ab""#,
    );
    tells(
        r#"{"call": "mark", "args": [[]], "result": ["a"]}"#,
        r#": result: expected tuple, an array of 2, got ["a"]"#,
    );
    tells(
        r#"{"call": "mark", "args": [[]], "result": ["a", 1e39]}"#,
        r#": result[1]: expected f32, a number, "nan", "inf" or "-inf", got 1e39"#,
    );
    tells(
        r#"{"call": "bytes", "args": ["A"], "result": ""}"#,
        r#": value: expected list<u8>, a string of base64, got "A""#,
    );
    tells(
        r#"{"call": "bytes", "args": [[1]], "result": ""}"#,
        ": value: expected list<u8>, a string of base64, got [1]",
    );
    tells(
        r#"{"call": "nested", "args": [true], "result": null}"#,
        r#": value: expected null or {"some": …} for an option of an option, got true"#,
    );
    tells(
        r#"{"call": "numbers", "args": [256, 0, 0]}"#,
        ": a: expected u8, got 256",
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
