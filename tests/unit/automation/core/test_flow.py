from __future__ import annotations

from typing import Any

import pytest

from relance.automation.core.definition import Definition
from relance.automation.core.flow import (
    Decide,
    Perform,
    advance,
    cursor_of,
    first,
    leading_conditions,
    next_directive,
    path_text,
    start,
    start_after_leading,
)
from tests.unit.automation.core.samples import document, read


def definition(kinds: str) -> Definition:
    """c: a condition, a: an action, s: a stop."""
    blocks: list[dict[str, Any]] = []
    for number, kind in enumerate(kinds):
        block: dict[str, Any] = {"id": f"b{number}"}
        match kind:
            case "c":
                block |= {"kind": "condition", "groups": []}
            case "a":
                block |= {"kind": "action", "type": "notify", "params": {"to": [], "text": "x"}}
            case "s":
                block |= {"kind": "stop"}
        blocks.append(block)
    return read(document(steps=blocks))


def walk(made: Definition, *truths: bool | None) -> tuple[list[str], str]:
    """The ids of the blocks carried out or asked, and how it ended."""
    answers, way = iter(truths), []
    cursors, ended = start(made), None
    while ended is None:
        directive = next_directive(made, first(cursors))
        truth: bool | None = True
        match directive:
            case Perform(block=block):
                way.append(block.id)
            case Decide(block=block):
                way.append(block.id)
                truth = next(answers)
        cursors, ended = advance(made, cursors, truth)
    return way, ended


@pytest.mark.parametrize(
    ("kinds", "truths", "way", "outcome"),
    [
        ("aa", [], ["b0", "b1"], "done"),
        ("ca", [True], ["b0", "b1"], "done"),
        ("ca", [False], ["b0"], "not_met"),
        ("ca", [None], ["b0"], "unknown"),
        ("aca", [False], ["b0", "b1"], "not_met"),
        ("asa", [], ["b0"], "stopped"),
        ("ac", [True], ["b0", "b1"], "done"),
    ],
)
def test_a_run_goes_from_block_to_block(
    kinds: str, truths: list[bool | None], way: list[str], outcome: str
) -> None:
    assert walk(definition(kinds), *truths) == (way, outcome)


@pytest.mark.parametrize(("kinds", "leading"), [("ccaca", 2), ("aca", 0), ("csca", 1)])
def test_leading_conditions_come_before_everything_else(kinds: str, leading: int) -> None:
    made = definition(kinds)
    assert [path_text(decide.path) for decide in leading_conditions(made)] == [
        f"steps/{number}" for number in range(leading)
    ]
    assert start_after_leading(made) == {("steps", leading)}


def test_nothing_goes_on_after_the_end() -> None:
    made = definition("a")
    assert advance(made, frozenset({("steps", 1)})) == (frozenset(), "done")


def test_a_cursor_is_stored_as_text() -> None:
    assert cursor_of(path_text(("steps", 12))) == ("steps", 12)


@pytest.mark.parametrize("cursor", [("steps", 2), ("steps", -1), ("steps",), (), ("moon", 0)])
def test_a_cursor_from_elsewhere_is_refused(cursor: tuple[str | int, ...]) -> None:
    with pytest.raises(LookupError):
        next_directive(definition("a"), cursor)
