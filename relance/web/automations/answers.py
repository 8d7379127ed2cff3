"""What answers of the editor are made of: the panel, the steps around it, focus, and a conflict that loses nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from relance.automation import publish, rights
from relance.automation.core.problems import DocumentError
from relance.automation.drafting import Document
from relance.automation.errors import Conflict
from relance.web.automations.access import editable
from relance.web.automations.desk import Desk
from relance.web.automations.panels import Panel, panel_for
from relance.web.pages import PageRequest


def desk_of(request: PageRequest, automation_id: int) -> Desk:
    """The desk of an automation this person may look at."""
    return Desk(rights.find(request.actor, automation_id), request.actor, checked=_checked(request))


def editable_desk(request: PageRequest, automation_id: int) -> Desk:
    """The desk of an automation this person may change."""
    return Desk(editable(request, automation_id), request.actor, checked=_checked(request))


def _checked(request: PageRequest) -> bool:
    return bool((request.POST if request.method == "POST" else request.GET).get("checked"))


def exists(desk: Desk, which: str) -> bool:
    """Whether the draft has something with such a panel."""
    return which in ("", "trigger", "audience", *desk.ids)


def revision_of(request: PageRequest) -> int:
    """The revision of the draft that the page shows; 0, which none has, when it says none."""
    text = request.POST.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def typed_in(request: PageRequest) -> dict[str, list[str]]:
    """What was typed, by the names of inputs."""
    return {name: [str(text) for text in texts] for name, texts in request.POST.lists()}


def open_panel(request: PageRequest) -> str:
    """Which panel is open in the page that asks."""
    return (request.POST if request.method == "POST" else request.GET).get("panel", "")[:40]


def save(
    request: PageRequest,
    desk: Desk,
    document: Document,
    which: str | None,
    *,
    focus: str,
    announce: str,
    then: Callable[[Desk], HttpResponse] | None = None,
) -> HttpResponseBase:
    """Keep the draft and answer with what changed on the page.

    Args:
        which: the panel to show; none leaves the one that is open as it is.
        then: answers instead, once the draft is kept.
    """
    try:
        publish.save_draft(desk.automation, document, revision_of(request), desk.actor)
    except Conflict:
        return conflict(request, desk)
    except DocumentError as error:
        # Only what no draft may hold, such as one far too large.
        fresh = Desk(
            rights.find(request.actor, desk.automation.pk), desk.actor, checked=True, problems=error.problems
        )
        return update(request, fresh, panel_for(fresh, ""), status=422, focus="problems")
    fresh = Desk(desk.automation, desk.actor, checked=desk.checked)
    if then is not None:
        return then(fresh)
    if which is None:
        return around(request, fresh, focus=focus, announce=announce)
    shown = panel_for(fresh, which if exists(fresh, which) else "")
    return update(request, fresh, shown, focus=focus, announce=announce)


def context_of(desk: Desk, shown: Panel | None) -> dict[str, Any]:
    own = desk.automation.owner_id == desk.actor.user_id
    if shown is not None:
        shown.work_out()
    return {
        "desk": desk,
        "automation": desk.automation,
        "panel": shown,
        "open": shown.which if shown else "",
        "may_build": rights.may_build(desk.actor),
        "back": reverse("automations:list" if own else "automations:company"),
        "may_edit": desk.may_edit,
        "currencies": desk.currencies,
        "form": getattr(shown, "form", None),
    }


def update(
    request: PageRequest, desk: Desk, shown: Panel, *, status: int = 200, focus: str = "", announce: str = "",
    only_panel: bool = False, more: dict[str, Any] | None = None,
) -> HttpResponse:  # fmt: skip
    template = "relance/automations/panel.html" if only_panel else "relance/automations/update.html"
    response = render(request, template, context_of(desk, shown) | (more or {}), status=status)
    if not only_panel:
        # Whatever was pressed: a panel goes where panels are.
        response["HX-Retarget"] = "#panel"
        response["HX-Reswap"] = "outerHTML"
    return tell(response, focus=focus, announce=announce)


def around(
    request: PageRequest, desk: Desk, *, focus: str = "", announce: str = ""
) -> HttpResponse:  # fmt: skip
    """Everything but the panel, which stays as it is with what was typed."""
    context = context_of(desk, None) | {"open": open_panel(request)}
    response = render(request, "relance/automations/update.html", context)
    response["HX-Reswap"] = "none"
    return tell(response, focus=focus, announce=announce)


def conflict(request: PageRequest, desk: Desk) -> HttpResponse:
    """Somebody saved a newer draft. The panel stays as it is, with what was typed."""
    desk.automation.refresh_from_db()
    response = render(request, "relance/automations/conflict.html", context_of(desk, None), status=409)
    response["HX-Retarget"] = "#ed-banner"
    response["HX-Reswap"] = "innerHTML"
    return tell(response, focus="ed-banner")


def tell(response: HttpResponse, **events: Any) -> HttpResponse:
    """Say to the scripts what gets the focus, what is read out, and what appears as a toast."""
    told = {"focuson" if name == "focus" else name: value for name, value in events.items() if value}
    if told:
        known = json.loads(response.get("HX-Trigger-After-Settle", "{}"))
        wrapped = {
            name: value if isinstance(value, dict) else {"value": value} for name, value in told.items()
        }
        response["HX-Trigger-After-Settle"] = json.dumps(known | wrapped)
    return response
