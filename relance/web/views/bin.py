"""The bin: what was deleted in the last 30 days."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from relance.events.models import Origin
from relance.lib import clock
from relance.records.bin import DAYS
from relance.records.errors import Conflict
from relance.records.fields import RECORD_TYPES, title_key
from relance.records.snapshot import title_of
from relance.records.unit_of_work import write
from relance.web.pages import PageRequest, page, says
from relance.web.rows import deletable_or_binned
from relance.web.types import TYPES
from relance.web.views.records import seen

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


@page
def purge(request: PageRequest, record_type: str, record_id: int) -> HttpResponseBase:
    """Ask, then delete a record of the bin for ever; for administrators."""
    record = seen(request, record_type, record_id, binned=True)
    if not request.actor.is_administrator:
        raise PermissionDenied
    if record["deleted_at"] is None:
        raise Http404
    if request.method != "POST":
        template = "relance/records/purge_dialog.html" if request.htmx else "relance/records/purge_page.html"
        return render(request, template, {"record": record, "name": title_of(record)})
    to = reverse("web:bin")
    try:
        with write(request.actor, Origin.SYSTEM) as change:
            change.purge(record_type, record_id)
    except Conflict:
        return says(request, _("Somebody changed one of these records just now. Try again."), to=to, bad=True)
    return says(request, _("“%(name)s” is deleted for ever.") % {"name": title_of(record)}, to=to)
