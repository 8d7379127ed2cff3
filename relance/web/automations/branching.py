"""Changes of a branch: its paths, and steps that are put into a path or out of it."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from relance.automation import drafting
from relance.automation.core.blocks import MAX_PATHS
from relance.web.automations.access import automation_page
from relance.web.automations.answers import conflict, editable_desk, open_panel, save, update
from relance.web.automations.branches import MovePanel
from relance.web.pages import PageRequest


@automation_page
@require_POST
def add_path(request: PageRequest, automation_id: int, which: str) -> HttpResponseBase:
    """Give a branch one more path, and open it."""
    desk = editable_desk(request, automation_id)
    try:
        document, path_id = drafting.add_path(desk.document, which, MAX_PATHS)
    except LookupError:
        return conflict(request, desk)
    return save(request, desk, document, path_id, focus="first", announce=_("Path added."))


@automation_page
@require_POST
def move_path(request: PageRequest, automation_id: int, which: str) -> HttpResponseBase:
    """Move a path to the left or to the right. The panel stays as it is."""
    by = -1 if request.POST.get("by") == "left" else 1
    said = _("Path moved to the left.") if by < 0 else _("Path moved to the right.")
    desk = editable_desk(request, automation_id)
    try:
        document = drafting.move_path(desk.document, which, by)
    except LookupError:
        return conflict(request, desk)
    return save(request, desk, document, None, focus=f"menu-{which}", announce=said)


@automation_page
@require_POST
def duplicate_path(request: PageRequest, automation_id: int, which: str) -> HttpResponseBase:
    """Put a copy of a path, with its steps, to the right of it, and open it."""
    desk = editable_desk(request, automation_id)
    try:
        document, copy = drafting.duplicate_path(desk.document, which, MAX_PATHS)
    except LookupError:
        return conflict(request, desk)
    return save(request, desk, document, copy, focus="panel-title", announce=_("Path duplicated."))


@automation_page
@require_POST
def remove_path(request: PageRequest, automation_id: int, which: str) -> HttpResponseBase:
    """Take a path away, with its steps. The panel of another step stays as it is."""
    desk = editable_desk(request, automation_id)
    gone = desk.ids_with(which)
    try:
        document = drafting.remove_path(desk.document, which)
    except LookupError:
        return conflict(request, desk)
    shown = "" if open_panel(request) in gone else None
    return save(request, desk, document, shown, focus="flow-title", announce=_("Path deleted."))


@automation_page
@require_http_methods(["GET", "POST"])
def relocate(request: PageRequest, automation_id: int, which: str) -> HttpResponseBase:
    """GET lets every "+" take the step; POST puts it where one was pressed."""
    desk = editable_desk(request, automation_id)
    try:
        if request.method == "GET":
            return _ask_where(request, automation_id, which)
        document = drafting.relocate(desk.document, which, drafting.parse_place(request.POST.get("at", "")))
    except drafting.UnknownBlock as error:
        if request.method == "GET":
            raise Http404 from error
        return conflict(request, desk)
    except drafting.UnknownPlace:
        return conflict(request, desk)
    return save(request, desk, document, which, focus=f"menu-{which}", announce=_("Step moved."))


def _ask_where(request: PageRequest, automation_id: int, which: str) -> HttpResponse:
    desk = editable_desk(request, automation_id)
    desk.moving = MovePanel(desk, which)
    return update(request, desk, desk.moving, focus="panel-title")
