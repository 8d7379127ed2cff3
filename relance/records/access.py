"""Who may see, create, change and delete which records. One rule, rendered once for one record and once for a set.

========================  ==============  ==========================  =======================
role                      sees            creates and changes         deletes
========================  ==============  ==========================  =======================
administrator             everything      everything                  everything
team leader               by visibility   everything they see         own, of team mates, of nobody
member                    by visibility   everything they see         own, of nobody
read-only                 by visibility   nothing                     nothing
========================  ==============  ==========================  =======================

By visibility: everything, when the company lets everyone see all records; otherwise the records that the user or a team
mate owns and those that nobody owns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from django.db.models import Q

from relance.accounts.models import Role, Visibility
from relance.accounts.people import Actor

Verb = Literal["see", "create", "change", "delete"]


def may(actor: Actor, verb: Verb, record: Mapping[str, Any]) -> bool:
    """Whether ``actor`` may do ``verb`` to one record.

    Args:
        record: its snapshot; for "create" the one it would have.
    """
    if actor.role == Role.ADMINISTRATOR:
        return True
    owner = record["owner"]
    if (
        owner is not None
        and actor.visibility == Visibility.TEAM
        and owner not in actor.teammate_ids
        and verb != "create"
    ):
        return False
    if verb == "see":
        return True
    if actor.role == Role.READER:
        return False
    if verb == "delete":
        if owner is None or owner == actor.user_id:
            return True
        return actor.role == Role.LEADER and owner in actor.teammate_ids
    return True


def within_sight_of(actor: Actor, other: Actor) -> Actor:
    """The same actor, who sees only what somebody else sees as well, and may do to that what they may."""
    if other.is_administrator or actor.visibility != Visibility.TEAM:
        return actor
    if actor.is_administrator:
        # Who leads those whose records they see may do everything to them.
        return replace(actor, role=Role.LEADER, teammate_ids=other.teammate_ids)
    return replace(actor, teammate_ids=actor.teammate_ids & other.teammate_ids)


def permitted(actor: Actor, verb: Verb) -> Q:
    """The records to which ``actor`` may do ``verb``, as a filter on any record model."""
    if actor.role == Role.ADMINISTRATOR:
        return Q()
    seen = Q()
    if actor.visibility == Visibility.TEAM and verb != "create":
        seen = Q(owner_id__in=sorted(actor.teammate_ids)) | Q(owner_id__isnull=True)
    if verb == "see":
        return seen
    if actor.role == Role.READER:
        return Q(pk__in=())
    if verb == "delete":
        owners = sorted(actor.teammate_ids) if actor.role == Role.LEADER else [actor.user_id]
        return seen & (Q(owner_id__in=owners) | Q(owner_id__isnull=True))
    return seen


def visible(actor: Actor) -> Q:
    """The records that ``actor`` may see, as a filter on any record model."""
    return permitted(actor, "see")
