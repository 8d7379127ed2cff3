"""The history as a list: filtered, a page at a time, each result with its reason and what helps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET

from relance.accounts.people import Actor, directory
from relance.automation import history, rights, unmet
from relance.automation.explain.wording import EMPTY
from relance.automation.history import Filters, Line
from relance.automation.models import Automation, RunState, StepRun
from relance.automation.story import Effect, Mailed
from relance.events.models import Event
from relance.lib.text import fold
from relance.records.fields import RECORD_TYPES
from relance.web.automations import listing, options, telling
from relance.web.automations.access import automation_page
from relance.web.automations.asks import is_id
from relance.web.automations.remedies import Help, failed_blocks, help_for
from relance.web.automations.runs import chip_of
from relance.web.names import Names
from relance.web.pages import PageRequest


@dataclass(frozen=True, slots=True)
class ListedRun:
    """One line of the list.

    Attributes:
        remedy, help: what to do about it, and where.
        may_repeat: whether it failed or was blocked, and the reader may run it again.
    """

    line: Line
    because: SafeString
    outcome: SafeString
    tone: str
    icon: str
    label: str
    remedy: SafeString = EMPTY
    help: Help | None = None
    may_repeat: bool = False


@automation_page
@require_GET
def runs(request: PageRequest) -> HttpResponse:
    """The list, filtered by automation, record, dates, who triggered and result; newest first."""
    actor = request.actor
    filters = _filters(request.GET)
    page = history.page(actor, filters, request.GET.get("after", ""))
    lines = listed(actor, page.lines)
    query = request.GET.copy()
    query.pop("after", None)
    names = sorted(_names(actor).items(), key=lambda pair: fold(pair[1]))
    context = {
        "tab": "runs",
        "lines": lines,
        "next": page.next,
        "query": query.urlencode(),
        "is_first": not request.GET.get("after"),
        "filters": filters,
        "filtered": filters != Filters(),
        "record_name": Names(actor).record(*filters.record) if filters.record else "",
        "may_repeat": any(each.may_repeat for each in lines),
        "automations": names,
        "users": options.users(),
        "results": [(state.value, state.label) for state in RunState],
        **listing.tabs(actor),
    }
    return render(request, "relance/automations/runs.html", context)


def listed(actor: Actor, lines: Sequence[Line]) -> list[ListedRun]:
    """The lines of a page with their sentences; a few queries for any number."""
    events = Event.objects.in_bulk({line.event_id for line in lines if line.record_name is not None})
    effects = _effects(actor, lines)
    caused = telling.causes(events.values(), actor)
    unmet_steps = unmet.steps(actor, lines, events)
    blocks = failed_blocks(lines)
    theirs = rights.runs_again(actor, {line.automation_id for line in lines})
    said = telling.names(actor, "deal", None)
    told = []
    for number, line in enumerate(lines):
        about = said.about(line.record_type, line.owner_id)
        record = telling.record_link(line.record_type, line.record_id, line.record_name)
        because = telling.because(events.get(line.event_id), line.actor_id, record, about, caused)
        outcome = telling.outcome(line, effects.get(line.run_id or 0, ()), about)
        if line.result == RunState.NOT_MET:
            outcome = telling.unmet(unmet_steps.get(number), about) or outcome
        remedy = telling.explained(line.failure, about).remedy if line.failure else EMPTY
        told.append(
            ListedRun(
                line, because, outcome, *chip_of(line.result), remedy,
                help_for(line, blocks.get(line.run_id or 0, "")),
                line.failure is not None and line.automation_id in theirs,
            )
        )  # fmt: skip
    return told


def _effects(actor: Actor, lines: Sequence[Line]) -> dict[int, list[Effect]]:
    run_ids = [line.run_id for line in lines if line.run_id is not None]
    open_to = {line.run_id for line in lines if line.record_name is not None}
    stored: list[tuple[int, dict[str, Any]]] = []
    rows = StepRun.objects.filter(run_id__in=run_ids).exclude(effects=[]).order_by("pk")
    for run_id, effects in rows.values_list("run_id", "effects"):
        stored += [(run_id, each) for each in effects]
    records = {(each["record_type"], each["id"]) for _run, each in stored if "record_type" in each}
    seen = history.sees(actor, records)
    found: dict[int, list[Effect]] = {}
    for run_id, each in stored:
        if each["kind"] == "notified":
            effect = Effect("notified", user_id=each["user"])
        elif each["kind"] == "mailed":
            mailed = Mailed(each["to"], each["name"], "", "") if run_id in open_to else None
            effect = Effect("mailed", mailed=mailed)
        else:
            record = (each["record_type"], each["id"])
            effect = Effect(each["kind"], *record, name=each["name"] if seen[record] else None)
        known = found.setdefault(run_id, [])
        if effect not in known:
            known.append(effect)
    return found


def _names(actor: Actor) -> dict[int, str]:
    return dict(Automation.objects.filter(rights.visible(actor)).values_list("pk", "name"))


def _filters(query: QueryDict) -> Filters:
    """What the address asks for; what makes no sense is left out."""

    def number(key: str) -> int | None:
        text = query.get(key, "")
        return int(text) if is_id(text) else None

    def day(key: str) -> date | None:
        try:
            found = date.fromisoformat(query.get(key, ""))
        except ValueError:
            return None
        return found if 1900 < found.year < 2200 else None

    result = query.get("result", "")
    person = number("user")
    record_type, _colon, record_id = query.get("record", "").partition(":")
    return Filters(
        automation_id=number("automation"),
        since=day("since"),
        until=day("until"),
        actor_id=person if person in directory().actors else None,
        result=result if result in history.RESULTS else None,
        record=(record_type, int(record_id)) if record_type in RECORD_TYPES and is_id(record_id) else None,
    )
