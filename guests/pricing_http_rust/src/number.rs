//! 64-bit integers: strings of digits, as JSON's numbers are exact to 2^53 alone; what
//! comes in may be such a number, too.

use std::fmt::{self, Formatter};
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{Deserializer, Error, Unexpected, Visitor};
use serde::ser::Serializer;

const EXACT: u64 = (1 << 53) - 1;

pub fn serialize<T: ToString, S: Serializer>(number: &T, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&number.to_string())
}

pub fn deserialize<'de, T, D>(from: D) -> Result<T, D::Error>
where
    T: FromStr + TryFrom<i64>,
    D: Deserializer<'de>,
{
    from.deserialize_any(Digits(PhantomData))
}

struct Digits<T>(PhantomData<T>);

impl<T: FromStr + TryFrom<i64>> Visitor<'_> for Digits<T> {
    type Value = T;

    fn expecting(&self, to: &mut Formatter<'_>) -> fmt::Result {
        to.write_str("a string of digits, or a number to 9007199254740991")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        let wrong = || E::invalid_value(Unexpected::Str(text), &self);
        // Rust would take a plus sign.
        let digits = text.strip_prefix('-').unwrap_or(text);
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(wrong());
        }
        text.parse().map_err(|_| wrong())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        match i64::try_from(number) {
            Ok(exact) if number <= EXACT => self.visit_i64(exact),
            _ => Err(E::invalid_value(Unexpected::Unsigned(number), &self)),
        }
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        let wrong = || E::invalid_value(Unexpected::Signed(number), &self);
        if number.unsigned_abs() > EXACT {
            return Err(wrong());
        }
        number.try_into().map_err(|_| wrong())
    }
}
