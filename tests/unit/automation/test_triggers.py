"""When each trigger holds."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, get_args

import pytest

from relance.automation.core.scope import Hidden, StageInfo
from relance.automation.inputs import RecordType
from relance.automation.registry import EventView, keys_of, registry
from relance.records.fields import RECORD_TYPES

# Two pipelines: stages 1, 2, 3, 4 and 8, 9.
STAGES = {
    id: StageInfo(id, 1 if id < 8 else 2, place, f"Stage {id}") for place, id in enumerate((1, 2, 3, 4))
} | {id: StageInfo(id, 2, place, f"Stage {id}") for place, id in enumerate((8, 9))}


class World:
    """Knows the stages."""

    currency = "EUR"

    def stage(self, id: int, /) -> StageInfo | None:
        return STAGES.get(id)

    def parent(self, record_type: str, id: int, /) -> Mapping[str, Any] | Hidden | None:
        return None

    def rate(self, currency: str, /) -> Decimal | None:
        return None

    def name_of(self, kind_or_type: str, id: int, /) -> str | None:
        return None

    def teams_of(self, user_id: int, /) -> frozenset[int]:
        return frozenset()


def event(
    kind: str, record_type: str = "deal", record: dict[str, Any] | None = None, **changes: Any
) -> EventView:
    return EventView(
        record_type, 5, kind, {key: list(pair) for key, pair in changes.items()}, record or {"id": 5}
    )


def holds(type: str, params: dict[str, Any], happened: EventView) -> bool:
    """Whether the trigger holds, and is found by the index when it does."""
    trigger = registry.triggers[type]
    chosen = trigger.Params.model_validate(params)
    matches = trigger.matches(chosen, happened, World())
    if matches:
        assert set(trigger.keys(chosen)) & set(keys_of(happened)), "the index would not find it"
    return matches


def moved(was: int | None, now: int) -> EventView:
    return event("updated" if was else "created", stage=(was, now))


def test_record_types_are_those_of_the_catalogue() -> None:
    assert set(get_args(get_args(RecordType)[0])) == set(RECORD_TYPES)


@pytest.mark.parametrize("record", RECORD_TYPES)
@pytest.mark.parametrize("kind", ["created", "updated", "deleted"])
def test_records_are_created_updated_and_deleted(kind: str, record: str) -> None:
    happened = event(kind, record, name=(None, "X"))
    assert holds(f"record.{kind}", {"record": record}, happened)
    other = next(each for each in RECORD_TYPES if each != record)
    assert not holds(f"record.{kind}", {"record": other}, happened)
    assert not holds(f"record.{kind}", {"record": record}, event("restored", record))


@pytest.mark.parametrize(
    ("params", "change", "expected"),
    [
        ({"field": "source"}, ("phone", "website"), True),
        ({"field": "source"}, None, False),
        ({"field": "source", "to": "website"}, ("phone", "website"), True),
        ({"field": "source", "to": "phone"}, ("phone", "website"), False),
        ({"field": "source", "from": "phone"}, ("phone", None), True),
        ({"field": "source", "from": "phone", "to": "website"}, ("phone", "website"), True),
        ({"field": "source", "from": "website", "to": "phone"}, ("phone", "website"), False),
        ({"field": "title", "to": "ete"}, ("Winter", "Été"), True),
        ({"field": "title", "to": "Été"}, ("ÉTÉ", "Été"), False),
        ({"field": "title"}, ("ÉTÉ", "Été"), True),
        (
            {"field": "value", "to": {"amount": 5, "currency": "EUR"}},
            (None, {"amount": 5, "currency": "EUR"}),
            True,
        ),
        (
            {"field": "value", "to": {"amount": 5, "currency": "EUR"}},
            (None, {"amount": 5, "currency": "GBP"}),
            False,
        ),
        ({"field": "probability", "to": 1}, (0, 1), True),
        ({"field": "probability", "to": 0}, (None, 0), True),
    ],
)
def test_a_field_changes(params: dict[str, Any], change: Any, expected: bool) -> None:
    changes = {} if change is None else {params["field"]: change}
    assert holds("field.changed", {"record": "deal", **params}, event("updated", **changes)) is expected
    assert not holds("field.changed", {"record": "deal", **params}, event("created", **changes))


def test_yes_is_not_one() -> None:
    assert not holds(
        "field.changed",
        {"record": "lead", "field": "archived", "to": 1},
        event("updated", "lead", archived=(False, True)),
    )


@pytest.mark.parametrize(
    ("type", "kind", "change", "expected"),
    [
        ("deal.won", "updated", ("open", "won"), True),
        ("deal.won", "created", (None, "won"), True),
        ("deal.won", "updated", ("open", "lost"), False),
        ("deal.won", "deleted", ("open", "won"), False),
        ("deal.lost", "updated", ("won", "lost"), True),
        ("deal.lost", "created", (None, "open"), False),
        ("deal.reopened", "updated", ("lost", "open"), True),
        ("deal.reopened", "created", (None, "open"), False),
    ],
)
def test_deals_are_won_lost_and_reopened(type: str, kind: str, change: Any, expected: bool) -> None:
    happened = event(kind, record={"id": 5, "pipeline": 1}, status=change)
    assert holds(type, {}, happened) is expected
    assert holds(type, {"pipeline": 1}, happened) is expected
    assert not holds(type, {"pipeline": 2}, happened)


@pytest.mark.parametrize(("was", "now"), [(1, 2), (4, 2), (9, 2), (None, 2)])
def test_a_stage_is_entered_from_wherever_and_by_a_new_deal(was: int | None, now: int) -> None:
    assert holds("stage.entered", {"stage": now}, moved(was, now))
    assert not holds("stage.entered", {"stage": 3}, moved(was, now))


def test_a_stage_is_left_in_any_direction() -> None:
    for now in (1, 3, 9):
        assert holds("stage.left", {"stage": 2}, moved(2, now))
    assert not holds("stage.left", {"stage": 3}, moved(2, 3))
    assert not holds("stage.left", {"stage": 2}, event("updated", status=("open", "won")))


@pytest.mark.parametrize(
    ("was", "now", "passed"),
    [
        (1, 2, {1}),
        (1, 3, {1, 2}),
        (2, 4, {2, 3}),
        (3, 1, set()),
        (4, 4, set()),
        (1, 9, set()),
        (8, 9, {8}),
        (None, 4, set()),
    ],
)
def test_what_a_move_passes(was: int | None, now: int, passed: set[int]) -> None:
    assert {id for id in STAGES if holds("stage.passed", {"stage": id}, moved(was, now))} == passed


def test_winning_passes_no_stage() -> None:
    happened = event("updated", status=("open", "won"))
    assert not any(holds("stage.passed", {"stage": id}, happened) for id in STAGES)


def test_a_stage_that_is_gone_is_not_passed() -> None:
    assert not holds("stage.passed", {"stage": 77}, moved(1, 3))
    assert not holds("stage.passed", {"stage": 2}, moved(1, 77))
