"""Every operator that asks about a state, kind by kind, as a filter on the field's columns.

The table mirrors the one in ``automation.core.operators``, which this layer cannot see: the same ids, shapes and
answers about empty values. A contract test compares the two, entry by entry and record by record.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import Expression, Q, Value
from django.db.models.functions import Left, Right, StrIndex
from django.db.models.lookups import Exact, GreaterThan, In

from relance.lib.kinds import Kind
from relance.lib.shapes import Shape
from relance.lib.text import digits, fold
from relance.records.fields import Field
from relance.records.filters.amounts import COMPARISONS
from relance.records.filters.dates import DATES
from relance.records.filters.expressions import FoldedText, HasOption
from relance.records.filters.terms import NOTHING, Context, Holds, Operator, filled, unless
from relance.records.snapshot import digits_key

#: Operators that ask what happened. Only an event can tell.
CHANGE_OPERATORS = frozenset(
    [
        "changed",
        "changed_to",
        "changed_from",
        "changed_from_to",
        "increased",
        "decreased",
        "changed_by_more_than",
        "moved_earlier",
        "moved_later",
        "moved_forward",
        "moved_back",
        "option_added",
        "option_removed",
        "linked",
        "unlinked",
    ]
)


def _contains(text: Expression, key: str) -> Q:
    return Q(GreaterThan(StrIndex(text, Value(key)), 0))


def _starts(text: Expression, key: str) -> Q:
    return Q(Exact(Left(text, len(key)), key))


def _ends(text: Expression, key: str) -> Q:
    return Q(Exact(Right(text, len(key)), key))


def _equals(text: Expression, key: str) -> Q:
    return Q(Exact(text, key))


def _text(test: Callable[[Expression, str], Q]) -> Holds:
    def holds(field: Field, value: Any, context: Context) -> Q:
        key = fold(value)
        # A text of nothing but accents has an empty key, and is a part of every text.
        if not key and test is not _equals:
            return filled(field)
        return test(FoldedText(field.key), key)

    return holds


def _one_of_texts(field: Field, value: Any, context: Context) -> Q:
    return Q(In(FoldedText(field.key), sorted({fold(item) for item in value})))


def _entry_contains(field: Field, value: Any, context: Context) -> Q:
    """In e-mail addresses or phone numbers; figures match however the number is spaced."""
    figures = digits(value) if field.kind is Kind.PHONES and not any(c.isalpha() for c in value) else ""
    if figures:
        return _contains(FoldedText(digits_key(field.key)), figures)
    return _text(_contains)(field, value, context)


def _is(field: Field, value: Any, context: Context) -> Q:
    return Q(**{field.columns[0]: value})


def _one_of(field: Field, value: Any, context: Context) -> Q:
    return Q(**{f"{field.columns[0]}__in": value})


def _all_options(field: Field, value: Any, context: Context) -> Q:
    return reduce(and_, (Q(HasOption(field.key, option)) for option in value))


def _any_option(field: Field, value: Any, context: Context) -> Q:
    return reduce(or_, (Q(HasOption(field.key, option)) for option in value))


def _me(field: Field, value: Any, context: Context) -> Q:
    user = context.actor.user_id
    return NOTHING if user is None else Q(**{field.columns[0]: user})


def _in_team(field: Field, value: Any, context: Context) -> Q:
    return Q(**{f"{field.columns[0]}__in": sorted(context.directory.members.get(value, ()))})


def _not(holds: Holds) -> Holds:
    return lambda field, value, context: unless(field, holds(field, value, context))


_PRESENCE = {
    "empty": Operator(Shape.NONE, lambda *_: NOTHING, when_empty=True),
    "filled": Operator(Shape.NONE, lambda field, *_: filled(field)),
}
_LONG_TEXT = {
    "contains": Operator(Shape.TEXT, _text(_contains)),
    "not_contains": Operator(Shape.TEXT, _not(_text(_contains)), when_empty=True),
    "starts_with": Operator(Shape.TEXT, _text(_starts)),
    "ends_with": Operator(Shape.TEXT, _text(_ends)),
    **_PRESENCE,
}
_TEXT = {
    "is": Operator(Shape.ONE, _text(_equals)),
    "is_not": Operator(Shape.ONE, _not(_text(_equals)), when_empty=True),
    **_LONG_TEXT,
    "one_of": Operator(Shape.MANY, _one_of_texts),
}
_CHOICE = {
    "is": Operator(Shape.ONE, _is),
    "is_not": Operator(Shape.ONE, _not(_is), when_empty=True),
    "one_of": Operator(Shape.MANY, _one_of),
    "none_of": Operator(Shape.MANY, _not(_one_of), when_empty=True),
    **_PRESENCE,
}
_MULTI_CHOICE = {
    "any_of": Operator(Shape.MANY, _any_option),
    "all_of": Operator(Shape.MANY, _all_options),
    "none_of": Operator(Shape.MANY, _not(_any_option), when_empty=True),
    **_PRESENCE,
}
_BOOL = {
    "true": Operator(Shape.NONE, lambda field, *_: Q(**{field.columns[0]: True})),
    "false": Operator(Shape.NONE, lambda field, *_: Q(**{field.columns[0]: False})),
}
_USER = {
    "is": Operator(Shape.ONE, _is),
    "is_not": Operator(Shape.ONE, _not(_is), when_empty=True),
    "me": Operator(Shape.NONE, _me),
    # There is no event, so nobody caused it.
    "triggering_user": Operator(Shape.NONE, lambda *_: NOTHING),
    "in_team": Operator(Shape.TEAM, _in_team),
    **_PRESENCE,
}
_CONTACTS = {"contains": Operator(Shape.TEXT, _entry_contains), **_PRESENCE}

OPERATORS: dict[Kind, dict[str, Operator]] = {
    Kind.TEXT: _TEXT,
    Kind.LONG_TEXT: _LONG_TEXT,
    Kind.CHOICE: _CHOICE,
    Kind.NUMBER: {**COMPARISONS, **_PRESENCE},
    Kind.MONEY: {**COMPARISONS, **_PRESENCE},
    Kind.DATE: {**DATES, **_PRESENCE},
    Kind.DATETIME: {**DATES, **_PRESENCE},
    Kind.BOOL: _BOOL,
    Kind.USER: _USER,
    Kind.LINK: {"is": Operator(Shape.ONE, _is), **_PRESENCE},
    Kind.STAGE: _CHOICE,
    Kind.PIPELINE: _CHOICE,
    Kind.MULTI_CHOICE: _MULTI_CHOICE,
    Kind.EMAILS: _CONTACTS,
    Kind.PHONES: _CONTACTS,
    Kind.PARTICIPANTS: _PRESENCE,
}
OPERATOR_IDS = frozenset(id for operators in OPERATORS.values() for id in operators)
# Other names under which an operator may be known.
_ALIASES = {(Kind.LINK, "exists"): "filled", (Kind.LINK, "missing"): "empty"}


def find(kind: Kind, id: str) -> Operator | None:
    """The operator of this id for fields of this kind; None when it does not fit them."""
    return OPERATORS[kind].get(_ALIASES.get((kind, id), id))
