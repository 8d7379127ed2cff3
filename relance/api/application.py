"""The REST API: keys, errors and the addresses of every record type under ``/api/v1/``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer

from relance.accounts import tokens
from relance.accounts.models import User
from relance.api import leads
from relance.api.body import MAX_BYTES, BodyParser
from relance.api.problems import Fault, Problem, pointer
from relance.api.records import router_for
from relance.records.errors import Conflict, Forbidden, Invalid, NotFound
from relance.records.fields import SLUGS


class Key(HttpBearer):
    """``Authorization: Bearer relance_…``; a key is made in the account settings and acts as its user."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        return tokens.user_of(token)


api = NinjaAPI(
    title="Relance",
    version="1",
    description=(
        "People, organizations, deals, leads and activities. "
        "A change made here starts the automations that listen to the API."
    ),
    urls_namespace="api",
    docs_url=None,
    parser=BodyParser(),
    auth=Key(),
)
for _record_type, _path in SLUGS.items():
    api.add_router(f"/{_path}", router_for(_record_type))
api.add_router(f"/{SLUGS['lead']}", leads.router)


def _answers(error: type[Exception]) -> Callable[[Callable[[Any], Problem]], Callable[[Any], Problem]]:
    """Register what an exception is answered with."""

    def register(make: Callable[[Any], Problem]) -> Callable[[Any], Problem]:
        def handle(request: HttpRequest, exception: Any) -> HttpResponse:
            return make(exception).response()

        api.add_exception_handler(error, handle)
        return make

    return register


@_answers(Problem)
def _problem(error: Problem) -> Problem:
    return error


@_answers(HttpError)
def _http_error(error: HttpError) -> Problem:
    # The parser's own refusal arrives as the cause of django-ninja's.
    return (
        error.__cause__ if isinstance(error.__cause__, Problem) else Problem(error.status_code, error.message)
    )


@_answers(AuthenticationError)
def _no_key(error: AuthenticationError) -> Problem:
    detail = _("Send a valid key: Authorization: Bearer …")
    return Problem(401, detail, "key", headers={"WWW-Authenticate": "Bearer"})


@_answers(Http404)
def _no_page(error: Http404) -> Problem:
    return Problem(404)


@_answers(RequestDataTooBig)
def _too_big(error: RequestDataTooBig) -> Problem:
    return Problem(413, f"The body may have at most {MAX_BYTES} bytes.", "too_large")


@_answers(SuspiciousOperation)
def _suspicious(error: SuspiciousOperation) -> Problem:
    return Problem(400)


@_answers(ValidationError)
def _not_as_declared(error: ValidationError) -> Problem:
    faults = []
    for fault in error.errors:
        source, *path = fault["loc"]
        if source == "query":
            faults.append(Fault(fault["msg"], fault["type"], parameter=str(path[-1])))
        else:
            # The first step is the name of the view's argument, which the caller does not know.
            faults.append(Fault(fault["msg"], fault["type"], pointer(path[1:])))
    status = 400 if all(fault.parameter is not None for fault in faults) else 422
    return Problem(status, _("Some values are not acceptable."), "invalid", faults)


@_answers(Invalid)
def _invalid(error: Invalid) -> Problem:
    faults = [Fault(str(text), "invalid", pointer([key])) for key, text in error.problems.items()]
    return Problem(422, _("Some values are not acceptable."), "invalid", faults)


@_answers(NotFound)
def _not_found(error: NotFound) -> Problem:
    return Problem(404, _("There is no such record."), "not_found")


@_answers(Forbidden)
def _forbidden(error: Forbidden) -> Problem:
    return Problem(403, _("You may not do this."), "forbidden")


@_answers(Conflict)
def _conflict(error: Conflict) -> Problem:
    return Problem(
        409, _("Somebody changed this record in the meantime. Read it again and repeat."), "conflict"
    )


@_answers(OperationalError)
def _busy(error: OperationalError) -> Problem:
    return Problem(503, _("The database is busy. Please try again."), "busy", headers={"Retry-After": "2"})
