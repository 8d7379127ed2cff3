"""One actor's act: what somebody, or an automation with somebody's rights, does to records in one go.

Everything is checked and worked out in memory; each record that is different at the end leaves one event.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from django.db.models import Q
from django.utils.translation import gettext as _

from relance.accounts.people import Actor
from relance.events.models import EventKind
from relance.lib import clock
from relance.lib.kinds import Kind
from relance.records import access, rules, validation
from relance.records.errors import Conflict, Forbidden, Invalid, NotFound
from relance.records.fields import children_of, fields_of, parents_of
from relance.records.snapshot import SYSTEM_KEYS, Snapshot, blank

if TYPE_CHECKING:
    from relance.records.unit_of_work import UnitOfWork

Key = tuple[str, int]

_UNCOMPARED = frozenset({"updated_at", "version", "deleted_at"})
_NEVER_SET = frozenset({"id", "record_type", *SYSTEM_KEYS})
_FILLED_IN = frozenset({"pipeline", "stage", "status", "type"})


@dataclass(frozen=True, slots=True)
class Cause:
    """Which run makes a change, and which chain of events it belongs to."""

    run_id: int
    root_id: int
    depth: int


@dataclass(slots=True)
class NewEvent:
    """An event about to be appended; ``id`` is known after the flush. See ``events.models.Event``."""

    record_type: str
    record_id: int
    rseq: int
    kind: str
    changes: dict[str, list[Any]]
    record: Snapshot
    at: str
    actor_id: int | None
    actor_teams: list[int]
    origin: str
    cause_run_id: int | None
    root_id: int | None
    depth: int
    id: int = 0


class State:
    """One record as this UnitOfWork sees it."""

    __slots__ = ("purged", "stored", "values")

    def __init__(self, stored: Snapshot | None, values: Snapshot) -> None:
        self.stored = stored
        self.values = values
        self.purged = False


class Change:
    """One actor's act within a UnitOfWork, whose ``change`` makes it."""

    def __init__(self, uow: UnitOfWork, actor: Actor, origin: str, cause: Cause | None) -> None:
        self.uow = uow
        self.actor = actor
        self.origin = origin
        self.cause = cause
        self.now = clock.now().isoformat()
        self._before: dict[Key, Snapshot | None] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._close()
        except BaseException:
            self._undo()
            raise
        if kind is not None:
            self._undo()

    def create(
        self, record_type: str, values: Mapping[str, Any], *, kept: Mapping[str, Any] | None = None
    ) -> int:
        """Create a record and return its id. The actor owns it unless ``values`` say otherwise.

        Args:
            kept: values of other records that it takes over, or that Relance looks after; not checked again.

        Raises:
            Invalid: a value is not acceptable.
            Forbidden: the actor may not create it.
        """
        given = {
            key: value for key, value in values.items() if not (value in (None, "") and key in _FILLED_IN)
        }
        if "owner" not in given:
            given["owner"] = self.actor.user_id
        after = blank(record_type)
        after.update(self._checked(record_type, given))
        after.update(kept or {})
        rules.complete(record_type, None, after, frozenset(given), self.now, self.uow.configuration)
        self._require(record_type, after)
        after["creator"] = self.actor.user_id
        after["created_at"] = after["updated_at"] = self.now
        if not access.may(self.actor, "create", after):
            raise Forbidden("create", record_type, None)
        after["id"] = self.uow.new_id(record_type)
        key = (record_type, after["id"])
        self._before[key] = None
        self.uow._states[key] = State(None, after)
        return int(after["id"])

    def update(
        self,
        record_type: str,
        record_id: int,
        values: Mapping[str, Any],
        *,
        version: int | None = None,
        kept: Mapping[str, Any] | None = None,
    ) -> None:
        """Change some fields of a record.

        Args:
            version: if given, the version the actor saw.
            kept: as of :meth:`create`.

        Raises:
            NotFound: there is none, it is in the bin, or the actor may not see it.
            Forbidden: the actor may not change it.
            Conflict: it has another version by now.
            Invalid: a value is not acceptable.
        """
        before = self._allowed("change", record_type, record_id, version)
        after = {**before, **self._checked(record_type, values, before), **(kept or {})}
        rules.complete(record_type, before, after, frozenset(values), self.now, self.uow.configuration)
        self._require(record_type, after)
        if after != before:
            self._set(record_type, record_id, before, after)

    def delete(self, record_type: str, record_id: int, *, version: int | None = None) -> None:
        """Put a record into the bin.

        Raises:
            NotFound, Forbidden, Conflict: as :meth:`update`.
        """
        before = self._allowed("delete", record_type, record_id, version)
        self._set(record_type, record_id, before, {**before, "deleted_at": self.now})

    def restore(self, record_type: str, record_id: int) -> None:
        """Take a record out of the bin; nothing happens when it is not there.

        Raises:
            NotFound, Forbidden: as :meth:`update`.
        """
        state = self.uow._state(record_type, record_id)
        if state is None or not access.may(self.actor, "see", state.values):
            raise NotFound(record_type, record_id)
        if not access.may(self.actor, "delete", state.values):
            raise Forbidden("delete", record_type, record_id)
        if state.values["deleted_at"] is not None:
            self._set(record_type, record_id, state.values, {**state.values, "deleted_at": None})

    def purge(self, record_type: str, record_id: int) -> None:
        """Delete a record of the bin for ever. What links to it no longer does; notes about nothing else go with it.

        Raises:
            NotFound: it is not in the bin.
            Forbidden: the actor is no administrator.
        """
        state = self.uow._state(record_type, record_id)
        if state is None or state.purged or state.values["deleted_at"] is None:
            raise NotFound(record_type, record_id)
        if not self.actor.is_administrator:
            raise Forbidden("purge", record_type, record_id)
        for child, key in children_of(record_type):
            for found in self.uow.find(
                child, Q(**{f"{key}_id": record_id}), partial(_links, key, record_id), binned=True
            ):
                self._set(child, found["id"], found, {**found, key: None})
                if child == "note" and all(found[each] is None or each == key for each in parents_of("note")):
                    self._purge(child, found["id"])
        self._purge(record_type, record_id)

    def _purge(self, record_type: str, record_id: int) -> None:
        state = self.uow._states[(record_type, record_id)]
        assert state is not None
        self._before.setdefault((record_type, record_id), state.values)
        state.purged = True

    def get(self, record_type: str, record_id: int) -> Snapshot:
        """Return a record the actor may see, as it is now.

        Raises:
            NotFound: there is none, it is in the bin, or the actor may not see it.
        """
        values = self.uow.get(record_type, record_id)
        if values is None or not access.may(self.actor, "see", values):
            raise NotFound(record_type, record_id)
        return values

    def _allowed(self, verb: access.Verb, record_type: str, record_id: int, version: int | None) -> Snapshot:
        before = self.get(record_type, record_id)
        if not access.may(self.actor, verb, before):
            raise Forbidden(verb, record_type, record_id)
        if version is not None and before["version"] != version:
            raise Conflict(record_type, record_id)
        return before

    def _checked(
        self, record_type: str, values: Mapping[str, Any], before: Mapping[str, Any] | None = None
    ) -> Snapshot:
        known = fields_of(record_type)
        checked: Snapshot = {}
        problems: dict[str, str] = {}
        for key, value in values.items():
            field = known.get(key)
            if field is None or key in _NEVER_SET:
                problems[key] = _("There is no such field.")
            elif not field.editable:
                problems[key] = _("Relance fills this in by itself.")
            else:
                # Who takes part already stays, seen or not; a link that is not to be seen is never sent again.
                there = before[key] if before and field.kind is Kind.PARTICIPANTS else ()
                try:
                    checked[key] = validation.check(
                        field, value, self.uow.configuration, partial(self._sees, there=there)
                    )
                except validation.Refused as refusal:
                    problems[key] = str(refusal)
        if problems:
            raise Invalid(problems)
        return checked

    def _sees(self, record_type: str, record_id: int, there: Collection[str] = ()) -> bool:
        if f"{record_type}:{record_id}" in there:
            return True
        values = self.uow.get(record_type, record_id)
        return values is not None and access.may(self.actor, "see", values)

    def _require(self, record_type: str, after: Snapshot) -> None:
        if empty := [key for key in _required(record_type) if after[key] in (None, [])]:
            raise Invalid({key: _("Please fill this in.") for key in empty})

    def _set(self, record_type: str, record_id: int, before: Snapshot, after: Snapshot) -> None:
        key = (record_type, record_id)
        self._before.setdefault(key, before)
        state = self.uow._states[key]
        assert state is not None
        state.values = after

    def changed(self) -> Iterator[tuple[Key, Snapshot | None, Snapshot]]:
        """The records touched so far: key, before this act (none when it is new), now."""
        for key, before in self._before.items():
            state = self.uow._states[key]
            if state is not None:
                yield key, before, state.values

    def _close(self) -> None:
        if not self._before:
            return
        teams = sorted(self.actor.team_ids)
        for key, before, after in list(self.changed()):
            kind, changes = difference(before, after)
            state = self.uow._states[key]
            assert state is not None
            if state.purged:
                kind, changes = EventKind.PURGED, {}
            if kind is None:
                if before is None:
                    self.uow._states[key] = None
                else:
                    state.values = before
                continue
            state.values = values = {**after, "version": after["version"] + 1, "updated_at": self.now}
            image = values.copy()
            del image["deleted_at"]  # the event's kind says it
            self.uow.events.append(
                NewEvent(
                    record_type=key[0],
                    record_id=key[1],
                    rseq=values["version"],
                    kind=kind,
                    changes=changes,
                    record=image,
                    at=self.now,
                    actor_id=self.actor.user_id,
                    actor_teams=teams,
                    origin=self.origin,
                    cause_run_id=self.cause.run_id if self.cause else None,
                    root_id=self.cause.root_id if self.cause else None,
                    depth=self.cause.depth if self.cause else 0,
                )
            )

    def _undo(self) -> None:
        for key, before in self._before.items():
            if before is None:
                del self.uow._states[key]
            else:
                state = self.uow._states[key]
                assert state is not None
                state.values, state.purged = before, False


def _links(key: str, record_id: int, values: Snapshot) -> bool:
    return bool(values[key] == record_id)


@cache
def _required(record_type: str) -> tuple[str, ...]:
    return tuple(field.key for field in fields_of(record_type).values() if field.required)


def difference(before: Snapshot | None, after: Snapshot) -> tuple[str | None, dict[str, list[Any]]]:
    """What makes ``after`` different: the kind of event, and ``{field: [before, after]}``; no kind if nothing does."""
    if before is None:
        if after["deleted_at"] is not None:
            return None, {}
        empty = blank(after["record_type"])
        return EventKind.CREATED, {
            key: [None, value]
            for key, value in after.items()
            if value != empty[key] and key not in _NEVER_SET and key not in _UNCOMPARED
        }
    changes = {
        key: [before[key], value]
        for key, value in after.items()
        if value != before[key] and key not in _UNCOMPARED
    }
    if before["deleted_at"] != after["deleted_at"]:
        return (EventKind.RESTORED if after["deleted_at"] is None else EventKind.DELETED), changes
    return (EventKind.UPDATED if changes else None), changes
