"""Finding records: the search of the top bar, and pickers of linked records."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from relance.lib.text import fold
from relance.records.snapshot import load
from relance.web.listing import find
from relance.web.names import Names
from relance.web.pages import PageRequest, page
from relance.web.types import TYPES

_ORDER = ("deal", "person", "organization", "lead", "activity")


@page
def search(request: PageRequest) -> HttpResponseBase:
    """Records of every type whose texts contain what was typed."""
    typed = request.GET.get("q", "").strip()[:200]
    names = Names(request.actor)
    groups = []
    if typed:
        for key in _ORDER:
            found = find(key, names, typed, limit=5 if request.htmx else 20)
            if found:
                groups.append((TYPES[key], found))
    template = "relance/search_results.html" if request.htmx else "relance/search.html"
    return render(request, template, {"groups": groups, "search_query": typed})


@page
def pick(request: PageRequest, record_type: str) -> HttpResponseBase:
    """The options of a picker, with what tells namesakes apart."""
    names = Names(request.actor)
    found = find(record_type, names, request.GET.get("q", ""), limit=8)
    records = load(record_type, [key for key, _name in found])
    names.want_links(record_type, records.values())
    options = []
    for key, name in found:
        record = records[key]
        note = ""
        if record.get("organization"):
            note = names.record("organization", record["organization"]) or ""
        elif record_type == "organization":
            note = record.get("city") or ""
        options.append((key, name, note))
    return render(request, "relance/pick.html", {"options": options, "typed": request.GET.get("q", "")[:80]})


@page
@require_safe
def pick_participant(request: PageRequest) -> HttpResponseBase:
    """The options of a picker of participants: colleagues, then people with their organization."""
    names = Names(request.actor)
    typed = request.GET.get("q", "")[:80]
    words = fold(typed).split()
    options: list[tuple[str, str, str]] = [
        (f"user:{key}", name, _("colleague"))
        for key, name in names.active_users()
        if all(word in fold(name) for word in words)
    ][:4]
    found = find("person", names, typed, limit=8 - len(options))
    records = load("person", [key for key, _name in found])
    names.want_links("person", records.values())
    for key, name in found:
        organization = records[key]["organization"]
        note = names.record("organization", organization) if organization else ""
        options.append((f"person:{key}", name, note or ""))
    return render(request, "relance/pick.html", {"options": options, "typed": typed})
