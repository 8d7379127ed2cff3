"""People of every role, a small company, and a browserless window for each of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from relance.accounts import people
from relance.accounts.models import Company, Membership, Role, Team, User
from relance.accounts.people import actor_for
from relance.automation import publish
from relance.automation.models import Automation
from relance.records import configuration
from relance.records.models import Pipeline, Stage

WINDOW = Callable[..., Client]


@pytest.fixture
def company(db: Any) -> dict[str, User]:
    """Claire administers, Tom leads the UK team with Owen, Inès is a member elsewhere, Rita only reads."""
    own = Company.get()
    own.members_may_automate = True
    own.save()
    users = {}
    for name, role in (
        ("claire", Role.ADMINISTRATOR), ("tom", Role.LEADER), ("owen", Role.MEMBER), ("ines", Role.MEMBER),
        ("rita", Role.READER),
    ):  # fmt: skip
        users[name] = User.objects.create_user(
            f"{name}@example.com", "long enough", name=name.title(), role=role
        )
    team = Team.objects.create(name="UK team")
    for name in ("tom", "owen"):
        Membership.objects.create(team=team, user=users[name])
    pipeline = Pipeline.objects.create(name="New business", position=1)
    for position, name in enumerate(("Qualified", "Proposal sent", "Negotiation")):
        Stage.objects.create(pipeline=pipeline, name=name, position=position, probability=50)
    people.forget()
    configuration.forget()
    return users


@pytest.fixture
def window(company: dict[str, User]) -> WINDOW:
    """``window("tom")``: a client that is logged in; ``htmx=True`` asks for parts of pages."""

    def open_window(name: str, *, htmx: bool = True) -> Client:
        client = Client(headers={"HX-Request": "true"} if htmx else {})
        client.force_login(company[name])
        return client

    return open_window


def document(scope: str = "everyone", **changes: Any) -> dict[str, Any]:
    """A whole automation: when a deal over 1,000 is created, its organization is rated A."""
    value = {"amount": 100_000, "currency": "EUR"}
    rated = {"target": "organization", "values": {"rating": {"from": "fixed", "value": "A"}}}
    return {
        "schema": 1,
        "trigger": {"type": "record.created", "params": {"record": "deal"}},
        "origins": ["user"],
        "scope": {"kind": scope, "ids": []},
        "steps": [
            {
                "id": "b1",
                "kind": "condition",
                "groups": [{"rows": [{"field": "value", "op": "gt", "value": value}]}],
            },
            {"id": "b2", "kind": "action", "type": "record.update", "params": rated},
        ],
    } | changes


@pytest.fixture
def automation(company: dict[str, User]) -> Callable[..., Automation]:
    """Make one: ``automation("Rate", by="claire", live=False, scope="me")``."""

    def make(name: str = "Rate", *, by: str = "claire", live: bool = True, **changes: Any) -> Automation:
        actor = actor_for(company[by].pk)
        made = publish.create(actor, name, "", document(**changes))
        if live:
            publish.publish(made, actor)
        return made

    return make
