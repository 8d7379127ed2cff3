"""The automations of one record: what ran because of it, what did not, and why. A fragment for its page."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET

from relance.automation import history
from relance.automation.history import Filters
from relance.records import access, snapshot
from relance.records.errors import NotFound
from relance.web.automations import runs, telling
from relance.web.automations.access import automation_page
from relance.web.automations.runs import Looked
from relance.web.pages import PageRequest

MOMENTS = 8


@dataclass
class Moment:
    """One thing that happened to the record, with the automations that looked at it."""

    event_id: int
    at: datetime
    because: SafeString
    ran: list[Looked] = field(default_factory=list)
    not_run: list[Looked] = field(default_factory=list)


@automation_page
@require_GET
def record(request: PageRequest, record_type: str, record_id: int) -> HttpResponse:
    """The latest moments of a record at which automations looked."""
    stored = snapshot.load_one(record_type, record_id)
    if stored is None or not access.may(request.actor, "see", stored):
        raise NotFound(record_type, record_id)
    lines = history.page(request.actor, Filters(record=(record_type, record_id)), size=40).lines
    moments: dict[int, Moment] = {}
    for line in lines:
        if line.event_id in moments:
            continue
        if len(moments) == MOMENTS:
            break
        looked = runs.looked_at(request.actor, line.event_id)
        if not looked:
            continue
        first = looked[0].story
        said = telling.names(request.actor, record_type, first.owner_id)
        name = said.record(record_type, record_id)
        about = telling.record_link("", record_id, name)
        caused = telling.causes([first.event], request.actor)
        because = telling.because(first.event, first.actor_id, about, said, caused)
        moments[line.event_id] = Moment(
            line.event_id,
            first.at,
            because,
            [each for each in looked if each.story.run],
            [each for each in looked if not each.story.run],
        )
    context = {"moments": list(moments.values()), "record_type": record_type, "record_id": record_id}
    return render(request, "relance/automations/record.html", context)
