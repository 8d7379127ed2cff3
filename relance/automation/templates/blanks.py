"""Blanks that several templates have."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from relance.automation.inputs import Option
from relance.automation.templates import Blank, Question
from relance.automation.templates.here import Here
from relance.lib.kinds import Kind
from relance.records.fields import ACTIVITY_TYPES, Choice


def choices(offered: tuple[Choice, ...]) -> tuple[Option, ...]:
    """The choices of a field."""
    return tuple(Option(choice.value, str(choice.label)) for choice in offered)


def stage(here: Here, share: float = 0.5, label: str = "") -> Question:
    """Which stage? The default stands so far along the first pipeline."""
    asked = label or _("Which stage?")
    return Question(asked, (Blank("stage", _("Stage"), Kind.STAGE, here.stage(share)),))


def activity(type: str, days: int, label: str = "") -> Question:
    """Which activity, and in how many days?"""
    return Question(
        label or _("Which activity, and when?"),
        (
            Blank("type", _("Activity"), Kind.CHOICE, type, choices(ACTIVITY_TYPES)),
            Blank("days", _("In how many days"), Kind.NUMBER, days),
        ),
    )


def days(number: int, label: str) -> Question:
    """In how many days?"""
    return Question(label, (Blank("days", _("In how many days"), Kind.NUMBER, number),))


def amount(here: Here, units: int, label: str = "") -> Question:
    """Above how much, in the company's currency?"""
    currency = here.configuration.directory.company.currency
    default: dict[str, Any] = {"amount": units * 100, "currency": currency}
    return Question(label or _("Above how much?"), (Blank("amount", _("Amount"), Kind.MONEY, default),))


def audience(here: Here) -> Question:
    """Whose changes start it?"""
    offered = here.audiences()
    default = here.own_audience()
    return Question(_("Whose changes?"), (Blank("who", _("Who"), Kind.CHOICE, default, offered),))


def told(here: Here, label: str = "") -> Question:
    """Who is told? A leader, unless something else is chosen."""
    default = f"user:{here.leader()}"
    return Question(
        label or _("Who is told?"), (Blank("told", _("Who"), Kind.CHOICE, default, here.recipients()),)
    )


def colleague(here: Here, label: str) -> Question:
    """Which colleague?"""
    return Question(label, (Blank("user", _("Colleague"), Kind.USER, here.actor.user_id),))
