"""What was done and what is to be done: calls, meetings, tasks and notes around the deals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import partial
from random import Random
from typing import Any

from relance.commands.demo import texts
from relance.commands.demo.board import TRY_FIRST, TRY_FIRST_NOTES
from relance.commands.demo.company import Office
from relance.commands.demo.days import Days
from relance.commands.demo.deals import Deal
from relance.commands.demo.diary import Act, Diary, Ref
from relance.commands.demo.leads import Lead
from relance.commands.demo.organizations import Organization
from relance.records.models import Activity
from relance.records.unit_of_work import Change

#: When people clear their lists: after the last change of a working day.
_EVENING = time(18, 25)
#: How far back anything made by an automation may still have to be done, in working days.
_EVENINGS = 28
_DURATIONS = {"call": 15, "meeting": 60, "appointment": 90, "lunch": 90}


class Agenda:
    """Plans activities and notes into the diary.

    Attributes:
        planned: ids of activities that somebody has left open on purpose.
    """

    def __init__(self, office: Office, days: Days, diary: Diary, rng: Random) -> None:
        self._office = office
        self._days = days
        self._diary = diary
        self._rng = rng
        self.planned: set[int] = set()

    def around(self, deal: Deal) -> None:
        """What was done for a deal at each of its stages, what comes next, and what somebody wrote down."""
        ends = [at for _stage, at in deal.path[1:]] + ([deal.end[1]] if deal.end else [])
        for (stage, at), until in zip(deal.path, ends, strict=False):
            # Somebody who is that fast did not plan it first.
            if until - at > timedelta(hours=2) and self._rng.random() < 0.75:
                kind, subject = self._step(deal, stage)
                self._done(deal, kind, subject, at + timedelta(minutes=6), until - timedelta(minutes=25))
        if deal.next is not None:
            stage, since = deal.path[-1]
            kind, offset, hour = deal.next
            self._open(
                deal, kind, self._step(deal, stage, kind)[1], since + timedelta(minutes=9), offset, hour
            )
        if deal.title == TRY_FIRST:
            for ago, who, body in TRY_FIRST_NOTES:
                self._note(self._days.at(ago), who, body, "deal", deal.ref)
        elif self._rng.random() < 0.55:
            noted = self._rng.choice(deal.path)[1] + timedelta(minutes=17)
            self._note(noted, deal.owner, texts.pick(deal.owner, texts.NOTES, self._rng), "deal", deal.ref)

    def chores(self) -> None:
        """What has nothing to do with deals: some of it today, some tomorrow."""
        for place, (who, kind, subject, hour, duration) in enumerate(texts.CHORES):
            values = {
                "subject": subject, "type": kind, "due_date": self._days.due(place % 3), "due_time": hour,
                "duration": duration,
            }  # fmt: skip
            self._diary.add(self._days.at(1.6 + place / 10), who, self._planning(values, dict))

    def appointments(self, deals: list[Deal]) -> None:
        """Who is met today, where, and with whom."""
        known = self._days.at(1.5)
        for place, (who, start, duration, french, english, location, colleagues) in enumerate(
            texts.APPOINTMENTS
        ):
            mine = [
                deal
                for deal in deals
                if deal.owner == who and deal.person and not deal.end and deal.path[0][1] < known
            ]
            deal = mine[place % len(mine)]
            values = {
                "subject": texts.write(who, (french, english)), "type": "appointment", "due_date": self._days.due(0),
                "due_time": start, "duration": duration, "location": location,
            }  # fmt: skip
            links = partial(self._meeting, deal, colleagues)
            self._diary.add(self._days.at(1.4 - place / 20), who, self._planning(values, links))

    def _meeting(self, deal: Deal, colleagues: tuple[str, ...]) -> dict[str, Any]:
        there = [f"user:{self._office.users[name]}" for name in colleagues]
        person = [f"person:{deal.person.ref.id}"] if deal.person else []
        return {**self._links(deal), "participants": [*person, *there]}

    def visits(self, organizations: list[Organization]) -> None:
        """Calls on organizations in the coming weeks, and what is known about some."""
        for organization in organizations[::9]:
            who = organization.owner
            subject = texts.write(who, ("Passer voir {name}", "Drop in at {name}")).format(
                name=organization.name
            )
            values = {
                "subject": subject,
                "type": "appointment",
                "due_date": self._days.due(self._rng.randrange(3, 15)),
            }
            at = self._days.at(self._rng.uniform(1.2, 9))
            self._diary.add(at, who, self._planning(values, _linked("organization", organization.ref)))
        for organization in organizations[4::6]:
            body = texts.pick(organization.owner, texts.NOTES, self._rng)
            self._note(
                self._days.at(self._rng.uniform(2, 40)),
                organization.owner,
                body,
                "organization",
                organization.ref,
            )

    def call_back(self, lead: Lead) -> None:
        """A call for an inquiry that somebody still has to look into."""
        if lead.archived or lead.source == "trade_fair" or self._rng.random() < 0.4:
            return
        subject = texts.write(lead.owner, ("Rappeler : {title}", "Call back: {title}")).format(
            title=lead.title.split(":")[-1].strip()
        )
        values = {"subject": subject, "type": "call", "due_date": self._days.due(self._rng.randrange(-1, 5))}
        at = self._days.at(max(0.2, lead.ago - 0.05))
        self._diary.add(at, lead.owner, self._planning(values, _linked("lead", lead.ref)))

    def evenings(self) -> None:
        """People do what automations have planned for them, most of it on its day."""
        for ago in range(_EVENINGS, 0, -1):
            at = self._days.on(ago, _EVENING)
            # Each evening has its own dice: what happened before must not change how they fall.
            rng = Random(f"evening {ago}")  # noqa: S311
            for minutes, who in enumerate(self._office.users):
                moment = at + timedelta(minutes=3 * minutes)
                self._diary.add(moment, who, self._clearing(who, moment, rng), looks=True)

    def _step(self, deal: Deal, stage: str, kind: str | None = None) -> tuple[str, str]:
        steps = [each for each in texts.STEPS[stage] if kind in (None, each[0])]
        if not steps:
            steps = [(str(kind), "Suite à donner avec {who}", "Next steps with {who}")]
        chosen, french, english = self._rng.choice(steps)
        who = (
            deal.person.name.split(" ")[0]
            if deal.person
            else texts.write(deal.owner, ("le client", "the customer"))
        )
        return chosen, texts.write(deal.owner, (french, english)).format(who=who)

    def _links(self, deal: Deal) -> dict[str, Any]:
        return {
            "deal": deal.ref.id,
            "person": deal.person.ref.id if deal.person else None,
            "organization": deal.organization.ref.id if deal.organization else None,
        }

    def _done(self, deal: Deal, kind: str, subject: str, at: datetime, until: datetime) -> None:
        values = {
            "subject": subject, "type": kind, "due_date": self._days.date_of(until), "duration": _DURATIONS.get(kind),
        }  # fmt: skip
        made: list[int] = []

        def create(change: Change) -> None:
            made.append(change.create("activity", {**values, **self._links(deal)}))
            self.planned.add(made[0])

        self._diary.add(at, deal.owner, create)
        self._diary.add(until, deal.owner, lambda change: change.update("activity", made[0], {"done": True}))

    def _open(self, deal: Deal, kind: str, subject: str, at: datetime, offset: int, hour: str) -> None:
        values = {
            "subject": subject, "type": kind, "due_date": self._days.due(offset), "due_time": hour or None,
            "duration": _DURATIONS.get(kind),
        }  # fmt: skip
        self._diary.add(at, deal.owner, self._planning(values, lambda: self._links(deal)))

    def _planning(self, values: dict[str, Any], links: Callable[[], dict[str, Any]]) -> Act:
        return lambda change: self.planned.add(change.create("activity", {**values, **links()}))

    def _note(self, at: datetime, who: str, body: str, link: str, to: Ref) -> None:
        self._diary.add(at, who, lambda change: change.create("note", {"body": body, link: to.id}))

    def _clearing(self, who: str, at: datetime, rng: Random) -> Act:
        def act(change: Change) -> None:
            due = Activity.objects.filter(
                owner_id=self._office.users[who], done=False, due_date__lte=self._days.date_of(at)
            )
            for activity_id in due.order_by("id").values_list("id", flat=True):
                if activity_id not in self.planned and rng.random() < 0.85:
                    change.update("activity", activity_id, {"done": True})

        return act


def _linked(link: str, to: Ref) -> Callable[[], dict[str, Any]]:
    return lambda: {link: to.id}
