"""The editor: what it shows, what it keeps, and what it refuses."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from relance.automation.models import Automation, Version
from relance.records.models import Stage

Make = Callable[..., Automation]
Window = Callable[..., Client]


def post(client: Client, made: Automation, path: str, **values: Any) -> Any:
    """POST with the revision the page would hold."""
    made.refresh_from_db()
    typed = {"revision": str(made.draft_revision)} | {
        key.replace("__", "-"): value for key, value in values.items()
    }
    return client.post(f"/automations/{made.pk}/{path}", typed)


def draft(made: Automation) -> dict[str, Any]:
    made.refresh_from_db()
    return made.draft


@pytest.fixture
def blank(window: Window) -> Automation:
    window("claire").post("/automations/new/", {"name": "Rate"})
    return Automation.objects.get()


def test_a_new_automation_opens_with_its_trigger(window: Window, blank: Automation) -> None:
    page = window("claire", htmx=False).get(f"/automations/{blank.pk}/").content.decode()
    assert "What starts it?" in page and "Configure" in page and "Choose what starts it" in page
    assert "Acts with the rights of <b>Claire</b>" in page


def test_from_trigger_to_saved(window: Window, blank: Automation) -> None:
    client = window("claire")
    post(client, blank, "panel/trigger/apply/", record="deal", event="record.created")
    assert draft(blank)["trigger"] == {"type": "record.created", "params": {"record": "deal"}}

    added = post(client, blank, "insert/", at="steps/0", choice="condition").content.decode()
    assert "Carry on only if…" in added
    post(
        client, blank, "panel/b1/apply/",
        **{"g0-r0-field": "value", "g0-r0-op": "gt", "g0-r0-value": "1,000", "g0-r0-value-currency": "EUR"},
    )  # fmt: skip
    row = {"field": "value", "op": "gt", "value": {"amount": 100_000, "currency": "EUR"}}
    assert draft(blank)["steps"][0]["groups"] == [{"rows": [row]}]

    picker = client.get(f"/automations/{blank.pk}/add/?at=steps/1").content.decode()
    choice = re.search(r'"(action:record\.update:\d+:organization)"', picker)
    assert choice
    post(client, blank, "insert/", at="steps/1", choice=choice[1])
    typed = {"p-target": "organization", "p-values-rating-from": "fixed", "p-values-rating-fixed": "A"}
    post(client, blank, "panel/b2/apply/", **typed)
    assert draft(blank)["steps"][1]["params"]["values"] == {"rating": {"from": "fixed", "value": "A"}}

    saved = post(client, blank, "publish/")
    assert "On, version 1" in saved.content.decode()
    blank.refresh_from_db()
    assert blank.active and blank.version is not None


def test_saving_takes_the_open_panel_along(window: Window, automation: Make) -> None:
    made = automation()
    typed = {"panel": "b2", "dirty": "1", "p-target": "organization", "p-values-rating-from": "fixed"}
    post(window("claire"), made, "publish/", **typed, **{"p-values-rating-fixed": "B"})
    latest = Version.objects.filter(automation=made).latest("number")
    assert latest.document["steps"][1]["params"]["values"]["rating"]["value"] == "B"


def test_an_incomplete_draft_is_not_saved_and_says_where(window: Window, blank: Automation) -> None:
    client = window("claire")
    post(client, blank, "panel/trigger/apply/", record="deal", event="deal.won")
    post(client, blank, "insert/", at="steps/0", choice="condition")
    refused = post(client, blank, "publish/")
    assert refused.status_code == 422
    page = refused.content.decode()
    assert 'data-state="error"' in page and re.search(r"\d problems?</a>", page)
    assert draft(blank)["steps"] and not Version.objects.exists()


def test_a_stale_draft_is_a_conflict_and_nothing_is_lost(window: Window, automation: Make) -> None:
    made = automation()
    client = window("claire")
    old = made.draft_revision
    post(client, made, "steps/b2/duplicate/")
    for path in ("panel/b1/apply/", "steps/b1/move/", "steps/b1/remove/", "insert/", "publish/", "everyone/"):
        before = draft(made)
        values = {
            "revision": str(old),
            "at": "steps/0",
            "choice": "stop",
            "g0-r0-field": "title",
            "g0-r0-op": "empty",
        }
        response = client.post(f"/automations/{made.pk}/{path}", values)
        assert response.status_code == 409, path
        assert response["HX-Retarget"] == "#ed-banner"
        assert "Somebody saved a newer draft." in response.content.decode()
        assert draft(made) == before


def test_steps_are_moved_duplicated_and_removed(window: Window, automation: Make) -> None:
    made = automation()
    client = window("claire")

    def order() -> list[str]:
        return [block["id"] for block in draft(made)["steps"]]

    post(client, made, "steps/b2/move/", by="up")
    assert order() == ["b2", "b1"]
    post(client, made, "steps/b2/duplicate/")
    assert order() == ["b2", "b3", "b1"]
    post(client, made, "steps/b2/remove/")
    assert order() == ["b3", "b1"]


def test_the_tick_box_and_the_full_choice(window: Window, automation: Make, company: dict[str, Any]) -> None:
    made = automation(scope="me")
    client = window("claire")
    post(client, made, "everyone/", everyone="1")
    assert draft(made)["scope"] == {"kind": "everyone", "ids": []}
    post(client, made, "everyone/")
    assert draft(made)["scope"] == {"kind": "me", "ids": []}
    post(
        client,
        made,
        "panel/audience/apply/",
        scope="users",
        users=str(company["owen"].pk),
        origins=["user", "api"],
    )
    assert draft(made)["scope"] == {"kind": "users", "ids": [company["owen"].pk]}
    assert draft(made)["origins"] == ["user", "api"]
    refused = post(client, made, "panel/audience/apply/", scope="teams", origins=["user"])
    assert refused.status_code == 422 and "Choose at least one." in refused.content.decode()


def test_a_member_cannot_choose_everyone(window: Window, automation: Make) -> None:
    made = automation(by="owen", scope="me")
    client = window("owen")
    assert "Everyone may trigger this" not in client.get(f"/automations/{made.pk}/state/").content.decode()
    assert post(client, made, "panel/audience/apply/", scope="everyone", origins=["user"]).status_code == 422
    post(client, made, "everyone/", everyone="1")
    assert post(client, made, "publish/").status_code == 422 or not Version.objects.filter(
        document__scope__kind="everyone"
    )


def test_whoever_may_not_edit_reads_the_same_page(window: Window, automation: Make) -> None:
    made = automation("Rate", scope="everyone")
    page = window("owen", htmx=False).get(f"/automations/{made.pk}/?step=b1").content.decode()
    assert "Read only" in page and "Duplicate" in page and "Only if value is over" in page
    assert '<fieldset class="panel__body" id="panel-body" disabled>' in page
    assert 'id="save"' not in page and "Apply</button>" not in page.split("<dialog")[0]


def test_the_name_is_changed_in_place(window: Window, automation: Make) -> None:
    made = automation()
    client = window("claire")
    assert 'name="name"' in client.get(f"/automations/{made.pk}/name/").content.decode()
    refused = client.post(f"/automations/{made.pk}/name/", {"name": ""})
    assert refused.status_code == 422 and "Please give the automation a name." in refused.content.decode()
    client.post(f"/automations/{made.pk}/name/", {"name": "Rate organizations"})
    made.refresh_from_db()
    assert made.name == "Rate organizations"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"g0-r0-field": ""}, "Fill this in."),
        ({"g0-r0-field": "nonsense", "g0-r0-op": "is"}, "This field no longer exists."),
        ({"g0-r0-field": "value", "g0-r0-op": "gt", "g0-r0-value": ""}, "Fill this in."),
        ({"g0-r0-field": "value", "g0-r0-op": "gt", "g0-r0-value": "lots"}, "This is not an amount."),
        (
            {"g0-r0-field": "value", "g0-r0-op": "between", "g0-r0-value-0": "9", "g0-r0-value-1": "3"},
            "Swap them.",
        ),
        ({"g0-r0-field": "title", "g0-r0-op": "contains", "g0-r0-value": "a\0b"}, "control characters"),
        ({"g0-r0-field": "owner", "g0-r0-op": "is", "g0-r0-value": "me"}, "Choose one of the list."),
        ({"g0-r0-field": "expected_close", "g0-r0-op": "is", "g0-r0-value": "tomorrow"}, "Choose a date"),
    ],
)
def test_a_wrong_condition_says_so_at_the_field_and_keeps_what_was_typed(
    window: Window, automation: Make, typed: dict[str, str], sentence: str
) -> None:
    made = automation()
    before = draft(made)
    refused = post(window("claire"), made, "panel/b1/apply/", **typed)
    assert refused.status_code == 422
    page = refused.content.decode()
    assert sentence in page and "aria-invalid" in page
    if (value := typed.get("g0-r0-value")) and "\0" not in value and value != "me":
        assert f'value="{value}"' in page
    assert draft(made) == before


def test_rows_and_groups_come_and_go(window: Window, automation: Make) -> None:
    made = automation()
    client = window("claire")
    typed = {"g0-r0-field": "title", "g0-r0-op": "is", "g0-r0-value": "Big"}
    page = post(client, made, "panel/b1/recast/", **typed, do="add-row-0").content.decode()
    assert "g0-r1-field" in page and 'value="Big"' in page
    page = post(client, made, "panel/b1/recast/", **typed, do="add-group").content.decode()
    assert "g1-r0-field" in page and "Group 2" in page
    page = post(client, made, "panel/b1/recast/", **typed, do="remove-row-0-0").content.decode()
    assert "g0-r0-field" not in page and "Without a condition it always carries on." in page


def test_the_read_back_alone_can_be_taken_from_a_panel(window: Window, automation: Make) -> None:
    made = automation()
    typed = {"g0-r0-field": "title", "g0-r0-op": "is", "g0-r0-value": "Big"}
    response = post(window("claire"), made, "panel/b1/recast/", **typed)
    assert "HX-Retarget" not in response
    assert "Only if title is <b>Big</b>" in response.content.decode()


def test_operators_follow_the_field_and_the_trigger(window: Window, automation: Make) -> None:
    made = automation()
    client = window("claire")
    page = post(client, made, "panel/b1/recast/", **{"g0-r0-field": "value"}).content.decode()
    assert "is at least" in page and "has increased" not in page
    post(client, made, "panel/trigger/apply/", record="deal", event="record.updated")
    page = post(client, made, "panel/b1/recast/", **{"g0-r0-field": "value"}).content.decode()
    assert "has increased" in page
    page = post(client, made, "panel/b1/recast/", **{"g0-r0-field": "organization.name"}).content.decode()
    assert "has changed" not in page


def test_a_stage_is_chosen_for_the_trigger(window: Window, blank: Automation) -> None:
    client = window("claire")
    refused = post(client, blank, "panel/trigger/apply/", record="deal", event="stage.entered")
    assert refused.status_code == 422 and "Fill this in." in refused.content.decode()
    stage = Stage.objects.get(name="Proposal sent")
    typed = {"record": "deal", "event": "stage.entered", "p-stage": str(stage.pk)}
    page = post(client, blank, "panel/trigger/apply/", **typed)
    assert "enters <b>Proposal sent</b>" in page.content.decode()


def test_a_text_with_a_broken_placeholder_is_refused(window: Window, automation: Make) -> None:
    notify = {"id": "b3", "kind": "action", "type": "notify", "params": {"to": ["owner"], "text": "Hello"}}
    made = automation(steps=[notify])
    refused = post(window("claire"), made, "panel/b3/apply/", **{"p-to": ["owner"], "p-text": "Hi {{ title"})
    assert refused.status_code == 422
    assert "not closed with }}" in refused.content.decode() and "Hi {{ title" in refused.content.decode()
    refused = post(
        window("claire"), made, "panel/b3/apply/", **{"p-to": ["owner"], "p-text": "Hi {{ nothing }}"}
    )
    assert refused.status_code == 422


@pytest.mark.parametrize("path", ["add/?at=steps/9", "add/?at=x", "panel/b9/", "add/?at=trigger/0"])
def test_places_and_steps_that_are_not_there(window: Window, automation: Make, path: str) -> None:
    made = automation()
    assert window("claire").get(f"/automations/{made.pk}/{path}").status_code == 404


@pytest.mark.parametrize(
    "choice", ["", "action:nonsense:0:deal", "action:record.update:99:deal", "action:::"]
)
def test_a_step_that_is_not_offered_is_not_inserted(window: Window, automation: Make, choice: str) -> None:
    made = automation()
    assert post(window("claire"), made, "insert/", at="steps/0", choice=choice).status_code == 404
