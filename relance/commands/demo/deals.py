"""Two hundred deals: how each came, moved, was won or lost, or still waits."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from relance.commands.demo import texts
from relance.commands.demo.board import BOARD, SMALL, Told
from relance.commands.demo.company import PIPELINES, Office
from relance.commands.demo.days import HISTORY, Days
from relance.commands.demo.diary import Act, Diary, Ref
from relance.commands.demo.organizations import Organization
from relance.commands.demo.people import Person
from relance.records import deals as verbs
from relance.records.unit_of_work import Change

#: Open deals for each stage, those told by hand included.
OPEN = {
    "Qualified": 22, "Contact made": 18, "Proposal sent": 15, "Negotiation": 12, "Contract sent": 9,
    "To renew": 11, "Offer sent": 8, "Agreed": 5,
}  # fmt: skip
WON = {"New business": 40, "Renewals": 18}
LOST = {"New business": 36, "Renewals": 6}
_SOURCES = ("website", "website", "referral", "trade_fair", "phone", "campaign", "partner")
_LABELS = ("Hot", "Trade fair", "Multi-site", "À rappeler", "Key account")
_STAGES = {pipeline: [name for name, _chance, _days in stages] for pipeline, stages in PIPELINES.items()}
_NEXT = (-3, -1, 0, 0, 1, 1, 2, 3, 4, 5, 6, 8, 11, None, None, None)


@dataclass(slots=True)
class Deal:
    """The life of one deal.

    Attributes:
        path: the stages it came through, with the moment it entered each; it was created in the first.
        end: "won" or "lost" with the moment and, for the lost, the reason; none while it is open.
        next: its next activity: type, working days from today, time or empty; none when nothing is planned.
    """

    title: str
    owner: str
    amount: int
    currency: str
    organization: Organization | None
    person: Person | None
    path: list[tuple[str, datetime]]
    end: tuple[str, datetime, str] | None = None
    next: tuple[str, int, str] | None = None
    labels: tuple[str, ...] = ()
    source: str = "website"
    close: int = 20
    ref: Ref = field(default_factory=Ref)


class Sales:
    """Thinks up the deals. ``people`` must hold somebody for each organization."""

    def __init__(
        self, organizations: list[Organization], people: list[Person], days: Days, rng: Random
    ) -> None:
        self._organizations = organizations
        self._by_name = {each.name: each for each in organizations}
        self._people: dict[str | None, list[Person]] = {}
        for person in people:
            self._people.setdefault(person.organization.name if person.organization else None, []).append(
                person
            )
        self._days = days
        self._rng = rng

    def all(self) -> list[Deal]:
        """All of them, those told by hand first."""
        deals = [self._told(told) for told in BOARD]
        told = {stage: sum(each.stage == stage for each in BOARD) for stage in OPEN}
        for pipeline, stages in _STAGES.items():
            for stage in stages:
                deals += [self._open(pipeline, stage) for _ in range(OPEN[stage] - told[stage])]
            deals += [self._closed(pipeline, "won") for _ in range(WON[pipeline])]
            deals += [self._closed(pipeline, "lost") for _ in range(LOST[pipeline])]
        return deals

    def _told(self, told: Told) -> Deal:
        organization = self._by_name.get(told.organization)
        if organization is not None:
            person = self._people[organization.name][0]
        else:
            person = next(each for each in self._people[None] if each.owner == told.owner)
        stages = _STAGES["New business"]
        path = self._path(stages[: stages.index(told.stage) + 1], told.ago, organization)
        currency = organization.currency if organization else "EUR"
        return Deal(
            told.title, told.owner, told.amount, currency, organization, person, path,
            next=told.next, labels=told.labels, source=self._rng.choice(_SOURCES), close=self._closing(told.stage),
        )  # fmt: skip

    def _open(self, pipeline: str, stage: str) -> Deal:
        rng = self._rng
        # Most deals stand where they are for some days; one in six has been forgotten.
        ago = rng.uniform(17, 33) if rng.random() < 0.16 else 0.1 + 13 * rng.random() ** 1.6
        stages = _STAGES[pipeline]
        deal = self._deal(pipeline, stages[: stages.index(stage) + 1], ago)
        offset = rng.choice(_NEXT)
        if offset is not None and ago < 17:
            kind = rng.choice(texts.STEPS[stage])[0]
            hour = f"{rng.randrange(9, 18):02d}:{rng.choice(('00', '30'))}" if kind in _WITH_HOUR else ""
            deal.next = (kind, offset, hour)
        return deal

    def _closed(self, pipeline: str, outcome: str) -> Deal:
        rng = self._rng
        ago = rng.uniform(0.15, 45)
        stages = _STAGES[pipeline]
        if outcome == "won":
            passed = stages if rng.random() < 0.7 else stages[:-1]
        else:
            passed = stages[: rng.randrange(1, len(stages) + 1)]
        deal = self._deal(pipeline, passed, min(ago + rng.uniform(1, 6), HISTORY - 12))
        reason = texts.pick(deal.owner, texts.LOST, rng) if outcome == "lost" else ""
        deal.end = (outcome, self._days.at(ago), reason)
        deal.close = -max(1, int(ago))
        return deal

    def _deal(self, pipeline: str, passed: list[str], ago: float) -> Deal:
        rng = self._rng
        organization = rng.choice(self._organizations)
        while ago > organization.ago - 8 or organization.name == SMALL:
            organization = rng.choice(self._organizations)
        person = rng.choice(self._people[organization.name]) if rng.random() < 0.93 else None
        offers = texts.RENEWALS if pipeline == "Renewals" else texts.OFFERS
        french, english, low, high = rng.choice(offers)
        title = texts.write(organization.owner, (french, english)).format(n=rng.randrange(3, 9))
        labels = (rng.choice(_LABELS),) if rng.random() < 0.22 else ()
        return Deal(
            title,
            organization.owner,
            round(low * (high / low) ** rng.random() / 50) * 50,
            organization.currency,
            organization,
            person,
            self._path(passed, ago, organization),
            labels=("Renewal",) if pipeline == "Renewals" else labels,
            source=rng.choice(_SOURCES),
            close=self._closing(passed[-1]),
        )

    def _closing(self, stage: str) -> int:
        """When a deal in this stage is expected to close: the further it has come, the sooner; some are late."""
        late = stage in {"Negotiation", "Contract sent", "Agreed"}
        return self._rng.randrange(-3, 15) if late else self._rng.randrange(6, 48)

    def _path(
        self, stages: list[str], ago: float, organization: Organization | None
    ) -> list[tuple[str, datetime]]:
        """Go backwards from the last stage; a deal cannot be older than its organization."""
        oldest = (organization.ago if organization else HISTORY) - 0.5
        path: list[tuple[str, datetime]] = []
        for left, stage in zip(range(len(stages), 0, -1), reversed(stages), strict=True):
            path.insert(0, (stage, self._days.at(ago)))
            room = max(0.0, oldest - ago) / left
            ago += min(room, self._rng.uniform(1.1, 5.5))
        return path


_WITH_HOUR = frozenset({"meeting", "appointment", "lunch", "call"})


def plan(deals: list[Deal], office: Office, days: Days, diary: Diary) -> None:
    """Write into the diary how the deals came, moved and ended."""
    for deal in deals:
        first = deal.path[0]
        diary.add(first[1], deal.owner, _creation(deal, office, days))
        for stage, at in deal.path[1:]:
            diary.add(at, deal.owner, _move(deal, office.stages[stage]))
        if deal.end is not None:
            diary.add(deal.end[1], deal.owner, _ending(deal, deal.end[0], deal.end[2]))


def _creation(deal: Deal, office: Office, days: Days) -> Act:
    def act(change: Change) -> None:
        deal.ref.set(
            change.create(
                "deal",
                {
                    "title": deal.title,
                    "value": {"amount": deal.amount * 100, "currency": deal.currency},
                    "stage": office.stages[deal.path[0][0]],
                    "organization": deal.organization.ref.id if deal.organization else None,
                    "person": deal.person.ref.id if deal.person else None,
                    "expected_close": days.due(deal.close),
                    "source": deal.source,
                    "labels": [office.labels[label] for label in deal.labels],
                    "owner": office.users[deal.owner],
                },
            )
        )

    return act


def _move(deal: Deal, stage: int) -> Act:
    return lambda change: verbs.move_stage(change, deal.ref.id, stage)


def _ending(deal: Deal, outcome: str, reason: str) -> Act:
    def act(change: Change) -> None:
        if outcome == "won":
            verbs.win(change, deal.ref.id)
        else:
            verbs.lose(change, deal.ref.id, reason)

    return act
