"""Mails: the list with their states, one of them, and the demo's mailbox."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from relance.automation import mails
from relance.automation.errors import NotFound
from relance.outbound import transport
from relance.outbound.models import Mail
from relance.web import mailing
from relance.web.pages import PageRequest, page, says

PAGE = 50
#: So many letters lie in the demo's mailbox; older ones are found in the list.
SHOWN = 100


@page
@require_GET
def show(request: PageRequest) -> HttpResponseBase:
    """The list, newest first, by state."""
    visible = mails.visible(request.actor)
    chosen = next((view for view in mailing.VIEWS if view[0] == request.GET.get("state")), mailing.VIEWS[0])
    counts = dict(visible.order_by().values_list("state").annotate(Count("id")))
    rows = visible.filter(state__in=chosen[2]) if chosen[0] else visible
    if (before := _number(request.GET.get("before", ""))) is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: PAGE + 1])
    context = {
        "lines": mailing.told(request.actor, found[:PAGE]),
        "next": found[PAGE - 1].pk if len(found) > PAGE else None,
        "is_first": before is None,
        "chosen": chosen[0],
        "views": [
            (key, label, sum(counts.get(state, 0) for state in states))
            for key, label, states in mailing.VIEWS
        ],
        "releasable": mails.releasable(request.actor).count() if transport.is_ready() else 0,
        **_way(),
    }
    return render(request, "relance/mails/list.html", context)


@page
@require_GET
def one(request: PageRequest, mail_id: int) -> HttpResponseBase:
    """One mail: what became of it, and how it looks."""
    [told] = mailing.told(request.actor, [_find(request, mail_id)])
    return render(request, "relance/mails/mail.html", {"told": told, "mail": told.mail, **_way()})


@page
@require_GET
def state(request: PageRequest, mail_id: int) -> HttpResponseBase:
    """The chip of a mail alone, for other pages."""
    return render(request, "relance/mails/chip.html", {"mail": _find(request, mail_id)})


@page
@require_GET
def caught(request: PageRequest, mail_id: int | None = None) -> HttpResponseBase:
    """The mailbox in which everything arrives that the demo sends."""
    visible = mails.visible(request.actor).filter(caught=True)
    chosen = visible.filter(pk=mail_id).first() if mail_id else None
    if mail_id and chosen is None:
        raise Http404
    context: dict[str, Any] = {"lines": mailing.told(request.actor, visible[:SHOWN]), **_way()}
    shown = chosen or visible.first()
    if shown is not None:
        [context["told"]] = mailing.told(request.actor, [shown])
        context["mail"] = shown
    context["opened"] = chosen is not None
    return render(request, "relance/mails/caught.html", context)


@page
@require_POST
def send_again(request: PageRequest, mail_id: int) -> HttpResponseBase:
    """Let a mail go that was held, or has failed."""
    mail = _find(request, mail_id, to_decide=True)
    to = reverse("web:mail", args=[mail.pk])
    try:
        done = mails.send_again(mail, request.actor)
    except mails.NotReady:
        return says(request, _("No mail server is set up yet. The mail stays held."), to=to, bad=True)
    if not done:
        return says(request, _("This mail is not waiting any more."), to=to, bad=True)
    return says(request, _("The mail is on its way."), to=to)


@page
@require_POST
def discard(request: PageRequest, mail_id: int) -> HttpResponseBase:
    """Throw a mail away before it is sent."""
    mail = _find(request, mail_id, to_decide=True)
    to = reverse("web:mail", args=[mail.pk])
    if not mails.discard(mail, request.actor):
        return says(request, _("It is too late to discard this mail."), to=to, bad=True)
    return says(request, _("The mail was discarded. It will not be sent."), to=to)


@page
@require_POST
def release_all(request: PageRequest) -> HttpResponseBase:
    """Let go everything that was only held because there was no mail server."""
    to = reverse("web:mails")
    try:
        count = mails.release_all(request.actor)
    except mails.NotReady:
        return says(request, _("No mail server is set up yet. The mails stay held."), to=to, bad=True)
    text = ngettext("%(count)s mail is on its way.", "%(count)s mails are on their way.", count)
    return says(request, text % {"count": count}, to=to)


def _find(request: PageRequest, mail_id: int, *, to_decide: bool = False) -> Mail:
    try:
        mail = mails.find(request.actor, mail_id)
    except NotFound as error:
        raise Http404 from error
    if to_decide and not mails.may_decide(request.actor, mail):
        raise PermissionDenied
    return mail


def _way() -> dict[str, Any]:
    """How mails leave this installation."""
    return {"has_server": bool(settings.SMTP_URL), "catches": settings.MAIL_CATCHER and not settings.SMTP_URL}


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
