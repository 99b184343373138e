//! A plugin that prices carts: exports `anyhost:pricing/pricing`, and asks its host for
//! rates and for a place to note things.

#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

mod money;

use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;

use bindings::anyhost::pricing::log;
use bindings::anyhost::pricing::rates::{self, Currency};
use bindings::exports::anyhost::pricing::pricing::{
    Cart, Discount, Guest, GuestSession, Handling, LineItem, PricingError, Quotation, Session,
};
use guest_rt as _;

mod bindings {
    #![allow(missing_docs)]
    wit_bindgen::generate!({
        path: "../../wit/pricing/pricing.wit",
        world: "pricing-plugin",
        bitflags_path: "bitflags",
    });
}

struct Pricing;

bindings::export!(Pricing with_types_in bindings);

const QUANTITIES: core::ops::RangeInclusive<u32> = 1..=999;

/// What handling costs, in cents.
const FEES: [(Handling, u64); 3] = [
    (Handling::FRAGILE, 150),
    (Handling::GIFT_WRAP, 300),
    (Handling::EXPRESS, 990),
];

impl Guest for Pricing {
    type Session = Basket;

    fn quote(cart: Cart) -> Result<Quotation, PricingError> {
        let mut quotation = quote(cart.currency, &cart.lines, &cart.discount)?;
        quotation.note = cart.customer.map(|customer| ["for ", &customer].concat());
        Ok(quotation)
    }

    fn convert(amount: i64, from: Currency, to: Currency) -> Result<i64, PricingError> {
        if from == to {
            return Ok(amount);
        }
        money::rounded(amount as f64 * factor(from, to)?).ok_or(PricingError::TooMuch)
    }

    fn show(amount: i64, currency: Currency) -> String {
        money::show(amount < 0, amount.unsigned_abs(), currency)
    }
}

/// A session's currency, and its lines so far.
struct Basket {
    currency: Currency,
    lines: RefCell<Vec<LineItem>>,
}

impl GuestSession for Basket {
    fn new(currency: Currency) -> Self {
        Self {
            currency,
            lines: RefCell::default(),
        }
    }

    fn add(&self, line: LineItem) -> u32 {
        let mut lines = self.lines.borrow_mut();
        lines.push(line);
        lines.len() as u32
    }

    fn quote(&self, discount: Discount) -> Result<Quotation, PricingError> {
        quote(self.currency, &self.lines.borrow(), &discount)
    }

    fn merge(one: Session, other: Session) -> Result<Session, PricingError> {
        let (mut one, mut other) = (one.into_inner::<Self>(), other.into_inner::<Self>());
        if one.currency != other.currency {
            let currencies = (one.currency, other.currency);
            return Err(PricingError::MixedCurrencies(currencies));
        }
        one.lines.get_mut().append(other.lines.get_mut());
        Ok(Session::new(one))
    }
}

fn quote(
    currency: Currency,
    items: &[LineItem],
    discount: &Discount,
) -> Result<Quotation, PricingError> {
    if items.is_empty() {
        return Err(PricingError::EmptyCart);
    }
    let mut lines = Vec::with_capacity(items.len());
    let (mut subtotal, mut cents) = (0_u64, 0_u64);
    for item in items {
        if !QUANTITIES.contains(&item.quantity) {
            let line = (item.sku.clone(), item.quantity);
            return Err(PricingError::QuantityOutOfRange(line));
        }
        let price = item.unit_price.checked_mul(item.quantity.into());
        let price = price.ok_or(PricingError::TooMuch)?;
        subtotal = subtotal.checked_add(price).ok_or(PricingError::TooMuch)?;
        for (handling, fee) in FEES {
            if item.handling.contains(handling) {
                cents += fee;
            }
        }
        lines.push((item.sku.clone(), price));
    }
    let discount = off(subtotal, discount)?;
    let fees = match (cents, currency) {
        (0, _) | (_, Currency::Eur) => cents,
        _ => {
            let fees = money::rounded(cents as f64 * factor(Currency::Eur, currency)?);
            fees.ok_or(PricingError::TooMuch)?.unsigned_abs()
        }
    };
    let goods = if discount < 0 {
        subtotal.checked_add(discount.unsigned_abs())
    } else {
        subtotal.checked_sub(discount.unsigned_abs())
    };
    let total = goods.and_then(|goods| goods.checked_add(fees));
    let total = total.ok_or(PricingError::TooMuch)?;
    log::note(
        &[
            "quoted ",
            &money::digits(lines.len() as u64),
            if lines.len() == 1 {
                " line: "
            } else {
                " lines: "
            },
            &money::show(false, total, currency),
        ]
        .concat(),
    );
    Ok(Quotation {
        currency,
        lines,
        subtotal,
        discount,
        fees,
        total,
        band: match subtotal / money::minor_units(currency) {
            1000.. => 'A',
            100.. => 'B',
            _ => 'C',
        },
        note: None,
    })
}

/// What goes off the goods.
fn off(subtotal: u64, discount: &Discount) -> Result<i64, PricingError> {
    let most = i64::try_from(subtotal).unwrap_or(i64::MAX);
    match *discount {
        Discount::None => Ok(0),
        Discount::Percentage(percentage) if (0.0..=100.0).contains(&percentage) => {
            let off = money::rounded(subtotal as f64 * percentage / 100.0);
            Ok(off.unwrap_or(i64::MAX).min(most))
        }
        Discount::Percentage(percentage) => Err(PricingError::DiscountOutOfRange(percentage)),
        Discount::Amount(amount) => Ok(amount.min(most)),
    }
}

/// By what an amount in minor units of `from` is multiplied, to be one of `to`.
fn factor(from: Currency, to: Currency) -> Result<f64, PricingError> {
    let rate = rates::rate(from, to).map_err(PricingError::NoRate)?;
    if !(rate > 0.0 && rate < f64::INFINITY) {
        return Err(PricingError::NoRate(
            "a rate that is no positive number".into(),
        ));
    }
    Ok(rate * money::minor_units(to) as f64 / money::minor_units(from) as f64)
}
