"""Two people and one automation: who sees it, who edits it, and with whose rights it acts afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from relance.accounts.models import Company, Membership, Role
from relance.accounts.people import Actor
from relance.automation import publish
from relance.automation.core.problems import DocumentError
from relance.automation.errors import Forbidden, NotFound
from relance.automation.models import Automation, Notification
from relance.automation.rights import visible
from tests.builders import automation, document, team, update, user
from tests.integration.automation.conftest import Office

ME: dict[str, Any] = {"kind": "me", "ids": []}
EVERYONE: dict[str, Any] = {"kind": "everyone", "ids": []}
RATE = [update(of="organization", rating="A")]
CHANGED = document("deal.created", ["value > 5000"], RATE)
PEOPLE = ("claire", "tom", "ana", "ben", "rita")


def make(office: Office, owner: str, scope: dict[str, Any]) -> Automation:
    """In service, as its owner put it there when they still might."""
    role = office.users[owner].role
    office.users[owner].role = Role.ADMINISTRATOR
    office.users[owner].save()
    made = automation("deal.created", ["value > 1000"], RATE, owner=office.users[owner], scope=scope)
    office.users[owner].role = role
    office.users[owner].save()
    return made


def edits_of(made: Automation, actor: Actor) -> list[Callable[[], Any]]:
    """Everything somebody might try to do to an automation."""
    return [
        lambda: publish.save_draft(made, CHANGED, 1, actor),
        lambda: publish.publish(made, actor),
        lambda: publish.switch(made, False, actor),
        lambda: publish.rename(made, "Taken", actor),
        lambda: publish.describe(made, "Taken", actor),
        lambda: publish.delete(made, actor),
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("claire", ("me", "users", "teams", "everyone")),
        ("tom", ("me", "users", "teams")),
        ("ana", ("me",)),
        ("rita", ()),
    ],
)
def test_for_whom_each_role_builds(office: Office, name: str, expected: tuple[str, ...]) -> None:
    actor = office.actor(name)
    assert publish.audiences_allowed(actor) == expected
    assert publish.may_build(actor) is bool(expected)
    strangers = team("Other", office.users["ben"])
    scopes = {
        "me": ME,
        "everyone": EVERYONE,
        "teams": {"kind": "teams", "ids": [office.team.pk]},
        "users": {"kind": "users", "ids": [office.users["ana"].pk]},
        "strange team": {"kind": "teams", "ids": [office.team.pk, strangers.pk]},
        "strange user": {"kind": "users", "ids": [office.users["ben"].pk]},
    }
    allowed = set()
    for label, scope in scopes.items():
        problems = {
            problem.code
            for problem in publish.problems(None, document("deal.created", do=RATE, scope=scope), actor)
        }  # type: ignore[arg-type]
        assert problems <= {"scope_not_allowed"}
        if not problems:
            allowed.add(label)
    everything = set(scopes) if name == "claire" else set(expected)
    assert allowed == everything


def test_members_build_for_themselves_only_if_the_company_lets_them(office: Office) -> None:
    ana = office.actor("ana")
    made = automation("deal.created", ["value > 1000"], RATE, owner=ana, scope=ME)
    company = Company.get()
    company.members_may_automate = False
    company.save()
    ana = office.actor("ana")
    assert not publish.may_build(ana)
    assert not publish.may_edit(ana, made)
    assert publish.may_see(ana, made)
    with pytest.raises(Forbidden):
        publish.create(ana, "Another")
    with pytest.raises(Forbidden) as refused:
        publish.switch(made, False, ana)
    assert refused.value.code == "may_not_build"
    assert publish.may_build(office.actor("tom"))


def test_who_left_builds_nothing(office: Office) -> None:
    office.users["claire"].is_active = False
    office.users["claire"].save()
    assert not publish.may_build(office.actor("claire"))


@pytest.mark.parametrize(
    ("owner", "scope", "sees", "edits"),
    [
        ("ana", "me", "ana", "ana"),
        ("claire", "me", "claire", "claire"),
        ("claire", "everyone", "claire tom ana ben", "claire"),
        ("ana", "everyone", "claire tom ana ben", "claire ana"),
        ("claire", "team", "claire tom ana ben", "claire tom"),
        ("claire", "ana", "claire tom ana ben", "claire tom"),
        ("claire", "ben", "claire tom ana ben", "claire"),
        ("rita", "everyone", "claire tom ana ben", "claire"),
    ],
)
def test_who_sees_and_who_edits(office: Office, owner: str, scope: str, sees: str, edits: str) -> None:
    scopes = {"me": ME, "everyone": EVERYONE, "team": {"kind": "teams", "ids": [office.team.pk]}}
    chosen = scopes.get(scope) or {"kind": "users", "ids": [office.users[scope].pk]}
    made = make(office, owner, chosen)
    actors = {name: office.actor(name) for name in PEOPLE}
    assert {name for name in PEOPLE if publish.may_see(actors[name], made)} == set(sees.split())
    assert {name for name in PEOPLE if publish.may_edit(actors[name], made)} == set(edits.split())
    for name, actor in actors.items():
        # One rule, two renderings.
        assert Automation.objects.filter(visible(actor)).exists() is publish.may_see(actor, made)
        if name in edits.split():
            continue
        expected = Forbidden if name in sees.split() else NotFound
        before = Automation.objects.values().get(pk=made.pk)
        for attempt in edits_of(made, actor):
            with pytest.raises(expected):
                attempt()
        assert Automation.objects.values().get(pk=made.pk) == before


def test_mine_and_company(office: Office) -> None:
    hers = make(office, "ana", ME)
    shared = make(office, "claire", EVERYONE)
    private = make(office, "claire", ME)
    listed = {
        name: (set(publish.mine(office.actor(name))), set(publish.company(office.actor(name))))
        for name in PEOPLE
    }
    assert listed["claire"] == ({shared, private}, {shared})
    assert listed["ana"] == ({hers}, {shared})
    assert listed["rita"] == (set(), set())
    with pytest.raises(NotFound):
        publish.find(office.actor("claire"), hers.pk)
    with pytest.raises(NotFound):
        publish.duplicate(hers, office.actor("claire"))


def test_a_draft_shows_itself_only_to_whom_it_may_be_for(office: Office) -> None:
    ana = office.actor("ana")
    made = publish.create(ana, "Mine", document=document("deal.created", do=RATE, scope=EVERYONE))
    assert made.audience == "me"
    publish.save_draft(made, document("deal.created", do=RATE, scope=EVERYONE), 1, ana)
    assert not publish.company(office.actor("claire")).exists()
    with pytest.raises(DocumentError) as refused:
        publish.publish(made, ana)
    assert [(problem.pointer, problem.code) for problem in refused.value.problems] == [
        ("/scope", "scope_not_allowed")
    ]


def test_who_publishes_an_edit_becomes_the_owner_and_the_former_one_is_told(office: Office) -> None:
    made = automation(
        "deal.created",
        ["value > 1000"],
        RATE,
        owner=office.users["claire"],
        scope={"kind": "teams", "ids": [office.team.pk]},
    )
    tom = office.actor("tom")
    publish.save_draft(made, {**CHANGED, "scope": {"kind": "teams", "ids": [office.team.pk]}}, 1, tom)
    made.refresh_from_db()
    assert made.owner_id == office.users["claire"].pk
    publish.publish(made, tom)
    made.refresh_from_db()
    assert made.owner_id == tom.user_id
    told = Notification.objects.get()
    assert told.user_id == office.users["claire"].pk
    assert "Tom" in told.text and "Rate it" in told.text
    assert (told.record_type, told.record_id) == ("automation", made.pk)


def test_a_leader_cannot_widen_a_team_s_automation(office: Office) -> None:
    made = make(office, "claire", {"kind": "teams", "ids": [office.team.pk]})
    tom = office.actor("tom")
    publish.save_draft(made, CHANGED, 1, tom)
    with pytest.raises(DocumentError):
        publish.publish(made, tom)
    made.refresh_from_db()
    assert (made.owner_id, made.audience) == (office.users["claire"].pk, "teams")


def test_switching_and_renaming_do_not_change_the_owner(office: Office) -> None:
    made = make(office, "ana", EVERYONE)
    claire = office.actor("claire")
    publish.switch(made, False, claire)
    publish.rename(made, "Later", claire)
    made.refresh_from_db()
    assert made.owner_id == office.users["ana"].pk
    assert not Notification.objects.exists()


def test_an_edit_that_makes_it_one_s_own_takes_it_from_the_others(office: Office) -> None:
    made = make(office, "ana", EVERYONE)
    claire = office.actor("claire")
    publish.save_draft(made, {**CHANGED, "scope": ME}, 1, claire)
    assert publish.may_see(office.actor("ana"), made)
    publish.publish(made, claire)
    assert (made.owner_id, made.audience) == (claire.user_id, "me")
    assert not publish.may_see(office.actor("ana"), made)


def test_a_leader_who_leaves_the_team_edits_it_no_longer(office: Office) -> None:
    made = make(office, "claire", {"kind": "teams", "ids": [office.team.pk]})
    assert publish.may_edit(office.actor("tom"), made)
    Membership.objects.get(user=office.users["tom"]).delete()
    assert not publish.may_edit(office.actor("tom"), made)


def test_a_leader_without_a_team_builds_for_themselves(office: Office) -> None:
    lone = user("Lone", Role.LEADER)
    office.users["lone"] = lone
    made = automation("deal.created", do=RATE, owner=lone, scope=ME)
    assert made.active
    assert publish.audiences_allowed(office.actor("lone")) == ("me", "users")
