"""Testing safely: the steps of a draft as they would go for one record, and nothing is changed and nothing sent."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from relance.accounts.people import directory
from relance.automation import rehearse
from relance.automation.explain.failures import Explanation, not_started
from relance.automation.explain.wording import bold, capital, fill, listed
from relance.automation.rehearse import Rehearsal
from relance.automation.story import Effect, Step, unplayed
from relance.events.models import Event
from relance.records import display, fields
from relance.records.errors import Invalid
from relance.records.errors import NotFound as NoRecord
from relance.records.unit_of_work import IMAGINED
from relance.web.automations import saying, telling
from relance.web.automations.access import automation_page
from relance.web.automations.answers import desk_of, tell, typed_in
from relance.web.automations.asks import is_id
from relance.web.automations.desk import Desk, problems_of
from relance.web.automations.picture import ToldStep, cards, columns, drawn, ends
from relance.web.automations.trial_form import TrialForm
from relance.web.pages import PageRequest


@dataclass(frozen=True, slots=True)
class Changed:
    """One record as it would be, with every field before and after; of a new one only after."""

    title: SafeString
    changes: Sequence[telling.Change]


@dataclass(frozen=True, slots=True)
class Message:
    """A notification or a mail as it would read."""

    to: SafeString
    text: str
    subject: str = ""


@dataclass(slots=True)
class Outcome:
    """What would happen, for people.

    Attributes:
        started: whether it would start.
        tone, icon: of the trigger's chip.
        because: what happened, in a sentence.
        pretended: what the record was taken to be before.
        why: why it would not start, or where it would stop.
    """

    title: str
    started: bool
    tone: str
    icon: str
    because: SafeString | None = None
    summary: SafeString | None = None
    why: SafeString | None = None
    explanation: Explanation | None = None
    pretended: Sequence[SafeString] = ()
    changed: list[Changed] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    mails: list[Message] = field(default_factory=list)
    narrowed: bool = False
    seconds: str = ""


@automation_page
@require_http_methods(["GET", "POST"])
def trying(request: PageRequest, automation_id: int) -> HttpResponse:
    """GET opens it, with ``?record=`` or ``?event=`` chosen; POST plays it, or with ``do`` only draws the bar anew."""
    desk = desk_of(request, automation_id)
    if problems := problems_of(desk.document, rehearse.publisher(desk.automation, desk.actor)):
        return _not_ready(request, Desk(desk.automation, desk.actor, checked=True, problems=problems))
    definition = rehearse.definition_of(desk.automation, desk.actor)
    form = TrialForm(definition, desk.actor, desk.names)
    owner = directory().actors[desk.automation.owner_id]
    suggested = rehearse.suggestions(definition, desk.actor, owner)
    if request.method == "GET":
        _open(request, form, suggested)
        return _answer(request, desk, form, suggested)
    deed = request.POST.get("do", "")
    form.fill(typed_in(request), deed)
    occasion = None if deed else form.occasion()
    if occasion is None:
        status = 422 if form.errors else 200
        return _answer(request, desk, form, suggested, status=status, focus="invalid" if form.errors else "")
    began = time.perf_counter()
    assert form.record is not None
    try:
        found = rehearse.rehearse(
            desk.automation, form.record["id"], occasion, desk.actor, form.actor, form.origin
        )
    except Invalid as refusal:
        form.refused(refusal.problems)
        return _answer(request, desk, form, suggested, status=422, focus="invalid")
    except NoRecord:
        form.record = None
        form.errors["record"] = _("This record does not exist (any more), or you may not see it.")
        return _answer(request, desk, form, suggested, status=422, focus="invalid")
    seconds = display.number(Decimal(f"{max(time.perf_counter() - began, 0.01):.2f}"))
    return _answer(request, desk, form, suggested, found, seconds=seconds, focus="try-result")


def _open(request: PageRequest, form: TrialForm, suggested: Sequence[int]) -> None:
    """Choose what the address says, or else the record that suggests itself most."""
    event_id, record_id = request.GET.get("event", ""), request.GET.get("record", "")
    event = Event.objects.filter(pk=int(event_id)).first() if is_id(event_id) else None
    if event is not None and event.record_type == form.record_type:
        form.again(event)
    elif is_id(record_id):
        form.choose(int(record_id))
    if form.record is None and (event_id or record_id):
        raise Http404
    if form.record is None and suggested:
        form.choose(suggested[0])


def _not_ready(request: PageRequest, desk: Desk) -> HttpResponse:
    """What keeps it from being tested, on the cards."""
    return render(request, "relance/automations/test.html", _context(request, desk) | {"not_ready": True})


def _answer(
    request: PageRequest, desk: Desk, form: TrialForm, suggested: Sequence[int], found: Rehearsal | None = None,
    *, seconds: str = "", status: int = 200, focus: str = "",
) -> HttpResponse:  # fmt: skip
    steps = found.story.steps if found is not None and found.story is not None else None
    said = telling.names(desk.actor, form.record_type, desk.automation.owner_id)
    if steps is not None:
        _learn_names(steps, said)
    picture = drawn(steps or unplayed(desk.document), said, trying=True, played=found is not None)
    for record_id in suggested:
        desk.names.want(form.record_type, record_id)
    context = _context(request, desk) | {
        "form": form,
        "picture": picture,
        "columns": columns(picture),
        "trigger": saying.trigger(desk.document.get("trigger"), desk.said),
        "suggested": [(key, desk.names.record(form.record_type, key)) for key in suggested],
        "outcome": None if found is None else _outcome(desk, form, found, said, cards(picture), seconds),
        "reached": found is not None and found.story is not None and ends(found.story),
    }
    template = "relance/automations/test_body.html" if request.htmx else "relance/automations/test.html"
    response = render(request, template, context, status=status)
    outcome = context["outcome"]
    return tell(response, focus=focus, announce=str(outcome.title) if outcome else "")


def _context(request: PageRequest, desk: Desk) -> dict[str, Any]:
    return {
        "desk": desk,
        "automation": desk.automation,
        "currencies": desk.currencies,
        "may_edit": False,
        "taken_over": desk.may_edit and desk.automation.owner_id != desk.actor.user_id,
    }


def _learn_names(steps: Sequence[Step], said: saying.Said) -> None:
    """What would be created is linked to by a name, though no such record is there."""
    for step in steps:
        for effect in step.effects:
            if effect.record_id > IMAGINED and effect.name is not None:
                said.know(effect.record_type, effect.record_id, effect.name)


# ---- In sentences ---------------------------------------------------------------------------------------


def _outcome(
    desk: Desk, form: TrialForm, found: Rehearsal, said: saying.Said, steps: Sequence[ToldStep], seconds: str
) -> Outcome:
    record = bold(form.record_input.shown)
    story = found.story
    because = telling.because(found.event, form.by, record, said, {}) if found.event is not None else None
    if story is None or story.run is None:
        title = (
            _("A condition is not met") if story and story.reason == "not_met" else _("It would not start")
        )
        outcome = Outcome(title, False, "off", "minus", because)
        if story is None:
            outcome.why = _refusal(found.refusal or "", desk, form, record, said)
        elif story.reason != "not_met":
            outcome.why = not_started(story.reason or "", said)
        else:
            outcome.why = fill(
                _("So it would not start, and nothing would be done. The step says what it saw.")
            )
            outcome.tone, outcome.icon = "good", "check"
    else:
        titles = {
            "done": _("This is what it would do"),
            "not_met": _("It would stop at a condition"),
            "failed": _("It would stop at a step that cannot be done"),
            "blocked": _("It would be held back"),
        }
        outcome = Outcome(titles[story.result], True, "good", "check", because)
        outcome.explanation = next((step.failure for step in steps if step.failure), None)
        if outcome.explanation is None and story.failure is not None:
            outcome.explanation = telling.explained(story.failure, said)
        effects = [effect for step in story.steps for effect in step.effects]
        outcome.summary = _summary(effects)
        outcome.changed = list(_changed(effects, said))
        outcome.messages = [
            Message(said.named("user", effect.user_id or 0), effect.text)
            for effect in effects
            if effect.kind == "notified"
        ]
        outcome.mails = list(_mails(effects))
    outcome.pretended = list(_pretended(found, form, said))
    outcome.narrowed, outcome.seconds = found.narrowed, seconds
    return outcome


def _refusal(refusal: str, desk: Desk, form: TrialForm, record: SafeString, said: saying.Said) -> SafeString:
    """Why nobody would even ask it."""
    who = said.named("user", form.by)
    match refusal:
        case "no_difference":
            return fill(_("Nothing about %(record)s would be different, so nothing happens."), record=record)
        case "may_not":
            return fill(_("%(who)s may not make this change, so nothing happens."), who=who)
        case "origin":
            return fill(
                _("A change that comes this way does not count: %(which)s."), which=bold(desk.origins_fact)
            )
        case "audience":
            return fill(
                _("A change by %(who)s does not count: %(whose)s."), who=who, whose=bold(desk.for_whom)
            )
    return fill(_("This is not what it waits for."))


def _pretended(found: Rehearsal, form: TrialForm, said: saying.Said) -> Iterator[SafeString]:
    known = fields.fields_of(form.record_type)
    for key, (_now, before) in found.pretended.items():
        yield fill(
            _("Taken as if “%(field)s” had been %(value)s before."),
            field=known[key].label,
            value=said.value(known[key], before),
        )


def _summary(effects: Sequence[Effect]) -> SafeString:
    """How much it would do, counted."""
    count: Counter[str] = Counter()
    for effect in effects:
        count[effect.kind] += len(effect.changes) if effect.kind == "updated" else 1
    told = Counter(effect.user_id for effect in effects if effect.kind == "notified")
    parts = [
        (count["created"], ngettext("create %(n)s record", "create %(n)s records", count["created"])),
        (count["updated"], ngettext("change %(n)s field", "change %(n)s fields", count["updated"])),
        (count["deleted"], ngettext("delete %(n)s record", "delete %(n)s records", count["deleted"])),
        (len(told), ngettext("tell %(n)s person", "tell %(n)s people", len(told))),
        (count["mailed"], ngettext("send %(n)s e-mail", "send %(n)s e-mails", count["mailed"])),
    ]
    deeds = [fill(template, n=bold(display.number(n))) for n, template in parts if n]
    if not deeds:
        return fill(_("Nothing would have to be changed."))
    return fill(_("This would %(deeds)s."), deeds=listed(deeds))


def _changed(effects: Sequence[Effect], said: saying.Said) -> Iterator[Changed]:
    for effect in effects:
        if effect.kind in ("created", "updated", "deleted", "restored"):
            deed = telling.deed(effect, said, trying=True)
            yield Changed(capital(deed.sentence), deed.changes)


def _mails(effects: Sequence[Effect]) -> Iterator[Message]:
    for effect in effects:
        if (mail := effect.mailed) is not None:
            to = format_html("{} &lt;{}&gt;", mail.name, mail.to) if mail.name else bold(mail.to)
            yield Message(to, mail.text, mail.subject)
