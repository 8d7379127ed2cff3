from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from relance.lib import clock


@pytest.fixture(autouse=True)
def real_clock_afterwards() -> Iterator[None]:
    yield
    clock.set_clock(None)


def test_now_is_aware_and_in_utc() -> None:
    assert clock.now().tzinfo is UTC


def test_a_test_can_decide_the_time() -> None:
    clock.set_clock(lambda: datetime(2026, 3, 1, 1, 30, tzinfo=timezone(timedelta(hours=2))))
    assert clock.now() == datetime(2026, 2, 28, 23, 30, tzinfo=UTC)
    assert clock.now().tzinfo is UTC


def test_today_depends_on_the_zone() -> None:
    clock.set_clock(lambda: datetime(2026, 2, 28, 23, 30, tzinfo=UTC))
    assert clock.today("Europe/Paris") == date(2026, 3, 1)
    assert clock.today("America/New_York") == date(2026, 2, 28)


def test_a_clock_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        clock.set_clock(lambda: datetime(2026, 1, 1))
