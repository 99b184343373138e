"""The contract of prices in Python."""

from typing import Self

from componentize_py_types import Err
from money import I64_MAX, I64_MIN, U64_MAX, minor_units, rounded, shown
from wit_world import exports
from wit_world.exports.pricing import (
    Cart,
    Discount,
    Discount_Amount,
    Discount_None_,
    Handling,
    LineItem,
    PricingError_DiscountOutOfRange,
    PricingError_EmptyCart,
    PricingError_MixedCurrencies,
    PricingError_NoRate,
    PricingError_QuantityOutOfRange,
    PricingError_TooMuch,
    Quotation,
)
from wit_world.exports.pricing import Session as SessionOfTheWorld
from wit_world.imports import log, rates
from wit_world.imports.rates import Currency

# What handling costs, in cents.
FEES = {Handling.FRAGILE: 150, Handling.GIFT_WRAP: 300, Handling.EXPRESS: 990}


class Session(SessionOfTheWorld):
    """A cart that is filled line by line."""

    def __init__(self, currency: Currency) -> None:
        self.currency = currency
        self.lines: list[LineItem] = []

    def add(self, line: LineItem) -> int:
        self.lines.append(line)
        return len(self.lines)

    def quote(self, discount: Discount) -> Quotation:
        return quoted(self.currency, self.lines, discount)

    @classmethod
    def merge(cls, one: Self, other: Self) -> Self:
        if one.currency is not other.currency:
            raise Err(PricingError_MixedCurrencies((one.currency, other.currency)))
        merged = cls(one.currency)
        merged.lines = one.lines + other.lines
        return merged


class Pricing(exports.Pricing):
    """The interface `pricing`."""

    def quote(self, cart: Cart) -> Quotation:
        note = None if cart.customer is None else f"for {cart.customer}"
        return quoted(cart.currency, cart.lines, cart.discount, note)

    def convert(self, amount: int, from_: Currency, to: Currency) -> int:
        return amount if from_ is to else signed(rounded(amount * factor(from_, to)))

    def show(self, amount: int, currency: Currency) -> str:
        return shown(amount, currency)


def quoted(currency: Currency, items: list[LineItem], discount: Discount, note: str | None = None) -> Quotation:
    """Prices lines."""
    if not items:
        raise Err(PricingError_EmptyCart())
    lines: list[tuple[str, int]] = []
    subtotal = cents = 0
    for item in items:
        if not 1 <= item.quantity <= 999:
            raise Err(PricingError_QuantityOutOfRange((item.sku, item.quantity)))
        price = unsigned(item.unit_price * item.quantity)
        subtotal = unsigned(subtotal + price)
        cents += sum(fee for handling, fee in FEES.items() if handling in item.handling)
        lines.append((item.sku, price))
    off = discounted(subtotal, discount)
    rateless = cents == 0 or currency is Currency.EUR
    fees = cents if rateless else signed(rounded(cents * factor(Currency.EUR, currency)))
    total = unsigned(unsigned(subtotal - off) + fees)
    log.note(f"quoted {len(lines)} {'line' if len(lines) == 1 else 'lines'}: {shown(total, currency)}")
    units = subtotal // minor_units(currency)
    band = "A" if units >= 1000 else "B" if units >= 100 else "C"
    return Quotation(currency, lines, subtotal, off, fees, total, band, note)


def discounted(subtotal: int, discount: Discount) -> int:
    """What goes off the goods."""
    if isinstance(discount, Discount_None_):
        return 0
    if isinstance(discount, Discount_Amount):
        off = discount.value
    elif 0 <= discount.value <= 100:
        off = rounded(subtotal * discount.value / 100)
    else:
        raise Err(PricingError_DiscountOutOfRange(discount.value))
    return min(off, subtotal, I64_MAX)


def factor(from_: Currency, to: Currency) -> float:
    """By what an amount in minor units of `from_` is multiplied, to be one of `to`."""
    try:
        rate = rates.rate(from_, to)
    except Err as error:
        raise Err(PricingError_NoRate(error.value)) from None
    if not 0 < rate < float("inf"):
        raise Err(PricingError_NoRate("a rate that is no positive number"))
    return rate * minor_units(to) / minor_units(from_)


def unsigned(amount: int) -> int:
    """An amount, if a `u64` holds it."""
    if not 0 <= amount <= U64_MAX:
        raise Err(PricingError_TooMuch())
    return amount


def signed(amount: int) -> int:
    """An amount, if an `s64` holds it."""
    if not I64_MIN <= amount <= I64_MAX:
        raise Err(PricingError_TooMuch())
    return amount
