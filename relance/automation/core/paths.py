"""Paths: how a condition, a value or a placeholder names what it reads.

* ``value``: a field of the triggering record;
* ``organization.rating``: a field of a record it links to (one step, the link's key first);
* ``trigger.user``, ``trigger.origin``: who caused the event, and from where;
* ``before.value``: a field as it was before the event.

``catalogue`` answers which fields exist; the core knows none of them by name.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Protocol

from relance.automation.core.scope import HIDDEN, Scope
from relance.lib.kinds import Kind

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
    def parent(self) -> str | None:
        """The key of the link to follow first; None for a field of the record itself."""

    @property
    def parent_type(self) -> str | None:
        """The record type behind ``parent``."""

    @property
    def choices(self) -> Collection[str] | None:
        """The keys of a CHOICE field's choices; None when they are not known here."""

    @property
    def target(self) -> str | None:
        """The record type a LINK field points to."""


class Catalogue(Protocol):
    """Which fields the types of records have."""

    def resolve(self, record_type: str, path: str, /) -> FieldRef:
        """The field behind an own or one-parent path.

        Raises:
            LookupError: when there is none (``UnknownField`` is one).
        """


@dataclass(frozen=True, slots=True)
class PlainField:
    """A ``FieldRef`` made of nothing but its values: for event context, and for catalogues that need one."""

    key: str
    kind: Kind
    parent: str | None = None
    parent_type: str | None = None
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
    if field.parent is None:
        return Source(path, field, _read_own(field.key), own=True)
    if field.parent_type is None:
        raise UnknownField(path)
    return Source(path, field, _read_parent(field.parent, field.parent_type, field.key), own=False)


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


_EVENT_SOURCES = {
    "trigger.user": Source(
        "trigger.user",
        PlainField("user", Kind.USER, parent="trigger"),
        lambda scope: scope.actor_id,
        own=False,
    ),
    "trigger.origin": Source(
        "trigger.origin",
        PlainField("origin", Kind.CHOICE, parent="trigger", choices=ORIGINS),
        lambda scope: scope.origin,
        own=False,
    ),
}
EVENT_PATHS = tuple(_EVENT_SOURCES)
