"""B12: 1,000 active rules of which one matches, against one rule."""

from __future__ import annotations

from statistics import median

from django.db import connection

from relance.automation.engine.pump import Pump
from relance.records.models import Organization
from relance.records.unit_of_work import write
from tests.automations import euros, only_if, planned, put_into_service, set_field
from tests.benchmarks import population
from tests.benchmarks.meter import Cost, measured
from tests.benchmarks.population import Business
from tests.benchmarks.report import Figure
from tests.benchmarks.state import fresh, use

RULES = 1000
QUICK_RULES = 100
Prepared = tuple[str, str, Business]


def prepare(one: str, many: str, quick: bool) -> Prepared:
    """Two companies: with one rule, and with further ones on the same trigger whose condition never holds."""
    for url, rules in ((one, 1), (many, QUICK_RULES if quick else RULES)):
        use(url)
        business = population.found(300, 0)
        put_into_service(
            [
                planned(
                    business.users[0],
                    "record.created",
                    [
                        only_if("value", "gte", euros(10**9 + number) if number else euros(1000)),
                        set_field("rating", "A", "organization"),
                    ],
                    record="deal",
                )
                for number in range(rules)
            ]
        )
        connection.close()
    return one, many, business


def further(prepared: Prepared, quick: bool) -> list[Figure]:
    """A deal is created, and the engine works until the last effect; one by one, every second deal matches."""
    one, many, business = prepared
    count = 40 if quick else 300
    rules = QUICK_RULES if quick else RULES
    ratios, singles, thousands = [], [], []
    for _round in range(1 if quick else 7):
        singles.append(_work(one, business, count))
        thousands.append(_work(many, business, count))
        ratios.append(thousands[-1].cores / singles[-1].cores)
    single, thousand = (1e6 * median(cost.cores for cost in costs) / count for costs in (singles, thousands))
    system = connection.vendor
    behind = f"{single / 1000:.2f} ms of a core for a deal and its rule, {thousand / 1000:.2f} ms with {rules} rules"
    return [
        Figure("B12", system, median(ratios), "times the work of one rule", 1.2, at_most=True, behind=behind),
        Figure("B12", system, (thousand - single) / (rules - 1), "µs for a further rule", 5, at_most=True),
    ]


def _work(url: str, business: Business, count: int) -> Cost:
    with fresh(url):
        pump = Pump()
        pump.drain()
        with measured() as cost:
            for number, organization in enumerate(business.organizations[:count]):
                value = euros(2000 if number % 2 else 500)
                with write(business.actor(number)) as change:
                    change.create(
                        "deal", {"title": "One by one", "value": value, "organization": organization}
                    )
                pump.drain()
        rated = Organization.objects.filter(rating="A").count()
        assert rated == count // 2, rated
    return cost
