//! Numbers, and how a wrong value is told.

use std::str::FromStr;

use serde_json::{Number, Value};

use crate::source::FLOAT;
use crate::value::Checked;

/// The one field of an object.
pub fn only(value: &Value) -> Option<(&str, &Value)> {
    let mut fields = value.as_object()?.iter();
    match (fields.next(), fields.next()) {
        (Some((key, payload)), None) => Some((key, payload)),
        _ => None,
    }
}

pub fn integer<T: TryFrom<i64> + Into<Number>>(place: &str, name: &str, value: &Value) -> Checked {
    match value.as_i64().map(T::try_from) {
        Some(Ok(number)) => Ok(Value::Number(number.into())),
        _ => wrong(place, name, value),
    }
}

/// 64 bits: more than JSON's numbers hold everywhere, and so strings of digits.
pub fn long<T: FromStr + ToString>(place: &str, name: &str, value: &Value) -> Checked {
    const EXACT: u64 = (1 << 53) - 1;
    let digits = match value {
        Value::String(digits) => digits.clone(),
        Value::Number(number) if number.as_i64().is_some_and(|n| n.unsigned_abs() <= EXACT) => {
            number.to_string()
        }
        _ => {
            return wrong(
                place,
                &format!("{name}, a string of digits or a number to {EXACT}"),
                value,
            );
        }
    };
    match digits.parse::<T>() {
        Ok(number) => Ok(number.to_string().into()),
        Err(_) => wrong(place, name, value),
    }
}

pub fn float(place: &str, name: &str, value: &Value, round: impl Fn(f64) -> f64) -> Checked {
    let number = match (value, only(value)) {
        (Value::String(text), _) if ["nan", "inf", "-inf"].contains(&text.as_str()) => {
            return Ok(value.clone());
        }
        (_, Some((FLOAT, Value::String(digits)))) => digits.parse().ok(),
        (Value::Number(number), _) => number.as_f64(),
        _ => None,
    };
    match number.map(round).and_then(Number::from_f64) {
        Some(number) => Ok(number.into()),
        None => wrong(
            place,
            &format!(r#"{name}, a number, "nan", "inf" or "-inf""#),
            value,
        ),
    }
}

pub fn wrong(place: &str, expected: &str, got: &Value) -> Checked {
    Err(format!("{place}: expected {expected}, got {}", shown(got)))
}

/// A value as its author wrote it, shortened.
fn shown(value: &Value) -> String {
    const LENGTH: usize = 60;
    if let Some((FLOAT, Value::String(digits))) = only(value) {
        return digits.clone();
    }
    let text = value.to_string();
    match text.char_indices().nth(LENGTH) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
