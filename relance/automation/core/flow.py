"""Where a run stands in its definition, and what comes next.

A position is a *cursor*: the way to a block through the tree, such as ``("steps", 2)``. A run has a set of
them, because a later kind of block will let several paths go on side by side; today there is one.

    cursors = start(definition)
    directive = next_directive(definition, cursor)      # Perform, Decide or Finish
    cursors, ended = advance(definition, cursor, truth) # after it was done; truth of a Decide
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from relance.automation.core.blocks import ActionBlock, ConditionBlock, Definition, StopBlock

Cursor = tuple[str | int, ...]


class Outcome(StrEnum):
    """How a path ended."""

    DONE = "done"  # all its blocks are behind it
    NOT_MET = "not_met"  # a condition did not hold
    STOPPED = "stopped"  # a stop block
    UNKNOWN = "unknown"  # a condition could not be known: the run fails


@dataclass(frozen=True, slots=True)
class Perform:
    """Do an action."""

    path: Cursor
    block: ActionBlock


@dataclass(frozen=True, slots=True)
class Decide:
    """Ask a condition, then ``advance`` with its truth."""

    path: Cursor
    block: ConditionBlock


@dataclass(frozen=True, slots=True)
class Finish:
    """This path is at its end; ``block`` is the stop that ended it, if one did."""

    path: Cursor
    outcome: Outcome
    block: StopBlock | None = None


Directive = Perform | Decide | Finish


class Position(NamedTuple):
    """Where one path goes on: its cursors, or how it ended."""

    cursors: frozenset[Cursor]
    ended: Outcome | None


def start(definition: Definition) -> frozenset[Cursor]:
    """The cursors of a run that has done nothing yet."""
    return frozenset({("steps", 0)})


def start_after_leading(definition: Definition) -> frozenset[Cursor]:
    """The cursors of a run whose leading conditions were found to hold."""
    return frozenset({("steps", len(leading_conditions(definition)))})


def leading_conditions(definition: Definition) -> tuple[Decide, ...]:
    """The conditions before anything else: with them, an event that is not met needs no run."""
    leading = []
    for number, block in enumerate(definition.steps):
        if not isinstance(block, ConditionBlock):
            break
        leading.append(Decide(("steps", number), block))
    return tuple(leading)


def next_directive(definition: Definition, cursor: Cursor) -> Directive:
    """What to do at a cursor.

    Raises:
        LookupError: for a cursor that this definition has no place for.
    """
    number = _number(definition, cursor)
    if number == len(definition.steps):
        return Finish(cursor, Outcome.DONE)
    block = definition.steps[number]
    match block:
        case ActionBlock():
            return Perform(cursor, block)
        case ConditionBlock():
            return Decide(cursor, block)
        case StopBlock():
            return Finish(cursor, Outcome.STOPPED, block)


def advance(definition: Definition, cursor: Cursor, truth: bool | None = True) -> Position:
    """Where to go on once the directive at a cursor was carried out.

    Args:
        truth: of a condition.
    Raises:
        LookupError: for a cursor that this definition has no place for.
    """
    directive = next_directive(definition, cursor)
    if isinstance(directive, Finish):
        return Position(frozenset(), directive.outcome)
    if isinstance(directive, Decide) and truth is not True:
        return Position(frozenset(), Outcome.UNKNOWN if truth is None else Outcome.NOT_MET)
    return Position(frozenset({("steps", _number(definition, cursor) + 1)}), None)


def path_text(cursor: Cursor) -> str:
    """A cursor as it is stored: "steps/2"."""
    return "/".join(str(part) for part in cursor)


def cursor_of(path: str) -> Cursor:
    """The cursor that ``path_text`` wrote."""
    return tuple(int(part) if part.isdecimal() else part for part in path.split("/"))


def _number(definition: Definition, cursor: Cursor) -> int:
    match cursor:
        case ("steps", int(number)) if 0 <= number <= len(definition.steps):
            return number
    raise LookupError(cursor)
