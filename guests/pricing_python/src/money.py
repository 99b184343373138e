"""Amounts of money, in minor units."""

import math

from wit_world.imports.rates import Currency

I64_MAX = 2**63 - 1
I64_MIN = -(2**63)
U64_MAX = 2**64 - 1


def minor_units(currency: Currency) -> int:
    """How many minor units one whole unit has."""
    return 1 if currency is Currency.JPY else 100


def rounded(amount: float) -> int:
    """The nearest whole amount, half of one away from zero; more than any amount if that is none."""
    if not math.isfinite(amount):
        return U64_MAX
    nearest = math.floor(abs(amount) + 0.5)
    return -nearest if amount < 0 else nearest


def shown(amount: int, currency: Currency) -> str:
    """An amount as people write it."""
    units, minor = divmod(abs(amount), minor_units(currency))
    sign = "-" if amount < 0 else ""
    rest = "" if minor_units(currency) == 1 else f".{minor:02}"
    return f"{sign}{units}{rest} {currency.name}"
