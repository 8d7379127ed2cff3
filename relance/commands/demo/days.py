"""The demo's calendar: moments of the past in working days, due dates around today."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

#: How many working days the demo's past goes back; about 90 days of the calendar.
HISTORY = 62
_OPENS = time(8, 45)
_HOURS = 9.5


class Days:
    """Turns distances from now into moments and dates, so that the demo is as fresh whenever it is made.

    Args:
        now: aware.
        zone: the company's time zone.
    """

    def __init__(self, now: datetime, zone: str) -> None:
        self._now = now.astimezone(UTC)
        self._zone = ZoneInfo(zone)
        self.today = now.astimezone(self._zone).date()
        self._before = self._working_days(-1, HISTORY + 1)
        self._after = self._working_days(1, 120)

    def _working_days(self, step: int, count: int) -> list[date]:
        days: list[date] = []
        day = self.today
        while len(days) < count:
            day += timedelta(days=step)
            if day.weekday() < 5:
                days.append(day)
        return days

    def at(self, ago: float) -> datetime:
        """A moment within working hours, the later the smaller ``ago`` is.

        Args:
            ago: working days before this morning: 0.5 is the middle of the last working day, 1.0 its beginning.
        """
        whole = max(1, math.ceil(ago))
        return self.on(whole, _OPENS) + timedelta(hours=_HOURS * (whole - max(ago, 0)))

    def on(self, working_days_ago: int, at: time) -> datetime:
        """A time of day on the n-th working day before today."""
        return datetime.combine(self._before[working_days_ago - 1], at, self._zone).astimezone(UTC)

    def minutes_ago(self, minutes: float) -> datetime:
        """A moment shortly before now."""
        return self._now - timedelta(minutes=minutes)

    def due(self, offset: int) -> str:
        """The date so many working days from today; negative is past, 0 is today whatever day it is."""
        if offset == 0:
            return self.today.isoformat()
        return (self._after[offset - 1] if offset > 0 else self._before[-offset - 1]).isoformat()

    def date_of(self, moment: datetime) -> str:
        """The company's calendar date at a moment."""
        return moment.astimezone(self._zone).date().isoformat()
