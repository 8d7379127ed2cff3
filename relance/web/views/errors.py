"""The pages for what went wrong: what happened, and what to do next."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def _answer(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    response = render(
        request, "relance/error.html", {"status": status, "title": title, "text": text}, status=status
    )
    # For htmx, which shows the sentence in a toast instead of swapping a whole page in.
    response["X-Sentence"] = quote(text)
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the browser sent something we do not understand."""
    return _answer(
        request, 400, _("That did not make sense"),
        _("Your browser sent something Relance cannot read. Go back, reload the page and try once more."),
    )  # fmt: skip


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: seen, but not allowed."""
    return _answer(
        request, 403, _("You may not do that"),
        _("Your role does not allow it. An administrator can change your role or do it for you."),
    )  # fmt: skip


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form was sent without its seal, as happens after logging out in another window."""
    return _answer(
        request, 403, _("This page was open too long"),
        _("You logged in or out in another window since then. Go back, reload the page and send it again."),
    )  # fmt: skip


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: not there, or not to be seen."""
    return _answer(
        request, 404, _("There is nothing here"),
        _("The record may have been deleted, or it belongs to another team. Search for it at the top of the page."),
    )  # fmt: skip


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault. Uses a page that needs neither database nor session."""
    response = render(request, "relance/error_500.html", status=500)
    response["X-Sentence"] = quote(
        _("Something broke on our side. Nothing was half saved; please try again.")
    )
    return response
