"""Errors of the API that Django answers before or around it (no such address, wrong method) in the API's own form."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from relance.api.problems import CONTENT_TYPE, Problem

_ROOT = "/api/"


@sync_and_async_middleware
def problem_answers(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Replace the pages of errors under ``/api/`` by problem+json."""
    if iscoroutinefunction(get_response):

        async def handle_async(request: HttpRequest) -> HttpResponseBase:
            answer: Awaitable[HttpResponseBase] = get_response(request)
            return _in_form(request, await answer)

        return handle_async

    def handle(request: HttpRequest) -> HttpResponseBase:
        return _in_form(request, get_response(request))

    return handle


def _in_form(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    if (
        response.status_code < 400
        or not request.path_info.startswith(_ROOT)
        or response.headers.get("Content-Type", "").startswith(CONTENT_TYPE)
    ):
        return response
    kept = {name: response.headers[name] for name in ("Allow", "Retry-After") if name in response.headers}
    return Problem(response.status_code, headers=kept).response()
