"""The only place that reads the time, so that tests can decide what time it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_clock: Callable[[], datetime] | None = None


def now() -> datetime:
    """The present instant, aware, in UTC."""
    if _clock is None:
        return datetime.now(UTC)
    return _clock().astimezone(UTC)


def today(zone: str) -> date:
    """The calendar date at this instant in a time zone.

    Args:
        zone: IANA name, such as "Europe/Paris".
    Raises:
        ZoneInfoNotFoundError: for an unknown zone.
    """
    return now().astimezone(ZoneInfo(zone)).date()


def set_clock(clock: Callable[[], datetime] | None) -> Callable[[], datetime] | None:
    """Replace the source of the time (tests and the demo's past); None restores the real one.

    Args:
        clock: must return aware datetimes: a naive one would silently mean the machine's zone.
    Returns:
        The source until now, to be put back.
    Raises:
        ValueError: when it returns a naive one.
    """
    global _clock
    if clock is not None and clock().tzinfo is None:
        raise ValueError("the clock must return aware datetimes")
    before, _clock = _clock, clock
    return before
