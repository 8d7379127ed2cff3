"""What was deleted can be taken out of the bin for 30 days; then it is deleted for ever, and what is left says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from relance.events.models import Event
from relance.lib import clock
from relance.records import bin
from relance.records.errors import Forbidden, NotFound
from relance.records.models import ExternalId
from relance.records.snapshot import load_one
from relance.records.unit_of_work import write
from tests.integration.records.conftest import Office

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def days_later(days: float) -> None:
    """Let time pass since the beginning."""
    clock.set_clock(lambda: START + timedelta(days=days))


@pytest.fixture
def company(office: Office) -> dict[str, int]:
    """An organization with a person, a deal, an activity in the bin and two notes; the organization is deleted."""
    days_later(0)
    claire = office.actor("claire")
    made: dict[str, int] = {}
    with write(claire) as change:
        made["organization"] = organization = change.create("organization", {"name": "Gone & Co"})
        made["person"] = person = change.create("person", {"name": "Zoé", "organization": organization})
        made["deal"] = change.create("deal", {"title": "Machines", "organization": organization})
        made["activity"] = change.create("activity", {"subject": "Call", "organization": organization})
        made["alone"] = change.create("note", {"body": "About them", "organization": organization})
        made["both"] = change.create("note", {"body": "Both", "organization": organization, "person": person})
    ExternalId.objects.create(
        source="crm", external_id="7", record_type="organization", record_id=organization
    )
    with write(claire) as change:
        change.delete("organization", organization)
    days_later(10)
    with write(claire) as change:
        change.delete("activity", made["activity"])
    return made


def test_nothing_happens_for_thirty_days(office: Office, company: dict[str, int]) -> None:
    days_later(29.9)
    assert bin.purge() == 0
    with write(office.actor("claire")) as change:
        change.restore("organization", company["organization"])
    days_later(60)
    assert bin.purge() == 1  # the activity
    assert load_one("organization", company["organization"]) is not None


def test_then_it_is_gone_and_its_links_with_it(office: Office, company: dict[str, int]) -> None:
    before = set(Event.objects.values_list("pk", flat=True))
    days_later(30.1)
    assert bin.purge() == 1
    assert bin.purge() == 0
    assert load_one("organization", company["organization"]) is None
    assert load_one("note", company["alone"]) is None
    for record_type in ("person", "deal", "activity"):
        record = load_one(record_type, company[record_type])
        assert record is not None and record["organization"] is None
    both = load_one("note", company["both"])
    assert both is not None and (both["organization"], both["person"]) == (None, company["person"])
    assert not ExternalId.objects.exists()
    events = Event.objects.exclude(pk__in=before)
    assert {event.origin for event in events} == {"system"}
    assert {event.actor_id for event in events} == {None}
    assert sorted((event.record_type, event.kind) for event in events) == [
        ("activity", "updated"),
        ("deal", "updated"),
        ("note", "purged"),
        ("note", "updated"),
        ("organization", "purged"),
        ("person", "updated"),
    ]
    assert events.get(record_type="organization").record["name"] == "Gone & Co"


def test_slices_are_small_and_the_rest_follows(office: Office) -> None:
    days_later(0)
    with write(office.actor("claire")) as change:
        people = [change.create("person", {"name": f"Person {number}"}) for number in range(5)]
    with write(office.actor("claire")) as change:
        for person in people:
            change.delete("person", person)
    days_later(31)
    assert [bin.purge(limit=2) for _ in range(4)] == [2, 2, 1, 0]


def test_administrators_do_not_have_to_wait(office: Office, company: dict[str, int]) -> None:
    with pytest.raises(Forbidden), write(office.actor("tom"), "system") as change:
        change.purge("organization", company["organization"])
    with pytest.raises(NotFound), write(office.actor("claire"), "system") as change:
        change.purge("person", company["person"])
    with write(office.actor("claire"), "system") as change:
        change.purge("organization", company["organization"])
    assert load_one("organization", company["organization"]) is None


def test_a_failed_act_takes_a_purge_back(office: Office, company: dict[str, int]) -> None:
    with pytest.raises(ZeroDivisionError), write(office.actor("claire"), "system") as change:
        change.purge("organization", company["organization"])
        raise ZeroDivisionError
    assert load_one("organization", company["organization"]) is not None
