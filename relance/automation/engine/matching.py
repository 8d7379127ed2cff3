"""Which automations an event may start.

Every version in service is compiled once and found by what its trigger listens to; asking each automation about
each event would cost the more the more there are. Spans that have ended stay for as long as an older event may still
be pending.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Min, Q

from relance.automation.core import flow
from relance.automation.core.conditions import Compiled, compile_groups
from relance.automation.core.definition import ActionBlock, Definition, load
from relance.automation.core.paths import Chain, followed
from relance.automation.core.problems import DocumentError
from relance.automation.core.scope import World
from relance.automation.models import Automation, LiveSpan
from relance.automation.registry import EventKey, EventView, registry
from relance.events.models import Pending
from relance.lib import clock
from relance.records import fields

log = logging.getLogger(__name__)

#: A write bears the time at which it began; so long after that it may still commit and need what was in service then.
LATE = timedelta(hours=1)


class Live:
    """A version in service, ready to be asked. Times are plain (ISO, UTC), as in events."""

    __slots__ = (
        "_after",
        "_at",
        "active",
        "audience",
        "audience_ids",
        "automation_id",
        "behind",
        "broken",
        "conditions",
        "definition",
        "everyone",
        "head",
        "leading",
        "links",
        "live_from",
        "live_to",
        "name",
        "number",
        "origins",
        "owner_id",
        "params",
        "record_type",
        "touches_record",
        "trigger",
        "version_id",
    )  # fmt: skip

    def __init__(
        self, span: LiveSpan, automation: Automation, definition: Definition, broken: str | None = None
    ) -> None:
        #: What this program cannot run of it (a problem's code): then its runs only say so.
        self.broken = broken
        self.automation_id = automation.pk
        self.name = automation.name
        self.owner_id = automation.owner_id
        self.active = automation.active and automation.deleted_at is None
        self.version_id = span.version_id
        self.number = span.version.number
        self.live_from = _plain(span.live_from)
        self.live_to = _plain(span.live_to) if span.live_to else None
        self.definition = definition
        self.trigger = registry.triggers[definition.trigger.type]
        self.params = definition.trigger.params
        self.record_type = self.trigger.record_type(self.params)
        self.origins = frozenset(definition.origins)
        self.everyone = definition.audience.kind == "everyone"
        self.audience = definition.audience.kind
        self.audience_ids = frozenset(definition.audience.ids)
        #: How an entry of an evaluation begins (see ``models.Evaluation.items``).
        self.head = f"[{self.automation_id},{self.version_id},"
        self.conditions: dict[str, Compiled] = {}
        self.leading: list[Compiled] = []
        self._at: dict[flow.Cursor, tuple[flow.Directive, str]] = {}
        self._after: dict[tuple[flow.Cursors, flow.Answer], flow.Position] = {}
        #: Links to follow, with the record type found there; two links in a row; whether an action reads or changes the
        #: record itself.
        self.links: set[tuple[str, str]] = set()
        self.behind: set[Chain] = set()
        self.touches_record = False
        self._compile()

    def _compile(self) -> None:
        for _place, id, groups in self.definition.conditions():
            self.conditions[id] = compiled = compile_groups(groups, self.record_type, fields)
            self._will_follow(compiled.parents)
        self.leading = [self.conditions[asked.block.id] for asked in flow.leading_conditions(self.definition)]
        for _place, block in self.definition.blocks():
            if isinstance(block, ActionBlock):
                target = getattr(block.params, "target", "record")
                parent = fields.parents_of(self.record_type).get(target)
                if parent is None:
                    self.touches_record = True
                else:
                    self.links.add((target, parent))
                read = registry.actions[block.type].paths(block.params)
                self._will_follow(followed(read, self.record_type, fields))

    def _will_follow(self, chains: Iterable[Chain]) -> None:
        for chain in chains:
            self.links.add(chain[0])
            if len(chain) > 1:
                self.behind.add(chain)

    def at(self, cursor: flow.Cursor) -> tuple[flow.Directive, str]:
        """What to do at a cursor, and its path as text; the same for every run, so worked out once."""
        known = self._at.get(cursor)
        if known is None:
            known = self._at[cursor] = flow.next_directive(self.definition, cursor), flow.path_text(cursor)
        return known

    def after(self, cursors: flow.Cursors, answer: flow.Answer) -> flow.Position:
        """Where a run goes on once the directive at its first cursor was carried out.

        Worked out once as well, except while several paths are under way: they may stand in very many ways.
        """
        if len(cursors) > 1:
            return flow.advance(self.definition, cursors, answer)
        known = self._after.get((cursors, answer))
        if known is None:
            known = self._after[(cursors, answer)] = flow.advance(self.definition, cursors, answer)
        return known

    def admits(self, actor_id: int | None, actor_teams: frozenset[int]) -> bool:
        """Whether this person, in these teams, may trigger it."""
        if self.everyone:
            return True
        if self.audience == "me":
            return actor_id == self.owner_id
        if self.audience == "users":
            return actor_id in self.audience_ids
        return not self.audience_ids.isdisjoint(actor_teams)


class Listening:
    """A trigger with its parameters, and the versions in service that have it: it is asked once for all of them."""

    __slots__ = ("keys", "lives", "params", "trigger")

    def __init__(self, live: Live) -> None:
        self.trigger = live.trigger
        self.params = live.params
        self.keys = tuple(live.trigger.keys(live.params))
        #: In the order in which they run.
        self.lives: list[Live] = []


class _Heard:
    """Who listens to one kind of event of one record type: to all of them, or to a field and what is in it by then."""

    __slots__ = ("always", "fields", "origins")

    def __init__(self) -> None:
        #: From where their events may come; of what was switched off since, too.
        self.origins: set[str] = set()
        self.always: list[Listening] = []
        self.fields: dict[str, dict[str | int | None, list[Listening]]] = {}


class Index:
    """All versions in service, by what they listen to."""

    def __init__(self) -> None:
        self._revision = -1
        self._lives: dict[int, list[Live]] = {}
        self._listenings: dict[tuple[str, str], Listening] = {}
        self._heard: dict[tuple[str, str], _Heard] = {}

    def refresh(self) -> None:
        """Take up what was published, switched or deleted since; one small query when nothing was."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT revision FROM automation_catalogue WHERE id = 1")
            row = cursor.fetchone()
        revision = row[0] if row else 0
        if revision == self._revision:
            return
        oldest = Pending.objects.aggregate(at=Min("event__at"))["at"]
        spans = LiveSpan.objects.filter(automation__revision__gt=self._revision).select_related(
            "version", "automation"
        )
        late = clock.now() - LATE
        spans = spans.filter(Q(live_to__isnull=True) | Q(live_to__gt=min(oldest, late) if oldest else late))
        changed = set(Automation.objects.filter(revision__gt=self._revision).values_list("id", flat=True))
        # Read after the others: what was published in between is in here, and is dropped before it is added.
        found = list(spans.order_by("automation_id", "id"))
        for automation_id in changed.union(span.automation_id for span in found):
            self._drop(automation_id)
        for span in found:
            if (live := live_of(span)) is not None:
                self._add(live)
        self._revision = revision

    def _drop(self, automation_id: int) -> None:
        for live in self._lives.pop(automation_id, ()):
            name = _name(live)
            listening = self._listenings[name]
            listening.lives.remove(live)
            if not listening.lives:
                del self._listenings[name]
                for key in listening.keys:
                    self._place(key).remove(listening)

    def _add(self, live: Live) -> None:
        self._lives.setdefault(live.automation_id, []).append(live)
        listening = self._listenings.get(_name(live))
        if listening is None:
            listening = self._listenings[_name(live)] = Listening(live)
            for key in listening.keys:
                self._place(key).append(listening)
        for key in listening.keys:
            self._heard[(key.record_type, key.kind)].origins |= live.origins
        listening.lives.append(live)
        listening.lives.sort(key=_order)

    def _place(self, key: EventKey) -> list[Listening]:
        heard = self._heard.setdefault((key.record_type, key.kind), _Heard())
        if key.field is None:
            return heard.always
        return heard.fields.setdefault(key.field, {}).setdefault(key.value, [])

    def hears(self, record_type: str, kind: str, origin: str) -> bool:
        """Whether anybody may wait for such an event."""
        heard = self._heard.get((record_type, kind))
        return heard is not None and origin in heard.origins

    def candidates(self, record_type: str, kind: str, changes: dict[str, list[Any]]) -> list[Listening]:
        """What may be this event, without having asked the triggers; one may be there twice."""
        heard = self._heard.get((record_type, kind))
        if heard is None:
            return []
        found = list(heard.always)
        for field, by_value in heard.fields.items():
            change = changes.get(field)
            if change is not None:
                found.extend(by_value.get(None, ()))
                after = change[1]
                if isinstance(after, str | int):
                    found.extend(by_value.get(after, ()))
        return found

    def lives(self, event: EventView, world: World) -> list[Live]:
        """The versions whose trigger is this event, in the order in which they run."""
        found: list[Listening] = []
        for listening in self.candidates(event.record_type, event.kind, event.changes):
            if listening not in found and listening.trigger.matches(listening.params, event, world):
                found.append(listening)
        if len(found) < 2:
            return found[0].lives if found else []
        return sorted((live for listening in found for live in listening.lives), key=_order)


def live_of(span: LiveSpan) -> Live | None:
    """A span ready to be asked; none, and a word in the log, when this program no longer knows its trigger.

    What was published earlier may name an action that was removed since. Its first conditions are still asked, as
    far as they can be, and its runs fail and say why: nothing of it is done, and nobody else notices.
    """
    document = span.version.document
    try:
        return Live(span, span.automation, _load(document))
    except DocumentError as error:
        problem = error.problems[0]
        log.error(
            "Automation %s (version %s) cannot be run by this version of Relance: %s at %s",
            span.automation_id, span.version.number, problem.code, problem.pointer or "/",
        )  # fmt: skip
    leading: list[Any] = []
    definition: Definition | None = None
    for step in [None, *_steps(document)]:
        if step is not None:
            leading.append(step)
        try:
            definition = _load({**document, "steps": leading})
        except DocumentError:
            break
    return None if definition is None else Live(span, span.automation, definition, problem.code)


def _steps(document: Any) -> list[Any]:
    """The conditions with which a document begins."""
    steps = document.get("steps") if isinstance(document, dict) else None
    found = []
    for step in steps if isinstance(steps, list) else []:
        if not isinstance(step, dict) or step.get("kind") != "condition":
            break
        found.append(step)
    return found


def _load(document: Any) -> Definition:
    return load(document, triggers=registry.triggers, actions=registry.actions)


def _name(live: Live) -> tuple[str, str]:
    """The same for all versions whose triggers have the same parameters."""
    return live.trigger.type, live.params.model_dump_json()


def _order(live: Live) -> tuple[int, int, str]:
    return live.automation_id, live.version_id, live.live_from


def _plain(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
