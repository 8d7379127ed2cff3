"""From groups as they come (from an address, a request, a saved view) to rows that are known to be right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from relance.lib.shapes import operand_fault
from relance.records import fields
from relance.records.fields import FieldRef, UnknownField
from relance.records.filters.operators import CHANGE_OPERATORS, OPERATOR_IDS, find
from relance.records.filters.terms import Operator

MAX_GROUPS = 20
MAX_ROWS = 50
_MAX_PATH = 200
_MAX_OPERATOR = 40
_KEYS = frozenset({"field", "op", "value", "from"})


class FilterError(ValueError):
    """Groups that make no filter.

    Attributes:
        pointer: where, as a JSON pointer (RFC 6901) into the groups; of a missing key, where it would be.
        code: what, as of the problems of an automation's document; "needs_event" for a question that only an event
            can answer: whether something changed, who changed it.
        params: JSON values that a sentence about it needs.
    """

    def __init__(self, pointer: str, code: str, params: dict[str, Any] | None = None) -> None:
        super().__init__(f"{pointer or '/'}: {code}")
        self.pointer = pointer
        self.code = code
        self.params = params or {}


@dataclass(frozen=True, slots=True)
class Row:
    """One question about one field, checked."""

    field: FieldRef
    operator: Operator
    value: Any


def read(record_type: str, groups: Any) -> list[list[Row]]:
    """The rows of each group.

    Raises:
        FilterError: for the first thing that is wrong.
        UnknownField: there is no such record type.
    """
    fields.fields_of(record_type)
    return [
        [_row(record_type, raw, at) for at, raw in _entries(group, (*place, "rows"), MAX_ROWS, at_least=1)]
        for place, group in _rows_of(groups)
    ]


def _rows_of(groups: Any) -> Iterator[tuple[tuple[Any, ...], Any]]:
    for place, group in _entries(groups, (), MAX_GROUPS):
        _object(group, place, frozenset({"rows"}), ("rows",))
        yield place, group["rows"]


def _row(record_type: str, raw: Any, place: tuple[Any, ...]) -> Row:
    _object(raw, place, _KEYS, ("field", "op"))
    path = _name(raw["field"], (*place, "field"), _MAX_PATH)
    op = _name(raw["op"], (*place, "op"), _MAX_OPERATOR)
    if path.partition(".")[0] in ("trigger", "before"):
        raise _error((*place, "field"), "needs_event", path=path)
    try:
        field = fields.resolve(record_type, path)
    except UnknownField:
        raise _error((*place, "field"), "unknown_field", path=path) from None
    if op in CHANGE_OPERATORS:
        raise _error((*place, "op"), "needs_event", op=op)
    operator = find(field.kind, op)
    if operator is None:
        code = "operator_does_not_fit" if op in OPERATOR_IDS else "unknown_operator"
        raise _error((*place, "op"), code, op=op, path=path, kind=field.kind.value)
    # Without the choices, as in a running automation: one that was taken away since can still be asked about.
    if fault := operand_fault(operator.shape, field.kind, None, raw.get("value"), raw.get("from")):
        raise _error((*place, *fault.at), fault.code, **fault.params)
    return Row(field, operator, raw.get("value"))


def _entries(
    raw: Any, place: tuple[Any, ...], at_most: int, at_least: int = 0
) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """The entries of a list, each with its place."""
    if not isinstance(raw, list | tuple):
        raise _error(place, "wrong_type", expected="list")
    if len(raw) < at_least:
        raise _error(place, "too_short", min=at_least)
    if len(raw) > at_most:
        raise _error(place, "too_long", limit=at_most, length=len(raw))
    return (((*place, number), entry) for number, entry in enumerate(raw))


def _object(raw: Any, place: tuple[Any, ...], known: frozenset[str], needed: tuple[str, ...]) -> None:
    if not isinstance(raw, dict):
        raise _error(place, "wrong_type", expected="object")
    for key in raw:
        if key not in known:
            raise _error((*place, key), "unknown_key", key=key)
    for key in needed:
        if key not in raw:
            raise _error((*place, key), "missing")


def _name(raw: Any, place: tuple[Any, ...], max_length: int) -> str:
    if not isinstance(raw, str):
        raise _error(place, "wrong_type", expected="text")
    if len(raw) > max_length:
        raise _error(place, "too_long", limit=max_length, length=len(raw))
    return raw


def _error(place: tuple[Any, ...], code: str, **params: Any) -> FilterError:
    return FilterError("".join(f"/{_escaped(part)}" for part in place), code, params)


def _escaped(part: Any) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")
