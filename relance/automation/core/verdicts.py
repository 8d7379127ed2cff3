"""Verdicts: whether a condition holds, and what was seen that makes it so.

Three-valued. **Unknown** (``truth`` None) is not false: something could not be known (no right to see, no
exchange rate, a broken reference), nothing is done on a guess, and the run fails saying why. An empty value,
on the other hand, is known: the condition is not met because it is empty.

A verdict is a tree: the whole condition ("any" of its groups), each group ("all" of its rows), each row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Because(StrEnum):
    """Why a verdict is what it is. Sentences for people are made elsewhere, one for each code."""

    HOLDS = "holds"  # the value seen satisfies the row
    DIFFERS = "differs"  # the value seen does not satisfy the row
    EMPTY = (
        "empty"  # there is no value (or no linked record to read it from); detail: the path on the other side
    )
    UNCHANGED = "unchanged"  # a change was asked for, and this field did not change
    OTHER_PIPELINE = "other_pipeline"  # a move to another pipeline is neither forward nor back
    HIDDEN = "hidden"  # unknown: the owner may not see the record; detail: the links to it
    NO_RATE = "no_rate"  # unknown: no exchange rate; detail: the currency
    BROKEN = "broken"  # unknown: what the row refers to no longer exists; detail: the path or the id
    NO_RESULT = "no_result"  # unknown: a calculation has none; detail: why, as of ``calculated.ValueProblem``
    SKIPPED = "skipped"  # not looked at: the outcome was already certain
    ALL = "all"  # a group of rows
    ANY = "any"  # a choice of groups
    ALWAYS = "always"  # a condition without groups


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of a row, of a group, or of a whole condition.

    ``seen`` is the plain value a row looked at: ``[before, after]`` for a change; both sides, the own first, where it
    compares with another field or a calculation. ``detail`` says what an unknown is about. A skipped row has no truth
    of its own (None): ask ``because`` before calling it unknown.
    """

    truth: bool | None
    because: str
    seen: Any = None
    parts: tuple[Verdict, ...] = ()
    detail: str | None = None

    @property
    def unknown(self) -> bool:
        return self.truth is None and self.because != Because.SKIPPED

    def reasons(self) -> Iterable[Verdict]:
        """The rows that decide this verdict: those with its own truth."""
        if not self.parts:
            yield self
            return
        for part in self.parts:
            if part.truth is self.truth and part.because != Because.SKIPPED:
                yield from part.reasons()

    def to_json(self) -> list[Any]:
        """``[truth, because, seen, parts, detail]``, without the trailing parts that say nothing."""
        truth = None if self.truth is None else int(self.truth)
        compact = [truth, str(self.because), self.seen, [part.to_json() for part in self.parts], self.detail]
        while compact[-1] in (None, []) and len(compact) > 2:
            compact.pop()
        return compact

    @classmethod
    def from_json(cls, compact: list[Any]) -> Verdict:
        """The verdict that ``to_json`` wrote."""
        filled = [*compact, *(None, None, None)][:5]
        truth, because, seen, parts, detail = filled
        return cls(
            truth=None if truth is None else bool(truth),
            because=because,
            seen=seen,
            parts=tuple(cls.from_json(part) for part in parts or ()),
            detail=detail,
        )


def all_of(truths: Iterable[bool | None]) -> bool | None:
    """AND: any False makes it False, else any Unknown makes it Unknown."""
    result: bool | None = True
    for truth in truths:
        if truth is False:
            return False
        if truth is None:
            result = None
    return result


def any_of(truths: Iterable[bool | None]) -> bool | None:
    """OR: any True makes it True, else any Unknown makes it Unknown."""
    result: bool | None = False
    for truth in truths:
        if truth is True:
            return True
        if truth is None:
            result = None
    return result
