"""The deal board and what is done on it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from relance.accounts.models import Role
from relance.automation import rights
from relance.records import access, deals
from relance.records.configuration import current
from relance.records.errors import Conflict, Forbidden, Invalid, NotFound
from relance.records.models import Deal
from relance.records.snapshot import load_one
from relance.records.unit_of_work import Change, write
from relance.web import board
from relance.web.names import Names
from relance.web.pages import PageRequest, page, stay
from relance.web.parsing import key
from relance.web.views import company

_REMEMBERED = "pipeline"
_HINT_READ = "hint_read"


@page
def home(request: PageRequest) -> HttpResponseBase:
    """The first page after logging in."""
    return redirect("web:board")


@page
def show(request: PageRequest, pipeline: int | None = None) -> HttpResponseBase:
    """One pipeline; without one the last that was looked at, else the first."""
    configuration = current()
    if pipeline is None:
        known = request.session.get(_REMEMBERED)
        pipeline = known if known in configuration.pipelines else next(iter(configuration.pipelines), None)
        if pipeline is None:
            return render(request, "relance/deals/no_pipeline.html", {"suggested": company.suggested()})
    elif pipeline not in configuration.pipelines:
        raise Http404
    if request.session.get(_REMEMBERED) != pipeline:
        request.session[_REMEMBERED] = pipeline
    names = Names(request.actor, configuration)
    owner = key(request.GET.get("owner", ""))
    context: dict[str, Any] = {
        "board": board.load(names, pipeline, owner, key(request.GET.get("all", ""))),
        "pipelines": configuration.pipelines,
        "owner": owner,
        "owner_name": names.user(owner) if owner else "",
        "users": names.active_users(),
        "may_write": request.actor.role != Role.READER,
        "hint": _hint(request),
    }
    return render(request, "relance/deals/board.html", context)


def _hint(request: PageRequest) -> dict[str, Any] | None:
    """What to try first in the demo, until it is done or waved away."""
    if not settings.TRY_FIRST or request.actor.role == Role.READER or request.session.get(_HINT_READ):
        return None
    deal = Deal.objects.filter(access.visible(request.actor), title=settings.TRY_FIRST, status="open").first()
    return deal and {"deal": deal.pk, "title": deal.title, "may_build": rights.may_build(request.actor)}


@page
@require_POST
def hint_read(request: PageRequest) -> HttpResponseBase:
    """Show the hint no more in this session."""
    request.session[_HINT_READ] = True
    # Nothing takes the place of the banner.
    return HttpResponse() if request.htmx else redirect("web:board")


@page
@require_POST
def act(request: PageRequest, record_id: int, verb: str) -> HttpResponseBase:
    """Move, win, lose, reopen or bin a deal, from the board or its page; says what happened and how to take it back."""
    before = load_one("deal", record_id)
    try:
        with write(request.actor, "user") as change:
            change.get("deal", record_id)
            _do(change, record_id, verb, request)
    except Conflict:
        return stay(
            _("Somebody changed this deal just now. Look at it again and repeat."), tone="bad", status=409
        )
    except Forbidden:
        return stay(_("Your role does not allow that."), tone="bad", status=409)
    except Invalid as error:
        return stay(" ".join(error.problems.values()), tone="bad", status=409)
    assert before is not None
    return stay(
        _said(verb, before["title"], request), refreshBoard=True,
        undo={"label": _("Undo"), **_way_back(verb, before)},
    )  # fmt: skip


def _do(change: Change, record_id: int, verb: str, request: PageRequest) -> None:
    match verb:
        case "move":
            stage = key(request.POST.get("stage", ""))
            if stage is None or stage not in change.uow.configuration.stages:
                raise Invalid({"stage": _("This stage is gone. Reload the page.")})
            deals.move_stage(change, record_id, stage)
        case "win":
            deals.win(change, record_id)
        case "lose":
            deals.lose(change, record_id, request.POST.get("reason", "").strip() or None)
        case "reopen":
            deals.reopen(change, record_id)
        case "bin":
            change.delete("deal", record_id)
        case _:
            raise NotFound("deal", record_id)


def _said(verb: str, title: str, request: PageRequest) -> str:
    name = {"name": title}
    match verb:
        case "move":
            stage = current().stages.get(key(request.POST.get("stage", "")) or 0)
            return _("“%(name)s” moved to %(stage)s") % {**name, "stage": stage.name if stage else ""}
        case "win":
            return _("“%(name)s” is won") % name
        case "lose":
            return _("“%(name)s” is lost") % name
        case "reopen":
            return _("“%(name)s” is open again") % name
    return _("“%(name)s” is in the bin") % name


def _way_back(verb: str, before: dict[str, Any]) -> dict[str, Any]:
    """Where Undo leads."""
    if verb == "bin":
        return {"url": reverse("web:restore", args=["deal", before["id"]]), "values": {}}
    if verb == "move":
        back, values = "move", {"stage": before["stage"]}
    elif before["status"] == "lost":
        back, values = "lose", {"reason": before["lost_reason"] or ""}
    else:
        back, values = {"open": "reopen", "won": "win"}[before["status"]], {}
    return {"url": reverse("web:deal-act", args=[before["id"], back]), "values": values}
