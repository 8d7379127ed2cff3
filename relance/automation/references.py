"""What the parameters of triggers and actions name by id: in plain values and in value expressions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from relance.automation.core.problems import Location, pointer
from relance.automation.core.references import Reference
from relance.automation.core.values import Fixed, FromField
from relance.lib.kinds import Kind
from relance.lib.shapes import participant
from relance.records.fields import Field, fields_of

_TARGETS = {Kind.USER: "user", Kind.STAGE: "stage", Kind.PIPELINE: "pipeline", Kind.MULTI_CHOICE: "label"}


def in_plain(field: Field, value: Any, location: Location) -> Iterator[Reference]:
    """The references in a plain value of a field."""
    if field.kind is Kind.PARTICIPANTS:
        for position, entry in enumerate(value if isinstance(value, list | tuple) else ()):
            yield Reference(*participant(entry), pointer((*location, position)))
        return
    target = field.target if field.kind is Kind.LINK else _TARGETS.get(field.kind)
    if target is None:
        return
    if type(value) is int:
        yield Reference(target, value, pointer(location))
    elif isinstance(value, list | tuple):
        for position, item in enumerate(value):
            if type(item) is int:
                yield Reference(target, item, pointer((*location, position)))


def in_value(field: Field, expression: Any, location: Location) -> Iterator[Reference]:
    """The references in a value expression for a field."""
    if isinstance(expression, Fixed):
        yield from in_plain(field, expression.value, (*location, "value"))
    elif isinstance(expression, FromField):
        yield from in_plain(field, expression.fallback, (*location, "fallback"))


def in_values(record_type: str, values: Mapping[str, Any], location: Location) -> Iterator[Reference]:
    """The references in the values an action sets."""
    known = fields_of(record_type)
    for key, expression in values.items():
        if key in known:
            yield from in_value(known[key], expression, (*location, key))
