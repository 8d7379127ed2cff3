"""Checks that need the catalogue of fields: rows of conditions, and the paths that parameters read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pydantic import BaseModel

from relance.automation.core.against import against_fault
from relance.automation.core.blocks import Group, Row
from relance.automation.core.calculated import read_paths
from relance.automation.core.operators import OPERATOR_IDS, find
from relance.automation.core.paths import Catalogue, UnknownField, locate
from relance.automation.core.placeholders import TemplateMark, unknown_paths
from relance.automation.core.problems import Location, Problem, from_fault, pointer
from relance.automation.core.values import FromField
from relance.lib.shapes import Fault, operand_fault


def check_groups(
    groups: Sequence[Group], record_type: str, catalogue: Catalogue, updates: bool, location: Location
) -> Iterator[Problem]:
    """What is wrong with the rows of a condition.

    Args:
        updates: whether the trigger reacts to updates, so that changes can be asked about.
        location: where in the document ``groups`` stand.
    """
    for number, group in enumerate(groups):
        for position, row in enumerate(group.rows):
            yield from _check_row(row, record_type, catalogue, updates, (*location, number, "rows", position))


def _check_row(
    row: Row, record_type: str, catalogue: Catalogue, updates: bool, location: Location
) -> Iterator[Problem]:
    try:
        source = locate(record_type, row.field, catalogue)
    except UnknownField:
        yield Problem(pointer((*location, "field")), "unknown_field", {"path": row.field})
        return
    field = source.field
    at_operator = pointer((*location, "op"))
    operator = find(field.kind, row.op)
    if operator is None:
        code = "operator_does_not_fit" if row.op in OPERATOR_IDS else "unknown_operator"
        yield Problem(at_operator, code, {"op": row.op, "path": row.field, "kind": field.kind.value})
        return
    if operator.needs_change and not source.own:
        yield Problem(at_operator, "change_of_own_fields_only", {"op": row.op, "path": row.field})
    elif operator.needs_change and not updates:
        yield Problem(at_operator, "needs_update_trigger", {"op": row.op})
    if row.against is not None:
        fault = _unexpected_value(row) or against_fault(row.against, operator, field, record_type, catalogue)
    else:
        fault = operand_fault(operator.shape, field.kind, field.choices, row.value, row.before)
    if fault:
        yield from_fault(fault, location)


def _unexpected_value(row: Row) -> Fault | None:
    for key, value in (("value", row.value), ("from", row.before)):
        if value is not None:
            return Fault("value_unexpected", at=(key,))
    return None


def check_paths(params: BaseModel, record_type: str, catalogue: Catalogue) -> Iterable[Problem]:
    """The paths that values and texts among parameters read, and that name nothing. Pointers start at ``params``."""
    yield from _paths_of_model(params, record_type, catalogue, ())


def _paths_of_model(
    model: BaseModel, record_type: str, catalogue: Catalogue, location: Location
) -> Iterator[Problem]:
    if isinstance(model, FromField):
        try:
            locate(record_type, model.path, catalogue)
        except UnknownField:
            yield Problem(pointer((*location, "path")), "unknown_field", {"path": model.path})
        return
    for place, path in read_paths(model):
        try:
            locate(record_type, path, catalogue)
        except UnknownField:
            yield Problem(pointer((*location, *place)), "unknown_field", {"path": path})
            return
    for name, info in type(model).model_fields.items():
        value = getattr(model, name)
        at = (*location, info.alias or name)
        if isinstance(value, str):
            if any(isinstance(mark, TemplateMark) for mark in info.metadata):
                for path in unknown_paths(value, record_type, catalogue):
                    yield Problem(pointer(at), "unknown_field", {"path": path})
        else:
            yield from _paths_within(value, record_type, catalogue, at)


def _paths_within(
    value: Any, record_type: str, catalogue: Catalogue, location: Location
) -> Iterator[Problem]:
    if isinstance(value, BaseModel):
        yield from _paths_of_model(value, record_type, catalogue, location)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _paths_within(item, record_type, catalogue, (*location, key))
    elif isinstance(value, list | tuple):
        for position, item in enumerate(value):
            yield from _paths_within(item, record_type, catalogue, (*location, position))
