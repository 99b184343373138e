//! Values of flags: sizes (`64MiB`) and durations (`30s`).

use std::time::Duration;

const SIZE_UNITS: [(&str, u64); 4] = [
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("B", 1),
];
const TIME_UNITS: [(&str, u64); 4] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)];

/// What a 32-bit memory can grow to.
const MOST_MEMORY: u64 = 4 << 30;

/// Parses a number of bytes with its unit, as `64MiB`.
///
/// # Errors
/// How to write it.
pub fn size(text: &str) -> Result<u64, &'static str> {
    parse(
        text,
        &SIZE_UNITS,
        "use a number and B, KiB, MiB or GiB, as 64MiB",
    )
}

/// Parses what a guest may have of memory, as a [`size`] of up to 4 GiB.
///
/// # Errors
/// How to write it, or what the most is.
pub fn memory(text: &str) -> Result<u64, &'static str> {
    size(text).and_then(|bytes| match bytes {
        ..=MOST_MEMORY => Ok(bytes),
        _ => Err("the most is 4GiB, which is what WebAssembly can address"),
    })
}

/// Parses a duration with its unit, as `30s`.
///
/// # Errors
/// How to write it.
pub fn duration(text: &str) -> Result<Duration, &'static str> {
    parse(text, &TIME_UNITS, "use a number and ms, s, m or h, as 30s").map(Duration::from_millis)
}

/// A number of bytes in the largest unit of which it is a multiple, as `64 MiB`.
#[must_use]
pub fn show_size(bytes: u64) -> String {
    let (unit, factor) = SIZE_UNITS
        .into_iter()
        .find(|(_, factor)| bytes.is_multiple_of(*factor))
        .expect("every number is one of bytes");
    format!("{} {unit}", bytes / factor)
}

/// Zero is no bound that a guest could live within.
fn parse(text: &str, units: &[(&str, u64)], hint: &'static str) -> Result<u64, &'static str> {
    let (number, factor) = units
        .iter()
        .find_map(|(unit, factor)| Some((text.strip_suffix(unit)?, factor)))
        .filter(|(number, _)| number.starts_with(|c: char| c.is_ascii_digit()))
        .filter(|(number, _)| number.bytes().all(|digit| digit.is_ascii_digit()))
        .ok_or(hint)?;
    match number
        .parse::<u64>()
        .ok()
        .and_then(|n| n.checked_mul(*factor))
    {
        None => Err("this is too much"),
        Some(0) => Err("it must be more than 0"),
        Some(value) => Ok(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_need_a_number_and_a_unit() {
        assert_eq!(size("64MiB"), Ok(64 << 20));
        assert_eq!(size("1B"), Ok(1));
        for bad in ["64", "MiB", "-1MiB", "+1MiB", "1.5MiB", "64MB", ""] {
            let hint = "use a number and B, KiB, MiB or GiB, as 64MiB";
            assert_eq!(size(bad), Err(hint), "{bad}");
        }
        assert_eq!(size("0B"), Err("it must be more than 0"));
        assert_eq!(size("99999999999GiB"), Err("this is too much"));
        assert_eq!(size("99999999999999999999999B"), Err("this is too much"));
    }

    #[test]
    fn memory_has_an_end() {
        assert_eq!(memory("4GiB"), Ok(4 << 30));
        let reason = "the most is 4GiB, which is what WebAssembly can address";
        for bad in ["5GiB", "4294967297B", "17179869183GiB"] {
            assert_eq!(memory(bad), Err(reason), "{bad}");
        }
    }

    #[test]
    fn sizes_are_shown_in_the_largest_unit() {
        for (bytes, shown) in [
            (64 << 20, "64 MiB"),
            (1 << 30, "1 GiB"),
            (1536 << 10, "1536 KiB"),
            (1, "1 B"),
        ] {
            assert_eq!(show_size(bytes), shown);
        }
    }

    #[test]
    fn durations_need_a_number_and_a_unit() {
        assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(duration("2m"), Ok(Duration::from_secs(120)));
        assert_eq!(duration("1h"), Ok(Duration::from_secs(3600)));
        for bad in ["30", "s", "0s", "1d", "-1s", "18446744073709551615h"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }
}
