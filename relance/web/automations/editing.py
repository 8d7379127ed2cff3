"""The editor: its page, its panels, and every change of the draft, answered with the parts of the page it touches."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from relance.automation import drafting, publish
from relance.automation.core.problems import DocumentError
from relance.automation.errors import Conflict, Invalid
from relance.web import parsing
from relance.web.automations.access import automation_page
from relance.web.automations.adding import offers
from relance.web.automations.answers import (
    around,
    conflict,
    context_of,
    desk_of,
    editable_desk,
    exists,
    open_panel,
    revision_of,
    save,
    tell,
    typed_in,
    update,
)
from relance.web.automations.desk import Desk, problems_of
from relance.web.automations.panels import Panel, TriggerPanel, panel_for
from relance.web.pages import PageRequest


@automation_page
@require_GET
def editor(request: PageRequest, automation_id: int) -> HttpResponse:
    """The whole page. ``?step=`` opens a panel; a new automation opens with its trigger."""
    desk = desk_of(request, automation_id)
    which = request.GET.get("step", "" if desk.record_type or not desk.may_edit else "trigger")
    try:
        panel = panel_for(desk, which)
    except drafting.UnknownBlock:
        panel = panel_for(desk, "")
    if isinstance(panel, TriggerPanel) and not panel.record:
        panel.fill({"record": [request.GET.get("record", "")]})
    return render(request, "relance/automations/editor.html", context_of(desk, panel))


@automation_page
@require_GET
def panel(request: PageRequest, automation_id: int, which: str = "") -> HttpResponseBase:
    """One panel, and the steps with the right one marked."""
    desk = desk_of(request, automation_id)
    if not request.htmx:
        return redirect(f"{reverse('automations:editor', args=[automation_id])}?step={which}")
    try:
        shown = panel_for(desk, which)
    except drafting.UnknownBlock as error:
        raise Http404 from error
    return update(request, desk, shown, focus="panel-title")


@automation_page
@require_POST
def apply(request: PageRequest, automation_id: int, which: str) -> HttpResponseBase:
    """Confirm what the panel holds."""
    desk = editable_desk(request, automation_id)
    try:
        shown = panel_for(desk, which)
    except drafting.UnknownBlock:
        return conflict(request, desk)
    shown.fill(typed_in(request))
    document = shown.apply()
    if document is None:
        return update(request, desk, shown, status=422, focus="invalid", only_panel=True)
    said = _("Applied. The draft is kept.")

    def go_on(fresh: Desk) -> HttpResponse:
        more = offers(fresh, fresh.end_place)
        return update(request, fresh, Panel(fresh, "add"), focus="add-search", announce=said, more=more)

    then = go_on if request.POST.get("next") and shown.leads_on else None
    return save(request, desk, document, which, focus="panel-apply", announce=said, then=then)


@automation_page
@require_POST
def recast(request: PageRequest, automation_id: int, which: str) -> HttpResponseBase:
    """Draw the panel anew from what was typed: another field was chosen, a row added. Nothing is stored."""
    desk = editable_desk(request, automation_id)
    try:
        shown = panel_for(desk, which)
    except drafting.UnknownBlock:
        return conflict(request, desk)
    typed = typed_in(request)
    shown.fill(typed)
    if deed := request.POST.get("do", ""):
        shown.act(deed[:100], typed)
    return update(request, desk, shown, focus=shown.focus, only_panel=True)


@automation_page
@require_POST
def move(request: PageRequest, automation_id: int, which: str) -> HttpResponseBase:
    """Move a step up or down. The panel stays as it is."""
    by = -1 if request.POST.get("by") == "up" else 1
    said = _("Step moved up.") if by < 0 else _("Step moved down.")
    desk = editable_desk(request, automation_id)
    try:
        document = drafting.move(desk.document, which, by)
    except drafting.UnknownBlock:
        return conflict(request, desk)
    return save(request, desk, document, None, focus=f"menu-{which}", announce=said)


@automation_page
@require_POST
def duplicate(request: PageRequest, automation_id: int, which: str) -> HttpResponseBase:
    """Put a copy of a step below it, and open it."""
    desk = editable_desk(request, automation_id)
    try:
        document, copy = drafting.duplicate(desk.document, which)
    except drafting.UnknownBlock:
        return conflict(request, desk)
    return save(request, desk, document, copy, focus="panel-title", announce=_("Step duplicated."))


@automation_page
@require_POST
def remove(request: PageRequest, automation_id: int, which: str) -> HttpResponseBase:
    """Take a step away. The panel of another step stays as it is."""
    desk = editable_desk(request, automation_id)
    try:
        document = drafting.remove(desk.document, which)
    except drafting.UnknownBlock:
        return conflict(request, desk)
    is_open = open_panel(request) in desk.ids_with(which)
    return save(
        request, desk, document, "" if is_open else None, focus="flow-title", announce=_("Step deleted.")
    )


@automation_page
@require_POST
def everyone(request: PageRequest, automation_id: int) -> HttpResponseBase:
    """The tick-box: everyone, or only me."""
    desk = editable_desk(request, automation_id)
    wanted = "everyone" if "everyone" in request.POST else "me"
    document = {**desk.document, "scope": {"kind": wanted, "ids": []}}
    said = _("Everyone may trigger this.") if wanted == "everyone" else _("Only the owner may trigger this.")
    which = "audience" if open_panel(request) == "audience" else None
    return save(request, desk, document, which, focus="everyone", announce=said)


@automation_page
@require_http_methods(["GET", "POST"])
def rename(request: PageRequest, automation_id: int) -> HttpResponseBase:
    """Change the name in place: GET gives the input, or with ``?cancel`` the name as it is."""
    desk = editable_desk(request, automation_id)
    if request.method == "GET":
        context = {"automation": desk.automation, "may_edit": True, "typed": desk.automation.name}
        context["editing"] = "cancel" not in request.GET
        focus = "name" if context["editing"] else "rename"
        return tell(render(request, "relance/automations/name.html", context), focus=focus)
    typed = request.POST.get("name", "")[:300]
    error = ""
    try:
        publish.rename(desk.automation, typed, desk.actor)
    except Invalid as refusal:
        error = refusal.problems["name"]
    context = {
        "automation": desk.automation,
        "may_edit": True,
        "error": error,
        "typed": typed,
        "editing": error,
    }
    response = render(request, "relance/automations/name.html", context, status=422 if error else 200)
    if error:
        return tell(response, focus="name")
    return tell(response, focus="rename", announce=_("Renamed."), renamed=desk.automation.name)


@automation_page
@require_POST
def describe(request: PageRequest, automation_id: int) -> HttpResponseBase:
    """Change the description in place."""
    desk = editable_desk(request, automation_id)
    typed = request.POST.get("description", "")[:5000]
    error = ""
    try:
        publish.describe(desk.automation, typed, desk.actor)
    except Invalid as refusal:
        error = refusal.problems["description"]
    context = {"automation": desk.automation, "may_edit": True, "error": error, "typed": typed}
    template = "relance/automations/panel/description.html"
    response = render(request, template, context, status=422 if error else 200)
    return tell(response, focus="description", announce="" if error else _("Description kept."))


@automation_page
@require_POST
def minutes(request: PageRequest, automation_id: int) -> HttpResponseBase:
    """Change in place what a run saves."""
    desk = editable_desk(request, automation_id)
    typed = request.POST.get("minutes", "").strip()[:20]
    error = ""
    try:
        publish.set_minutes_saved(desk.automation, parsing.number(typed) if typed else None, desk.actor)
    except parsing.Unreadable as refusal:
        error = str(refusal)
    except ValueError:
        error = _("Choose a number from %(low)s to %(high)s.") % {"low": 0, "high": publish.MOST_MINUTES}
    context = {
        "automation": desk.automation,
        "may_edit": True,
        "error": error,
        "typed": typed if error else desk.automation.minutes_saved,
        "usual": desk.usual_minutes,
    }
    response = render(
        request, "relance/automations/panel/minutes.html", context, status=422 if error else 200
    )
    return tell(response, focus="minutes", announce="" if error else _("Minutes kept."))


@automation_page
@require_POST
def put_into_service(request: PageRequest, automation_id: int) -> HttpResponseBase:
    """Save: what the open panel holds is applied first, then the draft is checked and published."""
    desk = editable_desk(request, automation_id)
    which = open_panel(request)
    revision = revision_of(request)
    shown: Panel | None = None
    if which and request.POST.get("dirty"):
        try:
            shown = panel_for(desk, which)
        except drafting.UnknownBlock:
            return conflict(request, desk)
        shown.fill(typed_in(request))
        document = shown.apply()
        if document is None:
            return update(request, desk, shown, status=422, focus="invalid", only_panel=True)
        try:
            publish.save_draft(desk.automation, document, revision, desk.actor)
        except Conflict:
            return conflict(request, desk)
    elif desk.automation.draft_revision != revision:
        return conflict(request, desk)
    return _publish(request, desk, which)


def _publish(request: PageRequest, desk: Desk, which: str) -> HttpResponseBase:
    automation = desk.automation
    was_live = automation.version is not None
    try:
        if drafting.not_set_up(automation.draft):
            raise DocumentError(problems_of(automation.draft, desk.actor))
        publish.publish(automation, desk.actor)
    except Conflict:
        return conflict(request, desk)
    except DocumentError:
        fresh = Desk(automation, desk.actor, checked=True)
        response = update(request, fresh, panel_for(fresh, fresh.first_problem), status=422)
        return tell(response, focus="problems", announce=_("It cannot be saved yet."))
    fresh = Desk(automation, desk.actor)
    shown = panel_for(fresh, which if exists(fresh, which) else "")
    response = update(request, fresh, shown)
    number = automation.version.number if automation.version else 1
    if not was_live:
        text = _("Saved and switched on.")
    elif automation.active:
        text = _("Version %(number)d is in service.") % {"number": number}
    else:
        text = _("Version %(number)d is saved. The automation is still off.") % {"number": number}
    return tell(response, focus="save", toast={"text": text, "tone": "good", "detail": "", "undo": None})


@automation_page
@require_POST
def power(request: PageRequest, automation_id: int) -> HttpResponseBase:
    """Switch it on or off from its page. The panel stays as it is."""
    desk = editable_desk(request, automation_id)
    on = bool(request.POST.get("on"))
    publish.switch(desk.automation, on, desk.actor)
    fresh = Desk(desk.automation, desk.actor, checked=desk.checked)
    return around(request, fresh, focus="power", announce=_("It is on.") if on else _("It is off."))


@automation_page
@require_GET
def state(request: PageRequest, automation_id: int) -> HttpResponse:
    """Everything but the panel, as it is now: somebody wants the newer draft without losing what they typed."""
    desk = desk_of(request, automation_id)
    return around(request, desk, announce=_("This is the newer draft."))
