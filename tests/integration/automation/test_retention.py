"""How long runs stay: as long as the company says, failures longer than the rest, a slice at a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from relance.accounts.models import Company
from relance.automation import benefit, retention
from relance.automation.models import Automation, Evaluation, Run, StepRun
from relance.lib import clock
from tests.builders import act, automation, update
from tests.integration.records.conftest import Office

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAYS = (10, 100, 400)


@pytest.fixture
def made(office: Office) -> Automation:
    """An automation with a run of each result, ten, a hundred and four hundred days old, and evaluations as old."""
    clock.set_clock(lambda: NOW)
    made = automation(on="deal.updated", do=[update(source="phone")], owner=office.actor("claire"))
    assert made.version is not None
    for days in DAYS:
        for state in ("done", "not_met", "failed", "blocked"):
            run = Run.objects.create(
                key=f"{state}-{days}", automation=made, version=made.version, event_id=1, record_type="deal",
                record_id=1, record_name="Refit", owner_id=made.owner_id, state=state, root_id=1,
                started_at=NOW - timedelta(days=days),
            )  # fmt: skip
            StepRun.objects.create(
                run=run, path="steps/0", block_id="b1", kind="action", outcome="done", at=run.started_at
            )
        Evaluation.objects.create(
            event_id=days, record_type="deal", record_id=1, record_name="Refit", at=NOW - timedelta(days=days),
            items=[[made.pk, made.version_id, "not_met", None]],
        )  # fmt: skip
    return made


def left() -> set[str]:
    return set(Run.objects.values_list("key", flat=True))


def test_failures_stay_longer_than_what_went_well(made: Automation) -> None:
    while retention.purge():
        pass
    assert left() == {
        "done-10", "not_met-10", "failed-10", "blocked-10", "failed-100", "blocked-100",
    }  # fmt: skip
    assert StepRun.objects.count() == 6
    assert [each.event_id for each in Evaluation.objects.all()] == [10]


def test_the_company_says_how_long(made: Automation) -> None:
    company = Company.get()
    company.keep_runs_days, company.keep_failures_days = 365, 3650
    company.save()
    while retention.purge():
        pass
    assert left() == {
        *(f"{state}-{days}" for state in ("done", "not_met") for days in (10, 100)),
        *(f"{state}-{days}" for state in ("failed", "blocked") for days in DAYS),
    }


def test_a_slice_is_no_larger_than_asked(made: Automation) -> None:
    assert retention.purge(limit=1) == 3  # a run that went well, one that did not, and an evaluation
    assert Run.objects.count() == 10


def test_an_empty_database_has_nothing_to_purge(office: Office) -> None:
    assert retention.purge() == 0


def test_minutes_are_those_of_the_actions_and_of_the_longest_path() -> None:
    tell, rate = act("notify", to=["owner"], text="x"), update("organization", rating="A")
    branch = {
        "kind": "branch", "mode": "first", "paths": [{"steps": [tell]}, {"steps": [tell, rate]}],
        "otherwise": {"steps": [rate]},
    }  # fmt: skip
    # By hand: a message takes 1 minute, a change 2.
    assert benefit.minutes_of({"steps": [tell, rate]}) == 3
    assert benefit.minutes_of({"steps": [rate, branch]}) == 2 + 3
    assert benefit.minutes_of({"steps": [{**branch, "mode": "all"}]}) == 1 + 3
    assert benefit.minutes_of({"steps": [{"kind": "action", "type": "gone"}, {"kind": "stop"}]}) == 0
    assert benefit.minutes_of({}) == 0


def test_a_month_counts_what_was_done_in_it(made: Automation) -> None:
    # Ten days before the 20th is this month, a hundred are not; what failed saved nothing.
    assert benefit.runs_this_month([made.pk]) == {made.pk: 1}
    assert benefit.minutes_a_run(made) == 2
    made.minutes_saved = 15
    assert benefit.minutes_a_run(made) == 15
