"""Where a run stands in its definition, and what comes next.

A position is a set of *cursors*, each the way to a block through the tree, such as ``("steps", 2)`` or
``("steps", 2, "paths", 0, "steps", 1)``. There is one until a branch lets several paths go on side by side; a cursor
that comes to the end of its path vanishes, and the last one of a branch goes on below it.

    cursors = start(definition)
    directive = next_directive(definition, first(cursors))   # Perform, Decide, Choose or Finish
    cursors, ended = advance(definition, cursors, answer)    # after it was done; the answer to a Decide or a Choose

The cursors take their turns from the top down and from left to right: a path is gone through before the next one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from relance.automation.core.blocks import (
    ActionBlock,
    Block,
    BranchBlock,
    ConditionBlock,
    Definition,
    Place,
    StopBlock,
)

Cursor = Place
Cursors = frozenset[Cursor]
#: The truth of a condition, or of the paths of a branch as far as they were asked.
Answer = bool | None | tuple[bool | None, ...]


class Outcome(StrEnum):
    """How a run ended."""

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
class Choose:
    """Ask the paths of a branch from left to right until it ``settles``, then ``advance`` with their truths."""

    path: Cursor
    block: BranchBlock


@dataclass(frozen=True, slots=True)
class Finish:
    """This path is at its end; ``block`` is the stop that ended it, if one did."""

    path: Cursor
    outcome: Outcome
    block: StopBlock | None = None


Directive = Perform | Decide | Choose | Finish


class Position(NamedTuple):
    """Where a run goes on: its cursors, or how it ended."""

    cursors: Cursors
    ended: Outcome | None


def start(definition: Definition) -> Cursors:
    """The cursors of a run that has done nothing yet."""
    return frozenset({("steps", 0)})


def start_after_leading(definition: Definition) -> Cursors:
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


def first(cursors: Cursors) -> Cursor:
    """The cursor whose turn it is."""
    if len(cursors) == 1:
        (cursor,) = cursors
        return cursor
    return min(cursors)


def next_directive(definition: Definition, cursor: Cursor) -> Directive:
    """What to do at a cursor.

    Raises:
        LookupError: for a cursor that this definition has no place for.
    """
    steps, number = _steps(definition, cursor)
    if number == len(steps):
        return Finish(cursor, Outcome.DONE)
    block = steps[number]
    match block:
        case ActionBlock():
            return Perform(cursor, block)
        case ConditionBlock():
            return Decide(cursor, block)
        case BranchBlock():
            return Choose(cursor, block)
        case StopBlock():
            return Finish(cursor, Outcome.STOPPED, block)


def taken(mode: str, truths: Sequence[bool | None]) -> tuple[int, ...] | None:
    """The numbers of the paths that are taken; none of them means "otherwise", None that it cannot be known.

    Args:
        mode: of the branch.
        truths: of its paths as far as they were asked.
    """
    for number, truth in enumerate(truths):
        if truth is None:
            return None
        if truth and mode == "first":
            return (number,)
    return tuple(number for number, truth in enumerate(truths) if truth)


def advance(definition: Definition, cursors: Cursors, answer: Answer = True) -> Position:
    """Where a run goes on once the directive at its first cursor was carried out.

    Args:
        answer: to a Decide or a Choose.
    Raises:
        LookupError: for a cursor that this definition has no place for.
    """
    cursor = first(cursors)
    rest = cursors - {cursor}
    directive = next_directive(definition, cursor)
    if isinstance(directive, Finish):
        if directive.block is not None:
            return _ended(Outcome.STOPPED)
        return _leave(rest, cursor, Outcome.DONE)
    if isinstance(directive, Choose):
        assert isinstance(answer, tuple)
        numbers = taken(directive.block.mode, answer)
        if numbers is None:
            return _ended(Outcome.UNKNOWN)
        ways: list[Cursor] = [(*cursor, "paths", number, "steps", 0) for number in numbers]
        return Position(rest | set(ways or [(*cursor, "otherwise", "steps", 0)]), None)
    if isinstance(directive, Decide) and answer is not True:
        if answer is None:
            return _ended(Outcome.UNKNOWN)
        return _leave(rest, cursor, Outcome.NOT_MET)
    return Position(rest | {_below(cursor)}, None)


def _ended(outcome: Outcome) -> Position:
    return Position(frozenset(), outcome)


def _leave(rest: Cursors, cursor: Cursor, outcome: Outcome) -> Position:
    """A path has ended; what is below its branch is next once nobody is inside the branch any more."""
    branch = _branch_of(cursor)
    if branch is None:
        return _ended(outcome)
    if any(other[: len(branch)] == branch for other in rest):
        return Position(rest, None)
    return Position(rest | {_below(branch)}, None)


def _branch_of(cursor: Cursor) -> Cursor | None:
    """The branch around a cursor."""
    match cursor:
        case (*branch, "paths", int(), "steps", int()) | (*branch, "otherwise", "steps", int()):
            return tuple(branch)
    return None


def _below(cursor: Cursor) -> Cursor:
    *way, number = cursor
    assert isinstance(number, int)
    return (*way, number + 1)


def path_text(cursor: Cursor) -> str:
    """A cursor as it is stored: "steps/2"."""
    return "/".join(str(part) for part in cursor)


def cursor_of(path: str) -> Cursor:
    """The cursor that ``path_text`` wrote."""
    return tuple(int(part) if part.isdecimal() else part for part in path.split("/"))


def _steps(definition: Definition, cursor: Cursor) -> tuple[Sequence[Block], int]:
    """The list of blocks a cursor stands in, and where in it; one behind the last is its end."""
    steps: Sequence[Block] = definition.steps
    way = cursor
    while True:
        match way:
            case ("steps", int(number)) if 0 <= number <= len(steps):
                return steps, number
            case ("steps", int(number), "paths", int(path), *deeper) if 0 <= number < len(steps):
                block = steps[number]
                if isinstance(block, BranchBlock) and 0 <= path < len(block.paths):
                    steps, way = block.paths[path].steps, tuple(deeper)
                    continue
            case ("steps", int(number), "otherwise", *deeper) if 0 <= number < len(steps):
                block = steps[number]
                if isinstance(block, BranchBlock):
                    steps, way = block.otherwise.steps, tuple(deeper)
                    continue
        raise LookupError(cursor)
