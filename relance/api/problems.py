"""Errors as ``application/problem+json`` (RFC 9457), with a JSON pointer to each value at fault."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse, JsonResponse

CONTENT_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Fault:
    """One value at fault.

    Attributes:
        detail: a sentence for a person.
        code: a word for a program.
        pointer: where in the body the value stands; none for a query parameter.
        parameter: the query parameter.
    """

    detail: str
    code: str
    pointer: str | None = None
    parameter: str | None = None

    def plain(self) -> dict[str, str]:
        """The fault as it is sent."""
        place = {"pointer": self.pointer} if self.parameter is None else {"parameter": self.parameter}
        return {
            "detail": self.detail,
            "code": self.code,
            **{key: value for key, value in place.items() if value is not None},
        }


@dataclass
class Problem(Exception):
    """An answer that is an error. Raise it, or send :meth:`response`."""

    status: int
    detail: str = ""
    code: str = ""
    faults: Sequence[Fault] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> HttpResponse:
        """The HTTP answer."""
        body: dict[str, Any] = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
        }
        if self.detail:
            body["detail"] = self.detail
        if self.code:
            body["code"] = self.code
        if self.faults:
            body["errors"] = [fault.plain() for fault in self.faults]
        return JsonResponse(body, status=self.status, content_type=CONTENT_TYPE, headers=dict(self.headers))


def pointer(path: Iterable[object]) -> str:
    """The JSON pointer (RFC 6901) of keys and places."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)
