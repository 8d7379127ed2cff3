"""Templates for deals that are won or lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from relance.automation.templates import Answers, Blank, Question, Template, blanks, building, template
from relance.automation.templates.building import act, document, fixed, only_if, row, text
from relance.automation.templates.here import Here
from relance.lib.kinds import Kind


@template
class WonFollowUp(Template):
    """A customer is asked how it goes."""

    key = "won-follow-up"
    title = gettext_lazy("Follow up a won deal")
    why = gettext_lazy("When a deal is won, plan to ask the customer how it goes.")
    icon = "trophy"
    record_type = "deal"
    also = ("activity",)
    rank = 30

    def questions(self, here: Here) -> Sequence[Question]:
        return (blanks.activity("call", 30),)

    def document(self, answers: Answers, here: Here) -> dict[str, Any]:
        subject = _("How is it going? {{ title }}")
        return document(
            here, "deal.won", {}, [building.activity(here, subject, answers["type"], answers["days"])]
        )


@template
class WonOnboarding(Template):
    """A sale becomes a project of its own."""

    key = "won-onboarding"
    title = gettext_lazy("Start the onboarding when a deal is won")
    why = gettext_lazy("When a deal is won, a colleague gets a new deal for the onboarding.")
    icon = "swap"
    record_type = "deal"
    rank = 80

    def questions(self, here: Here) -> Sequence[Question]:
        return (
            blanks.stage(here, 0, _("Where does the onboarding begin?")),
            blanks.colleague(here, _("Who looks after it?")),
        )

    def document(self, answers: Answers, here: Here) -> dict[str, Any]:
        values = {
            "title": text(_("Onboarding: {{ title }}")),
            "pipeline": fixed(here.configuration.stages[answers["stage"]].pipeline)
            if answers["stage"] in here.configuration.stages
            else fixed(None),
            "stage": fixed(answers["stage"]),
            "owner": fixed(answers["user"]),
        }
        message = _("{{ title }} is won. The onboarding is yours: {{ record.link }}")
        steps = [
            act("record.create", record="deal", link=True, values=values),
            act("notify", to=[f"user:{answers['user']}"], text=message),
        ]
        return document(here, "deal.won", {}, steps)


@template
class WonThanks(Template):
    """Nobody forgets to say thank you."""

    key = "won-thanks"
    title = gettext_lazy("Thank the customer of a won deal by e-mail")
    why = gettext_lazy("When a deal is won, its contact gets an e-mail at once.")
    icon = "mail"
    record_type = "deal"
    also = ("person",)
    rank = 90

    def questions(self, here: Here) -> Sequence[Question]:
        subject = Blank("subject", _("Subject line"), Kind.TEXT, _("Thank you for your order: {{ title }}"))
        words = _(
            'Dear {{ person.first_name | or "customer" }},\n\n'
            "thank you for your order. We will be in touch this week about the next steps.\n\n"
            "Kind regards,\n{{ owner }}"
        )
        body = Blank("body", _("Text"), Kind.LONG_TEXT, words)
        return (
            Question(_("What is the subject?"), (subject,)),
            Question(_("What does the e-mail say?"), (body,)),
        )

    def document(self, answers: Answers, here: Here) -> dict[str, Any]:
        steps = [
            only_if(row("person.emails", "filled")),
            act("email.send", to="contact", subject=answers["subject"], body=answers["body"]),
        ]
        return document(here, "deal.won", {}, steps)


@template
class LostReview(Template):
    """Lost, but not for ever."""

    key = "lost-review"
    title = gettext_lazy("Look back at a lost deal")
    why = gettext_lazy("When a deal is lost, somebody hears of it and another try is planned.")
    icon = "flag"
    record_type = "deal"
    also = ("activity",)
    rank = 50

    def questions(self, here: Here) -> Sequence[Question]:
        return (blanks.activity("task", 90, _("How, and when, is it looked at again?")), blanks.told(here))

    def document(self, answers: Answers, here: Here) -> dict[str, Any]:
        message = _('{{ title }} is lost: {{ lost_reason | or "no reason given" }}. {{ record.link }}')
        subject = _("Try again: {{ title }}")
        steps = [
            act("notify", to=[answers["told"]], text=message),
            building.activity(here, subject, answers["type"], answers["days"]),
        ]
        return document(here, "deal.lost", {}, steps)
