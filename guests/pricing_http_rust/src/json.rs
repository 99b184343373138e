//! What comes and goes as JSON: the contract's types, written as all values are, but what
//! is seldom needed of a cart may be left out.

use serde::{Deserialize, Serialize};

use crate::bindings::anyhost::pricing::pricing;
use crate::number;

/// An amount in a tuple.
#[derive(Serialize)]
pub struct Amount(#[serde(with = "number")] u64);

#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Currency {
    Eur,
    Usd,
    Gbp,
    Jpy,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Handling {
    Fragile,
    GiftWrap,
    Express,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LineItem {
    sku: String,
    #[serde(with = "number")]
    unit_price: u64,
    quantity: u32,
    #[serde(default)]
    handling: Vec<Handling>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Discount {
    None(()),
    Percentage(f64),
    Amount(#[serde(with = "number")] i64),
}

impl Default for Discount {
    fn default() -> Self {
        Self::None(())
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Cart {
    #[serde(default)]
    customer: Option<String>,
    currency: Currency,
    lines: Vec<LineItem>,
    #[serde(default)]
    discount: Discount,
}

/// What is filled line by line.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    pub currency: Currency,
    pub lines: Vec<LineItem>,
}

/// The sessions that are merged.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sessions {
    pub sessions: Vec<Session>,
    #[serde(default)]
    pub discount: Discount,
}

#[derive(Serialize)]
pub struct Quotation {
    currency: Currency,
    lines: Vec<(String, Amount)>,
    #[serde(with = "number")]
    subtotal: u64,
    #[serde(with = "number")]
    discount: i64,
    #[serde(with = "number")]
    fees: u64,
    #[serde(with = "number")]
    total: u64,
    band: char,
    note: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PricingError {
    EmptyCart(()),
    QuantityOutOfRange((String, u32)),
    DiscountOutOfRange(f64),
    NoRate(String),
    MixedCurrencies((Currency, Currency)),
    TooMuch(()),
}

/// What is answered instead of a quotation.
#[derive(Serialize)]
pub struct Wrong<T> {
    pub error: T,
}

impl From<Currency> for pricing::Currency {
    fn from(currency: Currency) -> Self {
        match currency {
            Currency::Eur => Self::Eur,
            Currency::Usd => Self::Usd,
            Currency::Gbp => Self::Gbp,
            Currency::Jpy => Self::Jpy,
        }
    }
}

impl From<pricing::Currency> for Currency {
    fn from(currency: pricing::Currency) -> Self {
        match currency {
            pricing::Currency::Eur => Self::Eur,
            pricing::Currency::Usd => Self::Usd,
            pricing::Currency::Gbp => Self::Gbp,
            pricing::Currency::Jpy => Self::Jpy,
        }
    }
}

impl From<LineItem> for pricing::LineItem {
    fn from(line: LineItem) -> Self {
        let handling = line.handling.iter().map(|handling| match handling {
            Handling::Fragile => pricing::Handling::FRAGILE,
            Handling::GiftWrap => pricing::Handling::GIFT_WRAP,
            Handling::Express => pricing::Handling::EXPRESS,
        });
        Self {
            handling: handling.fold(pricing::Handling::empty(), |all, one| all | one),
            sku: line.sku,
            unit_price: line.unit_price,
            quantity: line.quantity,
        }
    }
}

impl From<Discount> for pricing::Discount {
    fn from(discount: Discount) -> Self {
        match discount {
            Discount::None(()) => Self::None,
            Discount::Percentage(percentage) => Self::Percentage(percentage),
            Discount::Amount(amount) => Self::Amount(amount),
        }
    }
}

impl From<Cart> for pricing::Cart {
    fn from(cart: Cart) -> Self {
        Self {
            customer: cart.customer,
            currency: cart.currency.into(),
            lines: cart.lines.into_iter().map(Into::into).collect(),
            discount: cart.discount.into(),
        }
    }
}

impl From<pricing::Quotation> for Quotation {
    fn from(quotation: pricing::Quotation) -> Self {
        let lines = quotation.lines.into_iter();
        Self {
            currency: quotation.currency.into(),
            lines: lines.map(|(sku, price)| (sku, Amount(price))).collect(),
            subtotal: quotation.subtotal,
            discount: quotation.discount,
            fees: quotation.fees,
            total: quotation.total,
            band: quotation.band,
            note: quotation.note,
        }
    }
}

impl From<pricing::PricingError> for PricingError {
    fn from(error: pricing::PricingError) -> Self {
        use pricing::PricingError as Error;
        match error {
            Error::EmptyCart => Self::EmptyCart(()),
            Error::QuantityOutOfRange(line) => Self::QuantityOutOfRange(line),
            Error::DiscountOutOfRange(percentage) => Self::DiscountOutOfRange(percentage),
            Error::NoRate(reason) => Self::NoRate(reason),
            Error::MixedCurrencies((one, other)) => {
                Self::MixedCurrencies((one.into(), other.into()))
            }
            Error::TooMuch => Self::TooMuch(()),
        }
    }
}
