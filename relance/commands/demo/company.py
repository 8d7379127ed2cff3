"""The company itself: its people, teams, currencies, pipelines and labels."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.hashers import make_password

from relance.accounts.models import Company, Membership, Rate, Team, User
from relance.accounts.people import Actor, directory
from relance.commands.demo_logins import LOGINS, PASSWORD
from relance.records.models import Label, Pipeline, Stage

NAME = "Delorme & Finch"
ZONE = "Europe/Paris"
RATES = {"GBP": "1.1650", "USD": "0.9200", "CHF": "1.0550"}
#: Claire leads the whole house and belongs to both teams.
TEAMS = {"UK": ("tom", "owen", "priya", "claire"), "France": ("ines", "hugo", "claire")}
#: Each stage with the chance of winning in percent, and the days after which a deal rots there.
PIPELINES: dict[str, tuple[tuple[str, int, int], ...]] = {
    "New business": (
        ("Qualified", 10, 30),
        ("Contact made", 25, 21),
        ("Proposal sent", 50, 14),
        ("Negotiation", 75, 21),
        ("Contract sent", 90, 12),
    ),
    "Renewals": (("To renew", 40, 45), ("Offer sent", 65, 21), ("Agreed", 95, 12)),
}
LABELS = {"Hot": 1, "Key account": 2, "Trade fair": 3, "Renewal": 4, "Multi-site": 5, "À rappeler": 6}


@dataclass(frozen=True, slots=True)
class Office:
    """What the company has arranged, by the names the demo uses.

    Attributes:
        users: ids by first name: "claire", "tom", "ines", "hugo", "owen", "priya", "margaux".
        stages: ids by name; no two stages of the demo share one.
    """

    users: dict[str, int]
    teams: dict[str, int]
    pipelines: dict[str, int]
    stages: dict[str, int]
    labels: dict[str, int]

    def actor(self, who: str) -> Actor:
        """A colleague as somebody who acts."""
        return directory().actors[self.users[who]]


def found() -> Office:
    """Create the company and everything it has arranged, in an empty database."""
    company = Company.get()
    company.name, company.currency, company.timezone = NAME, "EUR", ZONE
    company.save()
    for currency, rate in RATES.items():
        Rate(currency=currency, rate=Decimal(rate)).save()
    # Hashed once: it takes its time on purpose, and everybody has the same.
    password = make_password(PASSWORD)
    users = {
        login.email.partition("@")[0]: User(
            email=login.email, name=login.name, role=login.role, language=login.language, password=password
        )
        for login in LOGINS
    }
    for user in users.values():
        user.save()
    teams = {}
    for name, members in TEAMS.items():
        teams[name] = Team(name=name)
        teams[name].save()
        for member in members:
            Membership(team=teams[name], user=users[member]).save()
    pipelines, stages = _pipelines()
    labels = {}
    for name, colour in LABELS.items():
        labels[name] = Label(name=name, colour=colour)
        labels[name].save()
    return Office(
        users={name: user.pk for name, user in users.items()},
        teams={name: team.pk for name, team in teams.items()},
        pipelines=pipelines,
        stages=stages,
        labels={name: label.pk for name, label in labels.items()},
    )


def _pipelines() -> tuple[dict[str, int], dict[str, int]]:
    pipelines: dict[str, int] = {}
    stages: dict[str, int] = {}
    for place, (name, its_stages) in enumerate(PIPELINES.items(), 1):
        pipeline = Pipeline(name=name, position=place)
        pipeline.save()
        pipelines[name] = pipeline.pk
        for position, (stage_name, probability, rotting_days) in enumerate(its_stages, 1):
            stage = Stage(
                pipeline=pipeline,
                name=stage_name,
                position=position,
                probability=probability,
                rotting_days=rotting_days,
            )
            stage.save()
            stages[stage_name] = stage.pk
    return pipelines, stages
