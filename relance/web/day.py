"""One day of a colleague's activities: what has an hour stands at it, the rest above."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from babel.dates import format_time
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from relance.lib import clock
from relance.lib.shapes import minutes_of
from relance.records import access, display
from relance.records.fields import field as field_of
from relance.records.filters.expressions import HasOption
from relance.records.models import Activity
from relance.records.snapshot import Snapshot, load
from relance.web.names import Names
from relance.web.types import ACTIVITY_ICONS

#: The hours that are shown whether something happens in them or not.
FIRST_HOUR, LAST_HOUR = 8, 19
_QUARTER = 15
_DAY = 24 * 60
#: What takes less, or does not say how long it takes, is drawn as if it took this many minutes.
_SHORTEST = 30
#: Side by side stand at most so many; more share the last place.
LANES = 6
#: The longest activity there is, in days (see the field's maximum).
_LONGEST = 70


@dataclass(slots=True)
class Item:
    """An activity on the day.

    Attributes:
        begins, ends: minutes since midnight, cut off where the day begins and ends.
        hours: from when to when, as people read it; empty without an hour.
        hour, quarter, long_hours, long_quarters: where it is drawn, from the first hour shown on.
        lane, lanes: its place among those at the same time.
        there: who takes part.
    """

    id: int
    subject: str
    type: str
    icon: str
    done: bool
    may_change: bool
    location: str
    there: str
    owner: str
    begins: int = 0
    ends: int = 0
    hours: str = ""
    hour: int = 0
    quarter: int = 0
    long_hours: int = 0
    long_quarters: int = 0
    lane: int = 0
    lanes: int = 1


@dataclass(slots=True)
class Mark:
    """A line across the day: an hour, or now."""

    label: str
    hour: int
    quarter: int = 0
    at: str = ""


@dataclass(slots=True)
class Day:
    """What is shown of one day."""

    date: date
    whole: list[Item] = field(default_factory=list)
    timed: list[Item] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    now: Mark | None = None

    @property
    def count(self) -> int:
        """How many activities there are."""
        return len(self.whole) + len(self.timed)


def load_day(names: Names, day: date, user_id: int) -> Day:
    """Return what a colleague does on a day, as far as the reader may see it: their own activities, and those they take
    part in."""
    mine = Q(owner_id=user_id) | Q(HasOption("participants", f"user:{user_id}"))
    # What began on an earlier day can reach into this one.
    earlier = Q(due_date__lt=day, due_date__gte=day - timedelta(days=_LONGEST), due_time__isnull=False)
    reaching = earlier & (Q(duration__gte=_DAY) | Q(due_date=day - timedelta(days=1), duration__gt=0))
    rows = Activity.objects.filter(access.visible(names.actor), mine, Q(due_date=day) | reaching)
    ids = list(rows.order_by(F("due_time").asc(nulls_first=True), "id").values_list("pk", flat=True)[:500])
    records = load("activity", ids)
    names.want_links("activity", records.values())
    found = Day(day)
    for record in (records[key] for key in ids if key in records):
        item = _item(record, names)
        if record["due_time"] is None:
            found.whole.append(item)
        elif _place(item, record, day):
            found.timed.append(item)
    found.timed.sort(key=lambda item: (item.begins, -item.ends, item.id))
    _draw(found)
    return found


def _item(record: Snapshot, names: Names) -> Item:
    kind = record["type"] or "task"
    return Item(
        id=record["id"],
        subject=record["subject"],
        type=display.choice(field_of("activity", "type"), kind),
        icon=ACTIVITY_ICONS.get(kind, "task"),
        done=record["done"],
        may_change=access.may(names.actor, "change", record),
        location=record["location"] or "",
        there=", ".join(names.participant(entry) for entry in record["participants"]),
        owner=names.user(record["owner"]) if record["owner"] else "",
    )


def _place(item: Item, record: Snapshot, day: date) -> bool:
    """Say from when to when it is; false when it has ended before the day begins."""
    before = (day - date.fromisoformat(record["due_date"])).days * _DAY
    begins = minutes_of(record["due_time"]) - before
    ends = begins + (record["duration"] or 0)
    if ends <= 0 and before:
        return False
    item.begins, item.ends = max(begins, 0), min(ends, _DAY)
    item.hours = _clock(begins)
    if record["duration"]:
        item.hours = _("%(start)s–%(end)s") % {"start": item.hours, "end": _clock(ends)}
    return True


def _clock(minutes: int) -> str:
    at = time(minutes % _DAY // 60, minutes % 60)
    return format_time(at, "short", locale=display.locale())


def _draw(day: Day) -> None:
    """Choose the hours to show, and a place for each activity."""
    first = min([FIRST_HOUR, *(item.begins // 60 for item in day.timed)])
    last = max([LAST_HOUR, *((_end(item) + 59) // 60 for item in day.timed)])
    day.marks = [
        Mark(_clock(hour * 60), hour - first, at=f"{hour:02}:00") for hour in range(first, min(last, 24))
    ]
    for item in day.timed:
        start, end = item.begins // _QUARTER, -(-_end(item) // _QUARTER)
        item.hour, item.quarter = divmod(start - first * 4, 4)
        item.long_hours, item.long_quarters = divmod(end - start, 4)
    for cluster in _clusters(day.timed):
        _spread(cluster)
    local = timezone.localtime(clock.now())
    if local.date() == day.date and first <= local.hour < last:
        day.now = Mark(_clock(local.hour * 60 + local.minute), local.hour - first, local.minute // _QUARTER)


def _end(item: Item) -> int:
    """Until when it is drawn."""
    return min(max(item.ends, item.begins + _SHORTEST), _DAY)


def _clusters(items: Iterable[Item]) -> Iterable[list[Item]]:
    """What overlaps, directly or through others; sorted by their beginning."""
    cluster: list[Item] = []
    until = 0
    for item in items:
        if cluster and item.begins >= until:
            yield cluster
            cluster, until = [], 0
        cluster.append(item)
        until = max(until, _end(item))
    if cluster:
        yield cluster


def _spread(cluster: list[Item]) -> None:
    """Put what happens at the same time side by side."""
    free: list[int] = []  # until when each lane is taken
    for item in cluster:
        lane = next((place for place, until in enumerate(free) if until <= item.begins), len(free))
        if lane == len(free) and lane < LANES:
            free.append(0)
        item.lane = min(lane, LANES - 1)
        free[item.lane] = max(free[item.lane], _end(item))
    for item in cluster:
        item.lanes = len(free)


def day_from(typed: str, today: date) -> date:
    """The day in an address; today when there is none that makes sense."""
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return today
    return day if 1900 < day.year < 2200 else today
