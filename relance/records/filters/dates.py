"""Dates and moments: days of the company's calendar, and instants."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q

from relance.lib.days import turns
from relance.lib.kinds import Kind
from relance.lib.shapes import Shape
from relance.records.fields import Field
from relance.records.filters.terms import Context, Holds, Operator

# days(the operand, today): the first and the last day that will do; None = without limit
_Days = Callable[[Any, date], tuple[date | None, date | None]]
_DAY = timedelta(days=1)


def _days(days: _Days) -> Holds:
    def holds(field: Field, value: Any, context: Context) -> Q:
        first, last = days(value, context.today)
        column = field.columns[0]
        if field.kind is Kind.DATETIME:
            begins = _since(column, turns(first, context.zone)) if first else Q()
            ends = _until(column, turns(last + _DAY, context.zone)) if last else Q()
        else:
            begins = Q(**{f"{column}__gte": first}) if first else Q()
            ends = Q(**{f"{column}__lte": last}) if last else Q()
        return begins & ends

    return holds


def _since(column: str, found: tuple[datetime, ...]) -> Q:
    """Moments of the day to which the calendar turns at these instants, or of a later one."""
    passed = Q(**{f"{column}__gte": found[-1]})
    for turn, back in zip(found[:-1:2], found[1::2], strict=True):
        passed |= Q(**{f"{column}__gte": turn, f"{column}__lt": back})
    return passed


def _until(column: str, found: tuple[datetime, ...]) -> Q:
    """Moments of earlier days."""
    before = Q(**{f"{column}__lt": found[0]})
    for back, turn in zip(found[1::2], found[2::2], strict=True):
        before |= Q(**{f"{column}__gte": back, f"{column}__lt": turn})
    return before


def _compare(lookup: str, days: _Days) -> Holds:
    """Against a date, by days; against a date-time, as instants."""
    by_day = _days(days)

    def holds(field: Field, value: Any, context: Context) -> Q:
        if len(value) == 10:
            return by_day(field, date.fromisoformat(value), context)
        return Q(**{f"{field.columns[0]}__{lookup}": datetime.fromisoformat(value)})

    return holds


def _month(day: date) -> tuple[date, date]:
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - _DAY


def _week(day: date) -> tuple[date, date]:
    # Weeks begin on Monday (ISO 8601).
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


DATES = {
    "is": Operator(Shape.ONE, _compare("exact", lambda day, today: (day, day))),
    "before": Operator(Shape.ONE, _compare("lt", lambda day, today: (None, day - _DAY))),
    "after": Operator(Shape.ONE, _compare("gt", lambda day, today: (day + _DAY, None))),
    "on_or_before": Operator(Shape.ONE, _compare("lte", lambda day, today: (None, day))),
    "on_or_after": Operator(Shape.ONE, _compare("gte", lambda day, today: (day, None))),
    "today": Operator(Shape.NONE, _days(lambda _, today: (today, today))),
    "yesterday": Operator(Shape.NONE, _days(lambda _, today: (today - _DAY, today - _DAY))),
    "tomorrow": Operator(Shape.NONE, _days(lambda _, today: (today + _DAY, today + _DAY))),
    # Both include today.
    "last_days": Operator(Shape.DAYS, _days(lambda count, today: (today - count * _DAY, today))),
    "next_days": Operator(Shape.DAYS, _days(lambda count, today: (today, today + count * _DAY))),
    "this_week": Operator(Shape.NONE, _days(lambda _, today: _week(today))),
    "this_month": Operator(Shape.NONE, _days(lambda _, today: _month(today))),
}
