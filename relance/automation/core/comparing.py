"""Three-valued comparisons of plain values: the bricks of the operators.

A ``Test`` is asked about one value that is not empty. It answers True or False, or a ``Reason`` where there is
more to say: unknown, or false for another reason than the value itself.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from relance.automation.core.scope import Scope
from relance.automation.core.verdicts import Because
from relance.lib.kinds import Kind
from relance.lib.money import in_minor
from relance.lib.text import fold


@dataclass(frozen=True, slots=True)
class Reason:
    """An answer with its why."""

    truth: bool | None
    because: Because
    detail: str | None = None


Answer = bool | Reason
Test = Callable[[Any, Scope], Answer]
Compare = Callable[[Any, Any], bool]

EMPTY_SIDE = Reason(False, Because.EMPTY)
OTHER_PIPELINE = Reason(False, Because.OTHER_PIPELINE)
_TEXTUAL = frozenset({Kind.TEXT, Kind.LONG_TEXT})

zone_of = lru_cache(maxsize=64)(ZoneInfo)


def is_empty(value: Any) -> bool:
    """Whether a plain value is empty: None, no text, no entries. Zero and no are values."""
    return not value and (value is None or value == "" or value == [])


def negated(test: Test) -> Test:
    """NOT: unknown stays unknown."""

    def opposite(value: Any, scope: Scope) -> Answer:
        answer = test(value, scope)
        if answer is True:
            return False
        if answer is False:
            return True
        assert isinstance(answer, Reason)
        return answer

    return opposite


def both(first: Test, second: Test) -> Test:
    """AND: false wins over unknown."""

    def conjunction(value: Any, scope: Scope) -> Answer:
        one = first(value, scope)
        if one is False:
            return False
        other = second(value, scope)
        return other if one is True or other is False else one

    return conjunction


def matching(kind: Kind, operand: Any) -> Test:
    """Whether a value is the operand, as its kind understands being the same."""
    return comparison(operator.eq, kind, operand)


def comparison(compare: Compare, kind: Kind, operand: Any) -> Test:
    """Whether ``compare(value, operand)`` holds (``operator.gt``, …)."""
    if kind in _TEXTUAL:
        key = fold(operand)
        return lambda value, scope: compare(fold(value), key)
    if kind is Kind.MONEY:
        return _money_test(compare, operand)
    if kind is Kind.DATETIME:
        return _moment_test(compare, operand)
    # Dates too: as ISO text they are in order.
    return lambda value, scope: compare(value, operand)


def pairwise(compare: Compare, kind: Kind) -> Callable[[Any, Any, Scope], Answer]:
    """``compare(one, other)`` of two values that are both only known when asked."""
    if kind is Kind.MONEY:
        return lambda one, other, scope: _money_test(compare, other)(one, scope)
    if kind is Kind.DATETIME:
        return lambda one, other, scope: compare(datetime.fromisoformat(one), datetime.fromisoformat(other))
    return lambda one, other, scope: compare(one, other)


def _money_test(compare: Compare, operand: dict[str, Any]) -> Test:
    amount, currency = operand["amount"], operand["currency"]

    def test(value: Any, scope: Scope) -> Answer:
        if value["currency"] == currency:
            return compare(value["amount"], amount)
        mine = in_company_currency(value, scope)
        if isinstance(mine, Reason):
            return mine
        theirs = in_company_currency(operand, scope)
        if isinstance(theirs, Reason):
            return theirs
        return compare(mine, theirs)

    return test


def in_company_currency(money: Any, scope: Scope) -> int | Reason:
    """Minor units of the company's currency; unknown without a rate."""
    minor = in_minor(money, scope.world.currency, scope.world.rate)
    return Reason(None, Because.NO_RATE, money["currency"]) if minor is None else minor


def change_in_size(before: Any, after: Any, limit: Any, scope: Scope) -> Answer:
    """Whether two amounts of money lie further apart than a limit."""
    moneys = (before, after, limit)
    if before["currency"] == after["currency"] == limit["currency"]:
        return bool(abs(after["amount"] - before["amount"]) > limit["amount"])
    amounts = []
    for money in moneys:
        amount = in_company_currency(money, scope)
        if isinstance(amount, Reason):
            return amount
        amounts.append(amount)
    return abs(amounts[1] - amounts[0]) > amounts[2]


def _moment_test(compare: Compare, operand: str) -> Test:
    """Against a date: the value's local date. Against a date-time: as instants."""
    if len(operand) == 10:
        return lambda value, scope: compare(local_date(value, scope).isoformat(), operand)
    instant = datetime.fromisoformat(operand)
    return lambda value, scope: compare(datetime.fromisoformat(value), instant)


def local_date(moment: str, scope: Scope) -> date:
    """The date of an instant on the company's calendar."""
    return datetime.fromisoformat(moment).astimezone(zone_of(scope.zone)).date()


def day_test(kind: Kind, holds: Callable[[date, date], bool]) -> Test:
    """Whether ``holds(the value's date, today)``."""
    if kind is Kind.DATETIME:
        return lambda value, scope: holds(local_date(value, scope), scope.today)
    return lambda value, scope: holds(date.fromisoformat(value), scope.today)
