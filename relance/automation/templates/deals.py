"""Templates for deals on their way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from relance.automation.templates import Answers, Question, Template, blanks, building, template
from relance.automation.templates.building import act, document, fixed, only_if, row
from relance.automation.templates.here import Here


@template
class StageActivity(Template):
    """The same activity each time a deal enters a stage."""

    key = "next-step"
    title = gettext_lazy("Plan the next step in a stage")
    why = gettext_lazy("Schedule an activity when a deal enters a stage, so that no deal is left alone.")
    icon = "calendar-check"
    record_type = "deal"
    also = ("activity",)
    rank = 10

    def questions(self, here: Here) -> Sequence[Question]:
        return (blanks.stage(here), blanks.activity("call", 2))

    def document(self, answers: Answers, here: Here) -> dict[str, Any]:
        subject = _("Follow up: {{ title }}")
        plan = building.activity(here, subject, answers["type"], answers["days"])
        return document(here, "stage.entered", {"stage": answers["stage"]}, [plan])


@template
class RateOrganization(Template):
    """A big deal makes its organization an A."""

    key = "rate-organization"
    title = gettext_lazy("Rate the organization of a big deal")
    why = gettext_lazy(
        "When someone on your team creates a deal above an amount, its organization is rated A."
    )
    icon = "organization"
    record_type = "deal"
    also = ("organization",)
    rank = 20

    def questions(self, here: Here) -> Sequence[Question]:
        return (blanks.audience(here), blanks.amount(here, 1000))

    def document(self, answers: Answers, here: Here) -> dict[str, Any]:
        steps = [
            only_if(row("value", "gt", answers["amount"]), row("organization", "filled")),
            act("record.update", target="organization", values={"rating": fixed("A")}),
        ]
        scope = building.audience(answers["who"])
        return document(here, "record.created", {"record": "deal"}, steps, scope)


@template
class BigDeal(Template):
    """Somebody hears of a big deal at once."""

    key = "big-deal"
    title = gettext_lazy("Tell the leader of a big deal")
    why = gettext_lazy("When a deal above an amount is created, somebody hears of it at once.")
    icon = "money"
    record_type = "deal"
    rank = 60

    def questions(self, here: Here) -> Sequence[Question]:
        return (blanks.amount(here, 10_000), blanks.told(here))

    def document(self, answers: Answers, here: Here) -> dict[str, Any]:
        text = _("{{ title }} is worth {{ value }}: {{ record.link }}")
        steps = [
            only_if(row("value", "gt", answers["amount"])),
            act("notify", to=[answers["told"]], text=text),
        ]
        return document(here, "record.created", {"record": "deal"}, steps)


@template
class MissingClose(Template):
    """Nobody forgets to say when a deal should close."""

    key = "missing-close"
    title = gettext_lazy("Ask for a missing expected close")
    why = gettext_lazy("When a deal enters a stage without an expected close, its owner is asked for it.")
    icon = "calendar"
    record_type = "deal"
    rank = 70

    def questions(self, here: Here) -> Sequence[Question]:
        return (blanks.stage(here, 0.75), blanks.days(1, _("Until when?")))

    def document(self, answers: Answers, here: Here) -> dict[str, Any]:
        subject = _("When will {{ title }} close?")
        steps = [
            only_if(row("expected_close", "empty")),
            building.activity(here, subject, "task", answers["days"]),
        ]
        return document(here, "stage.entered", {"stage": answers["stage"]}, steps)
