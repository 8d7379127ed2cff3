"""Branches on real records: which paths are taken, what their conditions look at, and what the trace says."""

from __future__ import annotations

from typing import Any

from relance.automation.engine.pump import Pump
from relance.automation.models import Evaluation, Run, StepRun
from relance.records.models import Deal
from tests.integration.engine.conftest import (
    automation,
    branch,
    create,
    do,
    euros,
    only_if,
    path,
    row,
    set_field,
    update,
)
from tests.integration.records.conftest import Office

BIG = row("value", "gte", euros(1000))
FROM_A_FAIR = row("source", "is", "trade_fair")
LOSE = do("deal.lose", target="record", reason={"from": "fixed", "value": "x"})


def tell(text: str) -> dict[str, Any]:
    return do("notify", to=["trigger_user"], text=text)


def lines(run: Run | None = None) -> list[tuple[str, str]]:
    """Where each line of the latest run stands, and what came of it."""
    found = run or Run.objects.latest("pk")
    return list(StepRun.objects.filter(run=found).order_by("pk").values_list("path", "outcome"))


def said() -> list[str]:
    rows = StepRun.objects.filter(run=Run.objects.latest("pk"), type="notify").order_by("pk")
    return [line.effects[0]["text"] for line in rows]


def fork(office: Office, mode: str, *steps: Any, **rest: Any) -> None:
    two = [path(tell("big"), when=[BIG]), path(tell("fair"), when=[FROM_A_FAIR])]
    automation(
        office.users["tom"],
        "record.created",
        [branch(mode, *two, otherwise=[tell("neither")]), tell("after"), *steps],
        record="deal",
        **rest,
    )


def test_the_first_path_that_matches_is_taken(office: Office, pump: Pump) -> None:
    fork(office, "first")
    for values, expected in (
        ({"value": euros(1000), "source": "trade_fair"}, ["big", "after"]),
        ({"value": euros(999), "source": "trade_fair"}, ["fair", "after"]),
        ({"value": euros(999)}, ["neither", "after"]),
    ):
        create(office, **values)
        pump.drain()
        assert said() == expected
    assert set(Run.objects.values_list("state", flat=True)) == {"done"}


def test_every_path_that_matches_is_taken_from_left_to_right(office: Office, pump: Pump) -> None:
    fork(office, "all")
    for values, expected in (
        ({"value": euros(1000), "source": "trade_fair"}, ["big", "fair", "after"]),
        ({"source": "trade_fair"}, ["fair", "after"]),
        ({}, ["neither", "after"]),
    ):
        create(office, **values)
        pump.drain()
        assert said() == expected


def test_the_trace_says_of_each_path_what_was_seen(office: Office, pump: Pump) -> None:
    fork(office, "first")
    create(office, value=euros(980), source="trade_fair")
    pump.drain()
    assert lines() == [("steps/0", "taken"), ("steps/0/paths/1/steps/0", "done"), ("steps/1", "done")]
    line = StepRun.objects.get(kind="branch")
    # A row is [held, seen]; a condition is a list of groups of rows; a branch a list of conditions.
    assert line.verdict == [[[[0, euros(980)]]], [[[1, "trade_fair"]]]]
    assert line.block_id == "b1"
    create(office, value=euros(1000), source="trade_fair")
    pump.drain()
    assert StepRun.objects.filter(kind="branch").latest("pk").verdict == [[[[1, euros(1000)]]]]


def test_a_branch_is_no_condition_it_starts_a_run(office: Office, pump: Pump) -> None:
    automation(
        office.users["tom"],
        "record.created",
        [branch("first", path(tell("big"), when=[BIG]))],
        record="deal",
    )
    create(office)
    pump.drain()
    assert not Evaluation.objects.exists()
    assert Run.objects.get().state == "done"
    assert lines() == [("steps/0", "otherwise")]


def test_before_anything_was_done_a_branch_looks_at_the_event_afterwards_at_the_record(
    office: Office, pump: Pump
) -> None:
    by_source = branch("first", path(tell("fair"), when=[FROM_A_FAIR]), otherwise=[tell("elsewhere")])
    automation(
        office.users["tom"],
        "record.created",
        [by_source, set_field("source", "phone"), by_source],
        record="deal",
    )
    deal = create(office, source="trade_fair")
    update(office, "deal", deal, source="website")  # before the engine has come to look
    pump.drain()
    assert said() == ["fair", "elsewhere"]


def test_a_path_that_acts_changes_what_a_later_branch_sees_but_not_its_own_siblings(
    office: Office, pump: Pump
) -> None:
    automation(
        office.users["tom"],
        "record.created",
        [
            branch(
                "all",
                path(set_field("source", "trade_fair"), only_if("source", "is", "trade_fair"), tell("own")),
                path(tell("sibling"), when=[FROM_A_FAIR]),
            ),
            branch("first", path(tell("below"), when=[FROM_A_FAIR])),
        ],
        record="deal",
    )
    create(office)
    pump.drain()
    assert said() == ["own", "below"]


def test_what_is_not_met_or_stopped_inside_a_path(office: Office, pump: Pump) -> None:
    never = only_if("source", "is", "trade_fair")
    paths = [path(never, tell("never")), path(branch("first", path(tell("inner"))), when=[BIG])]
    stops = path({"kind": "stop"}, when=[row("source", "is", "phone")])
    automation(
        office.users["tom"],
        "record.created",
        [branch("all", *paths, stops), tell("after")],
        record="deal",
    )
    create(office, value=euros(1000))
    pump.drain()
    assert (said(), Run.objects.latest("pk").state) == (["inner", "after"], "done")
    assert lines() == [
        ("steps/0", "taken"),
        ("steps/0/paths/0/steps/0", "not_met"),
        ("steps/0/paths/1/steps/0", "taken"),
        ("steps/0/paths/1/steps/0/paths/0/steps/0", "done"),
        ("steps/1", "done"),
    ]
    create(office, value=euros(1000), source="phone")
    pump.drain()
    assert (said(), Run.objects.latest("pk").state) == (["inner"], "done")
    assert lines()[-1] == ("steps/0/paths/2/steps/0", "stopped")


def test_what_cannot_be_known_fails_the_run_and_takes_no_path(office: Office, pump: Pump) -> None:
    for mode in ("first", "all"):
        fork(office, mode, name=mode)
    create(office, value={"amount": 100, "currency": "XAF"}, source="trade_fair")
    pump.drain()
    assert set(Run.objects.values_list("state", flat=True)) == {"failed"}
    first, every = Run.objects.order_by("automation_id")
    assert first.failure == {"code": "condition_unknown", "params": {"step": "steps/0"}}
    assert lines(first) == lines(every) == [("steps/0", "failed")]
    verdicts = StepRun.objects.order_by("run__automation_id").values_list("verdict", flat=True)
    # The first one is not known, so nobody can tell whether the second one is the first that matches.
    assert [len(verdict) for verdict in verdicts] == [1, 2]


def test_a_step_that_fails_inside_a_path_ends_the_run_there(office: Office, pump: Pump) -> None:
    paths = [path(set_field("rating", "A", "organization")), path(tell("never"))]
    automation(office.users["tom"], "record.created", [branch("all", *paths)], record="deal")
    create(office)
    pump.drain()
    run = Run.objects.get()
    assert (run.state, run.failure["params"]["step"]) == ("failed", "steps/0/paths/0/steps/0")
    assert not said()


def test_a_branch_on_a_parent_finds_it_loaded(office: Office, pump: Pump) -> None:
    good = path(set_field("source", "trade_fair"), when=[row("organization.rating", "is", "A")])
    automation(office.users["tom"], "record.created", [branch("first", good)], record="deal")
    for rating in ("A", "B"):
        organization = create(office, "organization", name=f"Rated {rating}", rating=rating)
        create(office, title=rating, organization=organization)
    pump.drain()
    assert list(Deal.objects.order_by("title").values_list("title", "source")) == [
        ("A", "trade_fair"),
        ("B", None),
    ]
