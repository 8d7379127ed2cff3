"""A day of activities."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from relance.accounts.models import Role
from relance.web import formats, parsing
from relance.web.day import day_from, load_day
from relance.web.names import Names
from relance.web.pages import PageRequest, page


@page
@require_safe
def show(request: PageRequest) -> HttpResponseBase:
    """The day in the address, or today; of the colleague in the address, or of the reader."""
    names = Names(request.actor)
    today = formats.today()
    day = day_from(request.GET.get("date", ""), today)
    owner = parsing.key(request.GET.get("owner", ""))
    if owner not in names.configuration.directory.actors:
        owner = request.actor.user_id
    context = {
        "day": load_day(names, day, owner or 0),
        "today": today,
        "before": (day - timedelta(days=1)).isoformat(),
        "after": (day + timedelta(days=1)).isoformat(),
        "owner": owner,
        "owner_name": names.user(owner),
        "users": names.active_users(),
        "may_write": request.actor.role != Role.READER,
    }
    return render(request, "relance/activities/day.html", context)
