"""Users, teams, pipelines, rates, labels: for administrators, and nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse

from relance.accounts.models import Company, Rate, Team, User
from relance.accounts.people import actor_for
from relance.records.models import Label, Pipeline, Stage
from tests.integration.records.conftest import Office
from tests.integration.web.conftest import Browser

Make = Callable[..., int]


@pytest.mark.parametrize(
    "name", ["users", "new-user", "new-team", "settings", "settings-automations", "pipelines", "labels"]
)
def test_only_administrators_arrange_things(browser: Browser, name: str) -> None:
    path = reverse(f"web:{name}")
    assert browser("claire").get(path).status_code == 200
    for other in ("tom", "ana", "rita"):
        client = browser(other)
        assert client.get(path).status_code == 403
        assert client.post(path, {"name": "X"}).status_code == 403
        assert "Users and teams" not in client.get("/deals/").content.decode()


def test_a_colleague_is_invited_by_a_link(browser: Browser, office: Office) -> None:
    client = browser("claire")
    values = {"name": "Nadia", "email": "Nadia@Kestrel.example", "role": "member", "teams": [office.team.pk]}
    page = client.post("/users/new/", values).content.decode()
    assert "/welcome/" in page
    nadia = User.objects.get(name="Nadia")
    assert nadia.email == "nadia@kestrel.example"
    assert not nadia.has_usable_password()
    assert actor_for(nadia.pk).team_ids == {office.team.pk}
    twice = client.post("/users/new/", values)
    assert twice.status_code == 422
    assert "Another colleague has this e-mail" in twice.content.decode()


def test_the_last_administrator_stays_one(browser: Browser, office: Office) -> None:
    claire = office.users["claire"]
    client = browser("claire")
    values = {"name": "Claire", "email": claire.email, "role": "member"}
    assert client.post(f"/users/{claire.pk}/", values).status_code == 422
    client.post(f"/users/{claire.pk}/switch/")
    claire.refresh_from_db()
    assert (claire.role, claire.is_active) == ("administrator", True)


def test_an_account_is_switched_off_and_on(browser: Browser, office: Office) -> None:
    ana = office.users["ana"]
    client = browser("claire")
    client.post(f"/users/{ana.pk}/switch/")
    assert not User.objects.get(pk=ana.pk).is_active
    client.post(f"/users/{ana.pk}/switch/")
    assert User.objects.get(pk=ana.pk).is_active


def test_a_team_gets_its_members(browser: Browser, office: Office) -> None:
    client = browser("claire")
    ben = office.users["ben"].pk
    assert client.post("/teams/new/", {"name": "France", "members": [ben]}).status_code == 302
    team = Team.objects.get(name="France")
    assert actor_for(ben).team_ids == {team.pk}
    client.post(f"/teams/{team.pk}/", {"name": "France", "members": []})
    assert actor_for(ben).team_ids == frozenset()
    client.post(f"/teams/{team.pk}/delete/")
    assert not Team.objects.filter(name="France").exists()


def test_pipelines_and_stages_are_added_renamed_ordered_and_deleted_when_empty(
    browser: Browser, office: Office, make: Make
) -> None:
    client = browser("claire")
    client.post("/settings/pipelines/", {"name": "Renewals"})
    renewals = Pipeline.objects.get(name="Renewals")
    assert renewals.stages.count() == 4
    prefix = f"n{renewals.pk}-"
    client.post(
        f"/settings/pipelines/{renewals.pk}/",
        {"do": "stage", f"{prefix}name": "Signed", f"{prefix}probability": "95"},
    )
    signed = Stage.objects.get(name="Signed")
    assert signed.position == 4
    client.post(f"/settings/stages/{signed.pk}/", {"do": "up"})
    assert [stage.name for stage in renewals.stages.all()][3] == "Signed"
    prefix = f"s{signed.pk}-"
    client.post(
        f"/settings/stages/{signed.pk}/",
        {"do": "save", f"{prefix}name": "Agreed", f"{prefix}probability": "99", f"{prefix}rotting_days": "5"},
    )
    signed.refresh_from_db()
    assert (signed.name, signed.probability, signed.rotting_days) == ("Agreed", 99, 5)
    bad = client.post(
        f"/settings/stages/{signed.pk}/", {"do": "save", f"{prefix}name": "", f"{prefix}probability": "101"}
    )
    assert bad.status_code == 422
    make("ana", "deal", title="Refit", stage=signed.pk)
    for path in (f"/settings/stages/{signed.pk}/", f"/settings/pipelines/{renewals.pk}/"):
        assert "There are still deals" in client.post(path, {"do": "delete"}, follow=True).content.decode()
    assert Stage.objects.filter(pk=signed.pk).exists()
    empty = renewals.stages.first()
    assert empty is not None
    client.post(f"/settings/stages/{empty.pk}/", {"do": "delete"})
    assert not Stage.objects.filter(pk=empty.pk).exists()
    client.post(f"/settings/pipelines/{renewals.pk}/", {"do": "up"})
    assert Pipeline.objects.first() == renewals


def test_settings_and_rates(browser: Browser, office: Office) -> None:
    client = browser("claire")
    values = {"name": "Kestrel", "currency": "GBP", "timezone": "Europe/London", "visibility": "team"}
    assert client.post("/settings/", values).status_code == 302
    company = Company.get()
    assert (company.currency, company.visibility) == ("GBP", "team")
    assert client.post("/settings/", {**values, "timezone": "Nowhere/Else"}).status_code == 422
    assert client.post("/settings/rates/", {"currency": "EUR", "rate": "0.85"}).status_code == 302
    client.post("/settings/rates/", {"currency": "EUR", "rate": "0.86"})
    rate = Rate.objects.get()
    assert str(rate) == "1 EUR = 0.86"
    for bad in ("", "0", "-1", "x", "9" * 29, "\x00"):
        assert client.post("/settings/rates/", {"currency": "EUR", "rate": bad}).status_code == 422, bad
    client.post(f"/settings/rates/{rate.pk}/delete/")
    assert not Rate.objects.exists()


def test_labels(browser: Browser, office: Office) -> None:
    client = browser("claire")
    client.post("/settings/labels/", {"name": "Key account", "colour": "2"})
    label = Label.objects.get(name="Key account")
    client.post(f"/settings/labels/{label.pk}/", {f"l{label.pk}-name": "Key", f"l{label.pk}-colour": "3"})
    label.refresh_from_db()
    assert (label.name, label.colour) == ("Key", 3)
    assert client.post("/settings/labels/", {"name": "Key", "colour": "2"}).status_code == 422
    client.post(f"/settings/labels/{label.pk}/", {"do": "delete"})
    assert not Label.objects.filter(pk=label.pk).exists()


def test_who_sees_automations_and_how_long_runs_stay(browser: Browser, office: Office) -> None:
    client = browser("claire")
    values = {
        "automation_access": "chosen", "users": [office.users["ben"].pk], "teams": [office.team.pk],
        "members_may_automate": "on", "keep_runs_days": "60", "keep_failures_days": "400",
    }  # fmt: skip
    assert client.post("/settings/automations/", values).status_code == 302
    company = Company.get()
    assert (company.automation_access, company.automation_users, company.automation_teams) == (
        "chosen", [office.users["ben"].pk], [office.team.pk],
    )  # fmt: skip
    assert (company.keep_runs_days, company.keep_failures_days, company.members_may_automate) == (
        60,
        400,
        True,
    )
    page = client.get("/settings/automations/").content.decode()
    assert page.count("checked") == 4  # chosen, Ben, the team, members
    for bad in (
        {"keep_runs_days": "7"}, {"keep_failures_days": "59"}, {"automation_access": "nobody"}, {"users": ["x"]},
        {"teams": ["9" * 30]}, {"keep_runs_days": ""},
    ):  # fmt: skip
        assert client.post("/settings/automations/", {**values, **bad}).status_code == 422
    assert Company.get().keep_runs_days == 60
