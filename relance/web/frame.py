"""What stands around every page: the rail, the top bar, and who is logged in."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from relance.accounts.models import Role
from relance.accounts.people import actor_for
from relance.automation import rights
from relance.automation.models import Notification

#: The first part of an address → the entry of the rail that is marked there.
SECTIONS = {
    "deals": "deals",
    "leads": "leads",
    "people": "contacts",
    "organizations": "contacts",
    "activities": "activities",
    "mail": "mail",
    "automations": "more",
    "users": "more",
    "teams": "more",
    "settings": "more",
    "bin": "more",
}


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame of one page for one person; a visitor has no ``user``.

    Attributes:
        section, part: where the page is, as an entry of the rail and as the first part of its address.
        automations_url: empty for who sees no automations.
        templates_url: of the gallery; empty for who may not build automations.
    """

    user: object | None = None
    section: str = ""
    part: str = ""
    theme: str = ""
    is_administrator: bool = False
    may_write: bool = False
    unread: int = 0
    automations_url: str = ""
    templates_url: str = ""


def frame(request: HttpRequest | None) -> Frame:
    """Return the frame. Works without a request (the page for an error of ours)."""
    user = getattr(request, "user", None)
    if request is None or user is None or not user.is_authenticated:
        return Frame()
    actor = getattr(request, "actor", None) or actor_for(user)
    part = request.path.strip("/").split("/", 1)[0]
    return Frame(
        user=user,
        section=SECTIONS.get(part, ""),
        part=part,
        theme=user.theme,
        is_administrator=user.role == Role.ADMINISTRATOR,
        may_write=user.role != Role.READER,
        unread=unread(user.pk),
        automations_url=reverse("automations:list") if rights.may_enter(actor) else "",
        templates_url=reverse("automations:templates") if rights.may_build(actor) else "",
    )


def unread(user_id: int) -> int:
    """How many notifications this user has not read."""
    return Notification.objects.filter(user_id=user_id, read_at=None).count()
