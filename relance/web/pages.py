"""What every page does first: who asks, and what becomes of a refusal."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django_htmx.middleware import HtmxDetails

from relance.accounts.models import User
from relance.accounts.people import Actor, actor_for
from relance.records.errors import Forbidden, NotFound


class PageRequest(HttpRequest):
    """A request of somebody who is logged in."""

    user: User
    actor: Actor
    htmx: HtmxDetails
    #: What a page extends: the whole frame, or only its content when htmx asks for a part of it.
    base_template: str


View = Callable[..., HttpResponseBase]


def page(view: View) -> View:
    """A page for people who are logged in; ``request.actor`` says who.

    A record that is not there or not to be seen answers 404, a deed that is not allowed 403.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return to_login(request)
        asked = cast(PageRequest, request)
        asked.actor = actor_for(asked.user)
        whole = not asked.htmx or asked.htmx.history_restore_request
        asked.base_template = "relance/base.html" if whole else "relance/fragment.html"
        try:
            response = view(asked, *args, **kwargs)
        except NotFound as error:
            raise Http404 from error
        except Forbidden as error:
            raise PermissionDenied from error
        if "Cache-Control" not in response:
            response["Cache-Control"] = "private, no-cache"
        patch_vary_headers(response, ["HX-Request"])
        return response

    return guarded


def administrators_only(view: View) -> View:
    """A page for administrators; everybody else is refused."""

    @page
    @wraps(view)
    def guarded(request: PageRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.actor.is_administrator:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def to_login(request: HttpRequest) -> HttpResponseBase:
    """Send a visitor to the login, and back here afterwards."""
    htmx: HtmxDetails = cast(PageRequest, request).htmx
    back = htmx.current_url_abs_path or "/" if htmx else request.get_full_path()
    url = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': back})}"
    if htmx:
        # A redirect would be followed silently and the login page would land inside this one.
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)


def back_to(request: HttpRequest, otherwise: str) -> str:
    """The page the form came from, if it is one of ours."""
    wanted = request.POST.get("next", "")
    # Anything else would be taken for the name of a page.
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, request.is_secure()
    ):
        return wanted
    return otherwise


def says(request: HttpRequest, text: str, *, to: str, bad: bool = False) -> HttpResponseBase:
    """Go to an address and say there what was done, or (``bad``) why it was not."""
    (messages.error if bad else messages.success)(request, text)
    if cast(PageRequest, request).htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": to})
    return redirect(to)


def stay(text: str = "", *, tone: str = "good", detail: str = "", undo: dict[str, Any] | None = None, status: int = 204,
         **events: Any) -> HttpResponse:  # fmt: skip
    """Answer htmx without changing the page: a toast, and events for the scripts.

    Args:
        tone: "good" or "bad".
        undo: {"label", "url", "values"}.
        events: further events of the browser with their details.
    """
    triggers: dict[str, Any] = dict(events)
    if text:
        triggers["toast"] = {"text": text, "tone": tone, "detail": detail, "undo": undo}
    # json escapes everything beyond ASCII, which a header could not carry.
    return HttpResponse(status=status, headers={"HX-Trigger": json.dumps(triggers)} if triggers else {})
