"""Who acts, and the directory of people that one process remembers."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection

from relance.accounts.models import Company, Membership, Rate, Role, Team, User, Visibility


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who reads or changes records; the rules of ``records.access`` look at nothing else.

    Attributes:
        user_id: ``None`` for the system itself.
        team_ids: the teams the user is in now.
        teammate_ids: the user and everybody in those teams.
        visibility: the company's rule, one of :class:`Visibility`.
        language: the one the user has chosen; empty = as the browser says.
        email: where mails reach them.
    """

    user_id: int | None
    name: str
    role: str
    team_ids: frozenset[int] = frozenset()
    teammate_ids: frozenset[int] = frozenset()
    visibility: str = Visibility.EVERYONE
    active: bool = True
    language: str = ""
    email: str = ""

    @property
    def is_administrator(self) -> bool:
        """Whether the rules of roles do not limit this actor."""
        return self.role == Role.ADMINISTRATOR


SYSTEM = Actor(user_id=None, name="Relance", role=Role.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Directory:
    """The company, its people, teams and rates at one revision."""

    revision: int
    company: Company
    rates: dict[str, Decimal]
    actors: dict[int, Actor]
    teams: dict[int, str]
    members: dict[int, frozenset[int]] = field(default_factory=dict)

    def rate(self, currency: str) -> Decimal | None:
        """What one unit of ``currency`` is worth in the company's currency; ``None`` when nobody said."""
        return Decimal(1) if currency == self.company.currency else self.rates.get(currency)


_lock = threading.Lock()
_directory: Directory | None = None


def revision() -> int:
    """The company's current revision; one small query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT revision FROM accounts_company WHERE id = 1")
        row = cursor.fetchone()
    return row[0] if row else Company.get().revision


def directory(at: int | None = None) -> Directory:
    """Return the directory, read again only when the company's revision has moved.

    Args:
        at: the revision, if the caller has just asked for it.
    """
    global _directory
    at = revision() if at is None else at
    known = _directory
    if known is None or known.revision != at:
        with _lock:
            known = _directory = _read()
    return known


def forget() -> None:
    """Drop what this process remembers (after a database was emptied)."""
    global _directory
    _directory = None


def _read() -> Directory:
    company = Company.get()
    members: dict[int, set[int]] = {team.id: set() for team in Team.objects.all()}
    teams_of: dict[int, set[int]] = {}
    for team_id, user_id in Membership.objects.values_list("team_id", "user_id"):
        members[team_id].add(user_id)
        teams_of.setdefault(user_id, set()).add(team_id)
    actors = {}
    for user in User.objects.all():
        teams = teams_of.get(user.id, set())
        mates = {user.id}.union(*(members[team] for team in teams)) if teams else {user.id}
        actors[user.id] = Actor(
            user_id=user.id,
            name=user.name,
            role=user.role,
            team_ids=frozenset(teams),
            teammate_ids=frozenset(mates),
            visibility=company.visibility,
            active=user.is_active,
            language=user.language,
            email=user.email,
        )
    return Directory(
        revision=company.revision,
        company=company,
        rates=dict(Rate.objects.values_list("currency", "rate")),
        actors=actors,
        teams=dict(Team.objects.values_list("id", "name")),
        members={team: frozenset(users) for team, users in members.items()},
    )


def actor_for(user: User | int) -> Actor:
    """Return the actor for a user or a user's id.

    Raises:
        KeyError: nobody has this id.
    """
    return directory().actors[user if isinstance(user, int) else user.pk]
