"""The one way to write records.

::

    with write(actor, origin="user") as change:
        deal = change.create("deal", {"title": "Refurbishment", "stage": 3})

A :class:`UnitOfWork` is one transaction; a :class:`Change` within it is one actor's act, all or nothing, and leaves
one event for each record that is different afterwards. Everything is checked and worked out in memory; ``flush``
writes rows and events in bulk. No difference, no event.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self, cast

from django.db import transaction
from django.db.models import Q
from pydantic_core import to_json

from relance.accounts.people import SYSTEM, Actor
from relance.events.models import Event, Origin
from relance.lib import ids
from relance.records.change import Cause, Change, Key, NewEvent, State
from relance.records.configuration import Configuration, current
from relance.records.errors import Conflict
from relance.records.fields import WRITTEN_TYPES
from relance.records.flush import writer
from relance.records.models import ExternalId
from relance.records.snapshot import Snapshot, load, model_of, shape, table_of

__all__ = ["LISTENERS", "PARTICIPANTS", "Cause", "Change", "NewEvent", "Overlay", "UnitOfWork", "write"]

#: Called with the events of a UnitOfWork inside its transaction, for what must happen together with them.
PARTICIPANTS: list[Callable[[list[NewEvent]], None]] = []
#: Called once after a transaction with events was committed: wakes who listens. May be lost.
LISTENERS: list[Callable[[], None]] = []

#: Ids above this one belong to records that only an :class:`Overlay` holds.
IMAGINED = 2**62

_EVENT_TABLE = Event._meta.db_table
_EVENT_COLUMNS = (
    "id", "record_type", "record_id", "rseq", "kind", "changes", "record", "at", "actor_id", "actor_teams", "origin",
    "cause_run_id", "root_id", "depth",
)  # fmt: skip


class UnitOfWork:
    """One transaction's worth of changes, and a consistent view of the records while they are made.

    Leaving the ``with`` block commits; an exception leaves everything as it was. Without the block, call
    :meth:`flush` inside a transaction.
    """

    def __init__(self) -> None:
        self.configuration: Configuration = current()
        self.events: list[NewEvent] = []
        self._states: dict[Key, State | None] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.commit()

    def preload(self, record_type: str, record_ids: Collection[int]) -> None:
        """Read records that will be needed, in one query."""
        missing = [record_id for record_id in record_ids if (record_type, record_id) not in self._states]
        if missing:
            found = load(record_type, missing)
            for record_id in missing:
                row = found.get(record_id)
                self._states[(record_type, record_id)] = None if row is None else State(row, row)

    def get(self, record_type: str, record_id: int) -> Snapshot | None:
        """Return a record as it is with the changes made so far; ``None`` when there is none or it is in the bin.

        The dictionary must not be changed.
        """
        state = self._state(record_type, record_id)
        return None if state is None or state.values["deleted_at"] is not None else state.values

    def find(
        self, record_type: str, where: Q, holds: Callable[[Snapshot], bool], *, binned: bool = False
    ) -> list[Snapshot]:
        """Return the records for which ``holds`` is true, with the changes made so far, in the order of their ids.

        Args:
            where: what to read of the stored rows; it may find too many, not too few.
            holds: has the last word.
            binned: also what is in the bin.
        """
        stored = cast(Any, model_of(record_type)).everything.filter(where)
        self.preload(record_type, list(stored.values_list("pk", flat=True)))
        found = [
            state.values
            for (each, _id), state in self._states.items()
            if each == record_type
            and state is not None
            and not state.purged
            and (binned or state.values["deleted_at"] is None)
        ]
        return sorted(filter(holds, found), key=lambda values: int(values["id"]))

    def _state(self, record_type: str, record_id: int) -> State | None:
        key = (record_type, record_id)
        if key not in self._states:
            self.preload(record_type, [record_id])
        return self._states[key]

    def new_id(self, record_type: str) -> int:
        """The id of a record that is about to be created."""
        return ids.reserve(table_of(record_type), 1)[0]

    def change(self, actor: Actor, origin: str = Origin.USER, cause: Cause | None = None) -> Change:
        """Begin one actor's act, a ``with`` block. An exception takes back all of it and nothing else."""
        return Change(self, actor, origin, cause)

    def commit(self) -> None:
        """Write everything in one transaction.

        Raises:
            Conflict: somebody changed one of the records in the meantime; nothing was written.
        """
        if self.events:
            with transaction.atomic():
                self.flush()

    def flush(self) -> None:
        """Write rows and events. Must be called inside a transaction.

        Raises:
            Conflict: see :meth:`commit`.
        """
        if not self.events:
            return
        writes = writer()
        touched: dict[str, list[State]] = {}
        for key, state in self._states.items():
            if state is not None and state.values is not state.stored:
                touched.setdefault(key[0], []).append(state)
        for record_type in WRITTEN_TYPES:
            if record_type in touched:
                self._flush_type(record_type, touched[record_type], writes)
        for record_type in reversed(WRITTEN_TYPES):
            if gone := [state.values["id"] for state in touched.get(record_type, ()) if state.purged]:
                writes.delete(shape(record_type).table, "id", gone)
                ExternalId.objects.filter(record_type=record_type, record_id__in=gone).delete()
        self._append_events(writes)
        for participant in PARTICIPANTS:
            participant(self.events)
        transaction.on_commit(_tell_listeners)

    def _flush_type(self, record_type: str, touched: list[State], writes: Any) -> None:
        form = shape(record_type)
        new: list[Snapshot] = []
        changed: dict[tuple[str, ...], list[State]] = {}
        for state in touched:
            if state.stored is None:
                new.append(state.values)
            else:
                columns = self._changed_columns(form, state.stored, state.values)
                changed.setdefault(columns, []).append(state)
        if new:
            writes.insert(
                form.table, form.all_columns, [form.cells(values, form.all_columns) for values in new]
            )
        if not changed:
            return
        writes.lock(form.table, [state.values["id"] for states in changed.values() for state in states])
        for columns, states in changed.items():
            states.sort(key=lambda state: state.values["id"])
            rows = [form.cells(state.values, columns) for state in states]
            versions = [state.stored["version"] for state in states if state.stored is not None]
            if writes.update(form.table, columns, rows, versions, form.types) != len(rows):
                raise Conflict(record_type, states[0].values["id"])

    @staticmethod
    def _changed_columns(form: Any, before: Snapshot, after: Snapshot) -> tuple[str, ...]:
        columns = ["id"]
        texts = False
        for key, value in after.items():
            if value != before[key]:
                columns.extend(form.columns_of[key])
                texts = texts or form.is_text(key)
        if texts:
            columns += ["folded", "search"]
        return tuple(columns)

    def _append_events(self, writes: Any) -> None:
        # Taken now, after the rows were locked: the events of one record get rising ids, whoever else is writing.
        taken = ids.take(_EVENT_TABLE, len(self.events))
        to_cell = shape("deal").moment_cell
        rows = []
        for event_id, event in zip(taken, self.events, strict=True):
            event.id = event_id
            event.root_id = event_id if event.root_id is None else event.root_id
            rows.append(
                (
                    event_id, event.record_type, event.record_id, event.rseq, event.kind,
                    to_json(event.changes).decode(), to_json(event.record).decode(), to_cell(event.at),
                    event.actor_id, to_json(event.actor_teams).decode(), event.origin,
                    event.cause_run_id, event.root_id, event.depth,
                )
            )  # fmt: skip
        writes.insert(_EVENT_TABLE, _EVENT_COLUMNS, rows)
        writes.insert("events_pending", ("event_id",), [(event_id,) for event_id in taken])


class Overlay(UnitOfWork):
    """What would be, laid over what is: nothing of it is ever written, locked or reserved.

    New records have ids that no row has; they are links like any other, and whoever looks for them finds nothing.
    """

    def __init__(self) -> None:
        super().__init__()
        self._made = 0

    def new_id(self, record_type: str) -> int:
        self._made += 1
        return IMAGINED + self._made

    def pretend(self, record_type: str, record_id: int, values: Mapping[str, Any]) -> None:
        """Let a record have other values than it has, without anybody having changed it.

        Raises:
            Invalid: it could not have them.
        """
        known = len(self.events)
        with self.change(SYSTEM, Origin.SYSTEM) as change:
            change.update(record_type, record_id, values)
        del self.events[known:]

    def flush(self) -> None:
        """Refuse.

        Raises:
            RuntimeError: always.
        """
        raise RuntimeError("an overlay is never written")

    commit = flush


def _tell_listeners() -> None:
    for listener in LISTENERS:
        listener()


@contextmanager
def write(actor: Actor, origin: str = Origin.USER, cause: Cause | None = None) -> Iterator[Change]:
    """One act in a transaction of its own; see :class:`UnitOfWork` and :class:`Change` for what it may raise."""
    with UnitOfWork() as uow, uow.change(actor, origin, cause) as change:
        yield change
