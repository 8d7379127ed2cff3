"""What each action does, one sentence each. The contract suite says what they all have in common."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from relance.accounts.models import Company
from relance.automation.engine.pump import Pump
from relance.automation.registry import StepFailure
from relance.automation.validity import problems_of
from relance.lib import clock
from relance.records.models import Label
from relance.records.snapshot import Snapshot, load_one
from relance.records.unit_of_work import NewEvent, write
from tests.builders import act, automation, document
from tests.integration.records.conftest import Office
from tests.steps import perform

Record = tuple[str, int]

#: A Thursday, ten past eleven in Paris.
THURSDAY = datetime(2026, 3, 5, 10, 10, tzinfo=UTC)


def fixed(value: Any) -> dict[str, Any]:
    return {"from": "fixed", "value": value}


def text(template: str) -> dict[str, Any]:
    return {"from": "text", "template": template}


@pytest.fixture
def sale(office: Office) -> dict[str, int]:
    """Ana's deal with a person and their organization, and Tom's lead about it; it is Thursday."""
    clock.set_clock(lambda: THURSDAY)
    with write(office.actor("ana")) as change:
        organization = change.create("organization", {"name": "Hôtel des Quais", "city": "Nantes"})
        person = change.create("person", {"name": "Jeanne Kerbrat", "organization": organization})
        links = {"person": person, "organization": organization}
        deal = change.create("deal", {"title": "Refurbishment", **links})
    with write(office.actor("tom")) as change:
        lead = change.create("lead", {"title": "Two machines", "organization": organization})
    return {"organization": organization, "person": person, "deal": deal, "lead": lead}


def make(office: Office, record_type: str, by: str = "ana", **values: Any) -> int:
    with write(office.actor(by)) as change:
        return change.create(record_type, values)


def now(record_type: str, record_id: int) -> Snapshot:
    record = load_one(record_type, record_id)
    assert record is not None
    return record


def do(office: Office, action: str, record: Record, by: str = "claire", **params: Any) -> list[NewEvent]:
    """Perform an action with somebody's rights because of a record; return its events."""
    return perform(action, params, *record, office.actor(by), actor_id=office.users["tom"].pk)[0]


def codes(on: str, action: str, office: Office, **params: Any) -> list[tuple[str, str]]:
    """What keeps an action from being published."""
    made = document(f"{on}.updated", do=[act(action, **params)])
    return [(each.pointer, each.code) for each in problems_of(made, office.actor("claire"))]


# ---- Notes and labels -------------------------------------------------------------------------------------


def test_a_note_is_written_about_the_record_or_one_it_links_to(office: Office, sale: dict[str, int]) -> None:
    record = ("deal", sale["deal"])
    [event] = do(
        office, "note.add", record, target="organization", text="{{ title }} begins.\nIn {{ stage }}."
    )
    note = now("note", event.record_id)
    assert note["body"] == "Refurbishment begins.\nIn Qualified."
    assert (note["organization"], note["deal"], note["owner"]) == (
        sale["organization"],
        None,
        office.users["claire"].pk,
    )


def test_activities_have_no_notes(office: Office) -> None:
    assert codes("activity", "note.add", office, text="x") == [
        ("/steps/0/params/target", "target_does_not_fit")
    ]
    assert codes("activity", "note.add", office, text="x", target="deal") == []


def test_labels_are_added_to_those_there_and_removed_again(office: Office, sale: dict[str, int]) -> None:
    hot, cold, big = (Label.objects.get_or_create(name=name)[0].pk for name in ("Hot", "Cold", "Big"))
    deal = ("deal", sale["deal"])
    do(office, "label.add", deal, labels=[hot])
    do(office, "label.add", deal, labels=[big, cold])
    assert now(*deal)["labels"] == sorted([hot, cold, big])
    do(office, "label.remove", deal, labels=[hot, cold])
    assert now(*deal)["labels"] == [big]
    assert do(office, "label.remove", deal, labels=[hot]) == []


# ---- Activities -------------------------------------------------------------------------------------------


def test_an_activity_is_logged_as_done_at_this_moment(office: Office, sale: dict[str, int]) -> None:
    params = {
        "kind": "email",
        "subject": text("Offer sent to {{ person.name }}"),
        "note": fixed("By post, too"),
    }
    [event] = do(office, "activity.log", ("deal", sale["deal"]), **params)
    made = now("activity", event.record_id)
    assert (made["type"], made["subject"], made["note"]) == (
        "email",
        "Offer sent to Jeanne Kerbrat",
        "By post, too",
    )
    assert (made["due_date"], made["due_time"], made["done"]) == ("2026-03-05", "11:10", True)
    assert made["done_at"] == THURSDAY.isoformat()
    assert (made["deal"], made["person"]) == (sale["deal"], sale["person"])


def test_a_task_is_scheduled_in_so_many_days_for_somebody(office: Office, sale: dict[str, int]) -> None:
    due = {"from": "today", "days": 4}
    [event] = do(
        office, "activity.schedule_task", ("deal", sale["deal"]), subject=fixed("Call"), due_date=due
    )
    made = now("activity", event.record_id)
    assert (made["type"], made["due_date"], made["done"]) == ("task", "2026-03-09", False)
    assert made["owner"] == office.users["ana"].pk  # the deal's owner, unless somebody else is named
    ben = office.users["ben"].pk
    params = {"subject": fixed("Call"), "owner": fixed(ben)}
    [event] = do(office, "activity.schedule_task", ("deal", sale["deal"]), **params)
    assert (event.record["owner"], event.record["due_date"]) == (ben, "2026-03-06")


def test_an_appointment_has_a_day_a_start_an_end_a_place_and_people(
    office: Office, sale: dict[str, int]
) -> None:
    users = {name: user.pk for name, user in office.users.items()}
    [event] = do(
        office, "activity.schedule_appointment", ("deal", sale["deal"]),
        subject=text("Demo for {{ person.name }}"),
        start="14:00",
        end="15:30",
        location={"from": "field", "path": "organization.city"},
        participants=["contact", "owner", "trigger_user", f"user:{users['ben']}", f"team:{office.team.pk}"],
    )  # fmt: skip
    made = now("activity", event.record_id)
    assert (made["type"], made["subject"], made["location"]) == (
        "appointment",
        "Demo for Jeanne Kerbrat",
        "Nantes",
    )
    assert (made["due_date"], made["due_time"], made["duration"]) == ("2026-03-06", "14:00", 90)
    # Ana has the appointment: she need not be told that she is there.
    there = sorted([f"user:{users['ben']}", f"user:{users['tom']}"], key=lambda each: int(each[5:]))
    assert made["participants"] == [f"person:{sale['person']}", *there]
    assert (made["owner"], made["deal"]) == (users["ana"], sale["deal"])


def test_an_appointment_takes_an_hour_unless_it_says_how_long(office: Office, sale: dict[str, int]) -> None:
    record = ("person", sale["person"])
    [event] = do(office, "activity.schedule_appointment", record, subject=fixed("Visit"))
    assert (event.record["duration"], event.record["participants"]) == (60, [f"person:{sale['person']}"])
    [event] = do(office, "activity.schedule_appointment", record, subject=fixed("Visit"), duration=25)
    assert event.record["duration"] == 25


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ({"start": "15:00", "end": "14:00"}, ("/end", "end_before_start")),
        ({"start": "15:00", "end": "15:00"}, ("/end", "end_before_start")),
        ({"start": "24:00"}, ("/start", "not_a_time")),
        ({"start": "9:00"}, ("/start", "not_a_time")),
        ({"end": "noon"}, ("/end", "not_a_time")),
        ({"end": "16:00", "duration": 30}, ("/duration", "end_and_duration")),
        ({"participants": ["owner", "owner"]}, ("/participants", "duplicates")),
    ],
)
def test_an_appointment_ends_after_it_begins(
    office: Office, times: dict[str, Any], expected: tuple[str, str]
) -> None:
    found = codes("deal", "activity.schedule_appointment", office, subject=fixed("Visit"), **times)
    assert found == [(f"/steps/0/params{expected[0]}", expected[1])]


def test_an_activity_or_what_is_open_of_a_record_is_ticked_off(office: Office, sale: dict[str, int]) -> None:
    first = make(office, "activity", subject="Call", deal=sale["deal"])
    second = make(office, "activity", subject="Write", deal=sale["deal"])
    other = make(office, "activity", subject="Elsewhere", organization=sale["organization"])
    do(office, "activity.mark_done", ("activity", first))
    assert [now("activity", each)["done"] for each in (first, second, other)] == [True, False, False]
    [event] = do(office, "activity.mark_done", ("deal", sale["deal"]))
    assert event.record_id == second
    assert not now("activity", other)["done"]


def test_what_is_open_of_a_record_is_called_off(office: Office, sale: dict[str, int]) -> None:
    done = make(office, "activity", subject="Call", deal=sale["deal"], done=True)
    open_one = make(office, "activity", subject="Write", deal=sale["deal"])
    [event] = do(office, "activity.cancel", ("deal", sale["deal"]))
    assert (event.record_id, event.kind) == (open_one, "deleted")
    assert now("activity", done)["deleted_at"] is None


def test_dates_of_activities_are_shifted_by_working_days_or_by_days(
    office: Office, sale: dict[str, int]
) -> None:
    friday = make(office, "activity", subject="Call", deal=sale["deal"], due_date="2026-03-06")
    dateless = make(office, "activity", subject="Sometime", deal=sale["deal"])
    record = ("deal", sale["deal"])
    do(office, "activity.shift_date", record, days=1)
    assert now("activity", friday)["due_date"] == "2026-03-09"
    do(office, "activity.shift_date", record, days=-2, working_days=False)
    assert now("activity", friday)["due_date"] == "2026-03-07"
    assert now("activity", dateless)["due_date"] is None
    assert codes("deal", "activity.shift_date", office, days=0) == [("/steps/0/params/days", "out_of_range")]


def test_a_date_is_not_shifted_out_of_the_calendar(office: Office, sale: dict[str, int]) -> None:
    make(office, "activity", subject="Far", deal=sale["deal"], due_date="2200-12-30")
    with pytest.raises(StepFailure) as failed:
        do(office, "activity.shift_date", ("deal", sale["deal"]), days=3, working_days=False)
    assert failed.value.code == "date_out_of_range"


# ---- Deals and leads --------------------------------------------------------------------------------------


def test_a_deal_is_copied_and_a_lead_put_aside_or_converted(office: Office, sale: dict[str, int]) -> None:
    [event] = do(office, "deal.copy", ("deal", sale["deal"]), stage=office.stages[2].pk)
    assert (event.record["title"], event.record["person"], event.record["stage"]) == (
        "Refurbishment",
        sale["person"],
        office.stages[2].pk,
    )
    lead = ("lead", sale["lead"])
    do(office, "lead.archive", lead)
    assert now(*lead)["archived"] is True
    do(office, "lead.convert", lead, stage=office.stages[1].pk)
    deal = now("deal", now(*lead)["deal"])
    assert (deal["title"], deal["lead"], deal["stage"]) == (
        "Two machines",
        sale["lead"],
        office.stages[1].pk,
    )
    assert do(office, "lead.convert", lead, stage=office.stages[1].pk) == []


# ---- Find or create ---------------------------------------------------------------------------------------


def emails(*addresses: str) -> list[dict[str, Any]]:
    return [
        {"value": address, "kind": "work", "primary": not place} for place, address in enumerate(addresses)
    ]


def test_somebody_is_found_by_any_of_several_addresses_whatever_their_case(
    office: Office, sale: dict[str, int]
) -> None:
    known = make(office, "person", name="Zoé Müller", emails=emails("office@x.example", "Zoe@X.example"))
    lead = ("lead", sale["lead"])
    params = {"name": fixed("Somebody else"), "emails": fixed(emails("new@x.example", "ZOE@x.EXAMPLE"))}
    [event] = do(office, "person.find_or_create", lead, **params)
    assert (event.record_type, now(*lead)["person"]) == ("lead", known)


def test_an_address_is_not_found_inside_another_one(office: Office, sale: dict[str, int]) -> None:
    make(office, "person", name="Ann", emails=emails("ann@x.example"))
    params = {"name": fixed("Jo"), "emails": fixed(emails("n@x.example")), "link": False}
    [event] = do(office, "person.find_or_create", ("lead", sale["lead"]), **params)
    assert (event.record_type, event.kind, event.record["name"]) == ("person", "created", "Jo")


def test_somebody_is_found_by_name_only_without_an_address_or_when_asked_to(
    office: Office, sale: dict[str, int]
) -> None:
    known = make(office, "person", name="Zoé Müller")
    lead = ("lead", sale["lead"])
    do(office, "person.find_or_create", lead, name=fixed("ZOE MULLER"))
    assert now(*lead)["person"] == known
    address = fixed(emails("zoe@x.example"))
    created, _linked = do(office, "person.find_or_create", lead, name=fixed("Zoé Müller"), emails=address)
    assert created.kind == "created" and now(*lead)["person"] == created.record_id != known
    do(office, "person.find_or_create", lead, name=fixed("zoe muller"), emails=fixed(emails("z@x.example")),
       same_name=True)  # fmt: skip
    assert now(*lead)["person"] == known


def test_only_what_the_owner_sees_is_found(office: Office, sale: dict[str, int]) -> None:
    company = Company.get()
    company.visibility = "team"
    company.save()
    hidden = make(office, "person", by="ben", name="Zoé Müller")
    mine = make(office, "deal", by="ana", title="Machines", stage=office.stages[0].pk)
    [created, _linked] = do(
        office, "person.find_or_create", ("deal", mine), by="ana", name=fixed("Zoé Müller")
    )
    assert created.kind == "created" and created.record_id != hidden


def test_an_organization_is_found_or_created_with_more_and_linked(
    office: Office, sale: dict[str, int]
) -> None:
    alone = make(office, "deal", title="Machines", stage=office.stages[0].pk)
    do(office, "organization.find_or_create", ("deal", alone), name=fixed("HOTEL DES QUAIS"))
    assert now("deal", alone)["organization"] == sale["organization"]
    params = {"name": fixed("Brasserie du Port"), "values": {"rating": fixed("A")}}
    created, _linked = do(office, "organization.find_or_create", ("deal", alone), **params)
    assert (created.record["name"], created.record["rating"]) == ("Brasserie du Port", "A")
    assert now("deal", alone)["organization"] == created.record_id


# ---- Accounts ---------------------------------------------------------------------------------------------


def test_an_organization_is_given_to_somebody_with_what_is_open_of_it(
    office: Office, sale: dict[str, int]
) -> None:
    won = make(office, "deal", title="Last year", organization=sale["organization"], status="won")
    far = make(office, "deal", title="Elsewhere", stage=office.stages[0].pk)
    archived = make(office, "lead", title="Old", organization=sale["organization"], archived=True)
    through = make(office, "activity", subject="Call", deal=sale["deal"])
    done = make(office, "activity", subject="Called", organization=sale["organization"], done=True)
    ben = office.users["ben"].pk
    record = ("deal", sale["deal"])
    events = do(office, "organization.reassign", record, target="organization", owner=fixed(ben))
    given = [("organization", sale["organization"]), ("person", sale["person"]), ("deal", sale["deal"])]
    given += [("lead", sale["lead"]), ("activity", through)]
    assert [(event.record_type, event.record_id) for event in events] == given
    assert all(now(*each)["owner"] == ben for each in given)
    kept = [("deal", won), ("deal", far), ("lead", archived), ("activity", done)]
    assert all(now(*each)["owner"] != ben for each in kept)


def test_an_organization_is_given_away_alone_when_nothing_else_is_chosen(
    office: Office, sale: dict[str, int]
) -> None:
    nothing = dict.fromkeys(("people", "deals", "leads", "activities"), False)
    owner = fixed(office.users["ben"].pk)
    [event] = do(
        office, "organization.reassign", ("organization", sale["organization"]), owner=owner, **nothing
    )
    assert event.record_type == "organization"


def test_the_trace_says_whether_somebody_was_found_or_created(office: Office, sale: dict[str, int]) -> None:
    known = make(office, "person", name="Zoé Müller")
    Pump().drain()  # what happened before concerns nobody
    find = {"name": {"from": "field", "path": "title"}}
    made = automation("lead.created", do=[act("person.find_or_create", **find)], owner=office.users["claire"])
    for title in ("Zoe Muller", "Somebody new"):
        make(office, "lead", title=title)
        Pump().drain()
    found, created = (run.steps.get().effects for run in made.runs.order_by("pk"))
    assert [(each["kind"], each["record_type"]) for each in found] == [
        ("found", "person"),
        ("updated", "lead"),
    ]
    assert (found[0]["id"], found[0]["name"]) == (known, "Zoé Müller")
    assert [(each["kind"], each["record_type"]) for each in created] == [
        ("created", "person"),
        ("updated", "lead"),
    ]
