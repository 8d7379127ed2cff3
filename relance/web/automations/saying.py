"""Automations in sentences, as the pages of the editor ask for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from relance.automation import inputs, sentences
from relance.automation.core.problems import Problem
from relance.automation.explain.names import Names as Said
from relance.automation.explain.problems import problem_sentence
from relance.automation.explain.wording import fill, listed
from relance.events.models import Origin

__all__ = [
    "Said",
    "about",
    "audience",
    "block",
    "condition",
    "origins",
    "path",
    "path_taken",
    "problem",
    "record_label",
    "trigger",
    "whole",
]


def record_label(record_type: str) -> str:
    """A kind of record as a choice."""
    return inputs.record_label(record_type)


def about(document: Mapping[str, Any], said: Said, owner_id: int) -> Said:
    """What sentences about this document need to know."""
    return said.about(sentences.record_type_of(document) or "deal", owner_id)


def trigger(stored: Any, said: Said) -> SafeString | None:
    """What starts it; none while it is not set up."""
    return sentences.trigger_sentence(stored, said)


def block(stored: Any, said: Said) -> SafeString | None:
    """What a step does; none while it is not set up."""
    return sentences.block_sentence(stored, said)


def condition(groups: Sequence[Any], said: Said) -> SafeString | None:
    """A condition that is being edited; a value not given yet shows as "…"."""
    return sentences.block_sentence({"kind": "condition", "groups": list(groups)}, said)


def path(head: Mapping[str, Any], said: Said) -> SafeString | None:
    """When a path is taken, as it stands above it; none while it is not set up."""
    return sentences.path_sentence(head, said)


def path_taken(groups: Sequence[Any], said: Said) -> SafeString | None:
    """When a path that is being edited is taken, read back."""
    return sentences.path_readback({"id": "p", "groups": list(groups)}, said)


def whole(document: Mapping[str, Any], said: Said) -> SafeString | None:
    """The whole automation; none while nothing starts it."""
    return sentences.document_sentence(document, said)


def audience(document: Mapping[str, Any], said: Said) -> SafeString:
    """Who may trigger it."""
    return sentences.audience_sentence(document, said)


def origins(document: Mapping[str, Any]) -> SafeString:
    """Which changes count, by the way they came."""
    labels = dict(Origin.choices)
    ways = [labels[origin] for origin in document.get("origins") or [] if origin in labels]
    if ways == [labels["user"]]:
        return fill(_("Changed by people, not by imports or the API"))
    if not ways:
        return fill(pgettext("ways in which a change comes", "None chosen yet"))
    return fill(_("Changed by %(ways)s"), ways=listed(ways, "or"))


def problem(found: Problem, said: Said) -> str:
    """What is wrong and what to do about it."""
    return problem_sentence(found, said)
