use serde_json::json;

use super::{case, price_tells, tells};
use crate::source;

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
