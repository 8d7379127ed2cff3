"""Branches: where a run goes, compared with a model that knows no cursors and walks the tree by recursion."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.automation.core.blocks import MAX_BLOCKS, MAX_NESTING, MAX_PATHS
from relance.automation.core.definition import Definition, DocumentError, dump, parse
from relance.automation.core.flow import (
    Choose,
    Decide,
    Finish,
    Outcome,
    Perform,
    advance,
    cursor_of,
    first,
    leading_conditions,
    next_directive,
    path_text,
    start,
)
from relance.automation.core.references import references
from tests.unit.automation.core.samples import ACTIONS, CATALOGUE, TRIGGERS, document, read, row

Node = dict[str, Any]


# ---- Documents in few words ----------------------------------------------------------------------------


def act(id: str) -> Node:
    return {"id": id, "kind": "action", "type": "notify", "params": {"to": [], "text": "x"}}


def only_if(id: str) -> Node:
    return {"id": id, "kind": "condition", "groups": []}


def stop(id: str) -> Node:
    return {"id": id, "kind": "stop"}


def path(id: str, *steps: Node, **rest: Any) -> Node:
    return {"id": id, "name": "", "groups": [], "steps": list(steps), **rest}


def branch(id: str, mode: str, *paths: Node, otherwise: tuple[Node, ...] = ()) -> Node:
    return {
        "id": id,
        "kind": "branch",
        "mode": mode,
        "paths": list(paths),
        "otherwise": {"steps": list(otherwise)},
    }


def made_of(*steps: Node) -> Definition:
    return read(document(steps=list(steps)))


# ---- The run, by cursors -------------------------------------------------------------------------------


def walk(definition: Definition, truths: dict[str, bool | None]) -> tuple[list[str], str]:
    """The ids of what was done and asked, in order, and how the run ended."""
    way: list[str] = []
    cursors, ended = start(definition), None
    while ended is None:
        answer: Any = True
        match next_directive(definition, first(cursors)):
            case Perform(block=block) | Finish(block=block) if block is not None:
                way.append(block.id)
            case Decide(block=block):
                way.append(block.id)
                answer = truths[block.id]
            case Choose(block=block):
                way.append(block.id)
                found: list[bool | None] = []
                for each in block.paths:
                    way.append(each.id)
                    found.append(truths[each.id])
                    if block.settles(found[-1]):
                        break
                answer = tuple(found)
        assert all(cursor_of(path_text(cursor)) == cursor for cursor in cursors)
        cursors, ended = advance(definition, cursors, answer)
        assert (ended is None) == bool(cursors)
    return way, ended


# ---- The same, by recursion over the document --------------------------------------------------------


class Over(Exception):
    """The whole run is over."""


def told(steps: list[Node], truths: dict[str, bool | None]) -> tuple[list[str], str]:
    way: list[str] = []
    try:
        return way, "done" if go_through(steps, truths, way) else "not_met"
    except Over as over:
        return way, str(over)


def go_through(steps: list[Node], truths: dict[str, bool | None], way: list[str]) -> bool:
    """Whether the end of these steps was reached."""
    for step in steps:
        way.append(step["id"])
        if step["kind"] == "stop":
            raise Over("stopped")
        if step["kind"] == "condition":
            if truths[step["id"]] is None:
                raise Over("unknown")
            if not truths[step["id"]]:
                return False
        if step["kind"] == "branch":
            chosen = []
            for each in step["paths"]:
                way.append(each["id"])
                if truths[each["id"]] is None and step["mode"] == "first":
                    raise Over("unknown")
                if truths[each["id"]]:
                    chosen.append(each)
                    if step["mode"] == "first":
                        break
            if step["mode"] == "all" and any(truths[each["id"]] is None for each in step["paths"]):
                raise Over("unknown")
            for each in chosen or [step["otherwise"]]:
                go_through(each["steps"], truths, way)
    return True


@st.composite
def trees(draw: st.DrawFn) -> tuple[list[Node], dict[str, bool | None]]:
    truths: dict[str, bool | None] = {}
    count = 0

    def fresh() -> str:
        nonlocal count
        count += 1
        return f"n{count}"

    # Unknown is rare, or nothing would ever be reached.
    truth = st.sampled_from([True, True, True, False, False, None])

    def steps(depth: int) -> list[Node]:
        return [step(depth) for _ in range(draw(st.integers(0, 3 if count < 40 else 0)))]

    def step(depth: int) -> Node:
        kinds = ["action", "action", "condition", "stop", "branch", "branch", "branch"]
        kind = draw(st.sampled_from(kinds[: 7 if depth < MAX_NESTING and count < 40 else 4]))
        id = fresh()
        match kind:
            case "action":
                return act(id)
            case "stop":
                return stop(id)
            case "condition":
                truths[id] = draw(truth)
                return only_if(id)
        paths = []
        for _ in range(draw(st.integers(1, 3))):
            inner = fresh()
            truths[inner] = draw(truth)
            paths.append(path(inner, *steps(depth + 1)))
        return branch(id, draw(st.sampled_from(["first", "all"])), *paths, otherwise=(*steps(depth + 1),))

    return [*steps(0), act(fresh())], truths


@given(trees())
def test_a_run_goes_where_the_tree_says(tree: tuple[list[Node], dict[str, bool | None]]) -> None:
    steps, truths = tree
    assert walk(made_of(*steps), truths) == told(steps, truths)


@given(trees())
def test_a_document_with_branches_is_read_and_written_back(
    tree: tuple[list[Node], dict[str, bool | None]],
) -> None:
    definition = made_of(*tree[0])
    assert dump(definition) == document(steps=tree[0])
    assert read(dump(definition)) == definition


# ---- What people rely on, by hand ----------------------------------------------------------------------

FORK = (path("p1", act("a1")), path("p2", act("a2")), path("p3", act("a3")))


@pytest.mark.parametrize(
    ("mode", "truths", "done", "outcome"),
    [
        ("first", {"p1": True, "p2": True, "p3": True}, ["a1", "after"], "done"),
        ("first", {"p1": False, "p2": True, "p3": True}, ["a2", "after"], "done"),
        ("first", {"p1": False, "p2": False, "p3": False}, ["else", "after"], "done"),
        ("first", {"p1": True, "p2": None, "p3": True}, ["a1", "after"], "done"),
        ("first", {"p1": None, "p2": True, "p3": True}, [], "unknown"),
        ("all", {"p1": True, "p2": True, "p3": True}, ["a1", "a2", "a3", "after"], "done"),
        ("all", {"p1": True, "p2": False, "p3": True}, ["a1", "a3", "after"], "done"),
        ("all", {"p1": False, "p2": False, "p3": False}, ["else", "after"], "done"),
        ("all", {"p1": True, "p2": None, "p3": True}, [], "unknown"),
    ],
)
def test_which_paths_are_taken(
    mode: str, truths: dict[str, bool | None], done: list[str], outcome: str
) -> None:
    made = made_of(branch("b", mode, *FORK, otherwise=(act("else"),)), act("after"))
    way, ended = walk(made, truths)
    assert ([id for id in way if not id.startswith(("b", "p"))], ended) == (done, outcome)


def test_what_is_not_met_inside_a_path_ends_that_path_only() -> None:
    fork = branch("b", "all", path("p1", only_if("c"), act("a1")), path("p2", act("a2")))
    way, ended = walk(made_of(fork, act("after")), {"p1": True, "c": False, "p2": True})
    assert (way, ended) == (["b", "p1", "p2", "c", "a2", "after"], "done")


def test_a_stop_inside_a_path_ends_the_whole_run() -> None:
    fork = branch("b", "all", path("p1", stop("s")), path("p2", act("a2")))
    way, ended = walk(made_of(fork, act("after")), {"p1": True, "p2": True})
    assert (way, ended) == (["b", "p1", "p2", "s"], "stopped")


def test_paths_of_which_one_is_ahead_rejoin_when_the_last_has_ended() -> None:
    made = made_of(branch("b", "all", path("p1", act("a1")), path("p2", act("a2"))), act("after"))
    ahead = frozenset({("steps", 0, "paths", 1, "steps", 1)})
    assert advance(made, ahead | {("steps", 0, "paths", 0, "steps", 1)}) == (ahead, None)
    assert advance(made, ahead) == (frozenset({("steps", 1)}), None)


def test_a_branch_is_no_leading_condition() -> None:
    made = made_of(only_if("c"), branch("b", "first", *FORK), act("after"))
    assert [decide.block.id for decide in leading_conditions(made)] == ["c"]


@pytest.mark.parametrize(
    "cursor",
    [
        ("steps", 0, "paths", 3, "steps", 0),
        ("steps", 0, "paths", 0, "steps", 2),
        ("steps", 0, "paths", -1, "steps", 0),
        ("steps", 0, "paths", 0),
        ("steps", 0, "otherwise", "steps", 1),
        ("steps", 1, "paths", 0, "steps", 0),
        ("steps", 1, "otherwise", "steps", 0),
        ("steps", 2, "otherwise", "steps", 0),
    ],
)
def test_a_cursor_from_elsewhere_is_refused(cursor: tuple[str | int, ...]) -> None:
    with pytest.raises(LookupError):
        next_directive(made_of(branch("b", "first", *FORK), act("after")), cursor)


def test_an_empty_otherwise_has_a_place() -> None:
    made = made_of(branch("b", "first", *FORK), act("after"))
    at = ("steps", 0, "otherwise", "steps", 0)
    assert next_directive(made, at) == Finish(at, Outcome.DONE)


# ---- What is refused, and where ------------------------------------------------------------------------


def problems(*steps: Node) -> list[tuple[str, str]]:
    with pytest.raises(DocumentError) as refused:
        parse(document(steps=list(steps)), triggers=TRIGGERS, actions=ACTIONS, catalogue=CATALOGUE)
    return [(problem.pointer, problem.code) for problem in refused.value.problems]


GONE = [{"rows": [row("moon", "is", 1)]}]


@pytest.mark.parametrize(
    ("fork", "pointer", "code"),
    [
        (branch("b", "some", path("p", act("a"))), "/steps/0/mode", "not_a_choice"),
        (branch("b", "first"), "/steps/0/paths", "too_short"),
        (
            branch("b", "first", path("p", act("a")), *(path(f"q{n}") for n in range(MAX_PATHS))),
            "/steps/0/paths",
            "too_long",
        ),
        (branch("b", "first", path("b", act("a"))), "/steps/0/paths/0/id", "duplicate_id"),
        (branch("b", "first", path("p", act("p"))), "/steps/0/paths/0/steps/0/id", "duplicate_id"),
        (branch("b", "first", path("p", act("a")), path("p")), "/steps/0/paths/1/id", "duplicate_id"),
        (branch("b", "first", path("p", name="x" * 61)), "/steps/0/paths/0/name", "too_long"),
        (branch("b", "first", path("p", moon=1)), "/steps/0/paths/0/moon", "unknown_key"),
        (branch("b", "first", path("p", steps={})), "/steps/0/paths/0/steps", "wrong_type"),
        (branch("b", "first", path("p", 3)), "/steps/0/paths/0/steps/0", "wrong_type"),  # type: ignore[arg-type]
        (branch("b", "first", path("p"), otherwise=(3,)), "/steps/0/otherwise/steps/0", "wrong_type"),  # type: ignore[arg-type]
        (branch("b", "first", path("p", groups=GONE)), "/steps/0/paths/0/groups/0/rows/0/field", "unknown_field"),
        ({**branch("b", "first", path("p")), "otherwise": []}, "/steps/0/otherwise", "wrong_type"),
        ({**branch("b", "first"), "paths": [7]}, "/steps/0/paths/0", "wrong_type"),
        ({**branch("b", "first", path("p")), "moon": 1}, "/steps/0/moon", "unknown_key"),
    ],
)  # fmt: skip
def test_each_fault_inside_a_branch_is_named_at_its_place(fork: Node, pointer: str, code: str) -> None:
    assert problems(fork, act("last")) == [(pointer, code)]


def test_otherwise_and_the_names_of_paths_may_be_left_out() -> None:
    short = {"id": "b", "kind": "branch", "mode": "first", "paths": [{"id": "p", "steps": [act("a")]}]}
    assert dump(made_of(short))["steps"] == [branch("b", "first", path("p", act("a")))]


def nested(times: int) -> Node:
    step = act("a")
    for number in range(times):
        step = branch(f"b{number}", "first", path(f"p{number}", step))
    return step


def test_branches_inside_branches_have_a_limit() -> None:
    assert made_of(nested(MAX_NESTING))
    found = problems(nested(MAX_NESTING + 1))
    assert found[0] == ("/steps/0" + "/paths/0/steps/0" * MAX_NESTING, "too_deep")


def test_blocks_are_counted_over_the_tree() -> None:
    def with_blocks(count: int) -> Node:
        return branch("b", "first", path("p", *(act(f"a{number}") for number in range(count - 1))))

    assert made_of(with_blocks(MAX_BLOCKS))
    assert ("/steps", "too_many_blocks") in problems(with_blocks(MAX_BLOCKS + 1))


def test_an_action_in_a_path_is_an_action() -> None:
    assert made_of(branch("b", "first", path("p"), otherwise=(act("a"),)))
    assert problems(branch("b", "first", path("p"))) == [("/steps", "no_action")]


def test_what_a_path_asks_about_is_a_reference() -> None:
    asks = [{"rows": [row("owner", "is", 5)]}]
    inner = branch("b2", "first", path("p2", act("a"), groups=asks))
    definition = made_of(branch("b1", "all", path("p1"), otherwise=(inner,)))
    [found] = references(definition, "deal", CATALOGUE)
    pointer = "/steps/0/otherwise/steps/0/paths/0/groups/0/rows/0/value"
    assert (found.target, found.id, found.pointer) == ("user", 5, pointer)
