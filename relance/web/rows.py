"""Rows of any record type, for reading."""

from __future__ import annotations

from typing import Any, cast

from relance.accounts.people import Actor
from relance.records import access
from relance.records.snapshot import model_of


def visible(record_type: str, actor: Actor) -> Any:
    """The records somebody may see, without those in the bin."""
    return cast(Any, model_of(record_type)).objects.filter(access.visible(actor))


def visible_or_binned(record_type: str, actor: Actor) -> Any:
    """The records somebody may see, those in the bin too."""
    return cast(Any, model_of(record_type)).everything.filter(access.visible(actor))


def deletable_or_binned(record_type: str, actor: Actor) -> Any:
    """The records somebody may delete or take out of the bin."""
    return cast(Any, model_of(record_type)).everything.filter(access.permitted(actor, "delete"))
