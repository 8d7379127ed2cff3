from __future__ import annotations

import copy
import json
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relance.automation.core.blocks import MAX_BLOCKS
from relance.automation.core.definition import DocumentError, Problem, dump, load, parse
from tests.unit.automation.core.samples import ACTIONS, CATALOGUE, TRIGGERS, document, read, row


def problems(parts: Any) -> list[tuple[str, str]]:
    with pytest.raises(DocumentError) as refused:
        parse(parts, triggers=TRIGGERS, actions=ACTIONS, catalogue=CATALOGUE)
    return [(problem.pointer, problem.code) for problem in refused.value.problems]


def only(parts: Any) -> tuple[str, str]:
    found = problems(parts)
    assert len(found) == 1, found
    return found[0]


def changed(path: str, value: Any) -> dict[str, Any]:
    """The good document with one value put elsewhere (a key is made, ``...`` takes it away)."""
    made = document()
    *way, last = path.strip("/").split("/")
    node: Any = made
    for part in way:
        node = node[int(part)] if isinstance(node, list) else node[part]
    if value is ...:
        del node[last]
    elif isinstance(node, list):
        node[int(last)] = value
    else:
        node[last] = value
    return made


def asking(**question: Any) -> dict[str, Any]:
    return changed("/steps/0/groups/0/rows/0", question)


ROW = "/steps/0/groups/0/rows/0"
RATING = "/steps/1/params/values/rating"


def test_a_good_document_is_read_and_written_back() -> None:
    definition = read(document())
    assert [block.kind for block in definition.steps] == ["condition", "action", "stop"]
    assert definition.trigger.params.model_dump() == {"record": "deal"}
    assert dump(definition) == document()
    assert read(dump(definition)) == definition


def test_the_audience_and_the_origins_default_to_the_narrowest() -> None:
    short = document()
    del short["scope"], short["origins"]
    definition = read(short)
    assert (definition.audience.kind, definition.origins) == ("me", ("user",))


@pytest.mark.parametrize(
    ("path", "value", "pointer", "code"),
    [
        ("/extra", 1, "/extra", "unknown_key"),
        ("/a~1b", 1, "/a~01b", "unknown_key"),
        ("/schema", ..., "/schema", "missing"),
        ("/schema", "1", "/schema", "wrong_type"),
        ("/schema", True, "/schema", "wrong_type"),
        ("/schema", 0, "/schema", "out_of_range"),
        ("/schema", 2, "/schema", "schema_too_new"),
        ("/trigger", ..., "/trigger", "missing"),
        ("/trigger", "x", "/trigger", "wrong_type"),
        ("/trigger/type", "moon.full", "/trigger/type", "unknown_trigger"),
        ("/trigger/params/record", ..., "/trigger/params/record", "missing"),
        ("/trigger/params/record", "moon", "/trigger/params/record", "not_a_choice"),
        ("/trigger/params/more", 1, "/trigger/params/more", "unknown_key"),
        ("/origins", [], "/origins", "too_short"),
        ("/origins", ["moon"], "/origins/0", "not_a_choice"),
        ("/origins", ["api", "api"], "/origins", "duplicates"),
        ("/scope/kind", "some", "/scope/kind", "not_a_choice"),
        ("/scope", {"kind": "teams"}, "/scope/ids", "too_short"),
        ("/scope/ids", [1], "/scope/ids", "value_unexpected"),
        ("/scope", {"kind": "users", "ids": [1, 1]}, "/scope/ids", "duplicates"),
        ("/scope", {"kind": "users", "ids": [0]}, "/scope/ids/0", "out_of_range"),
        ("/scope", {"kind": "users", "ids": ["1"]}, "/scope/ids/0", "wrong_type"),
        ("/steps", ..., "/steps", "missing"),
        ("/steps", {}, "/steps", "wrong_type"),
        ("/steps", [], "/steps", "no_action"),
        ("/steps/2", 3, "/steps/2", "wrong_type"),
        ("/steps/2/kind", ..., "/steps/2/kind", "missing"),
        ("/steps/2/kind", "dance", "/steps/2/kind", "unknown_block"),
        ("/steps/2/kind", None, "/steps/2/kind", "unknown_block"),
        ("/steps/2/id", "b1", "/steps/2/id", "duplicate_id"),
        ("/steps/2/id", "b 1", "/steps/2/id", "wrong_form"),
        ("/steps/2/id", ..., "/steps/2/id", "missing"),
        ("/steps/2/type", "x", "/steps/2/type", "unknown_key"),
        ("/steps/1/type", "moon.land", "/steps/1/type", "unknown_action"),
        ("/steps/1/condition", 1, "/steps/1/condition", "unknown_key"),
        ("/steps/1/params/moon", 1, "/steps/1/params/moon", "unknown_key"),
        ("/steps/1/params/values", ..., "/steps/1/params/values", "missing"),
        ("/steps/1/params/values/gone", {"from": "actor"}, "/steps/1/params/values/gone", "unknown_field"),
        (RATING, {"from": "moon"}, f"{RATING}/from", "not_a_choice"),
        (RATING, {"value": 1}, f"{RATING}/from", "missing"),
        (RATING, {"from": "fixed"}, f"{RATING}/value", "missing"),
        (RATING, {"from": "fixed", "value": "Z"}, f"{RATING}/value", "not_a_choice"),
        (RATING, {"from": "field", "path": "moon"}, f"{RATING}/path", "unknown_field"),
        (RATING, {"from": "field", "path": "title"}, f"{RATING}/path", "kind_mismatch"),
        (RATING, {"from": "text", "template": "x"}, f"{RATING}/from", "kind_mismatch"),
        (RATING, {"from": "text", "template": "{{"}, f"{RATING}/template", "bad_template"),
        (RATING, {"from": "today", "days": 9999}, f"{RATING}/days", "out_of_range"),
        (RATING, {"from": "today", "days": True}, f"{RATING}/days", "wrong_type"),
        ("/steps/0/groups", {}, "/steps/0/groups", "wrong_type"),
        ("/steps/0/groups/0/rows", [], "/steps/0/groups/0/rows", "too_short"),
        (f"{ROW}/field", "", f"{ROW}/field", "blank"),
        (f"{ROW}/field", "moon", f"{ROW}/field", "unknown_field"),
        (f"{ROW}/field", "organization.moon", f"{ROW}/field", "unknown_field"),
        (f"{ROW}/field", "person.organization.name", f"{ROW}/field", "unknown_field"),
        (f"{ROW}/op", "moon", f"{ROW}/op", "unknown_operator"),
        (f"{ROW}/op", "contains", f"{ROW}/op", "operator_does_not_fit"),
        (f"{ROW}/moon", 1, f"{ROW}/moon", "unknown_key"),
        (f"{ROW}/from", 1, f"{ROW}/from", "value_unexpected"),
        (f"{ROW}/value", ..., f"{ROW}/value", "value_missing"),
        (f"{ROW}/value", 3, f"{ROW}/value", "wrong_type"),
        (f"{ROW}/value/amount", 1.5, f"{ROW}/value/amount", "wrong_type"),
        (f"{ROW}/value/amount", 2**53, f"{ROW}/value/amount", "out_of_range"),
        (f"{ROW}/value/amount", ..., f"{ROW}/value/amount", "missing"),
        (f"{ROW}/value/currency", "eur", f"{ROW}/value/currency", "unknown_currency"),
        (f"{ROW}/value/currency", ["EUR"], f"{ROW}/value/currency", "unknown_currency"),
        (f"{ROW}/value/rate", 1, f"{ROW}/value/rate", "unknown_key"),
        (f"{ROW}/value/amount", float("nan"), f"{ROW}/value/amount", "out_of_range"),
        (f"{ROW}/value/amount", 10**400, f"{ROW}/value/amount", "out_of_range"),
        (f"{ROW}/value/currency", "a\x00", f"{ROW}/value/currency", "forbidden_character"),
        (f"{ROW}/value/currency", "\ud800", f"{ROW}/value/currency", "forbidden_character"),
        (f"{ROW}/value/currency", "x" * 10_001, f"{ROW}/value/currency", "too_long"),
        (f"{ROW}/value/currency", datetime(2026, 1, 1), f"{ROW}/value/currency", "wrong_type"),
    ],
)
def test_each_fault_is_named_at_its_place(path: str, value: Any, pointer: str, code: str) -> None:
    assert only(changed(path, value)) == (pointer, code)


@pytest.mark.parametrize(
    ("question", "place", "code"),
    [
        (row("title", "is", " "), "value", "blank"),
        (row("title", "is", 3), "value", "wrong_type"),
        (row("title", "one_of", []), "value", "too_short"),
        (row("title", "one_of", ["a", 3]), "value/1", "wrong_type"),
        (row("title", "one_of", ["a"] * 101), "value", "too_long"),
        (row("title", "empty", "x"), "value", "value_unexpected"),
        (row("status", "is", "moon"), "value", "not_a_choice"),
        (row("status", "none_of", ["won", "moon"]), "value/1", "not_a_choice"),
        (row("count", "gt", True), "value", "wrong_type"),
        (row("count", "between", [1]), "value", "wrong_type"),
        (row("count", "between", [2, 1]), "value", "range_reversed"),
        (row("count", "between", [1, "2"]), "value/1", "wrong_type"),
        (row("count", "changed_by_more_than", -1), "value", "out_of_range"),
        (row("value", "between", [{"amount": 2, "currency": "EUR"}] * 3), "value", "wrong_type"),
        (row("close", "is", "01/03/2026"), "value", "not_a_date"),
        (row("close", "is", "20260301"), "value", "not_a_date"),
        (row("close", "is", "2026-02-30"), "value", "not_a_date"),
        (row("close", "is", "1899-12-31"), "value", "date_out_of_range"),
        (row("close", "is", "2201-01-01"), "value", "date_out_of_range"),
        (row("close", "last_days", 0), "value", "out_of_range"),
        (row("met", "is", "2026-03-01T10:00"), "value", "not_a_datetime"),
        (row("met", "is", "2201-03-01T10:00:00Z"), "value", "date_out_of_range"),
        (row("met", "is", "1899-03-01"), "value", "date_out_of_range"),
        (row("owner", "is", "5"), "value", "wrong_type"),
        (row("owner", "is", 0), "value", "out_of_range"),
        (row("owner", "in_team", [1]), "value", "wrong_type"),
        (row("labels", "any_of", 3), "value", "wrong_type"),
        (row("labels", "option_added", [3]), "value", "wrong_type"),
        (row("status", "changed_from_to", "won"), "from", "value_missing"),
        (row("status", "changed_from_to", "won", **{"from": "moon"}), "from", "not_a_choice"),
        (row("organization.rating", "changed"), "op", "change_of_own_fields_only"),
        (row("trigger.user", "changed"), "op", "change_of_own_fields_only"),
        (row("trigger.origin", "is", "moon"), "value", "not_a_choice"),
        (row("record.link", "filled"), "field", "unknown_field"),
    ],
)
def test_a_value_that_does_not_fit_its_operator_is_named(
    question: dict[str, Any], place: str, code: str
) -> None:
    assert only(asking(**question)) == (f"{ROW}/{place}", code)


@pytest.mark.parametrize(
    "question",
    [
        row("labels", "option_added"),
        row("value", "between", [{"amount": 2, "currency": "EUR"}, {"amount": 1, "currency": "USD"}]),
        row("met", "before", "2026-03-01"),
        row("met", "before", "2026-03-01T10:00Z"),
        row("status", "changed_from_to", "won", **{"from": "open"}),
        row("organization", "exists"),
        row("before.status", "is", "open"),
        {"field": "title", "op": "empty", "value": None},
    ],
)
def test_a_value_that_fits_is_accepted(question: dict[str, Any]) -> None:
    read(asking(**question))


def test_a_change_needs_a_trigger_that_reacts_to_updates() -> None:
    made = asking(**row("count", "increased"))
    made["trigger"]["type"] = "record.created"
    assert only(made) == (f"{ROW}/op", "needs_update_trigger")


def test_two_groups_and_later_rows_have_their_own_place() -> None:
    made = changed(
        "/steps/0/groups",
        [{"rows": [row("vip", "true")]}, {"rows": [row("vip", "true"), row("moon", "true")]}],
    )
    assert only(made) == ("/steps/0/groups/1/rows/1/field", "unknown_field")


def test_a_value_named_like_its_source_is_no_stumbling_block() -> None:
    made = changed(RATING, {"from": "text", "text": "x"})
    assert problems(made) == [(f"{RATING}/template", "missing"), (f"{RATING}/text", "unknown_key")]


def test_every_problem_is_told_at_once() -> None:
    made = document(extra=1)
    made["steps"][0]["groups"][0]["rows"][0]["op"] = "moon"
    made["steps"][1]["type"] = "moon"
    assert problems(made) == [
        ("/extra", "unknown_key"),
        (f"{ROW}/op", "unknown_operator"),
        ("/steps/1/type", "unknown_action"),
    ]


def test_texts_are_looked_through_for_fields_that_do_not_exist() -> None:
    notify = {"id": "n", "kind": "action", "type": "notify", "params": {"to": ["owner"], "text": ""}}
    for text, expected in [
        ("{{ person.moon }}", ("/steps/0/params/text", "unknown_field")),
        ("{{ person.name }", ("/steps/0/params/text", "bad_template")),
    ]:
        notify["params"]["text"] = text  # type: ignore[index]
        assert only(document(steps=[notify])) == expected
    notify["params"]["text"] = '{{ record.link }} {{ trigger.user }} {{ before.title | or "-" }}'  # type: ignore[index]
    read(document(steps=[notify]))


def test_too_many_blocks_are_refused() -> None:
    stops = [{"id": f"s{number}", "kind": "stop"} for number in range(MAX_BLOCKS + 1)]
    assert only(document(steps=stops)) == ("/steps", "too_many_blocks")


def test_a_document_too_deep_is_refused_before_anything_recurses() -> None:
    deep: Any = "x"
    for _ in range(100_000):
        deep = [deep]
    (pointer, code) = only(document(steps=deep))
    assert code == "too_deep"
    assert pointer.startswith("/steps/0/0/0")


def test_a_document_that_holds_itself_is_refused() -> None:
    circle: dict[str, Any] = document()
    circle["steps"].append(circle)
    circle["origins"] = [circle] * 30
    assert {code for _, code in problems(circle)} <= {"too_deep", "too_large"}


def test_a_huge_document_is_refused() -> None:
    assert only([0] * 60_000) == ("", "too_large")


@pytest.mark.parametrize("nothing", [None, 1, 1.5, True, "x", [], [1], b"x", object(), {1: 2}, {"\x00": 1}])
def test_what_is_no_document_is_refused(nothing: Any) -> None:
    assert problems(nothing)[0][0] == ""


def test_an_earlier_version_loads_though_its_field_is_gone() -> None:
    made = asking(**row("moon", "is", "x"))
    with pytest.raises(DocumentError):
        read(made)
    definition = load(made, triggers=TRIGGERS, actions=ACTIONS)
    assert definition.steps[0].kind == "condition"


def test_the_audience_decides_whose_events_count() -> None:
    def covers(audience: dict[str, Any], actor: int | None, teams: set[int]) -> bool:
        definition = read(document(scope=audience))
        return definition.audience.covers(actor_id=actor, actor_teams=frozenset(teams), owner_id=4)

    assert covers({"kind": "everyone"}, None, set())
    assert covers({"kind": "me"}, 4, set())
    assert not covers({"kind": "me"}, 5, set())
    assert covers({"kind": "users", "ids": [5]}, 5, set())
    assert not covers({"kind": "users", "ids": [5]}, None, set())
    assert covers({"kind": "teams", "ids": [7]}, 5, {6, 7})
    assert not covers({"kind": "teams", "ids": [7]}, 5, {6})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
WORDS = st.sampled_from(
    [
        "kind",
        "id",
        "field",
        "op",
        "value",
        "from",
        "rows",
        "groups",
        "condition",
        "action",
        "fixed",
        "is",
        "won",
    ]
)


@given(JSON)
def test_random_json_is_refused_in_order(parts: Any) -> None:
    assert_orderly(parts)


@given(st.dictionaries(st.sampled_from(list(document())), JSON))
def test_random_parts_are_refused_in_order(parts: dict[str, Any]) -> None:
    assert_orderly(document(**parts))


@settings(max_examples=300)
@given(st.data())
def test_a_mutated_document_is_read_or_refused_in_order(data: st.DataObject) -> None:
    made = document()
    made["steps"][1]["params"]["values"] = {
        "rating": {"from": "field", "path": "status", "fallback": "A"},
        "name": {"from": "text", "template": "{{ title }}"},
    }
    for _ in range(data.draw(st.integers(1, 3))):
        places = list(containers(made))
        node = data.draw(st.sampled_from(places))
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            continue
        key = data.draw(st.sampled_from(keys))
        match data.draw(st.sampled_from(["replace", "remove", "rename", "copy"])):
            case "replace":
                node[key] = data.draw(JSON | WORDS)
            case "remove":
                del node[key]
            case "rename" if isinstance(node, dict):
                node[data.draw(WORDS)] = node.pop(key)
            case _:
                node[key] = copy.deepcopy(data.draw(st.sampled_from(places)))
    assert_orderly(made)


def containers(node: Any) -> Any:
    if isinstance(node, dict | list):
        yield node
        for inner in node.values() if isinstance(node, dict) else node:
            yield from containers(inner)


def assert_orderly(parts: Any) -> None:
    before = copy.deepcopy(parts)
    try:
        definition = read(parts)
    except DocumentError as error:
        assert error.problems
        for problem in error.problems:
            assert_points_into(parts, problem)
    else:
        assert read(dump(definition)) == definition
    assert json.dumps(parts) == json.dumps(before)


def assert_points_into(parts: Any, problem: Problem) -> None:
    """The pointer leads to something, or to a key that is missing; the params are JSON."""
    json.dumps(problem.params)
    if problem.code in {"missing", "value_missing", "no_action", "too_short"}:
        return  # about something that is not there
    for part in problem.pointer.split("/")[1:]:
        parts = follow(parts, part)


def follow(node: Any, part: str) -> Any:
    if isinstance(node, list):
        return node[int(part)]
    return node[part.replace("~1", "/").replace("~0", "~")]
