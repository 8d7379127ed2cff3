"""What a definition's conditions and audience refer to by id, and where, so that it can be looked up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from relance.automation.core.blocks import Definition
from relance.automation.core.operators import find
from relance.automation.core.paths import Catalogue, UnknownField, locate
from relance.automation.core.problems import Location, pointer
from relance.lib.kinds import Kind
from relance.lib.shapes import Shape

_TARGETS = {
    Kind.USER: "user",
    Kind.STAGE: "stage",
    Kind.PIPELINE: "pipeline",
    Kind.MULTI_CHOICE: "label",
}


@dataclass(frozen=True, slots=True)
class Reference:
    """``target`` is "user", "team", "stage", "pipeline", "label" or a record type."""

    target: str
    id: int
    pointer: str


def references(definition: Definition, record_type: str, catalogue: Catalogue) -> Iterator[Reference]:
    """Every reference outside the params of triggers and actions, which know their own.

    Args:
        record_type: the trigger's.
    """
    if definition.audience.kind in ("users", "teams"):
        target = definition.audience.kind.removesuffix("s")
        for position, id in enumerate(definition.audience.ids):
            yield Reference(target, id, pointer(("scope", "ids", position)))
    for place, _id, groups in definition.conditions():
        for number, group in enumerate(groups):
            for position, row in enumerate(group.rows):
                try:
                    field = locate(record_type, row.field, catalogue).field
                except UnknownField:
                    continue
                operator = find(field.kind, row.op)
                target_type = _TARGETS.get(field.kind) or (field.target if field.kind is Kind.LINK else None)
                if operator is not None and operator.shape is Shape.TEAM:
                    target_type = "team"
                if target_type is None:
                    continue
                location: Location = (*place, "groups", number, "rows", position)
                yield from _ids(target_type, row.value, (*location, "value"))
                yield from _ids(target_type, row.before, (*location, "from"))


def _ids(target: str, value: Any, location: Location) -> Iterator[Reference]:
    if type(value) is int:
        yield Reference(target, value, pointer(location))
    elif isinstance(value, list | tuple):
        for position, item in enumerate(value):
            yield from _ids(target, item, (*location, position))
