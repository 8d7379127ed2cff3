"""Every operator of a condition: one table, kind by kind.

An operator has an id, the shape of what it wants beside the field, and a function that binds this operand once
and gives the test to ask at run time. *State* operators look at a value; *change* operators (``needs_change``)
at ``(before, after)`` and hold only where the triggering event changed the field.

An empty value never reaches a state test: the answer is the operator's ``when_empty``, because "empty".
"""

from __future__ import annotations

import operator as op
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from relance.automation.core.change_tests import (
    changed,
    changed_by_more_than,
    changed_from,
    changed_from_to,
    changed_to,
    linked,
    moved,
    option_added,
    option_removed,
    stage_moved,
    unlinked,
)
from relance.automation.core.comparing import (
    Test,
    both,
    comparison,
    day_test,
    matching,
    negated,
)
from relance.lib.kinds import Kind
from relance.lib.shapes import Shape
from relance.lib.text import digits, fold

# bind(kind, value, from) -> the test
Bind = Callable[[Kind, Any, Any], Test]


@dataclass(frozen=True, slots=True)
class Operator:
    """One way to question a field. ``id`` is what documents hold; the sentence is made elsewhere."""

    id: str
    shape: Shape
    bind: Bind
    needs_change: bool = False
    when_empty: bool = False


def _compare(compare: Callable[[Any, Any], bool]) -> Bind:
    return lambda kind, value, _: comparison(compare, kind, value)


def _between(kind: Kind, value: Any, _: Any) -> Test:
    return both(comparison(op.ge, kind, value[0]), comparison(op.le, kind, value[1]))


def _text(holds: Callable[[str, str], bool]) -> Bind:
    def bind(kind: Kind, value: Any, _: Any) -> Test:
        key = fold(value)
        return lambda seen, scope: holds(fold(seen), key)

    return bind


def _one_of(kind: Kind, value: Any, _: Any) -> Test:
    if kind is Kind.TEXT:
        keys = frozenset(fold(item) for item in value)
        return lambda seen, scope: fold(seen) in keys
    options = frozenset(value)
    return lambda seen, scope: seen in options


def _entry_contains(kind: Kind, value: Any, _: Any) -> Test:
    """In e-mail addresses or phone numbers; figures match however the number is spaced."""
    key = fold(value)
    # A number is looked up by its figures alone, unless something else than punctuation was typed with them.
    figures = digits(value) if kind is Kind.PHONES and not any(c.isalpha() for c in value) else ""
    if figures:
        return lambda seen, scope: any(figures in digits(entry["value"]) for entry in seen)
    return lambda seen, scope: any(key in fold(entry["value"]) for entry in seen)


def _within(first: int, last: int) -> Bind:
    """A day from ``today + first`` to ``today + last``."""
    return lambda kind, value, _: day_test(kind, lambda day, today: first <= (day - today).days <= last)


def _in_week(kind: Kind, value: Any, _: Any) -> Test:
    # Weeks begin on Monday (ISO 8601).
    return day_test(kind, lambda day, today: 0 <= (day - today + timedelta(today.weekday())).days <= 6)


def _in_month(kind: Kind, value: Any, _: Any) -> Test:
    return day_test(kind, lambda day, today: day.month == today.month and day.year == today.year)


def _options(holds: Callable[[frozenset[int], frozenset[int]], bool]) -> Bind:
    def bind(kind: Kind, value: Any, _: Any) -> Test:
        wanted = frozenset(value)
        return lambda seen, scope: holds(wanted, frozenset(seen))

    return bind


def _in_team(kind: Kind, value: Any, _: Any) -> Test:
    return lambda seen, scope: (
        # Of who caused the event, the teams at that time count.
        value in scope.actor_teams if seen == scope.actor_id else value in scope.world.teams_of(seen)
    )


_EMPTY = Operator("empty", Shape.NONE, lambda *_: lambda seen, scope: False, when_empty=True)
_FILLED = Operator("filled", Shape.NONE, lambda *_: lambda seen, scope: True)
_PRESENCE = (_EMPTY, _FILLED)

_IS = Operator("is", Shape.ONE, lambda kind, value, _: matching(kind, value))
_IS_NOT = Operator(
    "is_not", Shape.ONE, lambda kind, value, _: negated(matching(kind, value)), when_empty=True
)
_ONE_OF = Operator("one_of", Shape.MANY, _one_of)
_NONE_OF = Operator("none_of", Shape.MANY, lambda *args: negated(_one_of(*args)), when_empty=True)

_LONG_TEXT = (
    Operator("contains", Shape.TEXT, _text(lambda seen, key: key in seen)),
    Operator("not_contains", Shape.TEXT, _text(lambda seen, key: key not in seen), when_empty=True),
    Operator("starts_with", Shape.TEXT, _text(lambda seen, key: seen.startswith(key))),
    Operator("ends_with", Shape.TEXT, _text(lambda seen, key: seen.endswith(key))),
    *_PRESENCE,
)
_TEXT = (_IS, _IS_NOT, *_LONG_TEXT, _ONE_OF)
_NUMBER = (
    _IS,
    _IS_NOT,
    Operator("gt", Shape.ONE, _compare(op.gt)),
    Operator("gte", Shape.ONE, _compare(op.ge)),
    Operator("lt", Shape.ONE, _compare(op.lt)),
    Operator("lte", Shape.ONE, _compare(op.le)),
    Operator("between", Shape.RANGE, _between),
    *_PRESENCE,
)
_DATE = (
    _IS,
    Operator("before", Shape.ONE, _compare(op.lt)),
    Operator("after", Shape.ONE, _compare(op.gt)),
    Operator("on_or_before", Shape.ONE, _compare(op.le)),
    Operator("on_or_after", Shape.ONE, _compare(op.ge)),
    Operator("today", Shape.NONE, _within(0, 0)),
    Operator("yesterday", Shape.NONE, _within(-1, -1)),
    Operator("tomorrow", Shape.NONE, _within(1, 1)),
    # Both include today.
    Operator("last_days", Shape.DAYS, lambda kind, value, _: _within(-value, 0)(kind, value, _)),
    Operator("next_days", Shape.DAYS, lambda kind, value, _: _within(0, value)(kind, value, _)),
    Operator("this_week", Shape.NONE, _in_week),
    Operator("this_month", Shape.NONE, _in_month),
    *_PRESENCE,
)
_CHOICE = (_IS, _IS_NOT, _ONE_OF, _NONE_OF, *_PRESENCE)
_MULTI_CHOICE = (
    Operator("any_of", Shape.MANY, _options(lambda wanted, seen: not wanted.isdisjoint(seen))),
    Operator("all_of", Shape.MANY, _options(lambda wanted, seen: wanted <= seen)),
    Operator("none_of", Shape.MANY, _options(lambda wanted, seen: wanted.isdisjoint(seen)), when_empty=True),
    *_PRESENCE,
)
_BOOL = (
    Operator("true", Shape.NONE, lambda *_: lambda seen, scope: seen is True),
    Operator("false", Shape.NONE, lambda *_: lambda seen, scope: seen is False),
)
_USER = (
    _IS,
    _IS_NOT,
    Operator("me", Shape.NONE, lambda *_: lambda seen, scope: seen == scope.owner_id),
    Operator("triggering_user", Shape.NONE, lambda *_: lambda seen, scope: seen == scope.actor_id),
    Operator("in_team", Shape.TEAM, _in_team),
    *_PRESENCE,
)
_LINK = (_IS, *_PRESENCE)
_CONTACTS = (Operator("contains", Shape.TEXT, _entry_contains), *_PRESENCE)


def _change(id: str, shape: Shape, bind: Bind) -> Operator:
    return Operator(id, shape, bind, needs_change=True)


_CHANGED = _change("changed", Shape.NONE, changed)
_CHANGES = (
    _CHANGED,
    _change("changed_to", Shape.ONE, changed_to),
    _change("changed_from", Shape.ONE, changed_from),
    _change("changed_from_to", Shape.FROM_TO, changed_from_to),
)
_AMOUNT_CHANGES = (
    *_CHANGES,
    _change("increased", Shape.NONE, moved(op.gt)),
    _change("decreased", Shape.NONE, moved(op.lt)),
    _change("changed_by_more_than", Shape.AMOUNT, changed_by_more_than),
)
_MOVES = (
    _change("moved_earlier", Shape.NONE, moved(op.lt)),
    _change("moved_later", Shape.NONE, moved(op.gt)),
)
_STAGE_CHANGES = (
    *_CHANGES,
    _change("moved_forward", Shape.NONE, stage_moved(op.gt)),
    _change("moved_back", Shape.NONE, stage_moved(op.lt)),
)
_OPTION_CHANGES = (
    _CHANGED,
    _change("option_added", Shape.ONE_OR_ANY, option_added),
    _change("option_removed", Shape.ONE_OR_ANY, option_removed),
)
_LINK_CHANGES = (
    *_CHANGES,
    _change("linked", Shape.NONE, linked),
    _change("unlinked", Shape.NONE, unlinked),
)

# In the order in which they are offered.
OPERATORS: dict[Kind, dict[str, Operator]] = {
    kind: {operator.id: operator for operator in operators}
    for kind, operators in {
        Kind.TEXT: (*_TEXT, *_CHANGES),
        Kind.LONG_TEXT: (*_LONG_TEXT, _CHANGED),
        Kind.CHOICE: (*_CHOICE, *_CHANGES),
        Kind.NUMBER: (*_NUMBER, *_AMOUNT_CHANGES),
        Kind.MONEY: (*_NUMBER, *_AMOUNT_CHANGES),
        Kind.DATE: (*_DATE, *_CHANGES, *_MOVES),
        Kind.DATETIME: (*_DATE, _CHANGED, *_MOVES),
        Kind.BOOL: (*_BOOL, *_CHANGES),
        Kind.USER: (*_USER, *_CHANGES),
        Kind.LINK: (*_LINK, *_LINK_CHANGES),
        Kind.STAGE: (*_CHOICE, *_STAGE_CHANGES),
        Kind.PIPELINE: (*_CHOICE, *_CHANGES),
        Kind.MULTI_CHOICE: (*_MULTI_CHOICE, *_OPTION_CHANGES),
        Kind.EMAILS: (*_CONTACTS, _CHANGED),
        Kind.PHONES: (*_CONTACTS, _CHANGED),
        Kind.PARTICIPANTS: (*_PRESENCE, _CHANGED),
    }.items()
}
OPERATOR_IDS = frozenset(id for operators in OPERATORS.values() for id in operators)
CHANGE_OPERATOR_IDS = frozenset(
    operator.id
    for operators in OPERATORS.values()
    for operator in operators.values()
    if operator.needs_change
)
# Other names under which documents may know an operator.
_ALIASES = {(Kind.LINK, "exists"): "filled", (Kind.LINK, "missing"): "empty"}


def find(kind: Kind, id: str) -> Operator | None:
    """The operator of this id for fields of this kind; None when it does not fit them."""
    return OPERATORS[kind].get(_ALIASES.get((kind, id), id))


def operators_for(kind: Kind, *, changes: bool) -> Iterable[Operator]:
    """The operators to offer for fields of this kind, in order.

    Args:
        changes: also those about a change (own fields of a trigger that reacts to updates).
    """
    return tuple(operator for operator in OPERATORS[kind].values() if changes or not operator.needs_change)
