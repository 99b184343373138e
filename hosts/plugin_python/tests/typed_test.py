"""A program that knows the types of its contract. types_test checks it: each `type: ignore` is a mistake that it finds."""

import os
from typing import TYPE_CHECKING

import pytest
from anyhost import Err, MissingError, Ok, Some
from pricing_types import open_pricing_plugin

if TYPE_CHECKING:
    from pricing_types import Currency, PricingInterface, PricingPlugin
    from values_types import Conformance


class Rates:
    """What the component is given."""

    def rate(self, from_: "Currency", to: "Currency") -> float:
        """A rate."""
        return 1.25 if from_ != to else 1


@pytest.fixture
def plugin() -> "PricingPlugin":
    """The component."""
    imports = {"note": print}
    return open_pricing_plugin(os.environ["COMPONENT"], imports={"rates": Rates(), "log": imports})


def cart(pricing: "PricingInterface", quantity: int) -> int:
    """The total of a cart."""
    line = pricing.LineItem(sku="soap", unit_price=250, quantity=quantity, handling={"fragile"})
    cart = pricing.Cart(customer="Ana", currency="usd", lines=[line], discount=pricing.Discount.Percentage(10))
    quotation = pricing.quote(cart)
    sku, price = quotation.lines[0]
    assert (sku, price, quotation.note) == ("soap", 250 * quantity, "for Ana")
    assert quotation.currency is pricing.Currency.USD
    return quotation.total


def test_what_is_right(plugin: "PricingPlugin") -> None:
    with plugin:
        assert cart(plugin.pricing, 3) == 863
        with plugin.pricing.Session("eur") as session:
            line = plugin.pricing.LineItem("soap", 250, 1, frozenset())
            assert session.add(line) == 1
            assert session.quote("none").total == 250


def test_what_is_wrong(plugin: "PricingPlugin") -> None:
    pricing = plugin.pricing
    with plugin:
        with pytest.raises(TypeError):
            pricing.show("5", currency="eur")  # type: ignore[arg-type]
        with pytest.raises(ValueError, match="currency, one of eur, usd, gbp, jpy, got 'dem'"):
            pricing.show(5, "dem")  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            pricing.show(5)  # type: ignore[call-arg]
        with pytest.raises(MissingError):
            pricing.sho(5, "eur")  # type: ignore[attr-defined]
        with pytest.raises(MissingError):
            plugin.prices  # type: ignore[attr-defined] # noqa: B018
        with pytest.raises(TypeError):
            pricing.LineItem(sku="soap", price=250)  # type: ignore[call-arg]
        with pytest.raises(ValueError, match="handling, any of fragile, gift-wrap, express, got 'fragil'"):
            pricing.Session("eur").add(pricing.LineItem("soap", 250, 1, {"fragil"}))  # type: ignore[arg-type]
        total: str = pricing.convert(5, "eur", "eur")  # type: ignore[assignment]
        assert isinstance(total, int)


def every_type(plugin: "Conformance") -> None:
    """Never called: what the checker has to take, and what not."""
    echo, counters = plugin.echo, plugin.counters
    text: str | None = echo.echo_option("a")
    nested: Some[str | None] | None = echo.echo_nested_option(Some(None))
    data: bytes = echo.echo_bytes(bytearray(b"a"))
    number: int = echo.echo_result(Ok(5))
    results: list[Ok[int] | Err[str]] = echo.echo_results([Ok(5), Err("no")])
    echo.echo_result_unit(Ok(None))
    sum_: int = counters.Counter.sum(counters.counter(1), counters.open(2))
    echo.echo_result(5)  # type: ignore[arg-type]
    echo.echo_nested_option("a")  # type: ignore[arg-type]
    echo.echo_reserved(echo.Reserved(class_="a", from_=1, type=True, end=None))
    print(text, nested, data, number, results, sum_)
