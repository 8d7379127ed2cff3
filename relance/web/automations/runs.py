"""What ran, what did not, and why: the list, one run, and one event with every automation that looked at it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from relance.accounts.people import Actor
from relance.automation import history, rerun, rights, sentences, story
from relance.automation.errors import NotFound
from relance.automation.explain.conditions import GroupLine
from relance.automation.explain.failures import not_started
from relance.automation.history import Line
from relance.automation.models import Automation, Evaluation, Run, RunState
from relance.automation.story import Story
from relance.events.models import Event
from relance.web.automations import telling
from relance.web.automations.access import automation_page
from relance.web.automations.picture import cards, columns, drawn, ends
from relance.web.pages import PageRequest


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the chain that led to a run."""

    sentence: SafeString
    at: datetime | None
    run_id: int | None = None
    is_this: bool = False


@dataclass(slots=True)
class Looked:
    """One automation that looked at an event."""

    story: Story
    sentence: SafeString | None
    outcome: SafeString
    tone: str
    icon: str
    label: str
    groups: list[GroupLine] = field(default_factory=list)


@automation_page
@require_GET
def run(request: PageRequest, run_id: int) -> HttpResponse:
    """One run in the version of its time: every step, what it saw and what it did."""
    told = story.of_run(request.actor, run_id)
    said = telling.names(request.actor, told.record_type, told.owner_id)
    record = telling.record_link(told.record_type, told.record_id, told.record_name)
    picture = drawn(told.steps, said)
    steps = cards(picture)
    failed = next((step for step in steps if step.failure), None)
    explanation = telling.explained(told.failure, said) if told.failure else None
    caused = telling.causes([told.event], request.actor)
    around = Run.objects.filter(automation_id=told.automation.pk).order_by("pk")
    context = {
        "story": told,
        "run": told.run,
        "because": telling.because(told.event, told.actor_id, record, said, caused),
        "trigger": sentences.trigger_sentence(told.version.document.get("trigger"), said),
        "picture": picture,
        "columns": columns(picture),
        "branches": any(each.ways for each in picture),
        "failed": failed,
        "explanation": failed.failure if failed else explanation,
        "chip": chip_of(told.result),
        "chain": chain(told, said)
        if told.result == RunState.BLOCKED or (told.run and told.run.depth)
        else [],
        "owner": said.named("user", told.owner_id),
        "earlier": around.filter(pk__lt=run_id).last(),
        "later": around.filter(pk__gt=run_id).first(),
        "is_current": told.automation.version_id == told.version.pk,
        "may_open": told.automation.deleted_at is None,
        "failed_block": next((step.block.get("id") for step in told.steps if step.failure), ""),
        "may_repeat": rights.may_run_again(request.actor, told.automation),
        "times": rerun.times(run_id),
        "repeated": Run.objects.filter(rerun_of=run_id).order_by("-pk").first(),
        "repeated_by": said.named("user", told.run.rerun_by) if told.run and told.run.rerun_by else None,
        "reached": ends(told),
    }
    return render(request, "relance/automations/run.html", context)


@automation_page
@require_GET
def event(request: PageRequest, event_id: int) -> HttpResponse:
    """Everything that looked at one event: what ran, and what did not and why."""
    looked = looked_at(request.actor, event_id)
    if not looked:
        raise NotFound(event_id)
    first = looked[0].story
    said = telling.names(request.actor, first.record_type, first.owner_id)
    record = telling.record_link(first.record_type, first.record_id, first.record_name)
    caused = telling.causes([first.event], request.actor)
    context = {
        "event": first.event,
        "at": first.at,
        "because": telling.because(first.event, first.actor_id, record, said, caused),
        "ran": [each for each in looked if each.story.run],
        "not_run": [each for each in looked if not each.story.run],
        "only": request.GET.get("automation", ""),
    }
    return render(request, "relance/automations/event.html", context)


# ---- What they and the pages of records share ---------------------------------------------------------


def looked_at(actor: Actor, event_id: int) -> list[Looked]:
    """Every automation that looked at an event, as far as ``actor`` may know; those that ran come first."""
    found: list[Story] = []
    for run_id in Run.objects.filter(event_id=event_id).order_by("pk").values_list("pk", flat=True):
        try:
            found.append(story.of_run(actor, run_id))
        except NotFound:
            continue
    evaluation = Evaluation.objects.filter(event_id=event_id).first()
    for item in evaluation.items if evaluation else []:
        try:
            found.append(story.of_evaluation(actor, event_id, item[0]))
        except NotFound:
            continue
    return [_looked(actor, each) for each in found]


def _looked(actor: Actor, told: Story) -> Looked:
    said = telling.names(actor, told.record_type, told.owner_id)
    tone, icon, label = chip_of(told.result)
    if told.run is None:
        outcome = not_started(told.reason or "", said)
        last = next((step for step in reversed(told.steps) if step.outcome), None)
        outcome = telling.unmet(last, said) or outcome
    elif told.failure:
        outcome = telling.explained(told.failure, said).why
    else:
        effects = [effect for step in told.steps for effect in step.effects]
        line = Line(
            told.at,
            0,
            "",
            0,
            0,
            told.record_type,
            told.record_id,
            None,
            None,
            told.result,
            run_id=told.run.pk,
        )
        outcome = telling.outcome(line, effects, said)
    groups = [group for step in told.steps for group in telling.lines_of(step, said)]
    sentence = sentences.document_sentence(told.version.document, said)
    return Looked(told, sentence, outcome, tone, icon, label, groups)


def chip_of(result: str) -> tuple[str, str, str]:
    """How a result looks: tone, glyph and word."""
    tone, icon = telling.TONES.get(result, ("off", "info"))
    return tone, icon, str(RunState(result).label)


def chain(told: Story, said: Any) -> list[Link]:
    """How it came to this run: the first event, each run that caused the next, and this one."""
    links: list[Link] = []
    this = told.run
    cause_id = this.cause_run_id if this else None
    visible = rights.visible(said.viewer)
    seen: set[int] = set()
    first_event = this.event_id if this else None
    while cause_id is not None and cause_id not in seen and len(links) < 50:
        seen.add(cause_id)
        cause = Run.objects.filter(pk=cause_id).select_related("automation").first()
        if cause is None:
            break
        may = Automation.objects.filter(visible, pk=cause.automation_id).exists()
        name = cause.automation.name if may else None
        links.append(Link(_link_sentence(name), cause.started_at, cause.pk if may else None))
        first_event, cause_id = cause.event_id, cause.cause_run_id
    root = Event.objects.filter(pk=first_event).first() if first_event else None
    if root is not None:
        shown = history.sees(said.viewer, {(root.record_type, root.record_id)})[
            (root.record_type, root.record_id)
        ]
        name = said.record(root.record_type, root.record_id) if shown else None
        record = telling.record_link(root.record_type, root.record_id, name)
        root_said = telling.because(root if shown else None, root.actor_id, record, said, {})
        links.append(Link(root_said, root.at))
    links.reverse()
    return [*links, replace(Link(_link_sentence(told.automation.name), told.at), is_this=True)]


def _link_sentence(name: str | None) -> SafeString:
    if name is None:
        return SafeString(_("An automation you may not see"))
    return format_html("<b>{}</b>", name)
