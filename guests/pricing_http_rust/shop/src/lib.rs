//! What the pricing rule asks for: fixed rates, and a log that is standard error.

#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

use alloc::string::String;

use bindings::exports::anyhost::pricing::log;
use bindings::exports::anyhost::pricing::rates::{self, Currency};
use guest_rt as _;
use wasip2::cli::stderr::get_stderr;

mod bindings {
    #![allow(missing_docs)]
    wit_bindgen::generate!({ path: "../../../wit/pricing/pricing.wit", world: "shop" });
}

struct Shop;

bindings::export!(Shop with_types_in bindings);

/// What one `blocking-write-and-flush` takes at most.
const CHUNK: usize = 4096;

impl rates::Guest for Shop {
    fn rate(from: Currency, to: Currency) -> Result<f64, String> {
        Ok(for_a_euro(to) / for_a_euro(from))
    }
}

impl log::Guest for Shop {
    fn note(text: String) {
        let stderr = get_stderr();
        let line = [&text, "\n"].concat();
        for chunk in line.as_bytes().chunks(CHUNK) {
            // Whether anybody keeps it is the host's affair.
            let _ = stderr.blocking_write_and_flush(chunk);
        }
    }
}

/// What one euro buys; a shop would ask its bank.
fn for_a_euro(currency: Currency) -> f64 {
    match currency {
        Currency::Eur => 1.0,
        Currency::Usd => 1.25,
        Currency::Gbp => 0.8,
        Currency::Jpy => 160.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rates::Guest;

    #[test]
    fn every_currency_has_a_rate_into_every_other() {
        let rate = |from, to| Shop::rate(from, to).expect("a rate");
        assert_eq!(rate(Currency::Eur, Currency::Jpy), 160.0);
        assert_eq!(rate(Currency::Gbp, Currency::Usd), 1.5625);
        assert_eq!(rate(Currency::Usd, Currency::Usd), 1.0);
    }
}
