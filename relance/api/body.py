"""Reading a JSON body that may have been made to do harm.

What the standard library accepts and we do not: bodies without end, nesting that exhausts the stack, numbers that
take minutes to convert, ``NaN``, the same key twice, lone surrogates and NUL (which PostgreSQL and every encoder
refuse later).
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

from django.http import HttpRequest
from ninja.parser import Parser

from relance.api.problems import Fault, Problem, pointer

MAX_BYTES = 1_000_000
MAX_DEPTH = 32
MAX_KEYS = 10_000
MAX_DIGITS = 100

# Strings are matched whole so that brackets inside them do not count, also when the closing quote is missing;
# possessive, so that the time stays linear.
_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[{]|[\]}]|[0-9]++', re.DOTALL)
_FORBIDDEN = re.compile("[\x00\ud800-\udfff]")


class BodyParser(Parser):
    """The parser of every request of the API."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the value of the body.

        Raises:
            Problem: it is refused; django-ninja hands it on as the cause of its own error.
        """
        if (request.content_type or "").lower() != "application/json":
            raise Problem(415, "Send the body as application/json.", "media_type")
        charset = (request.content_params or {}).get("charset", "utf-8").strip('"').lower()
        if charset not in {"utf-8", "utf8"}:
            raise Problem(415, "Send the body in UTF-8.", "charset")
        if request.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise Problem(415, "Send the body without compression.", "encoding")
        return parse(request.body)


def parse(body: bytes) -> Any:
    """Return the value of a JSON text in UTF-8.

    Raises:
        Problem: it is too large (413), or not one (400).
    """
    if len(body) > MAX_BYTES:
        raise Problem(413, f"The body may have at most {MAX_BYTES} bytes.", "too_large")
    try:
        text = body.decode()
    except UnicodeDecodeError:
        _refuse("The body is not valid UTF-8.", "encoding")
    _measure(text)
    keys = 0

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal keys
        keys += len(items)
        if keys > MAX_KEYS:
            _refuse(f"The body may have at most {MAX_KEYS} keys.", "too_many_keys")
        found = dict(items)
        if len(found) != len(items):
            _refuse("The same key stands twice in one object.", "duplicate_key")
        return found

    try:
        value = json.loads(text, object_pairs_hook=pairs, parse_constant=_constant, parse_float=_float)
    except (ValueError, RecursionError):
        _refuse("The body is not valid JSON.", "syntax")
    # Both can only come from an escape: a raw surrogate is not UTF-8, and a raw control character not JSON.
    if "\\u" in text:
        _check_texts(value)
    return value


def _measure(text: str) -> None:
    """Refuse what would be dangerous to parse."""
    depth = 0
    for token in _TOKEN.finditer(text):
        first = text[token.start()]
        if first in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                _refuse(f"The body may be nested at most {MAX_DEPTH} levels deep.", "too_deep")
        elif first in "]}":
            depth -= 1
        elif first != '"' and token.end() - token.start() > MAX_DIGITS:
            _refuse(f"A number may have at most {MAX_DIGITS} digits.", "too_many_digits")


def _check_texts(value: Any, path: tuple[object, ...] = ()) -> None:
    """Refuse a NUL or a lone surrogate in any text, keys included. The depth is bounded by now."""
    if isinstance(value, str):
        if _FORBIDDEN.search(value):
            detail = "The text contains characters that cannot be stored."
            raise Problem(
                400, detail, "forbidden_character", [Fault(detail, "forbidden_character", pointer(path))]
            )
    elif isinstance(value, list):
        for place, entry in enumerate(value):
            _check_texts(entry, (*path, place))
    elif isinstance(value, dict):
        for key, entry in value.items():
            _check_texts(key, path)
            _check_texts(entry, (*path, key))


def _float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        _refuse("A number is too large.", "number")
    return number


def _constant(name: str) -> NoReturn:
    _refuse(f"{name} is not JSON.", "syntax")


def _refuse(detail: str, code: str) -> NoReturn:
    raise Problem(400, detail, code)
