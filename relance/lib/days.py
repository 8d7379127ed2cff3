"""When the days of a calendar begin, as instants."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_HOUR = timedelta(hours=1)
_SECOND = timedelta(seconds=1)
# No zone is further from UTC than this, not even by the sun.
_FURTHEST = 36


@lru_cache(maxsize=1024)
def turns(day: date, zone: str) -> tuple[datetime, ...]:
    """The instants at which the local calendar turns to ``day`` or later, from and back to an earlier day.

    Nearly always one, local midnight. Where clocks go back across midnight (01:00 becomes 23:00 the day before) a
    day begins twice: it turns there, back, and there again. So the number is odd, and the first and the last turn
    lead to the day. A day that a zone has skipped begins when the next one does.

    Args:
        zone: IANA name, such as "Europe/Paris".
    """
    found: list[datetime] = []
    reached = False
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    for start, end, offset in _spans(midnight, ZoneInfo(zone)):
        begins = midnight - offset
        if (start >= begins) != reached:
            found.append(start)
            reached = not reached
        if not reached and begins < end:
            found.append(begins)
            reached = True
    return tuple(found)


def _spans(middle: datetime, zone: ZoneInfo) -> list[tuple[datetime, datetime, timedelta]]:
    """The stretches of time around an instant in which the zone's offset from UTC stays the same."""
    spans: list[tuple[datetime, datetime, timedelta]] = []
    start = at = middle - _FURTHEST * _HOUR
    offset = _offset(at, zone)
    for _ in range(2 * _FURTHEST):
        then = at + _HOUR
        if _offset(then, zone) != offset:
            change = _change(at, then, zone)
            spans.append((start, change, offset))
            start, offset = change, _offset(then, zone)
        at = then
    spans.append((start, at, offset))
    return spans


def _change(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """The first whole second of a new offset, which lies after ``low`` and is not later than ``high``."""
    before = _offset(low, zone)
    while high - low > _SECOND:
        middle = low + timedelta(seconds=(high - low) // _SECOND // 2)
        low, high = (middle, high) if _offset(middle, zone) == before else (low, middle)
    return high


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()
