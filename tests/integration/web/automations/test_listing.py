"""The lists, and what can be done from there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from relance.accounts.models import Company
from relance.accounts.people import actor_for
from relance.automation import publish
from relance.automation.models import Automation, Run
from relance.lib import clock

Make = Callable[..., Automation]
Window = Callable[..., Client]


def test_mine_and_company(window: Window, automation: Make) -> None:
    automation("Mine alone", scope="me")
    automation("Shared", scope="everyone")
    mine = window("claire", htmx=False).get("/automations/").content.decode()
    assert "Mine alone" in mine and "Shared" in mine
    company = window("owen", htmx=False).get("/automations/company/").content.decode()
    assert "Shared" in company and "Mine alone" not in company


def test_rows_say_what_the_automation_does_and_how_it_stands(window: Window, automation: Make) -> None:
    automation("Rate")
    automation("Half an idea", live=False)
    page = window("claire", htmx=False).get("/automations/").content.decode()
    assert "When a deal is created and value is over <b>€1,000</b>" in page
    assert '<span class="chip chip--draft">Draft</span>' in page
    assert "0 runs in 7 days" in page


def test_search_looks_at_names_and_steps(window: Window, automation: Make) -> None:
    automation("Rate")
    client = window("claire", htmx=False)
    assert "Rate" in client.get("/automations/?q=RATING").content.decode()
    assert "No automation fits." in client.get("/automations/?q=zebra").content.decode()


@pytest.mark.parametrize("name", ["claire", "tom", "owen"])
def test_builders_see_the_button(window: Window, name: str) -> None:
    assert "New automation" in window(name, htmx=False).get("/automations/").content.decode()


def test_who_may_not_build_sees_no_button_and_is_refused(window: Window) -> None:
    own = Company.get()
    own.members_may_automate = False
    own.save()
    client = window("owen", htmx=False)
    page = client.get("/automations/").content.decode()
    assert "New automation" not in page and "/automations/templates/" not in page
    for path in ("/automations/new/", "/automations/templates/", "/automations/templates/next-step/"):
        assert client.get(path).status_code == 403
        assert client.post(path, {"name": "Mine"}).status_code in (403, 405)
    assert 'class="icon-btn bolt"' not in client.get("/deals/").content.decode()
    assert not Automation.objects.exists()


def test_a_new_automation_needs_a_name_and_keeps_what_was_typed(window: Window) -> None:
    client = window("claire")
    refused = client.post("/automations/new/", {"name": " ", "description": "Because of Bob"})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "Please give the automation a name." in page and "Because of Bob" in page
    made = client.post("/automations/new/", {"name": "Rate", "description": ""})
    assert made["HX-Redirect"] == f"/automations/{Automation.objects.get().pk}/"


@pytest.mark.parametrize("name", ["x" * 200, "a\0b", "\x1b[31m"])
def test_a_name_that_cannot_be_stored_is_refused(window: Window, name: str) -> None:
    response = window("claire").post("/automations/new/", {"name": name})
    assert response.status_code == 422
    assert not Automation.objects.exists()


def test_switching_off_greys_the_row_and_says_so(window: Window, automation: Make) -> None:
    made = automation()
    page = window("claire").post(f"/automations/{made.pk}/switch/", {}).content.decode()
    assert 'class="is-off"' in page and "Inactive since" in page
    made.refresh_from_db()
    assert not made.active
    window("claire").post(f"/automations/{made.pk}/switch/", {"on": "1"})
    made.refresh_from_db()
    assert made.active


def test_a_draft_cannot_be_switched_on(window: Window, automation: Make) -> None:
    made = automation(live=False)
    assert window("claire").post(f"/automations/{made.pk}/switch/", {"on": "1"}).status_code == 409


def test_deleting_asks_and_says_what_happens(window: Window, automation: Make) -> None:
    made = automation()
    client = window("claire")
    assert "It is switched off at once" in client.get(f"/automations/{made.pk}/delete/").content.decode()
    made.refresh_from_db()
    assert made.deleted_at is None
    client.post(f"/automations/{made.pk}/delete/", {})
    made.refresh_from_db()
    assert made.deleted_at is not None and not made.active
    assert client.get(f"/automations/{made.pk}/").status_code == 404


@pytest.mark.parametrize("deed", ["switch", "delete", "publish", "everyone", "insert", "name", "power"])
@pytest.mark.parametrize(("name", "status"), [("owen", 403), ("tom", 403), ("rita", 404)])
def test_who_may_not_edit_is_refused(
    window: Window, automation: Make, deed: str, name: str, status: int
) -> None:
    made = automation(scope="everyone")
    before = Automation.objects.filter(pk=made.pk).values().get()
    response = window(name).post(
        f"/automations/{made.pk}/{deed}/", {"name": "x", "at": "steps/0", "revision": "1"}
    )
    assert response.status_code == status
    assert Automation.objects.filter(pk=made.pk).values().get() == before


@pytest.mark.parametrize("path", ["", "panel/", "panel/b1/", "add/?at=steps/0", "state/", "copy/"])
def test_an_only_me_automation_of_somebody_else_is_not_there(
    window: Window, automation: Make, path: str
) -> None:
    made = automation(scope="me")
    client = window("tom")
    answer = client.post if path == "copy/" else client.get
    assert answer(f"/automations/{made.pk}/{path}").status_code == 404


def test_a_copy_is_a_draft_of_ones_own(window: Window, automation: Make, company: dict[str, Any]) -> None:
    made = automation("Rate", scope="everyone")
    response = window("owen").post(f"/automations/{made.pk}/copy/")
    copy = Automation.objects.exclude(pk=made.pk).get()
    assert response["HX-Redirect"] == f"/automations/{copy.pk}/"
    assert copy.owner == company["owen"] and copy.version is None
    assert copy.draft["scope"]["kind"] == "me"


def test_the_list_says_what_was_done_and_saved_this_month(
    window: Window, automation: Make, company: dict[str, Any]
) -> None:
    rate = automation("Rate")
    publish.set_minutes_saved(rate, 50, actor_for(company["claire"].pk))
    tell = automation(
        "Tell",
        steps=[{"id": "b1", "kind": "action", "type": "notify", "params": {"to": ["owner"], "text": "x"}}],
    )
    for made, runs in ((rate, 4), (tell, 3)):
        for number in range(runs):
            Run.objects.create(
                key=f"{made.pk}/{number}", automation=made, version=made.version, event_id=1, record_type="deal",
                record_id=1, record_name="x", owner_id=made.owner_id, state="done", started_at=clock.now(), root_id=1,
            )  # fmt: skip
    page = window("claire", htmx=False).get("/automations/").content.decode()
    # By hand: 4 times 50 minutes, and 3 messages at 1 minute.
    assert "<b>about 3 h 20</b>" in page and "4 runs done" in page
    assert "<b>about 3 min</b>" in page
    assert "saved about 3 h 23 this month" in page


def test_the_minutes_are_changed_in_the_overview(window: Window, automation: Make) -> None:
    made = automation("Rate")
    client = window("claire")
    assert "Left empty: 2 minutes" in client.get(f"/automations/{made.pk}/panel/").content.decode()
    assert client.post(f"/automations/{made.pk}/minutes/", {"minutes": "12"}).status_code == 200
    made.refresh_from_db()
    assert made.minutes_saved == 12
    for bad in ("x", "-1", "481", "1.5"):
        assert client.post(f"/automations/{made.pk}/minutes/", {"minutes": bad}).status_code == 422
    made.refresh_from_db()
    assert made.minutes_saved == 12
    client.post(f"/automations/{made.pk}/minutes/", {"minutes": ""})
    made.refresh_from_db()
    assert made.minutes_saved is None
    assert window("owen").post(f"/automations/{made.pk}/minutes/", {"minutes": "5"}).status_code == 403
