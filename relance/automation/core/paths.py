"""Paths: how a condition, a value or a placeholder names what it reads.

* ``value``: a field of the triggering record;
* ``organization.rating``, ``deal.organization.rating``: a field of a record it links to, one link or two away (the
  keys of the links first);
* ``trigger.user``, ``trigger.origin``: who caused the event, and from where;
* ``before.value``: a field as it was before the event.

``catalogue`` answers which fields exist; the core knows none of them by name.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from relance.automation.core.scope import HIDDEN, Scope
from relance.lib.kinds import Kind

#: Links to follow from a record, in order, each with the record type it leads to.
Chain = tuple[tuple[str, str], ...]

ORIGINS = ("user", "api", "import", "automation", "system")


class UnknownField(LookupError):
    """A path that names no field."""


class FieldRef(Protocol):
    """What the core needs to know of a field."""

    @property
    def key(self) -> str: ...

    @property
    def kind(self) -> Kind: ...

    @property
    def parents(self) -> Chain:
        """The links to follow first; empty for a field of the record itself."""

    @property
    def choices(self) -> Collection[str] | None:
        """The keys of a CHOICE field's choices; None when they are not known here."""

    @property
    def target(self) -> str | None:
        """The record type a LINK field points to."""


class Catalogue(Protocol):
    """Which fields the types of records have."""

    def resolve(self, record_type: str, path: str, /) -> FieldRef:
        """The field behind a path: an own one, or one behind at most two links.

        Raises:
            LookupError: when there is none (``UnknownField`` is one).
        """


@dataclass(frozen=True, slots=True)
class PlainField:
    """A ``FieldRef`` made of nothing but its values: for event context, and for catalogues that need one."""

    key: str
    kind: Kind
    parents: Chain = ()
    choices: Collection[str] | None = None
    target: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A path made ready to read: ``read(scope)`` gives the plain value, None when empty or missing, or HIDDEN."""

    path: str
    field: FieldRef
    read: Callable[[Scope], Any]
    own: bool  # a field of the triggering record itself, as it is now: it can be asked whether it changed


def locate(record_type: str, path: str, catalogue: Catalogue) -> Source:
    """Make a path ready to read.

    Raises:
        UnknownField: when the path names nothing.
    """
    if path in _EVENT_SOURCES:
        return _EVENT_SOURCES[path]
    head, dot, rest = path.partition(".")
    try:
        if dot and head == "before":
            if "." in rest:
                raise UnknownField(path)
            field = catalogue.resolve(record_type, rest)
            return Source(path, field, _read_before(field.key), own=False)
        field = catalogue.resolve(record_type, path)
    except UnknownField:
        raise
    except LookupError as error:
        raise UnknownField(path) from error
    if not field.parents:
        return Source(path, field, _read_own(field.key), own=True)
    if len(field.parents) == 1:
        return Source(path, field, _read_parent(*field.parents[0], field.key), own=False)
    return Source(path, field, _read_behind(field.parents, field.key), own=False)


def followed(paths: Iterable[str], record_type: str, catalogue: Catalogue) -> Iterator[Chain]:
    """The links that reading and showing these paths leads over; a path that names nothing leads nowhere."""
    for path in paths:
        field = _found(record_type, path, catalogue) or _found(
            record_type, path.rpartition(".")[0], catalogue
        )
        if field is None:
            continue
        chain = tuple(field.parents)
        if field.kind is Kind.LINK and field.target and len(chain) < 2:
            chain = (*chain, (field.key, field.target))  # shown by its name
        if chain:
            yield chain


def _found(record_type: str, path: str, catalogue: Catalogue) -> FieldRef | None:
    try:
        return locate(record_type, path, catalogue).field
    except UnknownField:
        return None


def owner_type(record_type: str, field: FieldRef) -> str:
    """The record type a field belongs to, seen from records of ``record_type``."""
    return field.parents[-1][1] if field.parents else record_type


def _read_own(key: str) -> Callable[[Scope], Any]:
    return lambda scope: scope.record.get(key)


def _read_before(key: str) -> Callable[[Scope], Any]:
    def read(scope: Scope) -> Any:
        change = scope.changes.get(key)
        return scope.record.get(key) if change is None else change[0]

    return read


def _read_parent(link: str, parent_type: str, key: str) -> Callable[[Scope], Any]:
    def read(scope: Scope) -> Any:
        parent_id = scope.record.get(link)
        if parent_id is None:
            return None
        parent = scope.world.parent(parent_type, parent_id)
        if parent is None or parent is HIDDEN:
            return parent
        return parent.get(key)

    return read


def _read_behind(chain: Chain, key: str) -> Callable[[Scope], Any]:
    """As ``_read_parent``, over any number of links; what may not be seen on the way hides all behind it."""

    def read(scope: Scope) -> Any:
        record = scope.record
        for link, record_type in chain:
            parent_id = record.get(link)
            if parent_id is None:
                return None
            parent = scope.world.parent(record_type, parent_id)
            if parent is None or parent is HIDDEN:
                return parent
            record = parent
        return record.get(key)

    return read


_EVENT_SOURCES = {
    "trigger.user": Source(
        "trigger.user",
        PlainField("user", Kind.USER),
        lambda scope: scope.actor_id,
        own=False,
    ),
    "trigger.origin": Source(
        "trigger.origin",
        PlainField("origin", Kind.CHOICE, choices=ORIGINS),
        lambda scope: scope.origin,
        own=False,
    ),
}
EVENT_PATHS = tuple(_EVENT_SOURCES)
