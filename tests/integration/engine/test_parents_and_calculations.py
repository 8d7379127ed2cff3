"""Conditions and values that reach parents of parents and calculate: loaded in bulk, with the owner's rights."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from relance.accounts.models import Company, Rate, Visibility
from relance.accounts.people import Actor
from relance.automation import story
from relance.automation.core.verdicts import Because
from relance.automation.engine.pump import Pump
from relance.automation.explain.names import Names
from relance.automation.models import Evaluation, Run
from relance.lib import clock
from relance.records.models import Activity, Deal, Organization
from relance.web.automations import telling
from tests.integration.engine.conftest import Office, automation, create, euros, set_field
from tests.integration.engine.conftest import only_if as only_if_value

pytestmark = pytest.mark.django_db


def only_if(field: str, op: str, *against: dict[str, Any]) -> dict[str, Any]:
    row = {"field": field, "op": op, "against": list(against)}
    return {"kind": "condition", "groups": [{"rows": [row]}]}


def field(path: str) -> dict[str, Any]:
    return {"from": "field", "path": path}


def formula(text: str, **defaults: Any) -> dict[str, Any]:
    return {"from": "formula", "formula": text, "defaults": defaults}


def sets(key: str, expression: dict[str, Any], target: str = "record") -> dict[str, Any]:
    params = {"target": target, "values": {key: expression}}
    return {"kind": "action", "type": "record.update", "params": params}


def call(office: Office, rating: str | None = None, **values: Any) -> int:
    """An activity of a deal of an organization."""
    organization = create(office, "organization", rating=rating, **values)
    deal = create(office, organization=organization, value=euros(1200))
    return create(office, "activity", deal=deal, type="call", subject="Call")


def reads(pump: Pump) -> int:
    """How often records were read while the engine worked."""
    with CaptureQueriesContext(connection) as captured:
        pump.drain()
    return sum('FROM "records_' in each["sql"] and "FOR " not in each["sql"] for each in captured)


def test_the_organization_of_an_activity_s_deal(office: Office, pump: Pump) -> None:
    steps = [only_if_value("deal.organization.rating", "is", "A"), set_field("note", "Key account")]
    automation(office.users["claire"], "record.created", steps, record="activity")
    key, other = call(office, "A"), call(office, "B")
    alone = create(office, "activity", type="call", subject="Alone")
    pump.drain()
    found = dict(Activity.objects.values_list("pk", "note"))
    assert (found[key], found[other], found[alone]) == ("Key account", None, None)


def test_parents_of_parents_cost_no_query_for_each_event(office: Office, pump: Pump) -> None:
    """Of conditions, of the other side, of values and of texts alike."""
    text = {
        "from": "text",
        "template": '{{ deal.organization.name }} of {{ deal.organization.owner.email | or "" }}.',
    }
    steps = [
        only_if(
            "deal.organization.employees", "gte", formula("deal.value / deal.value", **{"deal.value": 1})
        ),
        sets("note", text),
        sets("duration", formula("deal.organization.employees * 2")),
    ]
    automation(office.users["claire"], "record.created", steps, record="activity")
    call(office, employees=3)
    once = reads(pump)
    calls = [call(office, employees=number) for number in range(1, 31)]
    assert reads(pump) == once == 3, "one for the activities, one for their deals, one for the organizations"
    assert list(Activity.objects.filter(pk__in=calls).order_by("pk").values_list("duration", flat=True)) == [
        2 * number for number in range(1, 31)
    ]


def test_a_link_on_the_way_that_the_owner_may_not_see_is_unknown(office: Office, pump: Pump) -> None:
    company = Company.get()
    company.visibility = Visibility.TEAM
    company.save()
    steps = [only_if_value("deal.organization.rating", "is", "A"), set_field("note", "Key account")]
    automation(office.users["ana"], "record.created", steps, record="activity")
    organization = create(office, "organization", by="claire", rating="A", owner=office.users["claire"].pk)
    deal = create(office, by="claire", organization=organization, owner=office.users["ana"].pk)
    activity = create(office, "activity", by="claire", deal=deal, type="call", owner=office.users["ana"].pk)
    pump.drain()
    run = Run.objects.get()
    assert (run.state, run.failure["code"]) == ("failed", "condition_unknown")
    assert Activity.objects.get(pk=activity).note is None
    # The administrator, who sees both, reads why; what was seen was nothing.
    [step, _action] = story.of_run(office.actor("claire"), run.pk).steps
    [[verdict]] = [group.parts for group in step.verdict.parts]
    assert (verdict.because, verdict.detail, verdict.seen) == (Because.HIDDEN, "deal.organization", None)


def told(office: Office, viewer: Actor, automation_id: int) -> str:
    evaluation = Evaluation.objects.get()
    told_story = story.of_evaluation(viewer, evaluation.event_id, automation_id)
    said = Names.now(viewer, record_type=told_story.record_type, owner_id=told_story.owner_id)
    [[line]] = [group.rows for group in telling.lines_of(told_story.steps[0], said)]
    return f"{line.sentence} — {line.seen}".replace("<b>", "").replace("</b>", "")


def test_why_not_shows_both_sides(office: Office, pump: Pump) -> None:
    Rate.objects.create(currency="USD", rate="0.5")
    made = automation(
        office.users["claire"],
        "record.created",
        [only_if("value", "gt", formula("organization.employees * 100")), set_field("source", "phone")],
        record="deal",
    )
    organization = create(office, "organization", employees=12)
    create(office, organization=organization, value=euros(1200))
    pump.drain()
    assert told(office, office.actor("claire"), made.pk) == (
        "Value is over the organization’s employees × 100 — Value €1,200 · Calculation €1,200"
    )


def test_who_may_not_see_the_other_side_is_not_told(office: Office, pump: Pump) -> None:
    made = automation(
        office.users["claire"],
        "record.created",
        [only_if("title", "is", field("organization.name")), set_field("source", "phone")],
        record="deal",
    )
    organization = create(office, "organization", by="claire", owner=office.users["claire"].pk)
    create(office, by="claire", organization=organization, owner=office.users["ana"].pk, title="Other")
    pump.drain()
    company = Company.get()
    company.visibility = Visibility.TEAM
    company.save()
    made.audience = "everyone"
    made.save()
    assert told(office, office.actor("claire"), made.pk).endswith("Title Other · Name Espresso corner")
    assert told(office, office.actor("ana"), made.pk).endswith("you may not see it")


def test_values_are_worked_out_and_shown(office: Office, pump: Pump) -> None:
    automation(
        office.users["claire"],
        "record.created",
        [
            sets("value", formula("value * 110% + organization.employees", **{"organization.employees": 0})),
            sets("expected_close", {"from": "date", "start": "today", "moves": [{"to": "next_month_start"}]}),
        ],
        record="deal",
    )
    deal = create(office, value=euros(1000))
    pump.drain()
    found = Deal.objects.get(pk=deal)
    assert (found.value_amount, found.value_currency) == (110_000, "EUR")
    today = clock.now().date()
    assert (found.expected_close.day, found.expected_close > today) == (1, True)


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        (formula("value * 2"), "empty"),
        (formula("1 / (organization.employees - 5)"), "division_by_zero"),
    ],
)
def test_a_value_that_cannot_be_worked_out_fails_readably(
    office: Office, pump: Pump, expression: dict[str, Any], code: str
) -> None:
    automation(office.users["claire"], "record.created", [sets("value", expression)], record="deal")
    create(office, organization=create(office, "organization", employees=5))
    pump.drain()
    run = Run.objects.get()
    assert run.failure["code"] == code
    assert Organization.objects.count() == 1
