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
    """A branch with two paths and an otherwise."""
    fork = {
        "id": "b2",
        "kind": "branch",
        "mode": "first",
        "paths": [
            {"id": "p1", "name": "", "groups": [], "steps": [{"id": "b3", "kind": "stop"}]},
            {"id": "p2", "name": "", "groups": [], "steps": []},
        ],
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
    "at", [("steps", 3), ("steps", -1), ("trigger", 0), ("steps", 0, "paths", 0, "steps", 0)]
)
def test_a_place_that_is_not_there_is_refused(at: drafting.Path) -> None:
    with pytest.raises(drafting.UnknownPlace):
        drafting.insert(document("b1", "b2"), at, {"kind": "stop"})


@pytest.mark.parametrize("text", ["", "steps", "steps/x", "/", "steps//1", "steps/²", "a/" * 50 + "1"])
def test_a_place_that_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(drafting.UnknownPlace):
        drafting.parse_place(text)


def test_a_place_is_read_as_it_is_written() -> None:
    path = ("steps", 1, "paths", 0, "steps", 2)
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
    drafting.relocate(draft, "b1", ("steps", 1, "paths", 0, "steps", 1))
    drafting.add_path(draft, "b2", 10)
    drafting.replace_path(draft, "p1", {"name": "x"})
    drafting.move_path(draft, "p1", 1)
    drafting.duplicate_path(draft, "p1", 10)
    drafting.remove_path(draft, "p1")
    assert draft == before


def test_steps_inside_a_fork_are_reached() -> None:
    draft = branching()
    assert order(draft) == ["b1", "b2", "b3", "b4"]
    assert drafting.find(draft, "b4")[0] == ("steps", 1, "otherwise", "steps", 0)
    draft, block_id = drafting.insert(draft, ("steps", 1, "paths", 1, "steps", 0), {"kind": "stop"})
    assert drafting.find(draft, block_id)[0] == ("steps", 1, "paths", 1, "steps", 0)


def test_a_copy_of_a_fork_shares_no_id() -> None:
    draft, copy = drafting.duplicate(branching(), "b2")
    assert copy == "b5"
    assert order(draft) == ["b1", "b2", "b3", "b4", "b5", "b6", "b7"]
    assert path_ids(draft) == ["p1", "p2", "p3", "p4"]


def path_ids(draft: dict[str, Any]) -> list[str]:
    return [path["id"] for _, path in drafting.paths(draft)]


def test_a_new_branch_has_two_paths_to_set_up_and_ids_of_its_own() -> None:
    draft = branching()
    draft, inner = drafting.insert(
        draft, ("steps", 1, "otherwise", "steps", 0), drafting.new_branch(draft, "all")
    )
    assert (inner, path_ids(draft)) == ("b5", ["p1", "p2", "p3", "p4"])
    assert drafting.not_set_up(draft) == [
        ("steps", 1, "otherwise", "steps", 0, "paths", 0),
        ("steps", 1, "otherwise", "steps", 0, "paths", 1),
    ]
    assert drafting.depth(("steps", 1, "otherwise", "steps", 0)) == 1


def test_paths_are_added_filled_in_moved_copied_and_removed() -> None:
    draft, added = drafting.add_path(branching(), "b2", 3)
    assert (path_ids(draft), added) == (["p1", "p2", "p3"], "p3")
    with pytest.raises(drafting.UnknownPlace):
        drafting.add_path(draft, "b2", 3)
    with pytest.raises(drafting.UnknownPlace):
        drafting.duplicate_path(draft, "p1", 3)
    draft = drafting.replace_path(draft, "p1", {"id": "other", "name": "Big", "groups": [], "steps": "gone"})
    assert drafting.find_path(draft, "p1") == (
        ("steps", 1, "paths", 0),
        {"id": "p1", "name": "Big", "groups": [], "steps": [{"id": "b3", "kind": "stop"}]},
    )
    assert path_ids(drafting.move_path(draft, "p1", 1)) == ["p2", "p1", "p3"]
    assert path_ids(drafting.move_path(draft, "p1", -1)) == ["p1", "p2", "p3"]
    draft, copy = drafting.duplicate_path(drafting.remove_path(draft, "p2"), "p1", 3)
    assert (path_ids(draft), copy) == (["p1", "p4", "p3"], "p4")
    assert order(draft) == ["b1", "b2", "b3", "b5", "b4"]


def test_the_last_path_of_a_branch_stays() -> None:
    with pytest.raises(drafting.UnknownPlace):
        drafting.remove_path(drafting.remove_path(branching(), "p1"), "p2")


def test_a_branch_goes_with_everything_inside_it() -> None:
    assert order(drafting.remove(branching(), "b2")) == ["b1"]
    assert order(drafting.move(branching(), "b2", -1)) == ["b2", "b3", "b4", "b1"]


def test_a_step_is_put_into_a_path_and_out_of_it_again() -> None:
    draft = drafting.relocate(branching(), "b1", ("steps", 1, "paths", 0, "steps", 1))
    assert order(draft) == ["b2", "b3", "b1", "b4"]
    draft = drafting.relocate(draft, "b1", ("steps", 0))
    assert draft == branching()
    draft = drafting.relocate(document("b1", "b2", "b3"), "b1", ("steps", 3))
    assert order(draft) == ["b2", "b3", "b1"]


@pytest.mark.parametrize("at", [("steps", 1, "paths", 0, "steps", 0), ("steps", 9), ("steps", 0, "paths", 0)])
def test_a_branch_cannot_be_put_into_itself_nor_nowhere(at: drafting.Path) -> None:
    with pytest.raises(drafting.UnknownPlace):
        drafting.relocate(branching(), "b2", at)


def test_changes_are_counted() -> None:
    published = document("b1", "b2", "b3")
    assert drafting.changes_between(None, published) == 0
    assert drafting.changes_between(published, deepcopy(published)) == 0
    assert drafting.changes_between(published, drafting.move(published, "b1", 1)) == 1
    assert drafting.changes_between(published, drafting.remove(published, "b1")) == 1
    assert drafting.changes_between(published, published | {"origins": ["user", "api"]}) == 1
    replaced = drafting.replace(published, "b2", {"kind": "condition", "groups": []})
    assert drafting.changes_between(published, replaced) == 1


def test_changes_inside_a_branch_count_once() -> None:
    published = branching()
    assert drafting.changes_between(published, deepcopy(published)) == 0
    inner = drafting.replace(published, "b3", {"kind": "condition", "groups": []})
    assert drafting.changes_between(published, inner) == 1
    renamed = drafting.replace_path(published, "p1", {"name": "Big", "groups": []})
    assert drafting.changes_between(published, renamed) == 1
    assert drafting.changes_between(published, drafting.move_path(published, "p1", 1)) == 1
    assert drafting.changes_between(published, drafting.add_path(published, "b2", 10)[0]) == 1
    into = drafting.relocate(published, "b1", ("steps", 1, "paths", 0, "steps", 0))
    assert drafting.changes_between(published, into) == 1
    # The branch, two paths and the two steps in them.
    assert drafting.changes_between(published, drafting.remove(published, "b2")) == 5


def test_a_condition_that_was_never_filled_in_is_found() -> None:
    draft, _ = drafting.insert(document("b1"), ("steps", 1), {"kind": "condition"})
    assert drafting.not_set_up(draft) == [("steps", 1)]
    assert drafting.not_set_up(drafting.replace(draft, "b2", {"kind": "condition", "groups": []})) == []
