"""What ran, what did not and why, told to those who may know."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from relance.accounts.people import actor_for
from relance.automation.models import Automation, Evaluation, Run, StepRun
from relance.events.models import Event
from relance.lib import clock
from relance.records.unit_of_work import write

Make = Callable[..., Automation]
Window = Callable[..., Client]


@pytest.fixture
def deal(company: dict[str, Any]) -> int:
    with write(actor_for(company["claire"].pk)) as change:
        return change.create("deal", {"title": "Rooftop bar", "owner": company["claire"].pk})


@pytest.fixture
def ran(automation: Make, company: dict[str, Any], deal: int) -> Callable[..., Run]:
    def run(made: Automation, state: str = "done", **values: Any) -> Run:
        event = Event.objects.get(record_type="deal", record_id=deal)
        count = Run.objects.count()
        return Run.objects.create(
            key=f"{made.pk}/{count}", automation=made, version=made.version, event_id=event.pk, record_type="deal",
            record_id=deal, record_name="Rooftop bar", actor_id=company["claire"].pk, owner_id=made.owner_id,
            state=state, started_at=clock.now() - timedelta(minutes=count), root_id=event.pk, **values,
        )  # fmt: skip

    return run


def test_the_list_filters_by_automation_result_and_person(
    window: Window, automation: Make, ran: Callable[..., Run], company: dict[str, Any]
) -> None:
    ran(automation("Rate"))
    ran(automation("Bill"), "failed", failure={"code": "nobody_to_tell", "params": {}})
    client = window("claire", htmx=False)

    def rows(query: str) -> str:
        page = client.get(f"/automations/runs/?{query}").content.decode()
        return page.split("<tbody>")[1] if "<tbody>" in page else ""

    assert "Rate" in rows("") and "Bill" in rows("")
    assert "Claire</b> created" in rows("")
    assert "Rate" not in rows("result=failed") and "None of the colleagues" in rows("result=failed")
    assert "Bill" not in rows(f"automation={Automation.objects.get(name='Rate').pk}")
    assert rows(f"user={company['tom'].pk}") == ""
    assert rows("since=2100-01-01") == ""


@pytest.mark.parametrize(
    "query", ["automation=x", "since=yesterday", "until=9999-99-99", "result=?", "after=%00", "user=9" * 9]
)
def test_filters_that_make_no_sense_break_nothing(
    window: Window, company: dict[str, Any], query: str
) -> None:
    assert window("claire", htmx=False).get(f"/automations/runs/?{query}").status_code == 200


def test_a_run_shows_every_step_with_what_it_did(
    window: Window, automation: Make, ran: Callable[..., Run], deal: int
) -> None:
    made = ran(automation("Rate"))
    seen = [[[1, {"amount": 500_000, "currency": "EUR"}]]]
    StepRun.objects.create(
        run=made, path="steps/0", block_id="b1", kind="condition", outcome="met", verdict=seen, at=clock.now()
    )
    effect = {"record_type": "deal", "id": deal, "name": "Rooftop bar", "kind": "updated"}
    effect |= {"changes": {"probability": [20, 100]}}
    StepRun.objects.create(
        run=made, path="steps/1", block_id="b2", kind="action", type="record.update", outcome="done", effects=[effect],
        at=clock.now(),
    )  # fmt: skip
    page = window("claire", htmx=False).get(f"/automations/runs/{made.pk}/").content.decode()
    assert "Value is over <b>€1,000</b>" in page and "was <b>€5,000</b>" in page
    assert "<del>20%</del>" in page and "<b>100%</b>" in page
    assert "Version 1, as it was then" in page


def test_a_failed_run_says_what_why_and_what_to_do(
    window: Window, automation: Make, ran: Callable[..., Run]
) -> None:
    failure = {"code": "no_parent", "params": {"record_type": "deal", "link": "organization"}}
    made = ran(automation("Rate"), "failed", failure=failure)
    StepRun.objects.create(
        run=made, path="steps/1", block_id="b2", kind="action", type="record.update", outcome="failed", failure=failure,
        at=clock.now(),
    )  # fmt: skip
    page = window("claire", htmx=False).get(f"/automations/runs/{made.pk}/").content.decode()
    assert "Step 2 could not be done" in page and "Stopped here" in page and "End, not reached" in page


def test_a_blocked_run_draws_its_chain(window: Window, automation: Make, ran: Callable[..., Run]) -> None:
    first = ran(automation("Ping"))
    failure = {"code": "own_effect", "params": {"run": first.pk}}
    made = ran(automation("Pong"), "blocked", failure=failure, cause_run_id=first.pk, depth=1)
    page = window("claire", htmx=False).get(f"/automations/runs/{made.pk}/").content.decode()
    assert "How it came to this" in page and f"/automations/runs/{first.pk}/" in page and "this run" in page


def test_what_did_not_run_says_why(window: Window, automation: Make, deal: int) -> None:
    made = automation("Rate")
    event = Event.objects.get(record_type="deal", record_id=deal)
    assert made.version is not None
    seen = [[[[0, {"amount": 98_000, "currency": "EUR"}]]]]
    Evaluation.objects.create(
        event_id=event.pk, record_type="deal", record_id=deal, record_name="Rooftop bar", actor_id=made.owner_id,
        at=clock.now(), items=[[made.pk, made.version.pk, "not_met", seen]],
    )  # fmt: skip
    client = window("claire", htmx=False)
    for page in (f"/automations/events/{event.pk}/", f"/automations/records/deals/{deal}/"):
        told = client.get(page).content.decode()
        assert "Did not run" in told and "was <b>€980</b>" in told, page
    assert "Condition not met" in client.get("/automations/runs/").content.decode()
    assert window("rita", htmx=False).get(f"/automations/events/{event.pk}/").status_code == 404


def test_runs_of_an_only_me_automation_are_its_owners(
    window: Window, automation: Make, ran: Callable[..., Run]
) -> None:
    made = ran(automation("Secret", scope="me"))
    client = window("tom", htmx=False)
    assert client.get(f"/automations/runs/{made.pk}/").status_code == 404
    assert "Secret" not in client.get("/automations/runs/").content.decode()
    assert client.get("/automations/runs/999999/").status_code == 404
