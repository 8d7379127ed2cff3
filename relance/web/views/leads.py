"""A lead becomes a deal."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from relance.records import access, leads
from relance.records.errors import Conflict, Forbidden, Invalid
from relance.records.snapshot import title_of
from relance.records.unit_of_work import write
from relance.web.forms import RecordForm
from relance.web.names import Names
from relance.web.pages import PageRequest, page, says
from relance.web.views.records import seen


@page
def convert(request: PageRequest, record_id: int) -> HttpResponseBase:
    """Ask in which stage of which pipeline the deal begins, then make it."""
    lead = seen(request, "lead", record_id)
    if not access.may(request.actor, "change", lead):
        raise Forbidden("change", "lead", record_id)
    names = Names(request.actor)
    first = next(iter(names.configuration.stages), None)
    form = RecordForm("deal", names, {"stage": first}, keys=["stage"])
    if request.method == "POST":
        stage = form.read(request.POST).get("stage")
        if not form.has_errors:
            try:
                with write(request.actor, "user") as change:
                    deal_id = leads.convert(change, record_id, stage=stage)
            except Invalid as error:
                form.refuse(error.problems)
            except Conflict:
                form.banner = _("Somebody changed this lead just now. Look at it again and repeat.")
            else:
                said = _("“%(name)s” is a deal now.") % {"name": title_of(lead)}
                return says(request, said, to=reverse("web:record", args=["deal", deal_id]))
    template = "relance/leads/convert_dialog.html" if request.htmx else "relance/leads/convert_page.html"
    status = 422 if form.has_errors else 200
    return render(request, template, {"form": form, "record": lead}, status=status)
