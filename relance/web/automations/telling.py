"""Runs in sentences: why one started, what came of it, what was changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from relance.accounts.people import Actor
from relance.automation.core.verdicts import Verdict
from relance.automation.explain.conditions import GroupLine, verdict_lines
from relance.automation.explain.failures import Explanation, failure, not_started
from relance.automation.explain.names import Names
from relance.automation.explain.wording import bold, fill, inside, listed
from relance.automation.history import Line
from relance.automation.models import Automation, Run
from relance.automation.rights import visible
from relance.automation.story import Effect, Mailed, Step
from relance.events.models import Event
from relance.records import display, fields
from relance.records.configuration import current
from relance.records.unit_of_work import IMAGINED
from relance.web.types import TYPES

#: How each result looks: the chip's tone and its glyph.
TONES = {
    "done": ("good", "check"),
    "not_met": ("off", "minus"),
    "failed": ("bad", "close"),
    "blocked": ("warn", "lock"),
}
_QUIET = frozenset(
    {"stage_since", "won_at", "lost_at", "done_at", "updated_at", "created_at", "creator", "public_id"}
)


@dataclass(frozen=True, slots=True)
class Change:
    """One field, before and after."""

    label: str
    before: str  # empty of a new record
    after: str


@dataclass(frozen=True, slots=True)
class Deed:
    """What a step did to one record, or whom it told.

    Attributes:
        url: of the record; empty when it is not to be seen.
    """

    sentence: SafeString
    changes: Sequence[Change] = ()
    mailed: Mailed | None = None
    url: str = ""


def record_link(record_type: str, record_id: int, name: str | None) -> SafeString:
    """A record by its name; what the reader may not see is said to be so."""
    if name is None:
        return fill(_("a record you may not see"))
    if record_type not in TYPES or record_id > IMAGINED:
        return bold(name)
    return format_html(
        '<a class="link" href="{}">{}</a>', reverse("web:record", args=[record_type, record_id]), name
    )


def causes(events: Iterable[Event | None], viewer: Actor) -> dict[int, SafeString]:
    """The automations that caused events, by their run; one that is not to be seen stays nameless. Two queries."""
    ids = {event.cause_run_id for event in events if event is not None and event.cause_run_id is not None}
    if not ids:
        return {}
    rows = Run.objects.filter(pk__in=ids).values_list("pk", "automation_id", "automation__name")
    seen = set(Automation.objects.filter(visible(viewer)).values_list("pk", flat=True))
    nameless = fill(_("an automation you may not see"))
    return {pk: bold(name) if automation_id in seen else nameless for pk, automation_id, name in rows}


def because(
    event: Event | None,
    actor_id: int | None,
    record: SafeString,
    said: Names,
    caused: Mapping[int, SafeString],
) -> SafeString:
    """What happened that started it: "Hugo won Rooftop bar".

    Args:
        caused: the automations behind events (:func:`causes`).
    """
    person = bold(_("Relance")) if actor_id is None else said.named("user", actor_id)
    if event is not None and event.cause_run_id is not None:
        person = caused.get(event.cause_run_id, person)
    if event is None:
        return fill(_("%(who)s changed %(record)s"), who=person, record=record)
    changes: Mapping[str, Sequence[Any]] = event.changes
    match event.kind:
        case "created":
            return fill(_("%(who)s created %(record)s"), who=person, record=record)
        case "deleted":
            return fill(_("%(who)s deleted %(record)s"), who=person, record=record)
        case "restored":
            return fill(_("%(who)s took %(record)s out of the bin"), who=person, record=record)
    status = changes.get("status", (None, None))[1]
    if event.record_type == "deal" and status == "won":
        return fill(_("%(who)s won %(record)s"), who=person, record=record)
    if event.record_type == "deal" and status == "lost":
        return fill(_("%(who)s marked %(record)s as lost"), who=person, record=record)
    if event.record_type == "deal" and status == "open":
        return fill(_("%(who)s reopened %(record)s"), who=person, record=record)
    if event.record_type == "deal" and "stage" in changes:
        stage = said.named("stage", changes["stage"][1])
        return fill(_("%(who)s moved %(record)s to %(stage)s"), who=person, record=record, stage=stage)
    known = fields.fields_of(event.record_type)
    labels = [str(known[key].label) for key in changes if key in known and key not in _QUIET]
    if len(labels) == 1:
        field = known[next(key for key in changes if key in known and key not in _QUIET)]
        after = said.shown(field, changes[field.key][1])
        if after:
            template = _("%(who)s set “%(field)s” of %(record)s to %(value)s")
            return fill(template, who=person, record=record, field=field.label, value=bold(after))
        return fill(
            _("%(who)s emptied “%(field)s” of %(record)s"), who=person, record=record, field=field.label
        )
    if not labels:
        return fill(_("%(who)s changed %(record)s"), who=person, record=record)
    template = _("%(who)s changed %(record)s: %(fields)s")
    return fill(template, who=person, record=record, fields=listed(bold(label) for label in labels[:4]))


def outcome(line: Line, deeds: Iterable[Effect], said: Names) -> SafeString:
    """What came of a run, in one sentence."""
    if line.run_id is None:
        if line.reason == "not_met":
            return fill(_("Nothing was done."))
        return not_started(line.reason or "", said)
    if line.failure is not None:
        return failure(line.failure, said).why
    told = [short(effect, said) for effect in deeds]
    if not told:
        return fill(_("Nothing had to be changed."))
    told[1:] = [inside(each) for each in told[1:]]
    if len(told) <= 3:
        return listed(told)
    more = len(told) - 3
    template = ngettext("%(deeds)s and %(count)s more", "%(deeds)s and %(count)s more", more)
    return fill(template, deeds=listed(told[:3]), count=display.number(more))


def unmet(step: Step | None, said: Names) -> SafeString:
    """Which condition was not met, with what it saw; empty when it may not be told."""
    rows = [row for group in lines_of(step, said) for row in group.rows] if step is not None else []
    failing = next((row for row in rows if row.truth is False), None)
    if failing is None:
        return SafeString("")
    return fill(_("It was not met: %(condition)s."), condition=inside(failing.whole))


def short(effect: Effect, said: Names) -> SafeString:
    """What a step did, in a few words."""
    if effect.kind == "notified":
        return fill(_("Told %(who)s"), who=said.named("user", effect.user_id or 0))
    if effect.kind == "mailed":
        if effect.mailed is None:
            return fill(_("Wrote an e-mail"))
        return fill(_("Wrote %(who)s an e-mail"), who=bold(effect.mailed.name or effect.mailed.to))
    record = record_link(effect.record_type, effect.record_id, effect.name)
    match effect.kind:
        case "created":
            return fill(_("Created %(record)s"), record=record)
        case "found":
            return fill(_("Found %(record)s"), record=record)
        case "deleted":
            return fill(_("Deleted %(record)s"), record=record)
        case "restored":
            return fill(_("Took %(record)s out of the bin"), record=record)
    return fill(_("Changed %(record)s"), record=record)


def would(effect: Effect, said: Names) -> SafeString:
    """The same of a step that was only tried out."""
    if effect.kind == "notified":
        return fill(_("Would tell %(who)s"), who=said.named("user", effect.user_id or 0))
    if effect.kind == "mailed":
        mailed = effect.mailed
        if mailed is None:
            return fill(_("Would send an e-mail you may not read"))
        who = bold(mailed.name or mailed.to)
        return fill(_("Would send “%(subject)s” to %(who)s"), subject=mailed.subject, who=who)
    record = record_link(effect.record_type, effect.record_id, effect.name)
    match effect.kind:
        case "created":
            return fill(_("Would create %(record)s"), record=record)
        case "deleted":
            return fill(_("Would delete %(record)s"), record=record)
        case "restored":
            return fill(_("Would take %(record)s out of the bin"), record=record)
        case "found":
            return fill(_("Found %(record)s"), record=record)
    return fill(_("Would change %(record)s"), record=record)


def deed(effect: Effect, said: Names, *, trying: bool = False) -> Deed:
    """The same in full, with every field before and after.

    Args:
        trying: it was only tried out.
    """
    if trying:
        return Deed(would(effect, said), [*_changes(effect, said)] if effect.changes else ())
    if effect.kind == "notified":
        person = said.named("user", effect.user_id or 0)
        if not effect.text:
            return Deed(fill(_("Told %(who)s something you may not read"), who=person))
        return Deed(fill(_("Told %(who)s: “%(text)s”"), who=person, text=effect.text))
    if effect.mailed is not None:
        who = fill("%(name)s %(address)s", name=bold(effect.mailed.name), address=effect.mailed.to)
        sentence = fill(_("Wrote %(who)s an e-mail: “%(text)s”"), who=who, text=effect.mailed.subject)
        return Deed(sentence, mailed=effect.mailed)
    return Deed(short(effect, said), [*_changes(effect, said)])


def _changes(effect: Effect, said: Names) -> Iterable[Change]:
    known = fields.fields_of(effect.record_type)
    nothing = pgettext("an empty value", "none")
    for key, (before, after) in effect.changes.items():
        if effect.kind == "deleted" or key not in known or key in _QUIET:
            continue
        # A new record has no before.
        shown = "" if effect.kind == "created" else said.shown(known[key], before) or nothing
        yield Change(str(known[key].label), shown, said.shown(known[key], after) or nothing)


def lines_of(step: Step, said: Names) -> list[GroupLine]:
    """Every row of a condition with what it saw."""
    return verdict_lines(step.groups, step.verdict, said) if isinstance(step.verdict, Verdict) else []


def explained(stored: Mapping[str, Any], said: Names) -> Explanation:
    """What went wrong, why, and what helps."""
    return failure(stored, said)


def names(viewer: Actor, record_type: str, owner_id: int | None) -> Names:
    """What sentences about a run need to know."""
    return Names(current(), record_type, viewer, owner_id)
