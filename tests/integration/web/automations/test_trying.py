"""The test of a draft on its page: what is asked, what is shown, and what stays hidden."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from relance.accounts.models import Company, User
from relance.accounts.people import actor_for
from relance.automation import publish
from relance.automation.models import Automation, Notification
from relance.events.models import Event
from relance.records.models import Deal, Stage
from relance.records.unit_of_work import write
from tests.contracts.traces import differences, everything

Make = Callable[..., Automation]
Window = Callable[..., Client]

LOOK = {
    "id": "b1",
    "kind": "action",
    "type": "notify",
    "params": {"to": ["owner"], "text": "{{ title }} is <worth> {{ value }}"},
}


def stage(name: str) -> int:
    return Stage.objects.get(name=name).pk


def enters(name: str) -> dict[str, Any]:
    return {"type": "stage.entered", "params": {"stage": stage(name)}}


@pytest.fixture
def deal(company: dict[str, User]) -> int:
    """Tom's deal in the first stage."""
    with write(actor_for(company["claire"].pk)) as change:
        values = {
            "title": "Rooftop bar",
            "value": {"amount": 500_000, "currency": "EUR"},
            "stage": stage("Qualified"),
        }
        return change.create("deal", {**values, "owner": company["tom"].pk})


def address(made: Automation) -> str:
    return f"/automations/{made.pk}/test/"


def play(client: Client, made: Automation, record: int, what: str, status: int = 200, **rest: Any) -> str:
    """Press Run test."""
    response = client.post(address(made), {"record": record, "what": what, **rest})
    assert response.status_code == status
    return response.content.decode()


def test_it_opens_with_a_record_and_a_change_that_starts_it(
    window: Window, automation: Make, deal: int
) -> None:
    made = automation(trigger=enters("Proposal sent"), steps=[LOOK])
    page = window("claire", htmx=False).get(address(made)).content.decode()
    assert 'value="Rooftop bar"' in page
    assert 'value="field:stage" selected' in page
    assert f'value="{stage("Proposal sent")}" selected' in page
    assert "Only a rehearsal" not in page and "Not reached" not in page


def test_playing_it_shows_path_values_and_message_and_leaves_nothing(
    window: Window, automation: Make, deal: int
) -> None:
    client = window("claire")
    changed = {"target": "record", "values": {"title": {"from": "fixed", "value": "Signed"}}}
    rows = [{"field": "value", "op": "gt", "value": {"amount": 100_000, "currency": "EUR"}}]
    made = automation(
        trigger=enters("Proposal sent"),
        steps=[
            {"id": "b1", "kind": "condition", "groups": [{"rows": rows}]},
            {"id": "b2", "kind": "action", "type": "record.update", "params": changed},
            {**LOOK, "id": "b3"},
        ],
    )
    client.get(address(made))
    before = everything()
    page = play(client, made, deal, "field:stage", value=stage("Proposal sent"))
    assert differences(before, everything()) == []
    assert "Only a rehearsal." in page and "Nothing was changed and nothing was sent." in page
    assert "Rooftop bar" in page and "€5,000" in page and "Met" in page
    assert "<del>Rooftop bar</del>" in page and "<mark>Signed</mark>" in page
    assert "Signed is &lt;worth&gt; €5,000" in page
    assert "This would change <b>1</b> field and tell <b>1</b> person." in page
    assert not Notification.objects.exists()


def test_a_deal_that_stands_there_already_is_taken_as_if_it_had_just_come(
    window: Window, automation: Make, deal: int
) -> None:
    made = automation(trigger=enters("Qualified"), steps=[LOOK])
    page = play(window("claire"), made, deal, "field:stage", value=stage("Qualified"))
    assert "Taken as if “Stage” had been <b>Proposal sent</b> before." in page
    assert "This is what it would do" in page


def test_it_says_why_it_would_not_start(window: Window, automation: Make, deal: int, company: Any) -> None:
    made = automation(trigger=enters("Proposal sent"), steps=[LOOK], scope="me")
    client, there = window("claire"), stage("Proposal sent")
    assert "This is not what it waits for." in play(client, made, deal, "field:title", value="Cellar")
    assert "This is not what it waits for." in play(client, made, deal, "created")
    by_tom = play(client, made, deal, "field:stage", value=there, by=company["tom"].pk)
    assert "A change by <b>Tom</b> does not count" in by_tom
    by_rita = play(client, made, deal, "field:stage", value=there, by=company["rita"].pk)
    assert "<b>Rita</b> may not make this change" in by_rita
    imported = play(client, made, deal, "field:stage", value=there, origin="import")
    assert "A change that comes this way does not count" in imported
    assert "Only a rehearsal." in imported


def test_choosing_a_record_or_another_field_suggests_the_rest(
    window: Window, automation: Make, deal: int
) -> None:
    made = automation(trigger=enters("Proposal sent"), steps=[LOOK])
    client = window("claire")
    page = client.post(address(made), {"do": "record", "record": deal, "what": "created"}).content.decode()
    assert 'value="field:stage" selected' in page
    page = client.post(address(made), {"do": "what", "record": deal, "what": "field:title"}).content.decode()
    assert 'name="value" id="in-value" value="Rooftop bar 2"' in page
    page = client.post(address(made), {"do": "what", "record": deal, "what": "deleted"}).content.decode()
    assert 'name="value"' not in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"record": "", "record_text": ""}, "Fill this in."),
        ({"record": "", "record_text": "Roof"}, "Choose one of the records that are found."),
        ({"record": "9" * 30}, "Fill this in."),
        ({"record": "123456"}, "Fill this in."),
        ({"what": "field:value", "value": "much"}, "amount"),
        ({"what": "field:title", "value": ""}, "Please fill this in."),
        ({"what": "field:title", "value": "a\x00b"}, "cannot be stored"),
        ({"what": "field:stage", "value": "77777"}, "Please choose one of the values offered."),
    ],
)
def test_what_makes_no_sense_is_said_at_its_input(
    typed: dict[str, str], sentence: str, window: Window, automation: Make, deal: int
) -> None:
    made = automation(trigger=enters("Proposal sent"), steps=[LOOK])
    asked = {"record": str(deal), "what": "field:title", "value": "Cellar"} | typed
    response = window("claire").post(address(made), asked)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert 'aria-invalid="true"' in response.content.decode()


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"what": "field:nothing"},
        {"what": "x" * 9000, "by": "x", "origin": "x"},
        {"by": "0", "origin": "system"},
    ],
)
def test_nonsense_falls_back_to_what_suggests_itself(
    typed: dict[str, str], window: Window, automation: Make, deal: int
) -> None:
    made = automation(trigger=enters("Proposal sent"), steps=[LOOK])
    assert "This is what it would do" in play(window("claire"), made, deal, **({"what": ""} | typed))


def test_a_draft_with_problems_shows_them_on_its_steps(window: Window, automation: Make, deal: int) -> None:
    made = automation(live=False, steps=[{**LOOK, "params": {"to": [], "text": ""}}])
    response = window("claire", htmx=False).get(address(made))
    page = response.content.decode()
    assert "It cannot be tested yet" in page and 'data-state="error"' in page
    assert 'id="try-form"' not in page
    assert "It cannot be tested yet" in play(window("claire", htmx=False), made, deal, "created")


def test_who_sees_it_may_test_with_what_they_see(
    window: Window, automation: Make, deal: int, company: dict[str, User]
) -> None:
    own = Company.get()
    own.visibility = "team"
    own.save()
    with write(actor_for(company["claire"].pk)) as change:
        hidden = change.create("deal", {"title": "Cellar", "owner": company["ines"].pk})
    made = automation(trigger=enters("Proposal sent"), steps=[LOOK])
    page = window("owen", htmx=False).get(address(made)).content.decode()
    assert "Rooftop bar" in page and "Cellar" not in page
    assert "You see less than Claire." in play(
        window("owen"), made, deal, "field:stage", value=stage("Proposal sent")
    )
    answer = play(window("owen"), made, hidden, "field:stage", status=422, value=stage("Proposal sent"))
    assert "Cellar" not in answer
    assert window("owen", htmx=False).get(f"{address(made)}?record={hidden}").status_code == 404
    event = Event.objects.get(record_type="deal", record_id=hidden)
    assert window("owen", htmx=False).get(f"{address(made)}?event={event.pk}").status_code == 404
    assert window("rita", htmx=False).get(address(made)).status_code == 404


def test_an_event_can_be_played_again(
    window: Window, automation: Make, deal: int, company: dict[str, User]
) -> None:
    made = automation(trigger=enters("Proposal sent"), steps=[LOOK])
    with write(actor_for(company["tom"].pk), "api") as change:
        change.update("deal", deal, {"stage": stage("Negotiation")})
    event = Event.objects.latest("pk")
    page = window("claire", htmx=False).get(f"{address(made)}?event={event.pk}").content.decode()
    assert f'value="{stage("Negotiation")}" selected' in page
    assert f'value="{company["tom"].pk}" selected' in page
    assert 'value="api" selected' in page


def test_it_works_without_scripts(window: Window, automation: Make, deal: int) -> None:
    made = automation(trigger=enters("Proposal sent"), steps=[LOOK])
    page = play(window("claire", htmx=False), made, deal, "field:stage", value=stage("Proposal sent"))
    assert page.startswith("<!doctype html>") and "Only a rehearsal." in page
    assert Deal.objects.get(pk=deal).stage_id == stage("Qualified")


def test_the_editor_leads_to_it(window: Window, automation: Make) -> None:
    made = automation()
    page = window("owen", htmx=False).get(f"/automations/{made.pk}/").content.decode()
    assert f'href="{address(made)}"' in page
    publish.delete(made, actor_for(made.owner_id))
    assert window("claire", htmx=False).get(address(made)).status_code == 404
