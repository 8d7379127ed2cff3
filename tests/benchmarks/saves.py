"""B4: one user's save with its event, against the same statements in raw SQL."""

from __future__ import annotations

import random
import sqlite3
from statistics import median
from typing import Any
from urllib.parse import urlsplit

import psycopg
from django.db import connection

from relance.records.configuration import current
from relance.records.unit_of_work import write
from tests.benchmarks import population
from tests.benchmarks.meter import Cost, measured
from tests.benchmarks.population import Business
from tests.benchmarks.recording import Recording, recording
from tests.benchmarks.report import Figure
from tests.benchmarks.state import fresh, use

SAVES = 400
QUICK_SAVES = 40


def prepare(empty: str, quick: bool) -> tuple[str, Business]:
    """Fill an empty database with a company."""
    use(empty)
    business = population.found(100, 300)
    connection.close()
    return empty, business


def save(prepared: tuple[str, Business], quick: bool) -> list[Figure]:
    """Deals dragged from stage to stage, or given another title."""
    url, business = prepared
    count = QUICK_SAVES if quick else SAVES
    with fresh(url), recording() as made:
        _save(business, count)
    raw = made.for_driver()
    ratios, ours, theirs = [], [], []
    for _round in range(1 if quick else 7):
        with fresh(url):
            _read_once(business)
            with measured() as cost:
                _save(business, count)
            ours.append(cost)
        with fresh(url) as copied:
            connection.close()
            theirs.append(_replay(raw, copied))
        ratios.append(theirs[-1].cores / ours[-1].cores)
    statements = sum(sent.kind != "commit" for sent in made.sent) / count
    behind = (
        f"{count / median(cost.cores for cost in ours):,.0f} saves per core-second"
        f" (raw SQL {count / median(cost.cores for cost in theirs):,.0f});"
        f" {1000 * median(cost.wall for cost in ours) / count:.2f} ms a save on the clock; {statements:.1f} statements"
    )
    goal = 0.1 if connection.vendor == "sqlite" else 0.4
    return [Figure("B4", connection.vendor, median(ratios), "of raw SQL", goal, behind=behind)]


def _read_once(business: Business) -> None:
    """Read who there is, as the first save of a process does."""
    business.actor(1)
    current()


def _save(business: Business, count: int) -> None:
    chance = random.Random("saves")
    for number in range(count):
        if number % 4:
            values: dict[str, Any] = {"stage": chance.choice(business.stages)}
        else:
            values = {"title": f"Terrace {number}", "probability": chance.randrange(100)}
        deal = chance.choice(business.deals)
        with write(business.actor(number)) as change:
            change.update("deal", deal, values)


def _replay(made: Recording, url: str) -> Cost:
    if connection.vendor == "sqlite":
        lite = sqlite3.connect(urlsplit(url).path[1:], isolation_level=None)
        lite.execute("PRAGMA synchronous=FULL")
        lite.execute("PRAGMA foreign_keys=ON")
        with measured() as cost:
            made.replay_raw(lite)
        lite.close()
        return cost
    with psycopg.connect(url, autocommit=True) as raw:
        with measured(raw.info.backend_pid) as cost:
            made.replay_raw(raw)
        return cost
