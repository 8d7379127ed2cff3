"""A lead becomes a deal, and both know of it."""

from __future__ import annotations

import pytest

from relance.events.models import Event
from relance.records import deals, leads
from relance.records.errors import Forbidden
from relance.records.models import Label
from relance.records.snapshot import Snapshot, load_one
from relance.records.unit_of_work import UnitOfWork, write
from tests.builders import pipeline
from tests.integration.records.conftest import Office


def now(record_type: str, record_id: int) -> Snapshot:
    record = load_one(record_type, record_id)
    assert record is not None
    return record


@pytest.fixture
def lead(office: Office) -> int:
    """An inquiry of Ana's about a person, worth €5,000, with a call and a note."""
    with write(office.actor("ana")) as change:
        organization = change.create("organization", {"name": "Hôtel des Quais"})
        person = change.create("person", {"name": "Jeanne Kerbrat", "organization": organization})
        made = change.create(
            "lead",
            {
                "title": "Two machines",
                "value": {"amount": 500_000, "currency": "EUR"},
                "person": person,
                "organization": organization,
                "source": "trade_fair",
                "labels": [Label.objects.get().pk],
            },
        )
        change.create("activity", {"subject": "Call back", "lead": made})
        change.create("note", {"body": "Saw us in Lyon.", "lead": made})
    return made


def test_the_deal_takes_over_what_the_lead_knows(office: Office, lead: int) -> None:
    with write(office.actor("tom")) as change:
        deal_id = leads.convert(change, lead, stage=office.stages[1].pk)
    before, deal = now("lead", lead), now("deal", deal_id)
    for key in ("title", "value", "person", "organization", "source", "labels", "owner"):
        assert deal[key] == before[key]
    assert (deal["stage"], deal["status"], deal["lead"]) == (office.stages[1].pk, "open", lead)
    assert (before["archived"], before["deal"]) == (True, deal_id)
    assert deal["owner"] == office.users["ana"].pk
    assert deal["creator"] == office.users["tom"].pk


def test_notes_and_activities_belong_to_both_and_each_record_has_one_event(office: Office, lead: int) -> None:
    seen = set(Event.objects.values_list("pk", flat=True))
    with write(office.actor("tom")) as change:
        deal_id = leads.convert(change, lead)
    events = Event.objects.exclude(pk__in=seen).order_by("pk")
    assert [(event.record_type, event.kind) for event in events] == [
        ("deal", "created"),
        ("lead", "updated"),
        ("activity", "updated"),
        ("note", "updated"),
    ]
    assert {event.origin for event in events} == {"user"}
    for record_type in ("activity", "note"):
        record = now(record_type, events.get(record_type=record_type).record_id)
        assert (record["lead"], record["deal"]) == (lead, deal_id)


def test_a_lead_is_converted_once_unless_its_deal_is_thrown_away(office: Office, lead: int) -> None:
    claire = office.actor("claire")
    with write(claire) as change:
        first = leads.convert(change, lead)
    with write(claire) as change:
        assert leads.convert(change, lead) == first
    with write(claire) as change:
        change.delete("deal", first)
    with write(claire) as change:
        second = leads.convert(change, lead)
    assert second != first
    assert now("lead", lead)["deal"] == second


def test_a_lead_that_was_just_made_is_converted_in_the_same_breath(office: Office) -> None:
    with UnitOfWork() as uow, uow.change(office.actor("ana")) as change:
        lead_id = change.create("lead", {"title": "At once"})
        change.create("note", {"body": "Hurry", "lead": lead_id})
        deal_id = leads.convert(change, lead_id)
    assert now("deal", deal_id)["lead"] == lead_id
    assert now("lead", lead_id)["deal"] == deal_id


def test_who_only_reads_converts_nothing(office: Office, lead: int) -> None:
    before = Event.objects.count()
    with pytest.raises(Forbidden), write(office.actor("rita")) as change:
        leads.convert(change, lead)
    assert Event.objects.count() == before


def test_a_copy_of_a_deal_begins_anew_in_another_pipeline(office: Office) -> None:
    renewal = pipeline("Renewals", "Due", "Asked")
    with write(office.actor("ana")) as change:
        deal_id = change.create("deal", {"title": "Machines", "status": "won", "source": "phone"})
    with write(office.actor("tom")) as change:
        copied = now_id = deals.copy(change, deal_id, renewal[1].pk)
    made = now("deal", copied)
    assert now_id != deal_id
    assert (made["title"], made["source"], made["status"], made["stage"]) == (
        "Machines",
        "phone",
        "open",
        renewal[1].pk,
    )
    assert made["owner"] == office.users["ana"].pk
