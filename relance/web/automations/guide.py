"""The guide through a first automation: six steps above the editor, each ticked off when it is done.

It is there by itself for somebody none of whose automations was ever in service, until they close it; and for whoever
calls it. What was closed or called is remembered for the session.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from relance.automation.models import Automation
from relance.web.automations.access import automation_page, editable
from relance.web.automations.answers import editable_desk, tell
from relance.web.automations.desk import Desk
from relance.web.pages import PageRequest

#: In the session: "off", or the automation for which it is on.
_KEY = "guide"
#: In the session: the automations for which somebody looked at "for whom", and tried them out.
_WHOM, _TESTED = "guide_whom", "guide_tested"


@dataclass(frozen=True, slots=True)
class Stop:
    """One step of the guide.

    Attributes:
        hint: what to do there, in a sentence.
        url: of what is shown for it; ``panel`` says that this is a part of the editor.
    """

    number: int
    title: str
    hint: str
    url: str
    panel: bool = True
    done: bool = False


@dataclass(frozen=True, slots=True)
class Guide:
    """The steps, and at which one somebody is; none when all are done."""

    stops: tuple[Stop, ...]

    @property
    def current(self) -> Stop | None:
        """The first step that is not done."""
        return next((stop for stop in self.stops if not stop.done), None)


def guide_for(request: PageRequest, desk: Desk, which: str = "") -> Guide | None:
    """The guide of a draft on somebody's screen; none when it is closed, or not needed.

    Args:
        which: the panel that is open.
    """
    if not desk.may_edit or not _wanted(request, desk.automation):
        return None
    if which == "audience":
        request.session[_WHOM] = desk.automation.pk
    return Guide(tuple(_stops(request, desk)))


def _wanted(request: PageRequest, automation: Automation) -> bool:
    state = request.session.get(_KEY)
    if state is not None:
        return bool(state == automation.pk)
    if automation.version_id is not None:
        return False
    theirs = Automation.objects.filter(owner_id=request.actor.user_id, version__isnull=False)
    if theirs.exclude(pk=automation.pk).exists():
        return False
    # So that it is still there when this one is saved.
    request.session[_KEY] = automation.pk
    return True


def _stops(request: PageRequest, desk: Desk) -> list[Stop]:
    pk = desk.automation.pk

    def panel(which: str) -> str:
        return reverse("automations:panel", args=[pk, which])

    def more(at: str) -> str:
        return f"{reverse('automations:picker', args=[pk])}?at={at}"

    conditions = [card for card in desk.cards if card.kind in ("condition", "branch")]
    actions = [card for card in desk.cards if card.kind == "action"]
    acts = any(card.sentence for card in actions)
    whom = desk.scope_kind != "me" or request.session.get(_WHOM) == pk
    return [
        Stop(1, pgettext("guide", "What starts it"), _("Choose a kind of record, and what happens to it."),
             panel("trigger"), done=desk.record_type is not None),
        Stop(2, pgettext("guide", "Only if"),
             _("Add a condition, if it is not to happen every time. If it is, go on to the next step."),
             panel(conditions[0].id) if conditions else more("steps/0"),
             done=acts or any(card.sentence for card in conditions)),
        Stop(3, pgettext("guide", "What happens"), _("Add what is to be done, with the plus at the end."),
             panel(actions[0].id) if actions else more(desk.end_place), done=acts),
        Stop(4, pgettext("guide", "For whom"), _("Say whose changes start it: only yours, your team’s, everyone’s."),
             panel("audience"), done=whom),
        Stop(5, pgettext("guide", "Test"), _("Try it out on a record. Nothing is changed, and nothing is sent."),
             f"{reverse('automations:guide', args=[pk])}?do=test", panel=False,
             done=request.session.get(_TESTED) == pk or desk.automation.version_id is not None),
        Stop(6, pgettext("guide", "Save"), _("Press Save at the top right. From then on it runs by itself."),
             "", panel=False, done=desk.automation.version_id is not None),
    ]  # fmt: skip


@automation_page
@require_http_methods(["GET", "POST"])
def guide(request: PageRequest, automation_id: int) -> HttpResponseBase:
    """POST closes the guide or calls it again; GET goes to the test and remembers that."""
    if request.method == "GET":
        request.session[_TESTED] = editable(request, automation_id).pk
        return redirect("automations:test", automation_id)
    desk = editable_desk(request, automation_id)
    closing = request.POST.get("do") == "close"
    request.session[_KEY] = "off" if closing else desk.automation.pk
    if not request.htmx:
        return redirect("automations:editor", automation_id)
    context: dict[str, Any] = {"desk": desk, "automation": desk.automation}
    response: HttpResponse = render(request, "relance/automations/guide_place.html", context)
    return tell(response, focus="guide-open" if closing else "guide-title")
