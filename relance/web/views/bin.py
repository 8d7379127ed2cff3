"""The bin: what was deleted in the last 30 days."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponseBase
from django.shortcuts import render

from relance.lib import clock
from relance.records.fields import RECORD_TYPES, title_key
from relance.web.pages import PageRequest, page
from relance.web.rows import deletable_or_binned
from relance.web.types import TYPES

DAYS = 30
SHOWN = 100


@page
def show(request: PageRequest) -> HttpResponseBase:
    """What this person may take out again, the latest first."""
    items = []
    since = clock.now() - timedelta(days=DAYS)
    for record_type in RECORD_TYPES:
        rows = deletable_or_binned(record_type, request.actor).filter(deleted_at__gte=since)
        for pk, name, deleted_at in rows.order_by("-deleted_at").values_list(
            "pk", title_key(record_type), "deleted_at"
        )[:SHOWN]:
            items.append({"type": TYPES[record_type], "id": pk, "name": name, "deleted_at": deleted_at})
    items.sort(key=lambda item: item["deleted_at"], reverse=True)
    return render(request, "relance/records/bin.html", {"items": items[:SHOWN]})
