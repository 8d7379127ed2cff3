"""The lists of automations, mine and the company's, and what can be done with one from there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q
from django.db.models.functions import TruncDate
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from relance.accounts.people import Actor
from relance.automation import benefit, publish, rights
from relance.automation.errors import Forbidden, Invalid, NotPublished
from relance.automation.models import Automation, Run, RunState
from relance.lib import clock
from relance.lib.text import fold
from relance.records.fields import RECORD_TYPES
from relance.web.automations import saying
from relance.web.automations.access import automation_page, editable
from relance.web.pages import PageRequest, says

DAYS = 7


@dataclass
class Bar:
    """The runs of one day."""

    x: float
    y: float
    height: float
    count: int
    failed: bool


@dataclass
class Row:
    """One automation of a list.

    Attributes:
        done, saved: how often it did what it should this month, and the minutes that saved.
    """

    automation: Automation
    sentence: SafeString | None
    for_whom: str
    may_edit: bool
    last_run: datetime | None = None
    failed: int = 0
    done: int = 0
    saved: int = 0
    bars: list[Bar] = field(default_factory=list)

    @property
    def runs(self) -> int:
        """How many runs there were in the days shown."""
        return sum(bar.count for bar in self.bars)

    @property
    def state(self) -> str:
        """ "draft", "on" or "off"."""
        if self.automation.version_id is None:
            return "draft"
        return "on" if self.automation.active else "off"


@automation_page
@require_GET
def mine(request: PageRequest) -> HttpResponse:
    """The automations of whoever looks."""
    return _list(request, "mine")


@automation_page
@require_GET
def company(request: PageRequest) -> HttpResponse:
    """The shared ones."""
    return _list(request, "company")


def _list(request: PageRequest, tab: str) -> HttpResponse:
    actor = request.actor
    found = list(rights.mine(actor) if tab == "mine" else rights.company(actor))
    rows = rows_of(actor, found)
    query = request.GET.get("q", "").strip()[:100]
    shown = [row for row in rows if _matches(row, query)] if query else rows
    shown.sort(key=lambda row: row.state != "on")
    states = [row.state for row in rows]
    context = {
        "tab": tab,
        "rows": shown,
        "all": len(rows),
        "saved": sum(row.saved for row in rows),
        "query": query,
        "counts": {state: states.count(state) for state in ("on", "off", "draft")},
        **tabs(actor),
    }
    return render(request, "relance/automations/list.html", context)


def tabs(actor: Actor) -> dict[str, Any]:
    """What the tabs above the lists show."""
    return {
        "mine_count": rights.mine(actor).count(),
        "company_count": rights.company(actor).count(),
        "may_build": rights.may_build(actor),
        "failed_count": Run.objects.filter(
            automation__in=Automation.objects.filter(rights.visible(actor), deleted_at__isnull=True),
            state=RunState.FAILED,
            started_at__gte=clock.now() - timedelta(days=DAYS),
        ).count(),
    }


def rows_of(actor: Actor, automations: Sequence[Automation]) -> list[Row]:
    """The rows of a list, each with its last days and what it saved this month; three queries for any number."""
    said = saying.Said.now(actor)
    builds = rights.may_build(actor)
    rows = {each.pk: _row(actor, each, said, builds) for each in automations}
    first = timezone.localtime(clock.now()).date() - timedelta(days=DAYS - 1)
    runs = Run.objects.filter(automation__in=list(rows))
    for pk, last in (
        runs.values_list("automation").annotate(last=Max("started_at")).values_list("automation", "last")
    ):
        rows[pk].last_run = last
    begin = timezone.make_aware(datetime.combine(first, datetime.min.time()))
    days = (
        runs.filter(started_at__gte=begin)
        .annotate(day=TruncDate("started_at"))
        .values("automation", "day")
        .annotate(runs=Count("id"), failed=Count("id", filter=Q(state=RunState.FAILED)))
        .order_by()
    )
    counted: dict[int, dict[int, tuple[int, int]]] = {}
    for entry in days:
        counted.setdefault(entry["automation"], {})[(entry["day"] - first).days] = (
            entry["runs"],
            entry["failed"],
        )
    for pk, row in rows.items():
        row.bars = _bars(counted.get(pk, {}))
        row.failed = sum(failed for _runs, failed in counted.get(pk, {}).values())
    for pk, done in benefit.runs_this_month(list(rows)).items():
        rows[pk].done = done
        rows[pk].saved = done * benefit.minutes_a_run(rows[pk].automation)
    return list(rows.values())


def _row(actor: Actor, automation: Automation, said: saying.Said, builds: bool) -> Row:
    may_edit = rights.may_edit(actor, automation, builds)
    # Whoever may not edit it sees what is in service, not what is being prepared.
    document = automation.draft if may_edit or automation.version is None else automation.version.document
    if automation.version is not None and automation.active:
        document = automation.version.document
    about = saying.about(document, said, automation.owner_id)
    return Row(automation, saying.whole(document, about), saying.audience(document, about), may_edit)


def _bars(counted: dict[int, tuple[int, int]]) -> list[Bar]:
    most = max((runs for runs, _failed in counted.values()), default=0)
    bars = []
    for place in range(DAYS):
        runs, failed = counted.get(place, (0, 0))
        height = max(2.0, 18 * runs / most) if runs else 1.5
        bars.append(Bar(round(place * 8.6, 1), round(20 - height, 1), round(height, 1), runs, failed > 0))
    return bars


def _matches(row: Row, query: str) -> bool:
    text = fold(f"{row.automation.name} {strip_tags(row.sentence or '')} {row.automation.owner.name}")
    return all(word in text for word in fold(query).split())


@automation_page
@require_http_methods(["GET", "POST"])
def new(request: PageRequest) -> HttpResponseBase:
    """The dialog with the name and the description of a new automation."""
    asked = (request.POST if request.method == "POST" else request.GET).get("record", "")
    record = asked if asked in RECORD_TYPES else ""
    context: dict[str, Any] = {"name": "", "description": "", "errors": {}, "record": record}
    status = 200
    if request.method == "POST":
        context["name"] = request.POST.get("name", "")[:1000]
        context["description"] = request.POST.get("description", "")[:5000]
        try:
            automation = publish.create(request.actor, context["name"], context["description"])
        except Invalid as refusal:
            context["errors"] = refusal.problems
            status = 422
        else:
            query = f"?step=trigger&record={record}" if record else ""
            return _go(request, reverse("automations:editor", args=[automation.pk]) + query)
    elif not rights.may_build(request.actor):
        raise Forbidden("may_not_build")
    return render(request, "relance/automations/new.html", context, status=status)


@automation_page
@require_POST
def switch(request: PageRequest, automation_id: int) -> HttpResponseBase:
    """Switch one on or off from its row."""
    automation = editable(request, automation_id)
    on = "on" in request.POST
    try:
        publish.switch(automation, on, request.actor)
    except NotPublished:
        text = _("It was never saved. Open it and save it first.")
        return _row_again(request, automation, text, tone="bad", status=409)
    if on:
        text = _("“%(name)s” is on. What happens from now on starts it.") % {"name": automation.name}
    else:
        text = _("“%(name)s” is off. Nothing starts it until it is on again.") % {"name": automation.name}
    return _row_again(request, automation, text)


@automation_page
@require_POST
def copy(request: PageRequest, automation_id: int) -> HttpResponseBase:
    """Copy one into a draft of one's own, and open it."""
    found = rights.find(request.actor, automation_id)
    made = publish.duplicate(found, request.actor)
    text = _("This is your copy. It does nothing before you save it.")
    return says(request, text, to=reverse("automations:editor", args=[made.pk]))


@automation_page
@require_http_methods(["GET", "POST"])
def delete(request: PageRequest, automation_id: int) -> HttpResponseBase:
    """Ask whether to delete one, saying what happens; then do."""
    automation = editable(request, automation_id)
    if request.method == "POST":
        publish.delete(automation, request.actor)
        back = "automations:company" if request.POST.get("tab") == "company" else "automations:list"
        return says(request, _("“%(name)s” is deleted.") % {"name": automation.name}, to=reverse(back))
    context = {
        "automation": automation,
        "runs": Run.objects.filter(automation=automation).count(),
        "tab": request.GET.get("tab", ""),
    }
    return render(request, "relance/automations/delete.html", context)


def _row_again(
    request: PageRequest, automation: Automation, text: str, *, tone: str = "good", status: int = 200
) -> HttpResponse:
    fresh = rights.find(request.actor, automation.pk)
    context = {"row": rows_of(request.actor, [fresh])[0], "tab": request.POST.get("tab", "mine")}
    response = render(request, "relance/automations/row.html", context, status=status)
    toast = {"text": text, "tone": tone, "detail": "", "undo": None}
    response["HX-Trigger-After-Settle"] = json.dumps({"toast": toast})
    return response


def _go(request: PageRequest, url: str) -> HttpResponseBase:
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    response = HttpResponse(status=302)
    response["Location"] = url
    return response
