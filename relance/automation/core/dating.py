"""Dates worked out from a date: "in 2 working days", "the first of next month", moves one after the other."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictInt

from relance.lib.shapes import FIRST_YEAR, LAST_YEAR, MAX_DAYS

MAX_MOVES = 10
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

Unit = Literal["days", "working_days", "weeks", "months", "years"]
#: "next_…": the first such day after the date, never the date itself. "working_day": the date itself, or the first
#: working day after it.
Goal = Literal[
    "month_start", "month_end", "next_month_start", "year_start", "year_end", "week_start", "next_week_start",
    "working_day", "next_monday", "next_tuesday", "next_wednesday", "next_thursday", "next_friday", "next_saturday",
    "next_sunday",
]  # fmt: skip
IsWorkingDay = Callable[[date], bool]


class _Move(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class By(_Move):
    """So far later, or earlier when below zero. Months and years keep the day, or take the last of a shorter month."""

    by: Annotated[StrictInt, Field(ge=-MAX_DAYS, le=MAX_DAYS)]
    unit: Unit


class To(_Move):
    """On to a certain day."""

    to: Goal


Move = By | To


class DateOutOfRange(ValueError):
    """A date before 1900 or after 2200."""


def monday_to_friday(day: date) -> bool:
    """Whether people work on a day, as long as the company has not said which days are holidays."""
    return day.weekday() < 5


def moved(day: date, moves: Sequence[Move], works: IsWorkingDay = monday_to_friday) -> date:
    """The date that moves lead to, one after the other.

    Args:
        works: which days are working days.

    Raises:
        DateOutOfRange: one of them leads too far.
    """
    for move in moves:
        try:
            day = _by(day, move.by, move.unit, works) if isinstance(move, By) else _to(day, move.to, works)
        except (OverflowError, ValueError) as error:
            raise DateOutOfRange from error
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise DateOutOfRange
    return day


def _by(day: date, count: int, unit: Unit, works: IsWorkingDay) -> date:
    match unit:
        case "days":
            return day + timedelta(days=count)
        case "weeks":
            return day + timedelta(weeks=count)
        case "months":
            return _months(day, count)
        case "years":
            return _months(day, 12 * count)
    step = timedelta(days=1 if count > 0 else -1)
    left = abs(count)
    while left:
        day += step
        if works(day):
            left -= 1
    return day


def _months(day: date, count: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    month += 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _to(day: date, goal: Goal, works: IsWorkingDay) -> date:
    match goal:
        case "month_start":
            return day.replace(day=1)
        case "month_end":
            return day.replace(day=monthrange(day.year, day.month)[1])
        case "next_month_start":
            return _months(day.replace(day=1), 1)
        case "year_start":
            return date(day.year, 1, 1)
        case "year_end":
            return date(day.year, 12, 31)
        case "week_start":  # weeks begin on Monday (ISO 8601)
            return day - timedelta(days=day.weekday())
        case "next_week_start":
            return _next(day, 0)
        case "working_day":
            while not works(day):
                day += timedelta(days=1)
            return day
    return _next(day, WEEKDAYS.index(goal.removeprefix("next_")))


def _next(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday() - 1) % 7 + 1)
