"""One batch: pending events in order, decided and acted upon in memory, written in one transaction.

Each automation sees what the one before it did. The effects, the traces and the mark that an event is done
commit together, so an effect on our data happens exactly once, whatever dies. A batch of one and a batch of five
hundred leave the same data.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.db import DatabaseError, InterfaceError, connection, transaction
from pydantic_core import from_json

from relance.accounts.models import Role, Visibility
from relance.accounts.people import Actor
from relance.automation.core.conditions import Seen
from relance.automation.core.paths import Chain
from relance.automation.core.scope import Scope
from relance.automation.engine.guard import Guard, Link
from relance.automation.engine.matching import Index, Live
from relance.automation.engine.runs import Execution
from relance.automation.engine.trace import Trace
from relance.automation.engine.world import BatchWorld
from relance.automation.models import Run
from relance.automation.registry import EventView
from relance.lib import clock, ids
from relance.records import access
from relance.records.flush import writer
from relance.records.snapshot import as_read, shape, title_of
from relance.records.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)

_RUN = Run._meta.db_table
_COLUMNS = (
    "id", "record_type", "record_id", "rseq", "kind", "changes", "record", "at", "actor_id", "actor_teams", "origin",
    "cause_run_id", "root_id", "depth",
)  # fmt: skip
_TAKE = (
    "SELECT {} FROM events_pending p JOIN events_event e ON e.id = p.event_id ORDER BY p.event_id LIMIT %s"
)


class Overtaken(Exception):
    """Another engine has taken some of these events."""


@dataclass(slots=True)
class Taken(EventView):
    """A pending event, with what the engine needs beside its content."""

    id: int
    rseq: int
    at: str
    actor_id: int | None
    actor_teams: frozenset[int]
    origin: str
    cause_run_id: int | None
    root_id: int
    depth: int


@dataclass(slots=True)
class Poison:
    """What must not be tried again: runs that broke the transaction that was to keep their effects.

    Attributes:
        events: ids of events whose runs are only recorded as failed, with the reason.
    """

    events: dict[int, str] = field(default_factory=dict)


def take(limit: int, index: Index | None = None) -> list[Taken]:
    """Return up to ``limit`` pending events in the order in which they were appended.

    Args:
        index: if given, events that nobody in it waits for come without their content.
    """
    moment = shape("deal").moment
    columns = ", ".join(
        as_read(name, connection.vendor) if name == "at" else f'"{name}"' for name in _COLUMNS
    )
    with connection.cursor() as cursor:
        cursor.execute(_TAKE.format(columns), [limit])
        rows = cursor.fetchall()
    taken = []
    for row in rows:
        wanted = index is None or index.hears(row[1], row[4], row[10])
        taken.append(
            Taken(
                record_type=row[1], record_id=row[2], kind=row[4], changes=from_json(row[5]) if wanted else {},
                record=from_json(row[6]) if wanted else {}, id=row[0], rseq=row[3], at=moment(row[7]), actor_id=row[8],
                actor_teams=frozenset(from_json(row[9])) if wanted else frozenset(), origin=row[10],
                cause_run_id=row[11], root_id=row[12], depth=row[13],
            )
        )  # fmt: skip
    return taken


class Batch:
    """Decides and acts for some events; :meth:`commit` writes all of it, or nothing.

    Args:
        uow: in which it acts; one of its own when left out. A rehearsal brings one that is never written.
    """

    def __init__(
        self, events: list[Taken], index: Index, guard: Guard, poison: Poison, uow: UnitOfWork | None = None
    ) -> None:
        self.events = events
        self.uow = UnitOfWork() if uow is None else uow
        self._index = index
        self._guard = guard
        self._poison = poison
        self._now = clock.now()
        self.trace = Trace(self._now.isoformat())
        self._world = BatchWorld(self.uow)
        self._zone = self.uow.configuration.directory.company.timezone
        self._today = self._now.astimezone(ZoneInfo(self._zone)).date()

    def decide(self) -> None:
        """Match, evaluate and act, in memory."""
        self._guard.begin(self._now)
        work = [(event, lives) for event in self.events if (lives := self._listeners(event))]
        self._preload(work)
        self._guard.prepare({event.cause_run_id for event, _lives in work if event.cause_run_id is not None})
        for event, lives in work:
            self._look_at(event, lives)

    def commit(self) -> None:
        """Write effects, traces and the mark that the events are done.

        Raises:
            Overtaken: another engine was faster.
            Conflict: a record was changed by somebody else in the meantime.
        """
        with transaction.atomic():
            self.mark_done()
            self.uow.flush()
            self.trace.flush()

    def mark_done(self) -> None:
        """Take the events from the pending ones."""
        event_ids = [event.id for event in self.events]
        if writer().delete("events_pending", "event_id", event_ids) != len(event_ids):
            raise Overtaken

    def rights_of(self, owner_id: int) -> Actor | None:
        """With whose rights the automations of an owner act; none when there is no such owner."""
        return self.uow.configuration.directory.actors.get(owner_id)

    def new_run_id(self) -> int:
        """The id of a run that is about to begin."""
        return ids.reserve(_RUN, 1)[0]

    def _listeners(self, event: Taken) -> list[Live]:
        """The versions that were in service at the event's time, and that wait for it from this person and this way."""
        if not self._index.hears(event.record_type, event.kind, event.origin):
            return []
        at, origin, actor_id, teams = event.at, event.origin, event.actor_id, event.actor_teams
        return [
            live
            for live in self._index.lives(event, self._world)
            if origin in live.origins
            and live.live_from <= at
            and (live.live_to is None or at < live.live_to)
            and (live.everyone or live.admits(actor_id, teams))
        ]

    def _preload(self, work: list[tuple[Taken, list[Live]]]) -> None:
        """Read the records that conditions and actions will ask for: a query a type, one more for grandparents."""
        wanted: dict[str, set[int]] = {}
        further: list[tuple[dict[str, Any], set[Chain]]] = []
        for event, lives in work:
            links: set[tuple[str, str]] = set()
            behind: set[Chain] = set()
            touches_record = False
            for live in lives:
                if live.links:
                    links |= live.links
                if live.behind:
                    behind |= live.behind
                touches_record = touches_record or live.touches_record
            if touches_record:
                wanted.setdefault(event.record_type, set()).add(event.record_id)
            for link, parent_type in links:
                parent_id = event.record.get(link)
                if parent_id is not None:
                    wanted.setdefault(parent_type, set()).add(parent_id)
            if behind:
                further.append((event.record, behind))
        for record_type, record_ids in wanted.items():
            self.uow.preload(record_type, sorted(record_ids))
        if further:
            self._preload_behind(further)

    def _preload_behind(self, further: list[tuple[dict[str, Any], set[Chain]]]) -> None:
        """Read what the links of linked records lead to, one query a type."""
        wanted: dict[str, set[int]] = {}
        for record, behind in further:
            for (link, parent_type), (next_link, next_type) in behind:
                parent_id = record.get(link)
                parent = None if parent_id is None else self.uow.get(parent_type, parent_id)
                next_id = None if parent is None else parent.get(next_link)
                if next_id is not None:
                    wanted.setdefault(next_type, set()).add(next_id)
        for record_type, record_ids in wanted.items():
            self.uow.preload(record_type, sorted(record_ids))

    def _scope(self, event: Taken, owner_id: int = 0) -> Scope:
        """An event as the automations of an owner see it."""
        return Scope(
            record_type=event.record_type,
            record=event.record,
            world=self._world,
            owner_id=owner_id,
            now=self._now,
            today=self._today,
            zone=self._zone,
            changes=event.changes,
            kind=event.kind,
            actor_id=event.actor_id,
            actor_teams=event.actor_teams,
            origin=event.origin,
        )

    def _look_at(self, event: Taken, lives: list[Live]) -> None:
        scope = self._scope(event)
        owner: Actor | None = None
        refusal: str | None = None
        seen: dict[str, Seen] = {}
        #: The entries of the event's evaluation, as JSON: there may be very many, and they are only stored.
        not_started: list[str] = []
        for live in lives:
            if live.owner_id != scope.owner_id:
                scope.owner_id = live.owner_id
                owner, refusal = self._owner(live.owner_id, event)
                seen.clear()
            if owner is None or refusal is not None or not live.active:
                not_started.append(f'{live.head}"{refusal if live.active else "off"}",null]')
                continue
            verdicts = []
            truth: bool | None = True
            traces = ""
            broken = live.broken
            try:
                for compiled in live.leading:
                    truth, trace = verdict = compiled.trace(scope, seen)
                    verdicts.append(verdict)
                    traces = f"{traces},{trace}" if traces else trace
                    if truth is not True:
                        break
            except (DatabaseError, InterfaceError):
                raise
            except Exception as error:
                # A bug in one condition must not take the batch with it: its run says so.
                log.exception("A condition of automation %s cannot be asked", live.automation_id)
                truth, broken = None, type(error).__name__
            if truth is False:
                not_started.append(f'{live.head}"not_met",[{traces}]]')
            elif self._hidden_by_now(event, owner):
                not_started.append(f'{live.head}"hidden",null]')
            else:
                self._start(event, live, owner, scope, verdicts, broken)
                seen.clear()  # it may have changed a record that conditions read
        if not_started:
            self.trace.evaluation(event, title_of(event.record), not_started)

    def _owner(self, owner_id: int, event: Taken) -> tuple[Actor | None, str | None]:
        """With whose eyes to look at an event, and why that person's automations do not start on it, if so."""
        owner = self.rights_of(owner_id)
        if owner is None or not owner.active:
            return owner, "owner_inactive"
        if owner.role == Role.READER:
            return owner, "owner_reads"
        self._world.owner = owner
        return owner, None if access.may(owner, "see", event.record) else "hidden"

    def _hidden_by_now(self, event: Taken, owner: Actor) -> bool:
        """Whether somebody took the record out of the owner's sight after the event."""
        if owner.is_administrator or owner.visibility != Visibility.TEAM:
            return False
        record = self.uow.get(event.record_type, event.record_id)
        return record is not None and not access.may(owner, "see", record)

    def _start(
        self,
        event: Taken,
        live: Live,
        owner: Actor,
        scope: Scope,
        verdicts: list[tuple[bool | None, str]],
        broken: str | None,
    ) -> None:
        run_id = self.new_run_id()
        execution = Execution(run_id, event, live, owner, self.uow, self.trace)
        record = (event.record_type, event.record_id)
        self._guard.remember(run_id, Link(live.automation_id, *record, event.cause_run_id))
        refusal = self._guard.refusal(live.automation_id, record, event.cause_run_id, event.depth)
        if refusal is not None:
            execution.block(refusal.code, refusal.params)
            return
        self._guard.count(live.automation_id, record, event.cause_run_id is not None)
        if event.id in self._poison.events:
            execution.fail("not_written", {"reason": self._poison.events[event.id]})
            return
        if broken is not None:
            execution.fail("internal", {"error": broken})
            return
        execution.run(scope, verdicts)
