"""What ran and what did not, for people to read: runs and evaluations as one list, newest first.

An evaluation holds, for one event, every automation that was asked and did not start; the list has a line for each.
Nobody sees automations of others that are only theirs, nor the name or a value of a record they may not see.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import BooleanField, Count, Max, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from relance.accounts.people import Actor
from relance.automation.models import Automation, Evaluation, Run, RunState
from relance.automation.rights import visible
from relance.lib import clock
from relance.records import access
from relance.records.snapshot import load

PAGE = 50
RESULTS = tuple(RunState.values)


@dataclass(frozen=True, slots=True)
class Filters:
    """What to list; everything when left out.

    Attributes:
        since, until: dates in the reader's time zone, both included.
        actor_id: who triggered it.
        result: one of ``RESULTS``. "blocked" includes automations that were switched off or held meanwhile.
        record: type and id.
    """

    automation_id: int | None = None
    since: date | None = None
    until: date | None = None
    actor_id: int | None = None
    result: str | None = None
    record: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One run, or one automation that was asked and did not start.

    Attributes:
        run_id: none of an evaluation, which is found by ``event_id`` and ``automation_id``.
        record_name: none when the reader may not see the record.
        result: one of ``RESULTS``.
        reason: of an evaluation: "not_met", "off", "owner_inactive", "owner_reads" or "hidden".
        failure: of a run: ``{"code", "params"}``.
        verdicts: of an evaluation, of each condition that was asked, compact.
    """

    at: datetime
    automation_id: int
    automation_name: str
    version_id: int
    event_id: int
    record_type: str
    record_id: int
    record_name: str | None
    actor_id: int | None
    result: str
    owner_id: int | None = None
    run_id: int | None = None
    reason: str | None = None
    failure: dict[str, Any] | None = None
    verdicts: list[Any] | None = None


class Page(NamedTuple):
    """Some lines, and where to go on; none at the end."""

    lines: list[Line]
    next: str | None


class _Cursor(NamedTuple):
    """The place of a line: newest first, then the latest event first; of one event its runs, then its evaluation.

    ``item`` is the run's id, or the place within the evaluation.
    """

    at: datetime
    event_id: int
    evaluation: bool
    item: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}_{self.event_id}_{int(self.evaluation)}_{self.item}"

    @property
    def order(self) -> tuple[float, int, bool, int]:
        """Sorts as the list is read."""
        return (-self.at.timestamp(), -self.event_id, self.evaluation, self.item)


def read_cursor(text: str) -> _Cursor | None:
    """A place as :class:`Page` gave it; none when it is none."""
    parts = text.split("_")
    if len(parts) != 4 or not all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts[1:]):
        return None
    try:
        at = datetime.fromisoformat(parts[0])
    except ValueError:
        return None
    if at.tzinfo is None or not 1900 < at.year < 2200:
        return None
    return _Cursor(at, int(parts[1]), parts[2] == "1", int(parts[3]))


def page(viewer: Actor, filters: Filters | None = None, after: str = "", size: int = PAGE) -> Page:
    """The lines after a place, newest first.

    Args:
        after: ``Page.next`` of the page before; anything else begins at the top.
    """
    chosen = filters or Filters()
    automations = {
        automation.pk: automation
        for automation in Automation.objects.filter(visible(viewer)).only("name", "owner_id")
        if chosen.automation_id in (None, automation.pk)
    }
    if not automations or (chosen.record is not None and not _sees(viewer, {chosen.record})[chosen.record]):
        return Page([], None)
    cursor = read_cursor(after)
    found = [
        *_runs(chosen, automations, cursor, size + 1),
        *_evaluations(chosen, automations, cursor, size + 2),
    ]
    found.sort(key=lambda entry: entry[0].order)
    more = str(found[size - 1][0]) if len(found) > size else None
    return Page(_without_hidden_names(viewer, [line for _place, line in found[:size]]), more)


_Found = tuple[_Cursor, Line]


def _runs(
    filters: Filters, automations: dict[int, Automation], cursor: _Cursor | None, limit: int
) -> Iterator[_Found]:
    rows = _common(Run.objects.filter(automation_id__in=list(automations)), filters, "started_at")
    if filters.result is not None:
        rows = rows.filter(state=filters.result)
    if cursor is not None:
        earlier = Q(event_id__lt=cursor.event_id)
        if not cursor.evaluation:
            earlier |= Q(event_id=cursor.event_id, pk__gt=cursor.item)
        rows = rows.filter(Q(started_at__lt=cursor.at) | Q(earlier, started_at=cursor.at))
    for run in rows.order_by("-started_at", "-event_id", "pk")[:limit]:
        yield (
            _Cursor(run.started_at, run.event_id, False, run.pk),
            Line(
                at=run.started_at,
                automation_id=run.automation_id,
                automation_name=automations[run.automation_id].name,
                version_id=run.version_id,
                event_id=run.event_id,
                record_type=run.record_type,
                record_id=run.record_id,
                record_name=run.record_name,
                actor_id=run.actor_id,
                result=run.state,
                owner_id=run.owner_id,
                run_id=run.pk,
                failure=run.failure,
            ),
        )


def _evaluations(
    filters: Filters, automations: dict[int, Automation], cursor: _Cursor | None, limit: int
) -> Iterator[_Found]:
    if filters.result in (RunState.DONE, RunState.FAILED):
        return
    met = None if filters.result is None else filters.result == RunState.NOT_MET
    rows = _common(Evaluation.objects.filter(_mentions(list(automations), met)), filters, "at")
    if cursor is not None:
        rows = rows.filter(Q(at__lt=cursor.at) | Q(at=cursor.at, event_id__lte=cursor.event_id))
    for row in rows.order_by("-at", "-event_id")[:limit]:
        for item, (automation_id, version_id, reason, verdicts) in enumerate(row.items):
            if automation_id not in automations or (met is not None and (reason == "not_met") != met):
                continue
            place = _Cursor(row.at, row.event_id, True, item)
            if cursor is not None and place.order <= cursor.order:
                continue
            yield (
                place,
                Line(
                    at=row.at,
                    automation_id=automation_id,
                    automation_name=automations[automation_id].name,
                    version_id=version_id,
                    event_id=row.event_id,
                    record_type=row.record_type,
                    record_id=row.record_id,
                    record_name=row.record_name,
                    actor_id=row.actor_id,
                    result=RunState.NOT_MET if reason == "not_met" else RunState.BLOCKED,
                    owner_id=automations[automation_id].owner_id,
                    reason=reason,
                    verdicts=verdicts,
                ),
            )


def _common(rows: QuerySet[Any], filters: Filters, at: str) -> QuerySet[Any]:
    zone = timezone.get_current_timezone()
    if filters.since is not None:
        rows = rows.filter(**{f"{at}__gte": datetime.combine(filters.since, time.min, tzinfo=zone)})
    if filters.until is not None:
        rows = rows.filter(
            **{f"{at}__lt": datetime.combine(filters.until + timedelta(days=1), time.min, tzinfo=zone)}
        )
    if filters.actor_id is not None:
        rows = rows.filter(actor_id=filters.actor_id)
    if filters.record is not None:
        rows = rows.filter(record_type=filters.record[0], record_id=filters.record[1])
    return rows


def _mentions(automation_ids: list[int], met: bool | None) -> RawSQL:
    """Whether an evaluation has an item of one of these automations, and, if asked, of this outcome."""
    marks = ", ".join(["%s"] * len(automation_ids))
    if connection.vendor == "postgresql":
        each, automation, reason = "jsonb_array_elements(items) AS j", "(j ->> 0)::bigint", "j ->> 2"
    else:
        each, automation, reason = (
            "json_each(items) AS j",
            "json_extract(j.value, '$[0]')",
            "json_extract(j.value, '$[2]')",
        )
    outcome = "" if met is None else f" AND {reason} {'=' if met else '<>'} 'not_met'"
    # All of it is ours; the ids are parameters.
    sql = f"EXISTS (SELECT 1 FROM {each} WHERE {automation} IN ({marks}){outcome})"  # noqa: S608
    return RawSQL(sql, automation_ids, output_field=BooleanField())  # noqa: S611


def _without_hidden_names(viewer: Actor, lines: list[Line]) -> list[Line]:
    seen = _sees(viewer, {(line.record_type, line.record_id) for line in lines})
    return [
        line if seen[(line.record_type, line.record_id)] else replace(line, record_name=None)
        for line in lines
    ]


def _sees(viewer: Actor, records: Collection[tuple[str, int]]) -> dict[tuple[str, int], bool]:
    return dict.fromkeys(records, True) if viewer.is_administrator else sees(viewer, records)


def sees(viewer: Actor, records: Iterable[tuple[str, int]]) -> dict[tuple[str, int], bool]:
    """Which of these records somebody may see; what is gone for good is for administrators only."""
    by_type: dict[str, set[int]] = {}
    for record_type, record_id in records:
        by_type.setdefault(record_type, set()).add(record_id)
    found: dict[tuple[str, int], bool] = {}
    for record_type, ids in by_type.items():
        rows = load(record_type, ids)
        for record_id in ids:
            values = rows.get(record_id)
            found[(record_type, record_id)] = (
                viewer.is_administrator if values is None else access.may(viewer, "see", values)
            )
    return found


@dataclass(frozen=True, slots=True)
class Recent:
    """What an automation did lately."""

    last_run: datetime | None = None
    runs: int = 0
    failures: int = 0


def recent(automation_ids: Collection[int], days: int = 7) -> dict[int, Recent]:
    """When each automation last ran, and how often it ran and failed within so many days; two queries."""
    started = Run.objects.filter(automation_id__in=automation_ids)
    last = dict(started.values_list("automation_id").annotate(at=Max("started_at")).order_by())
    since = clock.now() - timedelta(days=days)
    counts = {
        automation_id: (runs, failures)
        for automation_id, runs, failures in started.filter(started_at__gte=since)
        .values_list("automation_id")
        .annotate(runs=Count("id"), failures=Count("id", filter=Q(state=RunState.FAILED)))
        .order_by()
    }
    return {id: Recent(last.get(id), *counts.get(id, (0, 0))) for id in automation_ids}
