"""Money as integer minor units with a currency, and its conversion.

A plain amount is ``{"amount": 12345, "currency": "EUR"}``: 123.45 euros. How many minor units make one unit
comes from the currency itself (2 for EUR, 0 for JPY, 3 for KWD).
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from functools import lru_cache
from math import ceil
from typing import TypedDict

from babel.numbers import get_currency_precision
from babel.numbers import is_currency as _babel_knows

# Wide enough that neither the largest amount nor a rate with many digits is rounded before the end.
_WIDE = Context(prec=60, rounding=ROUND_HALF_EVEN)
_UNIT = Decimal(1)

RateOf = Callable[[str], Decimal | None]


class Money(TypedDict):
    """An amount in minor units of a currency (ISO 4217 code)."""

    amount: int
    currency: str


@lru_cache(maxsize=512)
def is_currency(code: str) -> bool:
    """Whether the code is a currency we know: three capitals, present in the CLDR."""
    return len(code) == 3 and code.isascii() and code.isupper() and bool(_babel_knows(code))


@lru_cache(maxsize=512)
def exponent(currency: str) -> int:
    """The number of decimals of a currency: 2 for EUR, 0 for JPY."""
    return int(get_currency_precision(currency))


def to_major(money: Money) -> Decimal:
    """The amount in units: 123.45 for 12345 cents."""
    return Decimal(money["amount"]).scaleb(-exponent(money["currency"]), _WIDE)


def from_major(units: Decimal, currency: str) -> Money:
    """The money for an amount in units, rounded half-even to the currency's minor unit."""
    minor = units.scaleb(exponent(currency), _WIDE).quantize(_UNIT, context=_WIDE)
    return {"amount": int(minor), "currency": currency}


def convert(money: Money, to: str, rate_of: RateOf) -> Money | None:
    """The same money in another currency, rounded half-even; None when there is no rate.

    Args:
        to: the currency the rates are expressed in (the company's).
        rate_of: units of ``to`` for one unit of a currency; None, or nothing above zero, means no rate. It is
            not asked about ``to`` itself.
    """
    amount = in_minor(money, to, rate_of)
    return None if amount is None else {"amount": amount, "currency": to}


def in_minor(money: Money, to: str, rate_of: RateOf) -> int | None:
    """What ``convert`` gives, as a bare number of minor units of ``to``."""
    currency = money["currency"]
    if currency == to:
        return money["amount"]
    factor = _factor(currency, to, rate_of)
    if factor is None:
        return None
    exact = _WIDE.multiply(Decimal(money["amount"]), factor)
    return int(exact.quantize(_UNIT, context=_WIDE))


def least_minor(target: int, currency: str, to: str, rate_of: RateOf) -> int | None:
    """The smallest amount of a currency that ``in_minor`` turns into ``target`` or more; None without a rate.

    As more money never converts to less, it tells which stored amounts reach a target without converting them:
    a database would round them its own way.

    Args:
        target: in minor units of ``to``.
    """
    if currency == to:
        return target
    factor = _factor(currency, to, rate_of)
    if factor is None:
        return None
    edge = (Fraction(target) - Fraction(1, 2)) / Fraction(factor)
    least = ceil(edge)
    # What lies exactly half a unit below the target goes to the even neighbour.
    return least + 1 if least == edge and target % 2 else least


def _factor(currency: str, to: str, rate_of: RateOf) -> Decimal | None:
    """Minor units of ``to`` for one minor unit of another currency."""
    rate = rate_of(currency)
    if rate is None or not rate.is_finite() or rate <= 0:
        return None
    return rate.scaleb(exponent(to) - exponent(currency), _WIDE)
