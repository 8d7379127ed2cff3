"""Templates for leads, people, organizations and what is planned with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from relance.automation.inputs import Option
from relance.automation.templates import Answers, Blank, Question, Template, blanks, building, template
from relance.automation.templates.building import act, document, fixed, only_if, row
from relance.automation.templates.here import Here
from relance.lib.kinds import Kind
from relance.lib.text import fold
from relance.records.fields import ACTIVITY_TYPES, RATINGS, SOURCES


@template
class CallLead(Template):
    """Whoever asks first is served first."""

    key = "call-lead"
    title = gettext_lazy("Call a new lead within a day")
    why = gettext_lazy("When a lead comes in, its owner gets an activity, so that nobody waits.")
    icon = "call"
    record_type = "lead"
    also = ("activity",)
    rank = 40

    def questions(self, here: Here) -> Sequence[Question]:
        return (blanks.activity("call", 1),)

    def document(self, answers: Answers, here: Here) -> dict[str, Any]:
        subject = _("Answer the inquiry: {{ title }}")
        plan = building.activity(here, subject, answers["type"], answers["days"])
        return document(here, "record.created", {"record": "lead"}, [plan])


@template
class LabelLead(Template):
    """Leads sort themselves by where they come from."""

    key = "label-lead"
    title = gettext_lazy("Label leads by their source")
    why = gettext_lazy("When a lead comes from a source, it gets a label, so that the list is easy to scan.")
    icon = "tag"
    record_type = "lead"
    rank = 100

    def questions(self, here: Here) -> Sequence[Question]:
        labels = sorted(here.configuration.labels.items(), key=lambda item: fold(item[1][0]))
        offered = tuple(Option(str(id), name) for id, (name, _colour) in labels)
        first = offered[0].value if offered else None
        return (
            Question(
                _("From which source?"),
                (Blank("source", _("Source"), Kind.CHOICE, "website", blanks.choices(SOURCES)),),
            ),
            Question(_("Which label?"), (Blank("label", _("Label"), Kind.CHOICE, first, offered),)),
        )

    def document(self, answers: Answers, here: Here) -> dict[str, Any]:
        labels = [int(answers["label"])] if answers["label"] else []
        steps = [
            only_if(row("source", "is", answers["source"])),
            act("label.add", target="record", labels=labels),
        ]
        return document(here, "record.created", {"record": "lead"}, steps)


@template
class HandOver(Template):
    """A person and their organization stay in the same hands."""

    key = "hand-over"
    title = gettext_lazy("Hand over the organization with the person")
    why = gettext_lazy("When a person gets another owner, their organization goes along.")
    icon = "person-plus"
    record_type = "person"
    also = ("organization",)
    rank = 110

    def questions(self, here: Here) -> Sequence[Question]:
        return (blanks.audience(here),)

    def document(self, answers: Answers, here: Here) -> dict[str, Any]:
        steps = [
            only_if(row("organization", "filled"), row("owner", "filled")),
            act("record.change_owner", target="organization", owner={"from": "field", "path": "owner"}),
        ]
        params = {"record": "person", "field": "owner"}
        return document(here, "field.changed", params, steps, building.audience(answers["who"]))


@template
class KeyAccount(Template):
    """An organization that becomes important gets the right hands."""

    key = "key-account"
    title = gettext_lazy("Give an important organization to the right person")
    why = gettext_lazy("When an organization gets a rating, a colleague becomes its owner and hears of it.")
    icon = "organization"
    record_type = "organization"
    rank = 120

    def questions(self, here: Here) -> Sequence[Question]:
        rating = Blank("rating", _("Rating"), Kind.CHOICE, "A", blanks.choices(RATINGS))
        return (
            Question(_("Which rating?"), (rating,)),
            blanks.colleague(here, _("Who looks after it?")),
        )

    def document(self, answers: Answers, here: Here) -> dict[str, Any]:
        message = _("{{ name }} is yours to look after now: {{ record.link }}")
        steps = [
            act("record.change_owner", target="record", owner=fixed(answers["user"])),
            act("notify", to=[f"user:{answers['user']}"], text=message),
        ]
        params = {"record": "organization", "field": "rating", "to": answers["rating"]}
        return document(here, "field.changed", params, steps)


@template
class NextActivity(Template):
    """One step done, the next one planned."""

    key = "next-activity"
    title = gettext_lazy("Plan the next activity when one is done")
    why = gettext_lazy("When an activity of a kind is done, the next one is planned by itself.")
    icon = "task"
    record_type = "activity"
    rank = 130

    def questions(self, here: Here) -> Sequence[Question]:
        done = Blank("done", _("Activity"), Kind.CHOICE, "meeting", blanks.choices(ACTIVITY_TYPES))
        return (
            Question(_("When what is done?"), (done,)),
            blanks.activity("call", 7, _("What comes next, and when?")),
        )

    def document(self, answers: Answers, here: Here) -> dict[str, Any]:
        subject = _("Next after: {{ subject }}")
        steps = [
            only_if(row("type", "is", answers["done"])),
            building.activity(here, subject, answers["type"], answers["days"]),
        ]
        params = {"record": "activity", "field": "done", "to": True}
        return document(here, "field.changed", params, steps)
