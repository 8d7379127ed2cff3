"""B1 and B3: a backlog of events under 1,000 active automations."""

from __future__ import annotations

from statistics import median

from django.db import connection

from relance.automation.engine.pump import BATCH, Pump
from relance.automation.models import Evaluation, Notification, Run, StepRun
from relance.events.models import Event, Pending
from tests.benchmarks import population
from tests.benchmarks.meter import Cost, measured
from tests.benchmarks.recording import Recording, recording
from tests.benchmarks.report import Figure
from tests.benchmarks.state import fresh, use

EVENTS = 3000
QUICK_EVENTS = 500
#: In batches of one a smaller backlog is enough.
SINGLES = 200
QUICK_SINGLES = 40


def prepare(empty: str, quick: bool) -> str:
    """Fill an empty database: company, automations, backlog."""
    use(empty)
    business = population.found(100 if quick else 500, 300 if quick else 2000)
    population.thousand_rules(business)
    population.act(business, QUICK_EVENTS if quick else EVENTS)
    connection.close()
    return empty


def floor(url: str, quick: bool) -> list[Figure]:
    """B1: the engine against the very same reads and writes."""
    made, wanted = _record(url)
    ratios, engines, floors = [], [], []
    for _round in range(2 if quick else 7):
        with fresh(url):
            engines.append(_drain())
            assert _rows() == wanted
        with fresh(url):
            with measured() as cost:
                made.replay()
            floors.append(cost)
            assert _rows() == wanted, "the floor must leave the same rows"
        ratios.append(floors[-1].cores / engines[-1].cores)
    events = wanted["people's events"]
    engine, least = (median(cost.cores for cost in costs) for costs in (engines, floors))
    behind = (
        f"{events} events of people, {wanted['runs']} runs, {wanted['evaluations']} events with conditions not met;"
        f" {events / engine:,.0f} events per core-second (floor {events / least:,.0f}),"
        f" {events / median(cost.wall for cost in engines):,.0f} a second on the clock,"
        f" {len(made.sent)} statements"
    )
    goal = 0.5 if connection.vendor == "sqlite" else 0.6
    return [Figure("B1", connection.vendor, median(ratios), "of floor", goal, behind=behind)]


def batches(url: str, quick: bool) -> list[Figure]:
    """B3: batches of 500 against batches of one, on the clock."""
    ratios, walls, cores = [], [], []
    singles = QUICK_SINGLES if quick else SINGLES
    for _round in range(1 if quick else 5):
        with fresh(url):
            people = Pending.objects.count()
            many = _drain()
        with fresh(url):
            keep = list(Pending.objects.order_by("event_id").values_list("event_id", flat=True)[:singles])
            Pending.objects.exclude(event_id__in=keep).delete()
            one = _drain(1)
        ratios.append((one.wall / singles) / (many.wall / people))
        cores.append((one.cores / singles) / (many.cores / people))
        walls.append((singles / one.wall, people / many.wall))
    behind = (
        f"{median(w[0] for w in walls):,.0f} events a second in batches of one,"
        f" {median(w[1] for w in walls):,.0f} in batches of 500; {median(cores):.1f} times per core-second"
    )
    goal = 4 if connection.vendor == "sqlite" else 20
    return [Figure("B3", connection.vendor, median(ratios), "times batches of one", goal, behind=behind)]


def _drain(batch: int = BATCH) -> Cost:
    pump = Pump()
    pump.index.refresh()
    with measured() as cost:
        pump.drain(batch)
    return cost


def _record(url: str) -> tuple[Recording, dict[str, int]]:
    with fresh(url):
        people = Event.objects.filter(origin="user").count()
        pump = Pump()
        pump.index.refresh()
        with recording() as made:
            pump.drain()
        return made, _rows() | {"people's events": people}


def _rows() -> dict[str, int]:
    """How many rows the work left, by kind."""
    return {
        "pending": Pending.objects.count(),
        "events": Event.objects.count(),
        "people's events": Event.objects.filter(origin="user").count(),
        "runs": Run.objects.count(),
        "lines": StepRun.objects.count(),
        "evaluations": Evaluation.objects.count(),
        "messages": Notification.objects.count(),
    }
