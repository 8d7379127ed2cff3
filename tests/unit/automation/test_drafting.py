"""Editing a draft never changes the document it was given, and never mixes up ids."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from relance.automation import drafting


def document(*ids: str) -> dict[str, Any]:
    return drafting.new_document() | {"steps": [{"id": id, "kind": "stop"} for id in ids]}


def order(draft: dict[str, Any]) -> list[str]:
    return [block["id"] for _, block in drafting.blocks(draft)]


def branching() -> dict[str, Any]:
    """A fork with two cases and an otherwise, as it will look."""
    fork = {
        "id": "b2",
        "kind": "branch",
        "cases": [{"groups": [], "steps": [{"id": "b3", "kind": "stop"}]}, {"groups": [], "steps": []}],
        "otherwise": {"steps": [{"id": "b4", "kind": "stop"}]},
    }
    return document("b1") | {"steps": [{"id": "b1", "kind": "stop"}, fork]}


def test_a_block_is_inserted_where_the_plus_stands() -> None:
    draft, block_id = drafting.insert(document("b1", "b2"), ("steps", 1), {"kind": "condition", "groups": []})
    assert (order(draft), block_id) == (["b1", "b3", "b2"], "b3")
    draft, block_id = drafting.insert(draft, ("steps", 3), {"kind": "stop"})
    assert order(draft) == ["b1", "b3", "b2", "b4"]


def test_an_empty_draft_takes_its_first_block() -> None:
    draft, _ = drafting.insert({}, ("steps", 0), {"kind": "stop"})
    assert order(draft) == ["b1"]


@pytest.mark.parametrize(
    "at", [("steps", 3), ("steps", -1), ("trigger", 0), ("steps", 0, "cases", 0, "steps", 0)]
)
def test_a_place_that_is_not_there_is_refused(at: drafting.Path) -> None:
    with pytest.raises(drafting.UnknownPlace):
        drafting.insert(document("b1", "b2"), at, {"kind": "stop"})


@pytest.mark.parametrize("text", ["", "steps", "steps/x", "/", "steps//1", "steps/²", "a/" * 50 + "1"])
def test_a_place_that_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(drafting.UnknownPlace):
        drafting.parse_place(text)


def test_a_place_is_read_as_it_is_written() -> None:
    path = ("steps", 1, "cases", 0, "steps", 2)
    assert drafting.parse_place(drafting.place(path)) == path


def test_a_block_keeps_its_id_when_it_is_replaced() -> None:
    draft = drafting.replace(document("b1", "b2"), "b2", {"id": "other", "kind": "condition", "groups": []})
    assert draft["steps"][1] == {"id": "b2", "kind": "condition", "groups": []}


def test_an_unknown_block_is_refused() -> None:
    for act in (drafting.remove, drafting.duplicate, drafting.find):
        with pytest.raises(drafting.UnknownBlock):
            act(document("b1"), "b9")


def test_a_block_moves_and_stops_at_the_ends() -> None:
    draft = document("b1", "b2", "b3")
    assert order(drafting.move(draft, "b3", -1)) == ["b1", "b3", "b2"]
    assert order(drafting.move(draft, "b1", 1)) == ["b2", "b1", "b3"]
    assert order(drafting.move(draft, "b1", -1)) == ["b1", "b2", "b3"]
    assert order(drafting.move(draft, "b3", 1)) == ["b1", "b2", "b3"]


def test_nothing_changes_the_document_it_was_given() -> None:
    draft = branching()
    before = deepcopy(draft)
    drafting.insert(draft, ("steps", 0), {"kind": "stop"})
    drafting.replace(draft, "b1", {"kind": "condition"})
    drafting.remove(draft, "b2")
    drafting.move(draft, "b1", 1)
    drafting.duplicate(draft, "b2")
    assert draft == before


def test_steps_inside_a_fork_are_reached() -> None:
    draft = branching()
    assert order(draft) == ["b1", "b2", "b3", "b4"]
    assert drafting.find(draft, "b4")[0] == ("steps", 1, "otherwise", "steps", 0)
    draft, block_id = drafting.insert(draft, ("steps", 1, "cases", 1, "steps", 0), {"kind": "stop"})
    assert drafting.find(draft, block_id)[0] == ("steps", 1, "cases", 1, "steps", 0)


def test_a_copy_of_a_fork_shares_no_id() -> None:
    draft, copy = drafting.duplicate(branching(), "b2")
    assert copy == "b5"
    assert order(draft) == ["b1", "b2", "b3", "b4", "b5", "b6", "b7"]


def test_changes_are_counted() -> None:
    published = document("b1", "b2", "b3")
    assert drafting.changes_between(None, published) == 0
    assert drafting.changes_between(published, deepcopy(published)) == 0
    assert drafting.changes_between(published, drafting.move(published, "b1", 1)) == 1
    assert drafting.changes_between(published, drafting.remove(published, "b1")) == 1
    assert drafting.changes_between(published, published | {"origins": ["user", "api"]}) == 1
    replaced = drafting.replace(published, "b2", {"kind": "condition", "groups": []})
    assert drafting.changes_between(published, replaced) == 1


def test_a_condition_that_was_never_filled_in_is_found() -> None:
    draft, _ = drafting.insert(document("b1"), ("steps", 1), {"kind": "condition"})
    assert drafting.not_set_up(draft) == [("steps", 1)]
    assert drafting.not_set_up(drafting.replace(draft, "b2", {"kind": "condition", "groups": []})) == []
