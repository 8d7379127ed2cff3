"""Dates against a calendar on the wall, and against counting day by day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.automation.core.calculated import FromDate, ValueProblem
from relance.automation.core.dating import By, DateOutOfRange, To, moved
from relance.automation.core.paths import PlainField
from relance.automation.core.values import resolve, value_fault
from relance.lib.kinds import Kind
from tests.unit.automation.core.samples import CATALOGUE, scope
from tests.unit.automation.core.test_placeholders import PlainFormatter

DATE = PlainField("close", Kind.DATE)
MOMENT = PlainField("met", Kind.DATETIME)
days = st.dates(date(1950, 1, 1), date(2150, 1, 1))


def by(count: int, unit: str) -> By:
    return By.model_validate({"by": count, "unit": unit})


def to(goal: str) -> To:
    return To.model_validate({"to": goal})


@pytest.mark.parametrize(
    ("start", "moves", "expected"),
    [
        # March 2026 begins on a Sunday; the 11th is a Wednesday.
        ("2026-03-11", [by(2, "days")], "2026-03-13"),
        ("2026-03-11", [by(2, "working_days")], "2026-03-13"),
        ("2026-03-12", [by(2, "working_days")], "2026-03-16"),
        ("2026-03-13", [by(1, "working_days")], "2026-03-16"),
        ("2026-03-14", [by(1, "working_days")], "2026-03-16"),  # from a Saturday
        ("2026-03-15", [by(-1, "working_days")], "2026-03-13"),  # from a Sunday, back
        ("2026-03-16", [by(-1, "working_days")], "2026-03-13"),
        ("2026-03-14", [by(0, "working_days")], "2026-03-14"),
        ("2026-03-14", [to("working_day")], "2026-03-16"),
        ("2026-03-11", [to("working_day")], "2026-03-11"),
        ("2026-01-31", [by(1, "months")], "2026-02-28"),
        ("2024-01-31", [by(1, "months")], "2024-02-29"),
        ("2026-03-31", [by(-1, "months")], "2026-02-28"),
        ("2026-12-15", [by(1, "months")], "2027-01-15"),
        ("2026-01-15", [by(-1, "months")], "2025-12-15"),
        ("2024-02-29", [by(1, "years")], "2025-02-28"),
        ("2026-03-11", [by(2, "weeks")], "2026-03-25"),
        ("2026-03-11", [to("month_start")], "2026-03-01"),
        ("2026-03-11", [to("month_end")], "2026-03-31"),
        ("2026-03-11", [to("next_month_start")], "2026-04-01"),
        ("2026-12-31", [to("next_month_start")], "2027-01-01"),
        ("2026-03-11", [to("week_start")], "2026-03-09"),
        ("2026-03-09", [to("week_start")], "2026-03-09"),
        ("2026-03-09", [to("next_week_start")], "2026-03-16"),
        ("2026-03-11", [to("next_friday")], "2026-03-13"),
        ("2026-03-11", [to("next_wednesday")], "2026-03-18"),
        ("2026-03-11", [to("year_end")], "2026-12-31"),
        # One after the other: two working days before the end of next month.
        ("2026-03-11", [by(1, "months"), to("month_end"), by(-2, "working_days")], "2026-04-28"),
        ("2026-03-11", [], "2026-03-11"),
    ],
)
def test_dates_found_on_a_calendar(start: str, moves: list[Any], expected: str) -> None:
    assert moved(date.fromisoformat(start), moves).isoformat() == expected


@given(days, st.integers(1, 400))
def test_working_days_are_those_counted_one_by_one(start: date, count: int) -> None:
    end = moved(start, [by(count, "working_days")])
    between = [start + timedelta(n) for n in range(1, (end - start).days + 1)]
    assert sum(day.isoweekday() not in (6, 7) for day in between) == count
    assert end.isoweekday() not in (6, 7)


@given(days.filter(lambda day: day.isoweekday() < 6), st.integers(-400, 400))
def test_as_many_working_days_back_lead_to_where_one_was(start: date, count: int) -> None:
    assert moved(start, [by(count, "working_days"), by(-count, "working_days")]) == start


@given(days, st.integers(-600, 600))
def test_months_keep_the_day_or_take_the_last_one(start: date, count: int) -> None:
    end = moved(start, [by(count, "months")])
    assert (end.year - start.year) * 12 + end.month - start.month == count
    assert end.day == start.day or (end.day < start.day and (end + timedelta(1)).day == 1)


def test_holidays_can_be_left_out() -> None:
    easter_monday = date(2026, 4, 6)
    works = lambda day: day.weekday() < 5 and day != easter_monday  # noqa: E731
    assert moved(date(2026, 4, 3), [by(1, "working_days")], works) == date(2026, 4, 7)


def test_dates_that_no_calendar_holds() -> None:
    for start, move in ((date(2199, 6, 1), by(800, "days")), (date(1900, 1, 1), by(-1, "days"))):
        with pytest.raises(DateOutOfRange):
            moved(start, [move])
    with pytest.raises(DateOutOfRange):
        moved(date(2026, 1, 1), [by(3660, "years")] * 10)


def worked_out(value: dict[str, Any], target: PlainField = DATE, **others: Any) -> Any:
    record = others.pop("record", {})
    return resolve(
        FromDate.model_validate({"from": "date", **value}),
        target,
        scope(record, **others),
        CATALOGUE,
        PlainFormatter(),
    )


def test_it_starts_today_on_the_company_s_calendar() -> None:
    """Half past midnight in Paris; in UTC it is still the day before."""
    assert worked_out({"start": "today", "moves": [{"by": 2, "unit": "working_days"}]}) == "2026-03-13"
    assert worked_out({"start": "now"}) == "2026-03-11"
    assert worked_out({}) == "2026-03-11"


def test_it_starts_from_a_field() -> None:
    move = {"start": "close", "moves": [{"by": -1, "unit": "weeks"}]}
    assert worked_out(move, record={"close": "2026-05-20"}) == "2026-05-13"
    # A moment counts by its day in Paris.
    late = {"met": "2026-03-10T23:30:00.000000+00:00"}
    assert worked_out({"start": "met"}, record=late) == "2026-03-11"


def test_an_empty_start_has_no_result_unless_it_has_a_fallback() -> None:
    with pytest.raises(ValueProblem) as error:
        worked_out({"start": "close"})
    assert (error.value.code, error.value.params) == ("empty", {"path": "close"})
    assert worked_out({"start": "close", "fallback": "2026-12-24"}) == "2026-12-24"
    assert worked_out({"start": "close", "fallback": None}) is None


def test_in_a_date_time_days_begin_at_nine_and_moments_keep_their_time() -> None:
    assert worked_out({"start": "today"}, MOMENT) == "2026-03-11T08:00:00.000000+00:00"
    assert worked_out({"start": "now"}, MOMENT) == "2026-03-10T23:30:00.000000+00:00"
    # Clocks go forward on 29 March: half past midnight stays half past midnight.
    twenty = {"start": "now", "moves": [{"by": 20, "unit": "days"}]}
    assert worked_out(twenty, MOMENT) == "2026-03-30T22:30:00.000000+00:00"


def test_a_local_time_that_does_not_exist_moves_forward() -> None:
    half_past_two = datetime(2026, 3, 28, 1, 30, tzinfo=UTC)  # 02:30 in Paris
    value = {"start": "now", "moves": [{"by": 1, "unit": "days"}]}
    assert worked_out(value, MOMENT, now=half_past_two) == "2026-03-29T01:30:00.000000+00:00"  # 03:30


@pytest.mark.parametrize(
    ("value", "target", "code", "at"),
    [
        ({"start": "gone"}, DATE, "unknown_field", ("start",)),
        ({"start": "title"}, DATE, "not_a_date_field", ("start",)),
        ({"start": "close", "fallback": "soon"}, DATE, "not_a_date", ("fallback",)),
        ({}, PlainField("count", Kind.NUMBER), "kind_mismatch", ("from",)),
    ],
)
def test_what_does_not_fit_is_found_when_it_is_written(
    value: dict[str, Any], target: PlainField, code: str, at: tuple[str, ...]
) -> None:
    fault = value_fault(FromDate.model_validate({"from": "date", **value}), target, "deal", CATALOGUE)
    assert fault is not None and (fault.code, fault.at) == (code, at)
