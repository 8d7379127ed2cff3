"""Numbers and money.

Money is compared in the company's currency, rounded half-even (``lib.money``), which no two databases do alike. So
nothing is converted in SQL: for each currency with a rate, the stored amount is compared with the least amounts whose
conversion reaches the operand, and exceeds it, worked out here. Both are whole numbers of minor units.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q

from relance.lib.kinds import Kind
from relance.lib.money import in_minor, least_minor
from relance.lib.shapes import Shape
from relance.records.fields import Field
from relance.records.filters.terms import Context, Holds, Operator, filled

# test(column, low, high): amounts that compare with an operand which those from ``low`` to below ``high`` equal
_Range = Callable[[str, int, int], Q]
#: What a column of amounts can hold.
_LARGEST = 2**63 - 1


def _below(column: str, limit: int) -> Q:
    return Q(**{f"{column}__lt": max(-_LARGEST, min(limit, _LARGEST))})


def _from(column: str, limit: int) -> Q:
    return Q(**{f"{column}__gte": max(-_LARGEST, min(limit, _LARGEST))})


_RANGES: dict[str, _Range] = {
    "is": lambda column, low, high: _from(column, low) & _below(column, high),
    "is_not": lambda column, low, high: _below(column, low) | _from(column, high),
    "gt": lambda column, low, high: _from(column, high),
    "gte": lambda column, low, high: _from(column, low),
    "lt": lambda column, low, high: _below(column, low),
    "lte": lambda column, low, high: _below(column, high),
}


def _compare(id: str) -> Holds:
    test = _RANGES[id]

    def holds(field: Field, value: Any, context: Context) -> Q:
        if field.kind is Kind.MONEY:
            return _money(test, field, value, context)
        # Also where the limit is beyond what the column can hold, and Django leaves the comparison out.
        return filled(field) & test(field.columns[0], value, value + 1)

    return holds


def _between(field: Field, value: Any, context: Context) -> Q:
    return _compare("gte")(field, value[0], context) & _compare("lte")(field, value[1], context)


def _money(test: _Range, field: Field, money: Any, context: Context) -> Q:
    amount, currency = field.columns

    def of(code: str, low: int, high: int) -> Q:
        return Q(**{currency: code}) & test(amount, low, high)

    # In the operand's own currency nothing is converted; a rate is not needed.
    found = of(money["currency"], money["amount"], money["amount"] + 1)
    directory = context.directory
    company = directory.company.currency
    target = in_minor(money, company, directory.rate)
    if target is None:
        return found
    for code in sorted({company, *directory.rates} - {money["currency"]}):
        low = least_minor(target, code, company, directory.rate)
        high = least_minor(target + 1, code, company, directory.rate)
        if low is not None and high is not None:
            found |= of(code, low, high)
    return found


COMPARISONS = {
    **{id: Operator(Shape.ONE, _compare(id), when_empty=id == "is_not") for id in _RANGES},
    "between": Operator(Shape.RANGE, _between),
}
