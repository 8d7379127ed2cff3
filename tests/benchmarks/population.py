"""Companies of the size in which the engine is measured."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from relance.accounts.models import Company, Role, User
from relance.accounts.people import Actor, actor_for
from relance.automation.models import Automation
from relance.events.models import Pending
from relance.records.models import Pipeline, Stage
from relance.records.unit_of_work import Change, UnitOfWork
from tests.automations import Step, do, euros, only_if, planned, put_into_service, set_field, text

SOURCES = ("website", "trade_fair", "referral", "phone", "campaign", "partner", "other")
WORDS = ("bar", "fit-out", "kitchen", "terrace", "coffee", "hotel", "lobby", "garden", "spa", "roof")
CITIES = ("Lyon", "Leeds", "Nantes", "York", "Lille", "Bath", "Tours", "Hull", "Dijon", "Derby")
JOBS = ("Buyer", "Owner", "Chef", "Architect", "Manager")
_COMPANY = random.Random("company").choice


@dataclass(frozen=True)
class Business:
    """Who and what there is."""

    users: tuple[User, ...]
    stages: tuple[int, ...]
    organizations: tuple[int, ...]
    people: tuple[int, ...]
    deals: tuple[int, ...]

    def actor(self, number: int) -> Actor:
        """One of the users; the first is the administrator, who owns the automations."""
        return actor_for(self.users[number % len(self.users)].pk)


def found(organizations: int, deals: int) -> Business:
    """Write a company of ten into an empty database."""
    Company(id=1, name="Kestrel", currency="EUR").save()
    users = tuple(
        User.objects.create_user(
            f"user{number}@kestrel.example",
            name=f"User {number}",
            role=Role.MEMBER if number else Role.ADMINISTRATOR,
        )
        for number in range(10)
    )
    stages = []
    for number in range(3):
        pipeline = Pipeline.objects.create(name=f"Pipeline {number}", position=number)
        stages += [
            Stage.objects.create(
                pipeline=pipeline, name=f"Stage {place}", position=place, probability=10 * place
            ).pk
            for place in range(8)
        ]
    business = Business(users, tuple(stages), (), (), ())
    choice = random.Random("records").choice
    with UnitOfWork() as uow:
        made: dict[str, list[int]] = {"organization": [], "person": [], "deal": []}
        for number in range(max(organizations, deals)):
            with uow.change(business.actor(number), "system") as change:
                if number < organizations:
                    values: dict[str, Any] = {
                        "name": f"Organization {number}",
                        "city": choice(CITIES),
                        "employees": number,
                        "rating": choice("BCD"),
                    }
                    made["organization"].append(change.create("organization", values))
                    contact = {"value": f"person{number}@customer.example"}
                    values = {"name": f"Person {number}", "job_title": choice(JOBS), "emails": [contact]}
                    made["person"].append(
                        change.create("person", {**values, "organization": made["organization"][-1]})
                    )
                if number < deals:
                    values = new_deal(choice, number, choice(made["organization"]))
                    made["deal"].append(change.create("deal", {**values, "stage": choice(stages)}))
    # Nobody waits for what was there before.
    Pending.objects.all().delete()
    return Business(users, tuple(stages), *(tuple(made[key]) for key in ("organization", "person", "deal")))


def new_deal(choice: Any, number: int, organization: int) -> dict[str, Any]:
    """The values of a deal."""
    title = f"{choice(WORDS).capitalize()} and {choice(WORDS)} {number}"
    return {
        "title": title,
        "value": euros(choice(range(10_000))),
        "organization": organization,
        "source": choice(SOURCES),
    }


def thousand_rules(business: Business) -> None:
    """1,000 automations, each with a condition; about 20 of them are asked about an event, and about one starts."""
    chief = business.users[0]
    effects = cycle(_effects())
    asks = cycle(_asks())
    made: list[Automation] = []

    def rules(count: int, on: str, ask: Any, do_: Any = None, **params: Any) -> None:
        for _ in range(count):
            steps = [next(ask), next(do_ or effects)]
            made.append(planned(chief, on, steps, name=f"Rule {len(made)}", **params))

    for stage in business.stages:
        rules(20, "stage.entered", asks, stage=stage)
    rules(30, "record.created", asks, record="deal")
    telling = cycle([set_field("industry", "retail"), do("notify", to=["trigger_user"], text="{{ name }}")])
    for rating in "ABCD":
        cities = cycle(only_if("city", "is", city) for city in (*CITIES, *(f"New {city}" for city in CITIES)))
        rules(20, "field.changed", cities, telling, record="organization", field="rating", to=rating)
    sizes = cycle(only_if("employees", "gt", 30 * step) for step in range(637, 667))
    rules(30, "field.changed", sizes, telling, record="organization", field="employees")
    jobs = cycle(only_if("job_title", "is", job) for job in (*JOBS, *(f"Job {step}" for step in range(20))))
    hello = cycle(
        [set_field("source", "website"), do("notify", to=["owner"], text="Say hello to {{ name }}")]
    )
    rules(30, "record.created", jobs, hello, record="person")
    rules(30, "field.changed", jobs, hello, record="person", field="job_title")
    # What nothing in the mix does.
    rules(160, "deal.won", asks)
    rules(160, "record.deleted", cycle([only_if("subject", "filled")]), cycle([_call()]), record="activity")
    assert len(made) == 1000, len(made)
    put_into_service(made)


def _call() -> Step:
    return do("record.create", record="activity", link=True, values={"subject": text("Call about it")})


def _effects() -> Iterator[Step]:
    yield set_field("probability", 55)
    yield set_field("rating", "A", "organization")
    yield do(
        "record.create", record="activity", link=True, values={"subject": text("Call about {{ title }}")}
    )
    yield do("notify", to=["owner"], text="{{ title }} has moved")


def _asks() -> Iterator[Step]:
    """Conditions on a deal that hold for about one in twenty."""
    for number in range(20):
        yield only_if("title", "contains", f"{WORDS[number % 10]} {number}")
        yield only_if("value", "between", [euros(500 * number), euros(500 * number + 500)])
        yield only_if("organization.employees", "between", [25 * number, 25 * number + 25])
        source = {"field": "source", "op": "is", "value": SOURCES[number % 7]}
        large = {"field": "value", "op": "gte", "value": euros(4000)}
        yield {"kind": "condition", "groups": [{"rows": [source, large]}]}


def act(business: Business, events: int) -> None:
    """Leave a backlog: what people do on a busy day, in one go."""
    chance = random.Random("acts")
    with UnitOfWork() as uow:
        while len(uow.events) < events:
            with uow.change(business.actor(chance.randrange(10))) as change:
                _one(business, change, chance, len(uow.events))


def _one(business: Business, change: Change, chance: random.Random, number: int) -> None:
    what = chance.random()
    deal, organization = chance.choice(business.deals), chance.choice(business.organizations)
    if what < 0.45:
        change.update("deal", deal, {"stage": chance.choice(business.stages)})
    elif what < 0.6:
        change.create("deal", new_deal(chance.choice, 100_000 + number, organization))
    elif what < 0.7:
        change.update("organization", organization, {"rating": chance.choice("ABCD")})
    elif what < 0.75:
        change.update("organization", organization, {"employees": chance.randrange(20_000)})
    elif what < 0.85:
        person = chance.choice(business.people)
        change.update("person", person, {"job_title": chance.choice(JOBS)})
    elif what < 0.95:  # nothing listens to this field, nor to leads
        change.update("deal", deal, {"expected_close": f"2027-0{chance.randrange(1, 10)}-15"})
    else:
        change.create("lead", {"title": f"Lead {number}", "organization": organization})
