"""The tests behind the change operators. Each is asked about ``(before, after)`` of a field that changed."""

from __future__ import annotations

from typing import Any

from relance.automation.core.comparing import (
    EMPTY_SIDE,
    OTHER_PIPELINE,
    Answer,
    Compare,
    Reason,
    Test,
    change_in_size,
    is_empty,
    matching,
    pairwise,
)
from relance.automation.core.scope import Scope, StageInfo
from relance.automation.core.verdicts import Because
from relance.lib.kinds import Kind
from relance.lib.text import fold


def changed(kind: Kind, value: Any, before: Any) -> Test:
    return lambda change, scope: True


def changed_to(kind: Kind, value: Any, before: Any) -> Test:
    """It became the value. A text that only changed its case or accents did not become anything."""
    return _side(kind, value, now=1, other=0)


def changed_from(kind: Kind, value: Any, before: Any) -> Test:
    return _side(kind, value, now=0, other=1)


def _side(kind: Kind, value: Any, *, now: int, other: int) -> Test:
    matches = matching(kind, value)
    textual = kind is Kind.TEXT

    def test(change: Any, scope: Scope) -> Answer:
        if is_empty(change[now]):
            return False
        if textual and not is_empty(change[other]) and fold(change[0]) == fold(change[1]):
            return False
        return matches(change[now], scope)

    return test


def changed_from_to(kind: Kind, value: Any, before: Any) -> Test:
    was, became = matching(kind, before), matching(kind, value)

    def test(change: Any, scope: Scope) -> Answer:
        if is_empty(change[0]) or is_empty(change[1]):
            return False
        first = was(change[0], scope)
        if first is False:
            return False
        second = became(change[1], scope)
        return second if first is True or second is False else first

    return test


def moved(compare: Compare) -> Any:
    """Up or down, later or earlier: ``compare(after, before)``. From or to nothing is neither."""

    def bind(kind: Kind, value: Any, before: Any) -> Test:
        compared = pairwise(compare, kind)
        return lambda change, scope: (
            EMPTY_SIDE
            if is_empty(change[0]) or is_empty(change[1])
            else compared(change[1], change[0], scope)
        )

    return bind


def changed_by_more_than(kind: Kind, value: Any, before: Any) -> Test:
    def test(change: Any, scope: Scope) -> Answer:
        was, now = change
        if is_empty(was) or is_empty(now):
            return EMPTY_SIDE
        if kind is Kind.MONEY:
            return change_in_size(was, now, value, scope)
        return bool(abs(now - was) > value)

    return test


def stage_moved(compare: Compare) -> Any:
    """Forward or back within a pipeline, by position."""

    def bind(kind: Kind, value: Any, before: Any) -> Test:
        def test(change: Any, scope: Scope) -> Answer:
            if is_empty(change[0]) or is_empty(change[1]):
                return EMPTY_SIDE
            was, now = _stage(change[0], scope), _stage(change[1], scope)
            if isinstance(was, Reason):
                return was
            if isinstance(now, Reason):
                return now
            if was.pipeline != now.pipeline:
                return OTHER_PIPELINE
            return compare(now.position, was.position)

        return test

    return bind


def _stage(id: int, scope: Scope) -> StageInfo | Reason:
    return scope.world.stage(id) or Reason(None, Because.BROKEN, str(id))


def option_added(kind: Kind, value: Any, before: Any) -> Test:
    return _option(value, has=1, lacks=0)


def option_removed(kind: Kind, value: Any, before: Any) -> Test:
    return _option(value, has=0, lacks=1)


def _option(value: Any, *, has: int, lacks: int) -> Test:
    def test(change: Any, scope: Scope) -> Answer:
        difference = set(change[has] or ()) - set(change[lacks] or ())
        return bool(difference) if value is None else value in difference

    return test


def linked(kind: Kind, value: Any, before: Any) -> Test:
    """Nothing was linked before. Another record in place of one is a change, not a new link."""
    return lambda change, scope: change[0] is None and change[1] is not None


def unlinked(kind: Kind, value: Any, before: Any) -> Test:
    return lambda change, scope: change[0] is not None and change[1] is None
