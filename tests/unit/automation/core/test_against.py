"""Conditions that compare with another field, a parent's field, or a calculation."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from relance.automation.core.checks import check_groups
from relance.automation.core.conditions import expand
from relance.automation.core.scope import HIDDEN
from tests.unit.automation.core.samples import ACME, CATALOGUE, SampleWorld, condition, models, scope

Row = dict[str, Any]


def field(path: str) -> dict[str, Any]:
    return {"from": "field", "path": path}


def formula(text: str, **defaults: Any) -> dict[str, Any]:
    return {"from": "formula", "formula": text, "defaults": defaults}


def day(start: str = "today", *moves: dict[str, Any]) -> dict[str, Any]:
    return {"from": "date", "start": start, "moves": list(moves)}


def row(path: str, op: str, *against: dict[str, Any]) -> Row:
    return {"field": path, "op": op, "against": list(against)}


def euros(units: float, currency: str = "EUR") -> dict[str, Any]:
    return {"amount": round(units * 100), "currency": currency}


def asked(question: Row, record: dict[str, Any], acme: Any = None, **others: Any) -> list[Any]:
    """The line of the trace, the same however it is asked: [truth, both sides, why if it does not follow]."""
    organization = (
        {**ACME, **acme} if isinstance(acme, dict) or (acme is None and (acme := {}) is not None) else acme
    )
    world = SampleWorld(records={("organization", 12): organization})
    seen = scope({"organization": 12, **record}, world=world, **others)
    compiled = condition([question])
    truth, [[line]] = compiled.evaluate(seen)
    stored = json.loads(json.dumps(line))
    assert compiled.truth(seen) is truth
    assert compiled.trace(seen, {}) == (truth, compiled.trace(seen, {})[1])
    assert json.loads(compiled.trace(seen, {})[1]) == [[stored]]
    assert expand(models([question]), [[stored]]) == compiled.verdict(seen)
    return stored


@pytest.mark.parametrize(
    ("question", "record", "acme", "line"),
    [
        (row("value", "gt", field("organization.revenue")), {"value": euros(1200)}, {"revenue": euros(5000)},
         [0, [euros(1200), euros(5000)]]),
        (row("value", "lte", field("organization.revenue")), {"value": euros(1200)}, {"revenue": euros(5000)},
         [1, [euros(1200), euros(5000)]]),
        # 100 dollars are 90 euros.
        (row("value", "is", field("organization.revenue")), {"value": euros(100, "USD")}, {"revenue": euros(90)},
         [1, [euros(100, "USD"), euros(90)]]),
        (row("count", "is_not", field("organization.employees")), {"count": 3}, {"employees": 3}, [0, [3, 3]]),
        (row("title", "is", field("organization.name")), {"title": "ACMÉ"}, {"name": "Acme"}, [1, ["ACMÉ", "Acme"]]),
        (row("title", "contains", field("organization.name")), {"title": "Sign for acme now"}, {},
         [1, ["Sign for acme now", "Acme"]]),
        (row("notes", "not_contains", field("organization.name")), {"notes": "nothing"}, {}, [1, ["nothing", "Acme"]]),
        (row("close", "after", field("organization.since")), {"close": "2026-05-02"}, {"since": "2026-05-01"},
         [1, ["2026-05-02", "2026-05-01"]]),
        # A moment is compared with a day by its day in Paris, with a moment as an instant.
        (row("close", "is", field("met")), {"close": "2026-03-11", "met": "2026-03-10T23:30:00+00:00"}, {},
         [1, ["2026-03-11", "2026-03-11"]]),
        (row("met", "is", field("close")), {"close": "2026-03-11", "met": "2026-03-10T23:30:00+00:00"}, {},
         [1, ["2026-03-10T23:30:00+00:00", "2026-03-11"]]),
        (row("met", "before", field("organization.met")), {"met": "2026-03-10T23:30:00+00:00"},
         {"met": "2026-03-11T00:30:00+01:00"}, [0, ["2026-03-10T23:30:00+00:00", "2026-03-11T00:30:00+01:00"]]),
        (row("owner", "is", field("organization.owner")), {"owner": 6}, {"owner": 6}, [1, [6, 6]]),
        (row("owner", "is_not", field("trigger.user")), {"owner": 6}, {}, [1, [6, 5]]),
        (row("status", "is", field("organization.status")), {"status": "open"}, {"status": "open"},
         [1, ["open", "open"]]),
        (row("organization", "is", field("organization")), {}, {}, [1, [12, 12]]),
        # Calculations.
        (row("value", "gte", formula("organization.revenue * 10%")), {"value": euros(500)}, {"revenue": euros(5000)},
         [1, [euros(500), euros(500)]]),
        (row("value", "gt", formula("1000")), {"value": euros(1001, "USD")}, {},
         [1, [euros(1001, "USD"), euros(1000, "USD")]]),
        (row("count", "gt", formula("organization.employees / 2")), {"count": 2}, {"employees": 3}, [1, [2, "1.5"]]),
        (row("count", "is", formula("organization.employees / 3 * 3")), {"count": 7}, {"employees": 7}, [1, [7, 7]]),
        (row("count", "gt", formula("organization.employees", **{"organization.employees": 0})), {"count": 1}, {},
         [1, [1, 0]]),
        (row("close", "on_or_before", day("today", {"by": 2, "unit": "working_days"})), {"close": "2026-03-13"}, {},
         [1, ["2026-03-13", "2026-03-13"]]),
        (row("met", "after", day("organization.since", {"by": 1, "unit": "months"})),
         {"met": "2026-03-01T12:00:00+00:00"}, {"since": "2026-01-31"},
         [1, ["2026-03-01T12:00:00+00:00", "2026-02-28"]]),
        # Between bounds that are worked out.
        (row("value", "between", formula("organization.revenue * 50%"), formula("organization.revenue * 150%")),
         {"value": euros(1500)}, {"revenue": euros(1000)}, [1, [euros(1500), euros(500), euros(1500)]]),
        (row("value", "between", field("organization.revenue"), formula("1000")), {"value": euros(99)},
         {"revenue": euros(100)}, [0, [euros(99), euros(100), euros(1000)]]),
    ],
)  # fmt: skip
def test_both_sides_are_compared_and_seen(
    question: Row, record: dict[str, Any], acme: dict[str, Any], line: list[Any]
) -> None:
    assert asked(question, record, acme) == line


@pytest.mark.parametrize("op", ["is", "is_not", "gt", "lte"])
def test_an_empty_other_side_is_known_and_not_met(op: str) -> None:
    question = row("count", op, field("organization.employees"))
    assert asked(question, {"count": 3}) == [0, [3, None], "empty", "organization.employees"]


def test_nobody_on_the_other_side_is_an_empty_side() -> None:
    question = row("count", "gt", field("organization.employees"))
    line = asked(question, {"count": 3, "organization": None})
    assert line == [0, [3, None], "empty", "organization.employees"]


def test_an_empty_field_of_its_own() -> None:
    question = row("count", "gt", field("organization.employees"))
    assert asked(question, {}, {"employees": 3}) == [0, [None, 3], "empty"]
    other = row("count", "is_not", field("organization.employees"))
    assert asked(other, {}, {"employees": 3}) == [1, [None, 3]]
    # Two empty fields do not differ.
    assert asked(other, {}) == [0, [None, None], "empty", "organization.employees"]


def test_an_empty_bound_says_which() -> None:
    question = row("count", "between", formula("1"), formula("organization.employees"))
    assert asked(question, {"count": 3}) == [0, [3, 1, None], "empty", "organization.employees"]


def test_what_may_not_be_seen_is_unknown() -> None:
    question = row("count", "gt", field("organization.employees"))
    assert asked(question, {"count": 3}, HIDDEN) == [None, [3, None], "hidden", "organization.employees"]
    other_way = row("organization.employees", "gt", field("count"))
    assert asked(other_way, {"count": 3}, HIDDEN) == [None, [None, 3], "hidden", "organization"]


def test_without_a_rate_nothing_is_known() -> None:
    francs = {"revenue": euros(5, "CHF")}
    assert asked(row("value", "gt", field("organization.revenue")), {"value": euros(1)}, francs) == [
        None, [euros(1), euros(5, "CHF")], "no_rate", "CHF"
    ]  # fmt: skip
    mixed = row("value", "gt", formula("count + organization.revenue - value"))
    line = asked(mixed, {"value": euros(1), "count": 1}, francs)
    assert line == [None, [euros(1), None], "no_rate", "CHF"]


def test_a_calculation_without_a_result_is_unknown() -> None:
    question = row("count", "gt", formula("count / (count - 3)"))
    assert asked(question, {"count": 3}) == [None, [3, None], "no_result", "division_by_zero"]


def test_a_change_can_be_compared_too() -> None:
    """Changed by more than a tenth of what it was."""
    question = row("value", "changed_by_more_than", formula("before.value * 10%"))
    change = [euros(1000), euros(1200)]
    line = asked(question, {"value": euros(1200)}, changes={"value": change})
    assert line == [1, [change, euros(100)]]
    assert asked(question, {"value": euros(1200)}) == [0, None]
    to = row("owner", "changed_to", field("organization.owner"))
    assert asked(to, {"owner": 6}, changes={"owner": [5, 6]}) == [1, [[5, 6], 6]]


def test_a_field_that_is_gone_is_broken() -> None:
    assert asked(row("count", "gt", field("organization.gone")), {"count": 3}) == [
        None,
        None,
        "broken",
        "count",
    ]


def test_links_on_either_side_are_loaded_beforehand() -> None:
    asked_of = condition(
        [
            row("person.employer.employees", "gt", formula("organization.employees")),
            row("title", "is", field("person.name")),
        ]
    )
    assert asked_of.parents == {
        (("person", "person"), ("employer", "organization")),
        (("organization", "organization"),),
        (("person", "person"),),
    }


def test_two_links_away() -> None:
    records = {("person", 3): {"id": 3, "name": "Ann", "employer": 12}, ("organization", 12): ACME}
    question = condition([{"field": "person.employer.rating", "op": "is", "value": "A"}])

    def truth(**changed: Any) -> bool | None:
        found = {
            **records,
            **{(kind.split("_")[0], int(kind.split("_")[1])): each for kind, each in changed.items()},
        }
        return question.truth(scope({"person": 3}, world=SampleWorld(records=found)))

    assert truth() is True
    assert truth(organization_12={**ACME, "rating": "B"}) is False
    assert truth(organization_12=None) is False
    assert truth(person_3={"id": 3, "employer": None}) is False
    assert truth(person_3=None) is False
    # What may not be seen on the way hides what lies behind it.
    assert truth(person_3=HIDDEN) is None
    assert truth(organization_12=HIDDEN) is None
    assert (
        question.verdict(scope({"person": 3}, world=SampleWorld(records={("person", 3): HIDDEN})))
        .parts[0]
        .parts[0]
        .detail
        == "person.employer"
    )


@pytest.mark.parametrize(
    ("question", "pointer", "code"),
    [
        (row("count", "gt", field("gone")), "/against/0/path", "unknown_field"),
        (row("count", "gt", field("title")), "/against/0/path", "kind_mismatch"),
        (row("value", "gt", field("count")), "/against/0/path", "kind_mismatch"),
        (row("organization", "is", field("person")), "/against/0/path", "kind_mismatch"),
        (row("status", "is", field("organization.rating")), "/against/0/path", "kind_mismatch"),
        (row("count", "gt", formula("value * 2")), "/against/0/formula", "formula_gives_money"),
        (row("title", "is", formula("1 + 1")), "/against/0/from", "kind_mismatch"),
        (row("close", "after", day("title")), "/against/0/start", "not_a_date_field"),
        (row("count", "gt", day()), "/against/0/from", "kind_mismatch"),
        (row("count", "between", formula("1")), "/against/1", "value_missing"),
        (row("count", "gt", formula("1"), formula("2")), "/against/1", "value_unexpected"),
        (row("count", "empty", formula("1")), "/against", "value_unexpected"),
        (row("title", "one_of", field("notes")), "/against", "value_unexpected"),
        ({**row("count", "gt", formula("1")), "value": 3}, "/value", "value_unexpected"),
        (row("count", "gt", {**field("count"), "fallback": 3}), "/against/0/fallback", "value_unexpected"),
    ],
)
def test_what_does_not_fit_is_found_at_its_place(question: Row, pointer: str, code: str) -> None:
    groups = models([question])
    found = list(check_groups(groups, "deal", CATALOGUE, True, ()))
    assert [(problem.pointer.removeprefix("/0/rows/0"), problem.code) for problem in found] == [
        (pointer, code)
    ]
    assert condition([question]).truth(scope({"count": 3})) is None, "an old version that holds it is broken"


def test_a_number_beside_money_counts_in_the_currency_of_the_field() -> None:
    assert SampleWorld().rate("USD") == Decimal("0.9")
    assert (
        asked(
            row("value", "between", formula("900"), formula("1100")),
            {"value": {"amount": 1000, "currency": "JPY"}},
        )[0]
        == 1
    )
