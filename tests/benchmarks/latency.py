"""B6: from the commit of a save to the commit of its effect, while nothing else happens."""

from __future__ import annotations

import threading
import time
from statistics import median, quantiles

from django.db import connection

from relance.automation.engine.embedded import EmbeddedEngine
from relance.records import unit_of_work
from relance.records.models import Organization
from relance.records.unit_of_work import write
from tests.automations import automation, set_field
from tests.benchmarks import population
from tests.benchmarks.population import Business
from tests.benchmarks.report import Figure
from tests.benchmarks.state import fresh, use


def prepare(empty: str, quick: bool) -> tuple[str, Business]:
    """A company with one automation: a new deal rates its organization."""
    use(empty)
    business = population.found(300, 0)
    automation(business.users[0], "record.created", [set_field("rating", "A", "organization")], record="deal")
    connection.close()
    return empty, business


def effect(prepared: tuple[str, Business], quick: bool) -> list[Figure]:
    """The engine's thread and the saving one are in one process, as in the product."""
    url, business = prepared
    commits: dict[str, float] = {}
    came = threading.Event()

    def committed() -> None:
        """Called right after each commit, by the thread that made it."""
        name = threading.current_thread().name
        commits[name] = time.perf_counter()
        if name == engine.name:
            came.set()

    waits = []
    with fresh(url):
        engine = EmbeddedEngine()
        engine.start()
        time.sleep(0.5)
        unit_of_work.LISTENERS.insert(0, committed)
        try:
            for number, organization in enumerate(business.organizations[: 30 if quick else 300]):
                came.clear()
                with write(business.actor(number)) as change:
                    change.create("deal", {"title": "Latency", "organization": organization})
                if not came.wait(10):
                    raise TimeoutError("the effect never came")
                waits.append(commits[engine.name] - commits[threading.current_thread().name])
                time.sleep(0.02)
        finally:
            unit_of_work.LISTENERS.remove(committed)
            engine.stop()
        assert Organization.objects.filter(rating="A").count() >= len(waits)
    p95 = 1000 * quantiles(waits, n=20)[-1]
    goal = 20 if connection.vendor == "sqlite" else 50
    behind = f"median {1000 * median(waits):.1f} ms over {len(waits)} saves"
    return [Figure("B6", connection.vendor, p95, "ms at p95", goal, at_most=True, behind=behind)]
