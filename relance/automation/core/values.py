"""Values that an action sets: fixed, copied from a field, written as a text, worked out, who caused it.

``Value`` is the type for the parameters of actions (JSON ``{"from": "fixed", "value": …}``). ``value_fault``
tells at publish time whether one fits a field; ``resolve`` gives the plain value at run time.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue, StrictInt

from relance.automation.core.calculated import (
    DAYS,
    Expression,
    FromDate,
    FromFormula,
    ValueProblem,
    WithFallback,
    calculate,
    date_fault,
    formula_fault,
    in_kind,
    morning,
    reached,
)
from relance.automation.core.comparing import is_empty, local_date
from relance.automation.core.paths import Catalogue, FieldRef, UnknownField, locate
from relance.automation.core.placeholders import (
    MAX_TEMPLATE,
    Formatter,
    PlaceholderError,
    Template,
    TemplateError,
    display,
    render,
    unknown_paths,
)
from relance.automation.core.scope import HIDDEN, Scope
from relance.lib import shapes
from relance.lib.kinds import Kind
from relance.lib.shapes import MAX_DAYS, Fault

_TEXTS = frozenset({Kind.TEXT, Kind.LONG_TEXT})
_CONTACTS = frozenset({Kind.EMAILS, Kind.PHONES})


class Fixed(Expression):
    """Always this plain value; null empties the field."""

    source: Literal["fixed"] = Field(alias="from")
    value: JsonValue


class FromField(WithFallback):
    """What a field of the triggering record, or of a record it links to, holds then.

    When that is empty the step fails, unless there is a fallback; a fallback of null empties the field.
    """

    source: Literal["field"] = Field(alias="from")
    path: Annotated[str, Field(min_length=1, max_length=200)]


class FromText(Expression):
    """A text with placeholders."""

    source: Literal["text"] = Field(alias="from")
    template: Annotated[Template, Field(min_length=1, max_length=MAX_TEMPLATE)]


class FromToday(Expression):
    """The day so many days from the day it runs; in a date-time, at nine on the company's clock.

    Only older documents have it; ``FromDate`` says the same and more.
    """

    source: Literal["today"] = Field(alias="from")
    days: Annotated[StrictInt, Field(ge=-MAX_DAYS, le=MAX_DAYS)] = 0


class FromActor(Expression):
    """The user who caused the event."""

    source: Literal["actor"] = Field(alias="from")


Value = Annotated[
    Fixed | FromField | FromText | FromFormula | FromDate | FromToday | FromActor,
    Field(discriminator="source"),
]


def fits(source: FieldRef, target: FieldRef) -> bool:
    """Whether what one field holds can be put into another."""
    if target.kind in _TEXTS:
        return True
    if target.kind in _CONTACTS:
        return source.kind is target.kind or source.kind is Kind.TEXT
    if target.kind in DAYS:
        return source.kind in DAYS
    if target.kind is Kind.LINK:
        return source.kind is Kind.LINK and source.target == target.target
    return source.kind is target.kind


def value_fault(value: Value, target: FieldRef, record_type: str, catalogue: Catalogue) -> Fault | None:
    """What keeps a value expression from being put into a field; None when nothing does.

    Args:
        record_type: of the triggering record, which paths start from.
    """
    match value:
        case Fixed():
            return _plain_fault(value.value, target, "value")
        case FromField():
            try:
                source = locate(record_type, value.path, catalogue)
            except UnknownField:
                return Fault("unknown_field", {"path": value.path}, at=("path",))
            if not fits(source.field, target):
                params = {"source": source.field.kind.value, "target": target.kind.value}
                return Fault("kind_mismatch", params, at=("path",))
            return _plain_fault(value.fallback, target, "fallback")
        case FromText():
            if target.kind not in _TEXTS | _CONTACTS:
                return Fault("kind_mismatch", {"source": "text", "target": target.kind.value}, at=("from",))
            for path in unknown_paths(value.template, record_type, catalogue):
                return Fault("unknown_field", {"path": path}, at=("template",))
        case FromFormula():
            return formula_fault(value, target.kind, record_type, catalogue)
        case FromDate():
            fault = date_fault(value, target.kind, record_type, catalogue)
            return fault or _plain_fault(value.fallback, target, "fallback")
        case FromToday():
            if target.kind not in DAYS:
                return Fault("kind_mismatch", {"source": "today", "target": target.kind.value}, at=("from",))
        case FromActor():
            if target.kind is not Kind.USER:
                return Fault("kind_mismatch", {"source": "actor", "target": target.kind.value}, at=("from",))
    return None


def resolve(value: Value, target: FieldRef, scope: Scope, catalogue: Catalogue, formatter: Formatter) -> Any:
    """The plain value to put into a field; None empties it.

    Raises:
        ValueProblem: when it cannot be had. Nothing is put in its place.
    """
    match value:
        case Fixed():
            return value.value
        case FromField():
            return _from_field(value, target, scope, catalogue, formatter)
        case FromText():
            try:
                text = render(value.template, scope, catalogue, formatter)
            except PlaceholderError as error:
                raise ValueProblem(error.code, path=error.path) from error
            except TemplateError as error:
                raise ValueProblem("bad_template", reason=error.code, position=error.position) from error
            return _into_text(text, target)
        case FromFormula():
            return in_kind(calculate(value, scope, catalogue), target.kind, scope.world.currency)
        case FromDate():
            return _from_date(value, target, scope, catalogue)
        case FromToday():
            day = scope.today + timedelta(days=value.days)
            return _into_day(day.isoformat(), target, scope)
        case FromActor():
            if scope.actor_id is None:
                raise ValueProblem("no_actor")
            return scope.actor_id


def _plain_fault(plain: Any, target: FieldRef, at: str) -> Fault | None:
    if is_empty(plain):
        return None
    fault = shapes.value_fault(target.kind, plain, target.choices)
    return fault and fault.under(at)


def _from_field(
    value: FromField, target: FieldRef, scope: Scope, catalogue: Catalogue, formatter: Formatter
) -> Any:
    try:
        source = locate(scope.record_type, value.path, catalogue)
    except UnknownField as error:
        raise ValueProblem("broken", path=value.path) from error
    plain = source.read(scope)
    if plain is HIDDEN:
        raise ValueProblem("hidden", path=value.path)
    field = source.field
    if not fits(field, target):
        raise ValueProblem(
            "kind_mismatch", path=value.path, source=field.kind.value, target=target.kind.value
        )
    if is_empty(plain):
        if not value.has_fallback:
            raise ValueProblem("empty", path=value.path)
        return value.fallback
    if target.kind in _TEXTS and field.kind not in _TEXTS:
        shown = display(plain, field, scope, formatter)
        if not shown:
            raise ValueProblem("broken", path=value.path)
        return shown
    if target.kind in _TEXTS | _CONTACTS and field.kind in _TEXTS:
        return _into_text(plain, target)
    if field.kind in DAYS and target.kind in DAYS:
        return _into_day(plain, target, scope)
    if field.kind is Kind.CHOICE and target.choices and plain not in target.choices:
        raise ValueProblem("not_a_choice", path=value.path, value=plain)
    return plain


def _into_text(text: str, target: FieldRef) -> Any:
    if target.kind is Kind.LONG_TEXT:
        return text
    line = " ".join(text.split())
    if target.kind in _CONTACTS:
        return [{"value": line, "kind": "work", "primary": True}]
    return line


def _from_date(value: FromDate, target: FieldRef, scope: Scope, catalogue: Catalogue) -> Any:
    plain = reached(value, scope, catalogue)
    if plain is not None:
        return _into_day(plain, target, scope)
    if not value.has_fallback:
        raise ValueProblem("empty", path=value.start)
    return value.fallback


def _into_day(plain: str, target: FieldRef, scope: Scope) -> str:
    """A date or a date-time as the one that the target wants."""
    if target.kind is Kind.DATE:
        return plain if len(plain) == 10 else local_date(plain, scope).isoformat()
    return morning(plain, scope) if len(plain) == 10 else plain


__all__ = [
    "Fixed",
    "FromActor",
    "FromDate",
    "FromField",
    "FromFormula",
    "FromText",
    "FromToday",
    "Value",
    "ValueProblem",
    "fits",
    "resolve",
    "value_fault",
]
