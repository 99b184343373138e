//! Amounts in minor units: how they are rounded and written.

use alloc::string::String;

use crate::bindings::anyhost::pricing::rates::Currency;

/// How many minor units a whole one has.
pub fn minor_units(currency: Currency) -> u64 {
    match currency {
        Currency::Eur | Currency::Usd | Currency::Gbp => 100,
        Currency::Jpy => 1,
    }
}

/// The nearest amount, half of a minor unit away from zero; none if it is too much.
pub fn rounded(value: f64) -> Option<i64> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    let half = if value < 0.0 { -0.5 } else { 0.5 };
    let value = value + half;
    (value > -LIMIT && value < LIMIT).then_some(value as i64)
}

/// An amount as people write it.
pub fn show(is_negative: bool, amount: u64, currency: Currency) -> String {
    let name = match currency {
        Currency::Eur => " EUR",
        Currency::Usd => " USD",
        Currency::Gbp => " GBP",
        Currency::Jpy => " JPY",
    };
    let sign = if is_negative { "-" } else { "" };
    let units = minor_units(currency);
    if units == 1 {
        return [sign, &digits(amount), name].concat();
    }
    let cents = digits(amount % units);
    let zero = if cents.len() < 2 { "0" } else { "" };
    [sign, &digits(amount / units), ".", zero, &cents, name].concat()
}

/// A number in decimal, without what `format!` would bring.
pub fn digits(mut number: u64) -> String {
    let mut digits = [0; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    digits[at..]
        .iter()
        .map(|digit| char::from(*digit))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_rounded_half_away_from_zero() {
        let rounded_all = [0.0, 0.49, 0.5, 1.5, -0.49, -0.5, -1.5].map(rounded);
        assert_eq!(rounded_all, [0, 0, 1, 2, 0, -1, -2].map(Some));
        assert_eq!([f64::NAN, 1e19, -1e19].map(rounded), [None; 3]);
    }

    #[test]
    fn amounts_are_written_with_their_minor_units() {
        let euros = |amount: i64| show(amount < 0, amount.unsigned_abs(), Currency::Eur);
        assert_eq!(
            [0, 5, 1205, -1205].map(euros),
            ["0.00 EUR", "0.05 EUR", "12.05 EUR", "-12.05 EUR"]
        );
        assert_eq!(euros(i64::MIN), "-92233720368547758.08 EUR");
        assert_eq!(
            show(false, u64::MAX, Currency::Jpy),
            "18446744073709551615 JPY"
        );
    }
}
