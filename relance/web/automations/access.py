"""Pages of automations: what they are asked for that is not there, or not allowed, becomes 404 and 403."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseBase

from relance.automation import rights
from relance.automation.errors import Forbidden, NotFound
from relance.automation.models import Automation
from relance.web.pages import PageRequest, View, page


def automation_page(view: View) -> View:
    """A page for people who are logged in; for whom automations are not there at all, it is not there either."""

    @page
    @wraps(view)
    def guarded(request: PageRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not rights.may_enter(request.actor):
            raise Http404
        try:
            return view(request, *args, **kwargs)
        except NotFound as error:
            raise Http404 from error
        except Forbidden as error:
            raise PermissionDenied from error

    return guarded


def editable(request: PageRequest, automation_id: int) -> Automation:
    """An automation this person may change.

    Raises:
        NotFound: there is none for them.
        Forbidden: they may look at it only.
    """
    automation = rights.find(request.actor, automation_id)
    if not rights.may_edit(request.actor, automation):
        raise Forbidden("may_not_edit")
    return automation
