"""What an automation can look at while it decides: the event, its record, and the world around.

A ``Scope`` is made by the engine (or by a rehearsal, or by a test) for one event and one automation. It holds
plain values only; whatever needs I/O is asked of its ``World``, which the engine fills in bulk beforehand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Final, Protocol

Plain = Any  # a JSON-compatible value in the plain shape of its Kind (see relance.lib.kinds)


class Hidden(Enum):
    """Answer of a World about a record that the automation's owner may not see."""

    HIDDEN = "hidden"


HIDDEN: Final = Hidden.HIDDEN


@dataclass(frozen=True, slots=True)
class StageInfo:
    """A pipeline stage; ``position`` orders the stages of one pipeline."""

    id: int
    pipeline: int
    position: int
    name: str


class World(Protocol):
    """What lies beyond the event: other records, rates, people. Answers must be repeatable within a batch."""

    @property
    def currency(self) -> str:
        """The company's currency."""

    def parent(self, record_type: str, id: int, /) -> Mapping[str, Plain] | Hidden | None:
        """A linked record's plain dict; None when it is gone; HIDDEN without the right to see it."""

    def rate(self, currency: str, /) -> Decimal | None:
        """Company currency units for one unit of ``currency``; None when there is no rate."""

    def stage(self, id: int, /) -> StageInfo | None:
        """A stage, or None when it is gone."""

    def name_of(self, kind_or_type: str, id: int, /) -> str | None:
        """The name of a record ("person", …), or of a "user", "stage", "pipeline", "label"; None when gone."""

    def email_of(self, user_id: int, /) -> str | None:
        """The e-mail address of a user; None when gone."""

    def teams_of(self, user_id: int, /) -> frozenset[int]:
        """The teams a user belongs to now."""


@dataclass(slots=True)
class Scope:
    """One event as one automation sees it."""

    record_type: str
    record: Mapping[str, Plain]  # includes "id"
    world: World
    owner_id: int  # the automation's owner: "me" in conditions
    now: datetime  # aware
    today: date  # in the company's zone
    zone: str = "UTC"  # the company's zone, an IANA name
    changes: Mapping[str, Sequence[Plain]] = field(default_factory=dict)  # key -> (before, after)
    kind: str = "updated"  # the event's kind: created, updated, deleted, restored
    actor_id: int | None = None  # who caused the event; None for the system
    actor_teams: frozenset[int] = frozenset()  # the actor's teams when the event happened
    origin: str = "user"
