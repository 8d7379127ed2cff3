"""Texts with placeholders: ``Call {{ person.name | or "the customer" }}``.

The whole language is a path and, if wanted, one fallback. There is nothing to compute and nothing to run: what
a record contains can never become code, and is never read for placeholders again. A placeholder without
anything to show never becomes a silent gap: it shows its fallback, else rendering fails and says which it was.

Paths are those of ``core.paths``, and ``record.link``, the address of the triggering record; ``today``; and a user
by ``.name`` or ``.email``: ``owner.email``, ``trigger.user.name``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Annotated, Any, Protocol

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from relance.automation.core.comparing import is_empty, zone_of
from relance.automation.core.paths import Catalogue, FieldRef, PlainField, Source, UnknownField, locate
from relance.automation.core.scope import HIDDEN, Scope
from relance.lib.kinds import Kind
from relance.lib.shapes import participant

RECORD_LINK = "record.link"
TODAY = "today"
#: What a text can say of a user.
OF_USERS = ("name", "email")
MAX_TEMPLATE = 10_000

_PATH = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_SPACE = re.compile(r"\s*")


_TODAY = Source(TODAY, PlainField(TODAY, Kind.DATE), lambda scope: scope.today.isoformat(), own=False)


class TemplateError(ValueError):
    """A text whose placeholders cannot be read.

    Attributes:
        code: "unclosed_placeholder", "bad_path", "bad_filter" or "bad_fallback".
        position: of the character where it went wrong.
    """

    def __init__(self, code: str, position: int) -> None:
        super().__init__(f"{code} at {position}")
        self.code = code
        self.position = position


class PlaceholderError(ValueError):
    """A placeholder that could not be filled. ``code``: "empty_placeholder", "hidden" or "broken"."""

    def __init__(self, path: str, code: str) -> None:
        super().__init__(f"{code}: {path}")
        self.path = path
        self.code = code


class EmptyPlaceholder(PlaceholderError):
    """There is nothing to show and no fallback."""

    def __init__(self, path: str) -> None:
        super().__init__(path, "empty_placeholder")


class Formatter(Protocol):
    """How values look to people; the caller knows the language and the addresses."""

    def number(self, value: int, /) -> str: ...

    def money(self, value: dict[str, Any], /) -> str: ...

    def date(self, value: date, /) -> str: ...

    def datetime(self, value: datetime, /) -> str:
        """An instant, already in the company's zone."""

    def boolean(self, value: bool, /) -> str: ...

    def choice(self, record_type: str, field: FieldRef, value: str, /) -> str:
        """A choice's name; ``field`` belongs to its parent's type if it has one, else to ``record_type``."""

    def link(self, record_type: str, id: int, /) -> str:
        """The address of a record."""


@dataclass(frozen=True, slots=True)
class Placeholder:
    """``{{ path | or "fallback" }}``; ``position`` is that of its first brace."""

    path: str
    fallback: str | None
    position: int


@lru_cache(maxsize=2048)
def parse_template(template: str) -> tuple[str | Placeholder, ...]:
    """The literal pieces and the placeholders, in order.

    Raises:
        TemplateError: where it cannot be read.
    """
    parts: list[str | Placeholder] = []
    at = 0
    while (opening := template.find("{{", at)) >= 0:
        if opening > at:
            parts.append(template[at:opening])
        placeholder, at = _placeholder(template, opening)
        parts.append(placeholder)
    if at < len(template):
        parts.append(template[at:])
    return tuple(parts)


def used_paths(template: str) -> tuple[str, ...]:
    """The paths a text reads, each once, in order.

    Raises:
        TemplateError: where it cannot be read.
    """
    parts = parse_template(template)
    return tuple(dict.fromkeys(part.path for part in parts if isinstance(part, Placeholder)))


def unknown_paths(template: str, record_type: str, catalogue: Catalogue) -> Iterable[str]:
    """The paths of a readable text that name nothing."""
    for path in used_paths(template):
        if path != RECORD_LINK:
            try:
                locate_shown(record_type, path, catalogue)
            except UnknownField:
                yield path


def locate_shown(record_type: str, path: str, catalogue: Catalogue) -> Source:
    """What a placeholder shows, but for ``record.link``.

    Raises:
        UnknownField: it names nothing.
    """
    try:
        return locate(record_type, path, catalogue)
    except UnknownField:
        if path == TODAY:
            return _TODAY
        head, _dot, key = path.rpartition(".")
        if key not in OF_USERS:
            raise
        user = locate(record_type, head, catalogue)
        if user.field.kind is not Kind.USER:
            raise
        return Source(path, PlainField(key, Kind.TEXT), _of_user(user, key), own=False)


def _of_user(user: Source, key: str) -> Callable[[Scope], Any]:
    def read(scope: Scope) -> Any:
        id = user.read(scope)
        if id is None or id is HIDDEN:
            return id
        return scope.world.name_of("user", id) if key == "name" else scope.world.email_of(id)

    return read


def render(
    template: str,
    scope: Scope,
    catalogue: Catalogue,
    formatter: Formatter,
    escape: Callable[[str], str] = str,
) -> str:
    """The text with every placeholder filled.

    Args:
        escape: what is filled in goes through it, so that no value can become a part of what surrounds it.

    Raises:
        TemplateError: where the text cannot be read.
        EmptyPlaceholder: when one has neither a value nor a fallback.
        PlaceholderError: when one cannot be known: a fallback is for nothing, not for a secret.
    """
    return "".join(
        part if isinstance(part, str) else escape(_filled(part, scope, catalogue, formatter))
        for part in parse_template(template)
    )


def display(value: Any, field: FieldRef, scope: Scope, formatter: Formatter) -> str:
    """A plain value as people read it; "" when empty, or when what it refers to is gone."""
    if is_empty(value):
        return ""
    match field.kind:
        case Kind.NUMBER:
            return formatter.number(value)
        case Kind.MONEY:
            return formatter.money(value)
        case Kind.DATE:
            return formatter.date(date.fromisoformat(value))
        case Kind.DATETIME:
            return formatter.datetime(datetime.fromisoformat(value).astimezone(zone_of(scope.zone)))
        case Kind.BOOL:
            return formatter.boolean(value)
        case Kind.CHOICE:
            return formatter.choice(scope.record_type, field, value)
        case Kind.USER | Kind.STAGE | Kind.PIPELINE:
            return scope.world.name_of(field.kind.value, value) or ""
        case Kind.LINK:
            return scope.world.name_of(field.target or "", value) or ""
        case Kind.MULTI_CHOICE:
            names = (scope.world.name_of("label", id) for id in value)
            return ", ".join(name for name in names if name)
        case Kind.EMAILS | Kind.PHONES:
            return primary(value)
        case Kind.PARTICIPANTS:
            names = (scope.world.name_of(*participant(each)) for each in value)
            return ", ".join(name for name in names if name)
        case _:
            return str(value)


def primary(contacts: list[dict[str, Any]]) -> str:
    """The primary address or number of a list that is not empty; without one, the first."""
    return str(next((entry for entry in contacts if entry.get("primary")), contacts[0])["value"])


def _filled(part: Placeholder, scope: Scope, catalogue: Catalogue, formatter: Formatter) -> str:
    if part.path == RECORD_LINK:
        text = formatter.link(scope.record_type, scope.record["id"])
    else:
        try:
            source = locate_shown(scope.record_type, part.path, catalogue)
        except UnknownField as error:
            raise PlaceholderError(part.path, "broken") from error
        value = source.read(scope)
        if value is HIDDEN:
            raise PlaceholderError(part.path, "hidden")
        text = display(value, source.field, scope, formatter)
    if text.strip():
        return text
    if part.fallback is None:
        raise EmptyPlaceholder(part.path)
    return part.fallback


def _placeholder(template: str, opening: int) -> tuple[Placeholder, int]:
    """The placeholder that opens at a position, and where the text goes on after it."""
    if template.find("}}", opening) < 0:
        raise TemplateError("unclosed_placeholder", opening)
    at = _skip(template, opening + 2)
    path = _PATH.match(template, at)
    if path is None:
        raise TemplateError("bad_path", at)
    at = _skip(template, path.end())
    fallback = None
    if template.startswith("|", at):
        at = _skip(template, at + 1)
        if not re.compile(r"or\b").match(template, at):
            raise TemplateError("bad_filter", at)
        at = _skip(template, at + 2)
        string = _STRING.match(template, at)
        if string is None:
            raise TemplateError("bad_fallback", at)
        fallback = re.sub(r"\\(.)", r"\1", string[1], flags=re.DOTALL)
        at = _skip(template, string.end())
    if not template.startswith("}}", at):
        raise TemplateError("bad_path" if fallback is None else "bad_fallback", at)
    return Placeholder(path[0], fallback, opening), at + 2


def _skip(template: str, at: int) -> int:
    space = _SPACE.match(template, at)
    return space.end() if space else at


def _readable(template: str) -> str:
    try:
        parse_template(template)
    except TemplateError as error:
        raise PydanticCustomError(
            "bad_template", "{reason} at {position}", {"reason": error.code, "position": error.position}
        ) from error
    return template


class TemplateMark:
    """Marks a ``Template`` among the fields of a model, so that its paths can be checked."""


# The type of a parameter that holds a text with placeholders.
Template = Annotated[str, AfterValidator(_readable), TemplateMark()]
