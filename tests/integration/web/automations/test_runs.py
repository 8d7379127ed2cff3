"""What ran, what did not and why, told to those who may know."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from relance.accounts.models import Company
from relance.accounts.people import actor_for
from relance.automation import publish
from relance.automation.engine.pump import Pump
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


def test_a_line_says_which_condition_was_not_met_and_what_it_saw(
    window: Window, automation: Make, company: dict[str, Any]
) -> None:
    automation("Rate")
    with write(actor_for(company["claire"].pk)) as change:
        change.create("deal", {"title": "Kiosk", "value": {"amount": 98_000, "currency": "EUR"}})
    Pump().drain()
    page = window("claire", htmx=False).get("/automations/runs/?result=not_met").content.decode()
    assert "It was not met: value is over <b>€1,000</b> — it was <b>€980</b>" in page or "€980" in page


def test_a_condition_in_the_middle_is_told_as_well(
    window: Window, automation: Make, company: dict[str, Any]
) -> None:
    steps = [
        {"id": "b1", "kind": "action", "type": "record.update",
         "params": {"target": "record", "values": {"source": {"from": "fixed", "value": "phone"}}}},
        {"id": "b2", "kind": "condition", "groups": [{"rows": [{"field": "title", "op": "is", "value": "Bar"}]}]},
    ]  # fmt: skip
    automation("Phone", steps=steps)
    with write(actor_for(company["claire"].pk)) as change:
        change.create("deal", {"title": "Kiosk"})
    Pump().drain()
    assert Run.objects.get().state == "not_met"
    page = window("claire", htmx=False).get("/automations/runs/").content.decode()
    assert "It was not met" in page and "Kiosk" in page.split("It was not met")[1]


def test_other_teams_values_are_not_told(window: Window, automation: Make, company: dict[str, Any]) -> None:
    automation("Rate", by="claire")
    with write(actor_for(company["ines"].pk)) as change:
        change.create("deal", {"title": "Kiosk", "value": {"amount": 98_000, "currency": "EUR"}})
    Pump().drain()
    own = Company.get()
    own.visibility = "team"
    own.save()
    page = window("tom", htmx=False).get("/automations/runs/").content.decode()
    assert "Condition not met" in page and "980" not in page and "Kiosk" not in page
    assert "€980" in window("ines", htmx=False).get("/automations/runs/").content.decode()


@pytest.fixture
def failed(automation: Make, company: dict[str, Any]) -> Run:
    """A deal without an organization whose organization was to be rated."""
    automation("Rate")
    with write(actor_for(company["owen"].pk)) as change:
        change.create("deal", {"title": "Kiosk", "value": {"amount": 200_000, "currency": "EUR"}})
    Pump().drain()
    run = Run.objects.get()
    assert run.state == "failed"
    return run


def test_a_failure_says_what_helps_and_where(window: Window, failed: Run) -> None:
    page = window("claire", htmx=False).get("/automations/runs/").content.decode()
    assert "add a condition before this step" in page
    assert f'<a class="link" href="/deals/{failed.record_id}/">Open the record</a>' in page


def test_the_list_is_filtered_by_record_and_filters_combine(
    window: Window, automation: Make, failed: Run, company: dict[str, Any]
) -> None:
    client = window("claire", htmx=False)
    this = f"record=deal:{failed.record_id}"
    page = client.get(f"/automations/runs/?{this}&result=failed&user={company['owen'].pk}").content.decode()
    assert "About Kiosk" in page and page.count("<tr id=") == 1
    for other in (
        f"record=deal:{failed.record_id + 1}",
        f"record=person:{failed.record_id}",
        f"{this}&result=done",
    ):
        assert "Nothing ran that fits." in client.get(f"/automations/runs/?{other}").content.decode()
    for nonsense in ("record=deal", "record=deal:x", "record=note:1", "record=deal:" + "9" * 30):
        assert client.get(f"/automations/runs/?{nonsense}").status_code == 200
    assert this in client.get(f"/automations/records/deals/{failed.record_id}/").content.decode()


def test_a_run_is_run_again_from_its_page(window: Window, failed: Run, company: dict[str, Any]) -> None:
    client = window("claire", htmx=False)
    assert "Run again" in client.get(f"/automations/runs/{failed.pk}/").content.decode()
    with write(actor_for(company["owen"].pk)) as change:
        organization = change.create("organization", {"name": "Hôtel des Quais"})
        change.update("deal", failed.record_id, {"organization": organization})
    answer = client.post(f"/automations/runs/{failed.pk}/again/", {"times": "0"}, follow=True)
    again = Run.objects.get(rerun_of=failed.pk)
    assert answer.redirect_chain == [(f"/automations/runs/{again.pk}/", 302)]
    page = answer.content.decode()
    assert "It was run again." in page and "by <b>Claire</b>, of run" in page
    # The same press, sent twice.
    client.post(f"/automations/runs/{failed.pk}/again/", {"times": "0"})
    assert Run.objects.filter(rerun_of=failed.pk).count() == 1
    assert "It was run again: run" in client.get(f"/automations/runs/{failed.pk}/").content.decode()


def test_a_refusal_is_said_and_nothing_is_done(window: Window, failed: Run, company: dict[str, Any]) -> None:
    publish.switch(failed.automation, False, actor_for(company["claire"].pk))
    answer = window("claire", htmx=False).post(f"/automations/runs/{failed.pk}/again/", follow=True)
    assert (
        "It was not run again. The automation is switched off. Switch it on first." in answer.content.decode()
    )
    assert Run.objects.count() == 1


def test_several_are_run_again_from_the_list(window: Window, failed: Run, company: dict[str, Any]) -> None:
    client = window("claire", htmx=False)
    assert 'name="run"' in client.get("/automations/runs/").content.decode()
    values = {"run": [str(failed.pk), str(failed.pk), "x", "999999"], "query": "result=failed"}
    answer = client.post("/automations/runs/again/", values, follow=True)
    assert answer.redirect_chain == [("/automations/runs/?result=failed", 302)]
    page = answer.content.decode()
    assert "1 run was run again. 1 failed. It is no longer there." in page
    assert "Choose at least one run." in client.post("/automations/runs/again/", follow=True).content.decode()


@pytest.mark.parametrize("name", ["tom", "owen", "ines"])
def test_nobody_else_runs_it_again(window: Window, failed: Run, name: str) -> None:
    client = window(name, htmx=False)
    assert "Run again" not in client.get(f"/automations/runs/{failed.pk}/").content.decode()
    assert 'name="run"' not in client.get("/automations/runs/").content.decode()
    assert client.post(f"/automations/runs/{failed.pk}/again/").status_code == 403
    client.post("/automations/runs/again/", {"run": [str(failed.pk)]})
    assert Run.objects.count() == 1
