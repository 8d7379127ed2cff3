"""Messages that automations have written to a person."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from relance.automation import rights
from relance.automation.errors import NotFound as AutomationNotFound
from relance.automation.models import Notification
from relance.lib import clock
from relance.records.errors import NotFound
from relance.records.fields import RECORD_TYPES
from relance.web import frame
from relance.web.pages import PageRequest, page, says, stay
from relance.web.views import records

SHOWN = 20


@page
def menu(request: PageRequest) -> HttpResponseBase:
    """The latest notifications: in the menu of the top bar, or on a page of their own."""
    rows = Notification.objects.filter(user_id=request.user.pk).order_by("-created_at", "-pk")[:SHOWN]
    items = [{"row": row} for row in rows]
    unread = any(row.read_at is None for row in rows)
    template = "relance/notifications_menu.html" if request.htmx else "relance/notifications.html"
    return render(request, template, {"items": items, "any_unread": unread})


@page
def bell(request: PageRequest) -> HttpResponseBase:
    """The bell alone, with its dot."""
    return render(
        request,
        "relance/components/bell.html",
        {"frame": frame.frame(request), "unread": frame.unread(request.user.pk)},
    )


@page
@require_POST
def read_all(request: PageRequest) -> HttpResponseBase:
    """Everything was read."""
    Notification.objects.filter(user_id=request.user.pk, read_at=None).update(read_at=clock.now())
    if request.htmx:
        return stay(refreshNotifications=True)
    return redirect("web:notifications")


@page
def open_one(request: PageRequest, notification_id: int) -> HttpResponseBase:
    """Mark one as read and go to what it is about; say so when that is not there for this person any more."""
    row = get_object_or_404(Notification, pk=notification_id, user_id=request.user.pk)
    if row.read_at is None:
        Notification.objects.filter(pk=row.pk).update(read_at=clock.now())
    try:
        to = _about(request, row)
    except NotFound:
        text = _("What this is about was deleted, or you may not see it any more.")
        return says(request, text, to=reverse("web:notifications"), bad=True)
    return redirect(to)


def _about(request: PageRequest, row: Notification) -> str:
    """The address of the record or the automation a notification is about.

    Raises:
        NotFound: there is none for this person.
    """
    if row.record_type in RECORD_TYPES:
        records.seen(request, row.record_type, row.record_id, binned=True)
        return reverse("web:record", args=[row.record_type, row.record_id])
    if row.record_type == "automation":
        try:
            return reverse("automations:editor", args=[rights.find(request.actor, row.record_id).pk])
        except AutomationNotFound as error:
            raise NotFound(row.record_type, row.record_id) from error
    return reverse("web:notifications")
