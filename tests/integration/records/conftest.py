"""A small company to write records in."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from relance.accounts.models import Company, Membership, Role, Team, User
from relance.accounts.people import Actor, actor_for
from relance.records.models import Label, Pipeline, Stage


@dataclass
class Office:
    """Claire administrates; Tom leads the team Ana is in; Ben is in no team; Rita only reads."""

    users: dict[str, User]
    team: Team
    stages: list[Stage]

    def actor(self, name: str) -> Actor:
        """Somebody as they are by now."""
        return actor_for(self.users[name].pk)


@pytest.fixture
def office(db: None) -> Office:
    """The company, with one pipeline of three stages and one label."""
    Company(id=1, name="Kestrel", currency="EUR").save()
    roles = {
        "claire": Role.ADMINISTRATOR,
        "tom": Role.LEADER,
        "ana": Role.MEMBER,
        "ben": Role.MEMBER,
        "rita": Role.READER,
    }
    users = {
        name: User.objects.create_user(f"{name}@kestrel.example", name=name.title(), role=role)
        for name, role in roles.items()
    }
    team = Team.objects.create(name="UK")
    for name in ("tom", "ana"):
        Membership.objects.create(team=team, user=users[name])
    pipeline = Pipeline.objects.create(name="New business")
    stages = [
        Stage.objects.create(pipeline=pipeline, name=name, position=place, probability=10 * place)
        for place, name in enumerate(("Qualified", "Proposal sent", "Negotiation"), 1)
    ]
    Label.objects.create(name="Hot")
    return Office(users, team, stages)
