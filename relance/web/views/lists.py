"""Lists of the five record types."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import redirect, render

from relance.accounts.models import Role
from relance.web.listing import load_list
from relance.web.names import Names
from relance.web.pages import PageRequest, page
from relance.web.types import TYPES


@page
def show(request: PageRequest, record_type: str) -> HttpResponseBase:
    """One page of a list. ``columns`` in the address is remembered for this session."""
    kept = f"columns-{record_type}"
    if request.GET.getlist("columns"):
        request.session[kept] = [key[:60] for key in request.GET.getlist("columns")[:60]]
        rest = request.GET.copy()
        del rest["columns"]
        return redirect(f"{request.path}?{rest.urlencode()}")
    names = Names(request.actor)
    listing = load_list(record_type, names, request.GET, request.session.get(kept))
    context = {
        "type": TYPES[record_type],
        "siblings": [TYPES["person"], TYPES["organization"]]
        if TYPES[record_type].section == "contacts"
        else [],
        "list": listing,
        "owner_name": names.user(listing.owner) if listing.owner else "",
        "users": names.active_users(),
        "may_write": request.actor.role != Role.READER,
    }
    return render(request, "relance/records/list.html", context)
