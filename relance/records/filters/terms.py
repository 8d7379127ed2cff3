"""The terms in which operators are put: who asks, what is empty, everything and nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q
from django.db.models.lookups import Exact, GreaterThan

from relance.accounts.people import Actor, Directory
from relance.lib.kinds import Kind
from relance.lib.shapes import Shape
from relance.records.fields import Field
from relance.records.filters.expressions import ListLength

NOTHING = Q(pk__in=())
EVERYTHING = ~NOTHING
_LISTS = frozenset({Kind.MULTI_CHOICE, Kind.EMAILS, Kind.PHONES, Kind.PARTICIPANTS})


@dataclass(frozen=True, slots=True)
class Context:
    """Who asks, and when. ``today`` is the date in ``zone``, the company's (an IANA name)."""

    actor: Actor
    directory: Directory
    today: date
    zone: str


# holds(field, operand, context): the records whose field is not empty and meets the operator
Holds = Callable[[Field, Any, Context], Q]


@dataclass(frozen=True, slots=True)
class Operator:
    """One way to question a field: what it wants beside the field, and its answer about an empty one."""

    shape: Shape
    holds: Holds
    when_empty: bool = False


def empty(field: Field) -> Q:
    """The records whose field is empty. Zero and no are values."""
    if field.kind in _LISTS:
        return Q(Exact(ListLength(F(field.columns[0])), 0))
    return Q(**{f"{field.columns[0]}__isnull": True})


def filled(field: Field) -> Q:
    """The others."""
    if field.kind in _LISTS:
        return Q(GreaterThan(ListLength(F(field.columns[0])), 0))
    return Q(**{f"{field.columns[0]}__isnull": False})


def unless(field: Field, holds: Q) -> Q:
    """The records whose field is not empty and does not meet what is never unknown."""
    return filled(field) & ~holds
