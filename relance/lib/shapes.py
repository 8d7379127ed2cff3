"""Whether a plain value has the shape its kind asks for: of operands in conditions and
filters, of fixed values in actions.

Every check gives None when the value is right, else a ``Fault``: a code, its parameters, and where inside the
value it lies.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from relance.lib.kinds import Kind
from relance.lib.money import is_currency
from relance.lib.text import TextError, clean

# The largest integer every JSON reader keeps exact.
MAX_NUMBER = 2**53 - 1
# Primary keys are 64 bits wide.
MAX_ID = 2**63 - 1
MAX_TEXT = 10_000
MAX_LIST = 100
MAX_DAYS = 3660
FIRST_YEAR, LAST_YEAR = 1900, 2200
CONTACT_KINDS = ("work", "home", "mobile", "other")

_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_PARTICIPANT = re.compile(r"(person|user):([1-9][0-9]{0,17})")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATETIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})"
)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a value, and where in it (a path of keys and positions)."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)
    at: tuple[str | int, ...] = ()

    def under(self, *at: str | int) -> Fault:
        """The same fault, seen from the value that holds this one."""
        return Fault(self.code, self.params, (*at, *self.at))


class Shape(StrEnum):
    """What an operator wants beside the field; decides its form, too."""

    NONE = "none"
    ONE = "one"  # one value of the field's kind; a date-time may also be given as a date
    MANY = "many"  # a list of such values
    RANGE = "range"  # [lowest, highest], both included
    TEXT = "text"  # a piece of text
    DAYS = "days"  # a number of days, 1 to 3660
    AMOUNT = "amount"  # a number or money, not below zero
    TEAM = "team"  # a team's id
    ONE_OR_ANY = "one_or_any"  # one value, or none for "whichever"
    FROM_TO = "from_to"  # "from" and "value", one value each


def _integer(value: Any, lowest: int, highest: int) -> Fault | None:
    if type(value) is not int:
        return Fault("wrong_type", {"expected": "integer"})
    if not lowest <= value <= highest:
        return Fault("out_of_range", {"min": lowest, "max": highest})
    return None


def number_fault(value: Any) -> Fault | None:
    return _integer(value, -MAX_NUMBER, MAX_NUMBER)


def id_fault(value: Any) -> Fault | None:
    return _integer(value, 1, MAX_ID)


def text_fault(value: Any, *, max_length: int = MAX_TEXT) -> Fault | None:
    """A text that may be stored and is not blank."""
    if type(value) is not str:
        return Fault("wrong_type", {"expected": "text"})
    try:
        cleaned = clean(value, max_length=max_length, multiline=True)
    except TextError as error:
        return Fault(error.code, dict(error.params))
    return None if cleaned else Fault("blank")


def money_fault(value: Any) -> Fault | None:
    if type(value) is not dict:
        return Fault("wrong_type", {"expected": "money"})
    for key in ("amount", "currency"):
        if key not in value:
            return Fault("missing", at=(key,))
    for key in value:
        if key not in ("amount", "currency"):
            return Fault("unknown_key", {"key": key}, at=(key,))
    if fault := number_fault(value["amount"]):
        return fault.under("amount")
    if type(value["currency"]) is not str or not is_currency(value["currency"]):
        return Fault("unknown_currency", {"currency": value["currency"]}, at=("currency",))
    return None


def date_fault(value: Any) -> Fault | None:
    if type(value) is not str:
        return Fault("wrong_type", {"expected": "date"})
    try:
        parsed = date.fromisoformat(value) if _DATE.fullmatch(value) else None
    except ValueError:
        parsed = None
    if parsed is None:
        return Fault("not_a_date")
    return _year_fault(parsed.year)


def datetime_fault(value: Any) -> Fault | None:
    if type(value) is not str:
        return Fault("wrong_type", {"expected": "datetime"})
    try:
        parsed = datetime.fromisoformat(value) if _DATETIME.fullmatch(value) else None
    except ValueError:
        parsed = None
    if parsed is None:
        return Fault("not_a_datetime")
    return _year_fault(parsed.year)


def _year_fault(year: int) -> Fault | None:
    if FIRST_YEAR <= year <= LAST_YEAR:
        return None
    return Fault("date_out_of_range", {"min": FIRST_YEAR, "max": LAST_YEAR})


def _boolean_fault(value: Any) -> Fault | None:
    return None if type(value) is bool else Fault("wrong_type", {"expected": "boolean"})


def _contacts_fault(value: Any) -> Fault | None:
    if fault := _list_fault(value, _contact_fault, may_be_empty=False):
        return fault
    primaries = [position for position, entry in enumerate(value) if entry.get("primary")]
    return Fault("several_primaries", at=(primaries[1],)) if len(primaries) > 1 else None


def _contact_fault(value: Any) -> Fault | None:
    if type(value) is not dict:
        return Fault("wrong_type", {"expected": "contact"})
    for key in value:
        if key not in ("value", "kind", "primary"):
            return Fault("unknown_key", {"key": key}, at=(key,))
    if "value" not in value:
        return Fault("missing", at=("value",))
    if fault := text_fault(value["value"]):
        return fault.under("value")
    if value.get("kind", "work") not in CONTACT_KINDS:
        return Fault("not_a_choice", {"choices": list(CONTACT_KINDS)}, at=("kind",))
    return (
        None
        if type(value.get("primary", False)) is bool
        else Fault("wrong_type", {"expected": "boolean"}, at=("primary",))
    )


def minutes_of(time: str) -> int:
    """A time of day, "HH:MM", as minutes since midnight.

    Raises:
        ValueError: it is none.
    """
    found = _TIME.fullmatch(time)
    if found is None:
        raise ValueError(time)
    return int(found[1]) * 60 + int(found[2])


def participant(text: str) -> tuple[str, int]:
    """Who takes part: "person" or "user", and the id.

    Raises:
        ValueError: the text names nobody.
    """
    found = _PARTICIPANT.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return found[1], int(found[2])


def _participant_fault(value: Any) -> Fault | None:
    if type(value) is not str:
        return Fault("wrong_type", {"expected": "participant"})
    return None if _PARTICIPANT.fullmatch(value) else Fault("not_a_participant")


def _list_fault(value: Any, check: Callable[[Any], Fault | None], *, may_be_empty: bool) -> Fault | None:
    if type(value) is not list:
        return Fault("wrong_type", {"expected": "list"})
    if not value and not may_be_empty:
        return Fault("too_short", {"min": 1})
    if len(value) > MAX_LIST:
        return Fault("too_long", {"limit": MAX_LIST, "length": len(value)})
    for position, item in enumerate(value):
        if fault := check(item):
            return fault.under(position)
    return None


_CHECKS: dict[Kind, Callable[[Any], Fault | None]] = {
    Kind.TEXT: text_fault,
    Kind.LONG_TEXT: text_fault,
    Kind.CHOICE: text_fault,
    Kind.NUMBER: number_fault,
    Kind.MONEY: money_fault,
    Kind.DATE: date_fault,
    Kind.DATETIME: datetime_fault,
    Kind.BOOL: _boolean_fault,
    Kind.USER: id_fault,
    Kind.LINK: id_fault,
    Kind.STAGE: id_fault,
    Kind.PIPELINE: id_fault,
    Kind.MULTI_CHOICE: lambda value: _list_fault(value, id_fault, may_be_empty=False),
    Kind.EMAILS: _contacts_fault,
    Kind.PHONES: _contacts_fault,
    Kind.PARTICIPANTS: lambda value: _list_fault(value, _participant_fault, may_be_empty=False),
}


def value_fault(kind: Kind, value: Any, choices: Collection[str] | None = None) -> Fault | None:
    """What keeps a value that is not empty from being a plain value of its kind.

    Args:
        choices: the keys a CHOICE may take; none or empty when they are not known here.
    """
    fault = _CHECKS[kind](value)
    if fault is None and kind is Kind.CHOICE and choices and value not in choices:
        return Fault("not_a_choice", {"value": value, "choices": list(choices)})
    return fault


def operand_fault(
    shape: Shape, kind: Kind, choices: Collection[str] | None, value: Any, before: Any = None
) -> Fault | None:
    """What is wrong with what a row gives its operator; ``at`` begins with "value" or "from".

    Args:
        value, before: the row's "value" and "from"; None when absent.
    """
    if before is not None and shape is not Shape.FROM_TO:
        return Fault("value_unexpected", at=("from",))
    if value is None:
        optional = shape in (Shape.NONE, Shape.ONE_OR_ANY)
        return None if optional else Fault("value_missing", at=("value",))

    def one(item: Any) -> Fault | None:
        if kind is Kind.MULTI_CHOICE:
            return id_fault(item)
        if kind is Kind.DATETIME and type(item) is str and _DATE.fullmatch(item):
            return date_fault(item)
        return value_fault(kind, item, choices)

    match shape:
        case Shape.NONE:
            return Fault("value_unexpected", at=("value",))
        case Shape.ONE | Shape.ONE_OR_ANY:
            fault = one(value)
        case Shape.MANY:
            fault = _list_fault(value, one, may_be_empty=False)
        case Shape.RANGE:
            fault = _range_fault(kind, value, one)
        case Shape.TEXT:
            fault = text_fault(value)
        case Shape.DAYS:
            fault = _integer(value, 1, MAX_DAYS)
        case Shape.AMOUNT:
            fault = one(value)
            if fault is None and (value["amount"] if kind is Kind.MONEY else value) < 0:
                fault = Fault("out_of_range", {"min": 0, "max": MAX_NUMBER})
        case Shape.TEAM:
            fault = id_fault(value)
        case Shape.FROM_TO:
            if before is None:
                return Fault("value_missing", at=("from",))
            if fault := one(before):
                return fault.under("from")
            fault = one(value)
    return None if fault is None else fault.under("value")


def _range_fault(kind: Kind, value: Any, one: Callable[[Any], Fault | None]) -> Fault | None:
    if fault := _list_fault(value, one, may_be_empty=True):
        return fault
    if len(value) != 2:
        return Fault("wrong_type", {"expected": "range"})
    low, high = value
    if kind is Kind.MONEY:
        if low["currency"] != high["currency"]:
            return None  # which is lower depends on the day's rate
        low, high = low["amount"], high["amount"]
    return Fault("range_reversed") if low > high else None
