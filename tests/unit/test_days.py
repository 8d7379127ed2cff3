"""The instants at which days begin agree with the calendar of each zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.lib.days import turns

ZONES = (
    "UTC",
    "Europe/Paris",
    "Asia/Kolkata",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "America/St_Johns",
    "America/Sao_Paulo",
    "America/New_York",
    "Europe/Amsterdam",
    "Africa/Monrovia",
)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


def reached(instant: datetime, day: date, zone: str) -> bool:
    return instant.astimezone(ZoneInfo(zone)).date() >= day


def counted(instant: datetime, day: date, zone: str) -> bool:
    """An odd number of turns lies behind an instant of the day, or of a later one."""
    return sum(turn <= instant for turn in turns(day, zone)) % 2 == 1


def test_a_day_begins_at_local_midnight() -> None:
    assert turns(date(2026, 7, 1), "UTC") == (at(2026, 7, 1),)
    assert turns(date(2026, 7, 1), "Europe/Paris") == (at(2026, 6, 30, 22),)
    assert turns(date(2026, 1, 1), "Europe/Paris") == (at(2025, 12, 31, 23),)


def test_a_day_whose_midnight_was_skipped_begins_when_clocks_went_forward() -> None:
    assert turns(date(2018, 11, 4), "America/Sao_Paulo") == (at(2018, 11, 4, 3),)


def test_a_day_begins_twice_where_clocks_go_back_across_midnight() -> None:
    # At 00:01 on 7 November it became 23:01 on the 6th.
    assert turns(date(2010, 11, 7), "America/St_Johns") == (
        at(2010, 11, 7, 2, 30),
        at(2010, 11, 7, 2, 31),
        at(2010, 11, 7, 3, 30),
    )


def test_a_day_that_was_left_out_begins_with_the_next() -> None:
    assert turns(date(2011, 12, 30), "Pacific/Apia") == turns(date(2011, 12, 31), "Pacific/Apia")


@pytest.mark.parametrize("zone", ZONES)
def test_turns_lead_to_the_day_and_back(zone: str) -> None:
    day = date(2010, 1, 1)
    while day < date(2012, 1, 1):
        found = turns(day, zone)
        assert len(found) % 2 == 1 and all(one < other for one, other in pairwise(found))
        for number, turn in enumerate(found):
            assert reached(turn, day, zone) is (number % 2 == 0)
            assert reached(turn - timedelta(microseconds=1), day, zone) is (number % 2 == 1)
        day += timedelta(days=1)


@given(
    st.datetimes(datetime(1900, 1, 3), datetime(2200, 12, 28)),
    st.integers(-2, 2),
    st.sampled_from(ZONES),
)
def test_turns_agree_with_the_calendar(moment: datetime, off: int, zone: str) -> None:
    instant = moment.replace(tzinfo=UTC)
    day = instant.astimezone(ZoneInfo(zone)).date() + timedelta(days=off)
    assert counted(instant, day, zone) is reached(instant, day, zone)
