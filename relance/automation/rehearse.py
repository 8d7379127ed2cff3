"""Trying an automation out on a real record, without a trace.

A made-up event goes through the engine's own batch: the same matching, the same conditions, the same actions with the
same rights. Only the ground is another: an :class:`Overlay` instead of a UnitOfWork, run ids that no run has, and a
trace that is read instead of written. While it lasts, the connection takes nothing but questions.

Nobody learns from a rehearsal what they could not see themselves: it acts with the owner's rights as far as the
person who tries it out can see, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from pydantic_core import from_json, to_json

from relance.accounts.people import Actor, directory
from relance.automation.core.definition import Definition, dump
from relance.automation.core.scope import World
from relance.automation.engine.batch import Batch, Poison, Taken
from relance.automation.engine.guard import Guard
from relance.automation.engine.matching import Index, Live
from relance.automation.engine.world import BatchWorld
from relance.automation.errors import NotFound
from relance.automation.models import Automation, Evaluation, LiveSpan, Run, Version
from relance.automation.registry import EventView, Occasion, registry
from relance.automation.rights import may_edit, may_see
from relance.automation.story import Story, of_rehearsal
from relance.automation.validity import validate
from relance.events.models import Event, EventKind, Origin
from relance.lib import clock
from relance.records import access
from relance.records.change import difference
from relance.records.errors import Forbidden
from relance.records.errors import NotFound as NoRecord
from relance.records.snapshot import Snapshot
from relance.records.unit_of_work import IMAGINED, Overlay

_OUT_OF_SIGHT = frozenset({"hidden", "not_visible", "forbidden", "mail_contact_hidden"})
#: So many events are looked through for records to suggest.
_LOOKED_THROUGH = 200


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What would have happened.

    Attributes:
        refusal: why it would not even be asked: "no_difference", "may_not" (the person may not make this change),
            "trigger" (it does not wait for this), "origin" or "audience"; none when it was asked.
        story: what it did, or which condition was not met; none when it was not asked.
        event: the change itself; none when there is none.
        pretended: what the record was taken to be before, ``{field: (is, was taken to be)}``.
        narrowed: whether the person who tries it out sees less than its owner, so that it could do less than it would.
    """

    refusal: str | None = None
    story: Story | None = None
    event: Event | None = None
    pretended: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    narrowed: bool = False


def publisher(automation: Automation, viewer: Actor) -> Actor:
    """Who would put the draft into service: the person who tries it out, if they may, else its owner."""
    return viewer if may_edit(viewer, automation) else directory().actors[automation.owner_id]


def definition_of(automation: Automation, viewer: Actor) -> Definition:
    """The draft, ready to be tried out.

    Raises:
        DocumentError: with everything that is wrong with it.
    """
    return validate(automation.draft, publisher(automation, viewer))


def rehearse(
    automation: Automation,
    record_id: int,
    occasion: Occasion,
    viewer: Actor,
    actor: Actor | None = None,
    origin: str = Origin.USER,
) -> Rehearsal:
    """What the draft would do if something happened to a record now. Nothing is written, locked or sent.

    Args:
        record_id: of a record of the type that its trigger waits for.
        occasion: what happens; with "created" and "deleted" only the kind counts.
        viewer: who wants to know.
        actor: who does it; the viewer when left out.
        origin: by which way.

    Raises:
        NotFound: the viewer may not see the automation.
        DocumentError: the draft cannot be put into service.
        relance.records.errors.NotFound: there is no such record for the viewer.
        Invalid: a value of the occasion cannot be set; by field.
    """
    if automation.deleted_at is not None or not may_see(viewer, automation):
        raise NotFound(automation.pk)
    definition = definition_of(automation, viewer)
    with _only_reading():
        return _Stage(automation, definition, viewer).play(record_id, occasion, actor or viewer, origin)


def suggestions(definition: Definition, viewer: Actor, owner: Actor, limit: int = 6) -> list[int]:
    """Records that were lately in such an event, and may be seen by both; then those that changed last."""
    entry, params = registry.triggers[definition.trigger.type], definition.trigger.params
    record_type = entry.record_type(params)
    overlay = Overlay()
    world = _Stage.world(overlay)
    eyes = access.within_sight_of(owner, viewer)
    kinds = {key.kind for key in entry.keys(params)}
    first: dict[int, None] = {}
    then: dict[int, None] = {}
    rows = (
        Event.objects.filter(record_type=record_type)
        .exclude(kind__in=(EventKind.DELETED, EventKind.PURGED))
        .order_by("-pk")
    )
    for event in rows[:_LOOKED_THROUGH]:
        view = EventView(record_type, event.record_id, event.kind, event.changes, event.record)
        fits = event.kind in kinds and entry.matches(params, view, world)
        (first if fits else then)[event.record_id] = None
    found: list[int] = []
    for record_id in dict.fromkeys([*first, *then]):
        if len(found) == limit:
            break
        values = overlay.get(record_type, record_id)
        if values is not None and access.may(eyes, "see", values):
            found.append(record_id)
    return found


class _Stage:
    """Where one automation is tried out once."""

    def __init__(self, automation: Automation, definition: Definition, viewer: Actor) -> None:
        self._automation = automation
        self._viewer = viewer
        self._now = clock.now()
        self._version = Version(
            pk=0, automation=automation, number=0, document=dump(definition), published_at=self._now
        )
        span = LiveSpan(
            automation=automation, version=self._version, live_from=datetime(1970, 1, 1, tzinfo=UTC)
        )
        self._live = Live(span, automation, definition)
        self._live.active = True
        self._overlay = Overlay()
        self._owner = self._overlay.configuration.directory.actors.get(automation.owner_id)
        self._eyes = None if self._owner is None else access.within_sight_of(self._owner, viewer)

    def play(self, record_id: int, occasion: Occasion, actor: Actor, origin: str) -> Rehearsal:
        record_type = self._live.record_type
        record = self._overlay.get(record_type, record_id)
        if record is None or not access.may(self._viewer, "see", record):
            raise NoRecord(record_type, record_id)
        pretended = self._prepare(record, occasion)
        try:
            taken = self._happens(record_type, record_id, occasion, actor, origin)
        except (Forbidden, NoRecord):
            return Rehearsal("may_not", pretended=pretended)
        if taken is None:
            return Rehearsal("no_difference", pretended=pretended)
        event = _as_event(taken)
        refusal = self._refusal(taken)
        if refusal is not None:
            return Rehearsal(refusal, event=event, pretended=pretended)
        batch = _Batch(taken, self._live, self._overlay, self._eyes)
        batch.decide()
        runs, lines, evaluations = batch.trace.unsaved()
        outcome: Run | Evaluation = runs[0] if runs else evaluations[0]
        told = of_rehearsal(self._viewer, self._automation, self._version, event, outcome, lines)
        narrowed = self._eyes != self._owner
        return Rehearsal(None, _for_both(told) if narrowed else told, event, pretended, narrowed)

    def _prepare(self, record: Snapshot, occasion: Occasion) -> dict[str, tuple[Any, Any]]:
        """Let the record be as it has to be before."""
        before = {key: value for key, value in occasion.before.items() if record[key] != value}
        if not before or occasion.kind != EventKind.UPDATED:
            return {}
        self._overlay.pretend(record["record_type"], record["id"], before)
        return {key: (record[key], value) for key, value in before.items()}

    def _happens(
        self, record_type: str, record_id: int, occasion: Occasion, actor: Actor, origin: str
    ) -> Taken | None:
        """The event that somebody's change would leave; none when nothing is different.

        Raises:
            Forbidden, NoRecord: they may not do that.
            Invalid: it cannot be done.
        """
        overlay = self._overlay
        if occasion.kind == EventKind.CREATED:
            record = overlay.get(record_type, record_id)
            assert record is not None
            if not access.may(actor, "create", record):
                raise Forbidden("create", record_type, record_id)
            kind, changes = difference(None, record)
            image = {key: value for key, value in record.items() if key != "deleted_at"}
            at, rseq = self._now.isoformat(), image["version"]
        else:
            with overlay.change(actor, origin) as change:
                if occasion.kind == EventKind.DELETED:
                    change.delete(record_type, record_id)
                else:
                    change.update(record_type, record_id, occasion.after)
            if not overlay.events:
                return None
            [new] = overlay.events
            overlay.events.clear()
            kind, changes, image, at, rseq = new.kind, new.changes, new.record, new.at, new.rseq
        return Taken(
            # Through JSON, as from the log.
            record_type=record_type, record_id=record_id, kind=str(kind), changes=from_json(to_json(changes)),
            record=from_json(to_json(image)), id=0, rseq=rseq, at=at, actor_id=actor.user_id,
            actor_teams=actor.team_ids, origin=origin, cause_run_id=None, root_id=0, depth=0,
        )  # fmt: skip

    def _refusal(self, taken: Taken) -> str | None:
        """Why nobody would ask it about this event."""
        live = self._live
        if not live.trigger.matches(live.params, taken, self.world(self._overlay)):
            return "trigger"
        if taken.origin not in live.origins:
            return "origin"
        return None if live.admits(taken.actor_id, taken.actor_teams) else "audience"

    @staticmethod
    def world(overlay: Overlay) -> World:
        """What triggers may ask: how the company is arranged."""
        return BatchWorld(overlay)


class _Batch(Batch):
    """The engine's batch for one event and one version, on an overlay."""

    def __init__(self, event: Taken, live: Live, overlay: Overlay, eyes: Actor | None) -> None:
        super().__init__([event], _Only(live), Guard(), Poison(), overlay)
        self._eyes = eyes

    def rights_of(self, owner_id: int) -> Actor | None:
        return self._eyes

    def new_run_id(self) -> int:
        return IMAGINED

    def commit(self) -> None:
        """Refuse.

        Raises:
            RuntimeError: always.
        """
        raise RuntimeError("a rehearsal is never written")


class _Only(Index):
    """An index of one version."""

    def __init__(self, live: Live) -> None:
        super().__init__()
        self._live = live

    def hears(self, record_type: str, kind: str, origin: str) -> bool:
        return True

    def lives(self, event: EventView, world: World) -> list[Live]:
        return [self._live]


def _for_both(told: Story) -> Story:
    """The same, where what could not be seen is not blamed on the owner alone."""
    if told.failure is None or told.failure["code"] not in _OUT_OF_SIGHT:
        return told
    failure = {"code": "not_seen_by_both", "params": {}}
    steps = (replace(step, failure=failure) if step.failure else step for step in told.steps)
    return replace(told, failure=failure, steps=tuple(steps))


def _as_event(taken: Taken) -> Event:
    """As it would stand in the log."""
    return Event(
        pk=0, record_type=taken.record_type, record_id=taken.record_id, rseq=taken.rseq, kind=taken.kind,
        changes=taken.changes, record=taken.record, at=datetime.fromisoformat(taken.at), actor_id=taken.actor_id,
        actor_teams=sorted(taken.actor_teams), origin=taken.origin, root_id=0,
    )  # fmt: skip


@contextmanager
def _only_reading() -> Iterator[None]:
    """Let the connection answer questions only: a second lock beside the overlay, should an action forget itself."""
    with connection.execute_wrapper(_refuse_writing):
        yield


def _refuse_writing(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    words = sql.lower()
    if not words.lstrip().startswith(("select", "with")) or "nextval(" in words or "for update" in words:
        raise RuntimeError("a rehearsal only reads")
    return execute(sql, params, many, context)
