"""Automations only for chosen people and teams: nobody else finds a trace of them, and they run for everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from relance.accounts.models import Company, User
from relance.accounts.people import actor_for
from relance.automation import publish, rights
from relance.automation.engine.pump import Pump
from relance.automation.errors import Forbidden, NotFound
from relance.automation.models import Automation, Notification, Run
from relance.lib import clock
from relance.records.fields import SLUGS
from relance.records.models import Organization, Stage
from relance.records.unit_of_work import write

Make = Callable[..., Automation]
Window = Callable[..., Client]


def limit(*users: User, teams: tuple[int, ...] = ()) -> None:
    """Let only these see automations."""
    company = Company.get()
    company.automation_access = "chosen"
    company.automation_users = [user.pk for user in users]
    company.automation_teams = list(teams)
    company.save()


@pytest.fixture
def ran(company: dict[str, User], automation: Make) -> Run:
    """Owen's deal was rated by an automation of the company's; automations are for Tom alone by then."""
    automation("Rate")
    limit(company["tom"])
    with write(actor_for(company["owen"].pk)) as change:
        organization = change.create("organization", {"name": "Hôtel des Quais"})
        values = {"title": "Refit", "organization": organization, "stage": Stage.objects.all()[0].pk}
        change.create("deal", {**values, "value": {"amount": 200_000, "currency": "EUR"}})
    Pump().drain()
    return Run.objects.get()


def test_they_still_run_for_who_does_not_see_them(ran: Run) -> None:
    assert ran.state == "done"
    assert Organization.objects.get().rating == "A"


def test_others_see_no_entry(window: Window, ran: Run) -> None:
    owen = window("owen", htmx=False)
    for slug in SLUGS.values():
        assert "automations" not in owen.get(f"/{slug}/").content.decode()
    assert "automations" not in owen.get("/deals/board/").content.decode()
    for path in (f"/deals/{ran.record_id}/", f"/organizations/{Organization.objects.get().pk}/"):
        page = owen.get(path).content.decode()
        assert "/automations/" not in page
        # Who changed the record is no secret.
        assert "by the automation “Rate”" in page or "organizations" not in path


@pytest.mark.parametrize(
    "path",
    ["", "company/", "new/", "templates/", "templates/next-step/", "runs/", "runs/{run}/", "events/{event}/",
     "records/deals/{record}/", "{automation}/", "{automation}/state/"],
)  # fmt: skip
def test_their_pages_are_not_there(window: Window, ran: Run, path: str) -> None:
    ids = {
        "run": ran.pk, "event": ran.event_id, "record": ran.record_id, "automation": ran.automation_id,
    }  # fmt: skip
    address = "/automations/" + path.format(**ids)
    assert window("owen", htmx=False).get(address).status_code == 404
    assert window("tom", htmx=False).get(address).status_code == 200


@pytest.mark.parametrize("deed", ["switch", "copy", "delete", "publish", "name"])
def test_their_deeds_are_not_there(window: Window, ran: Run, deed: str) -> None:
    response = window("owen").post(f"/automations/{ran.automation_id}/{deed}/", {"name": "Mine", "on": "1"})
    assert response.status_code == 404
    assert Automation.objects.get().name == "Rate"


def test_the_services_refuse_as_well(company: dict[str, User], ran: Run) -> None:
    owen = actor_for(company["owen"].pk)
    with pytest.raises(Forbidden):
        publish.create(owen, "Mine")
    with pytest.raises(NotFound):
        publish.duplicate(Automation.objects.get(), owen)
    assert not rights.company(owen).exists()


def test_a_notification_of_an_automation_leads_nowhere_for_them(
    company: dict[str, User], window: Window, ran: Run
) -> None:
    notice = Notification.objects.create(
        user=company["owen"], text="Yours is mine", record_type="automation", record_id=ran.automation_id,
        created_at=clock.now(),
    )  # fmt: skip
    owen = window("owen", htmx=False)
    assert owen.get(f"/notifications/{notice.pk}/").headers["Location"] == "/notifications/"
    assert "/automations/" not in owen.get("/notifications/").content.decode()


def test_a_team_is_let_in_as_it_is_now_and_administrators_always(company: dict[str, Any]) -> None:
    team = company["owen"].memberships.get().team
    limit(teams=(team.pk,))
    may = {name: rights.may_enter(actor_for(user.pk)) for name, user in company.items()}
    assert may == {"claire": True, "tom": True, "owen": True, "ines": False, "rita": False}
    company["owen"].memberships.all()[0].delete()
    assert not rights.may_enter(actor_for(company["owen"].pk))


def test_what_somebody_built_goes_on_and_is_theirs_again_later(
    company: dict[str, User], automation: Make
) -> None:
    made = automation("Mine", by="ines", scope="me")
    limit()
    ines = actor_for(company["ines"].pk)
    assert Automation.objects.get(pk=made.pk).active and not rights.may_edit(ines, made)
    limit(company["ines"])
    assert rights.may_edit(actor_for(company["ines"].pk), made)
