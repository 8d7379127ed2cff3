"""The "+": what can stand there, and putting it there."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from relance.automation import drafting
from relance.automation.core.blocks import MAX_NESTING
from relance.automation.registry import GROUPS, registry
from relance.web.automations.access import automation_page
from relance.web.automations.answers import conflict, context_of, editable_desk, save, tell
from relance.web.automations.desk import Desk
from relance.web.automations.icons import glyph
from relance.web.automations.panels import Panel
from relance.web.pages import PageRequest

PICKER = "relance/automations/panel/add.html"


@automation_page
@require_GET
def picker(request: PageRequest, automation_id: int) -> HttpResponse:
    """What can be inserted at a place."""
    desk = editable_desk(request, automation_id)
    at = request.GET.get("at", "")
    try:
        drafting.insert(desk.document, drafting.parse_place(at), {"kind": "stop"})
    except drafting.UnknownPlace as error:
        raise Http404 from error
    response = render(request, PICKER, context_of(desk, Panel(desk, "add")) | offers(desk, at))
    return tell(response, focus="add-search")


def offers(desk: Desk, at: str) -> dict[str, Any]:
    """What the panel of steps shows for a place."""
    may_branch = drafting.depth(drafting.parse_place(at)) < MAX_NESTING
    groups = []
    for group, found in registry.action_choices(desk.record_type).items():
        entries = [
            (f"action:{type}:{place}:{group}", preset.label, glyph(registry.actions[type].icon))
            for place, (type, preset) in enumerate(found)
        ]
        groups.append((str(GROUPS[group]), entries))
    return {
        "at": at,
        "groups": groups,
        "at_end": at == desk.end_place and bool(desk.cards),
        "may_branch": may_branch,
        "panel_template": PICKER,
    }


@automation_page
@require_POST
def insert(request: PageRequest, automation_id: int) -> HttpResponseBase:
    """Put a new step where the "+" stood, and open its panel."""
    desk = editable_desk(request, automation_id)
    block = _chosen(desk, request.POST.get("choice", ""))
    try:
        document, block_id = drafting.insert(
            desk.document, drafting.parse_place(request.POST.get("at", "")), block
        )
    except drafting.UnknownPlace:
        return conflict(request, desk)
    if block["kind"] == "branch":
        first = str(block["paths"][0]["id"])
        return save(request, desk, document, first, focus="first", announce=_("Branch added."))
    return save(request, desk, document, block_id, focus="first", announce=_("Step added."))


def _chosen(desk: Desk, choice: str) -> dict[str, Any]:
    """The block an entry of the picker stands for."""
    if choice == "condition":
        return {"kind": "condition"}
    if choice == "stop":
        return {"kind": "stop"}
    if choice in ("branch:first", "branch:all"):
        return drafting.new_branch(desk.document, choice.removeprefix("branch:"))
    _kind, _sep, rest = choice.partition(":")
    type_and_place, _sep, group = rest.rpartition(":")
    type, _sep, place = type_and_place.rpartition(":")
    found = registry.action_choices(desk.record_type).get(group, [])
    if not place.isdigit() or int(place) >= len(found) or found[int(place)][0] != type:
        raise Http404
    return {"kind": "action", "type": type, "params": found[int(place)][1].params}
