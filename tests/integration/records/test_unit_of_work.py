"""What the one way to write promises."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from relance.events.models import Event, Pending
from relance.records import deals
from relance.records.errors import Conflict, Forbidden, Invalid, NotFound
from relance.records.fields import RECORD_TYPES, fields_of
from relance.records.models import Deal, Label, Organization, Person
from relance.records.snapshot import load_one
from relance.records.unit_of_work import PARTICIPANTS, UnitOfWork, write
from tests.integration.records.conftest import Office

EUROS = {"amount": 100_000, "currency": "EUR"}


def create(office: Office, record_type: str = "deal", by: str = "ana", **values: Any) -> int:
    title = {"deal": "title", "lead": "title", "activity": "subject"}.get(record_type, "name")
    with write(office.actor(by)) as change:
        return change.create(record_type, {title: "Espresso corner", **values})


def test_a_created_deal_is_in_the_table_and_in_the_log(office: Office) -> None:
    deal = create(office, value=EUROS)
    row = Deal.objects.get(pk=deal)
    assert (row.title, row.value_amount, row.value_currency, row.version) == (
        "Espresso corner",
        100_000,
        "EUR",
        1,
    )
    assert row.stage == office.stages[0] and row.status == "open" and row.probability == 10
    event = Event.objects.get()
    assert (event.kind, event.rseq, event.root_id, event.depth) == ("created", 1, event.pk, 0)
    assert event.changes["value"] == [None, EUROS]
    assert event.actor_teams == [office.team.pk]
    assert Pending.objects.get().event_id == event.pk


def test_a_snapshot_read_back_equals_the_one_in_the_event(office: Office) -> None:
    organization = create(
        office, "organization", name="Été & fils", country="FR", phones=[{"value": "+33 1 23"}]
    )
    deal = create(
        office,
        organization=organization,
        expected_close="2026-12-24",
        labels=[Label.objects.get().pk],
        probability=33,
    )
    done = create(office, "activity", deal=deal, done=True, due_time="09:30")
    for record_type, record_id in (("organization", organization), ("deal", deal), ("activity", done)):
        stored = load_one(record_type, record_id)
        assert stored is not None
        stored.pop("deleted_at")
        assert stored == Event.objects.get(record_type=record_type, record_id=record_id).record


def test_what_the_orm_reads_equals_what_was_written(office: Office) -> None:
    lead = create(office, "lead", archived=True)
    snapshot = load_one("lead", lead)
    from relance.records.models import Lead

    row = Lead.objects.get(pk=lead)
    assert snapshot is not None
    assert str(row.public_id) == snapshot["public_id"]
    assert row.created_at.isoformat() == snapshot["created_at"]
    assert row.archived is True


def test_no_difference_leaves_no_event(office: Office) -> None:
    deal = create(office)
    with write(office.actor("ana")) as change:
        change.update("deal", deal, {"title": "Espresso corner"})
    assert Event.objects.count() == 1
    assert Deal.objects.get().version == 1


def test_a_change_taken_back_within_one_act_leaves_no_event(office: Office) -> None:
    deal = create(office)
    with write(office.actor("ana")) as change:
        change.update("deal", deal, {"title": "Something else"})
        change.update("deal", deal, {"title": "Espresso corner"})
    assert Event.objects.count() == 1


def test_several_updates_in_one_act_are_one_event(office: Office) -> None:
    deal = create(office)
    with write(office.actor("ana")) as change:
        change.update("deal", deal, {"title": "B"})
        change.update("deal", deal, {"title": "C", "value": EUROS})
    event = Event.objects.get(rseq=2)
    assert event.changes == {"title": ["Espresso corner", "C"], "value": [None, EUROS]}


def test_two_acts_in_one_transaction_are_two_events_and_one_row(office: Office) -> None:
    deal = create(office)
    with UnitOfWork() as uow:
        for title in ("B", "C"):
            with uow.change(office.actor("ana")) as change:
                change.update("deal", deal, {"title": title})
    assert [event.changes["title"] for event in Event.objects.filter(rseq__gt=1).order_by("rseq")] == [
        ["Espresso corner", "B"],
        ["B", "C"],
    ]
    assert Deal.objects.get().version == 3


def test_an_act_that_fails_is_taken_back_alone(office: Office) -> None:
    deal = create(office)
    with UnitOfWork() as uow:
        with uow.change(office.actor("ana")) as change:
            change.update("deal", deal, {"title": "Kept"})
        with pytest.raises(Invalid), uow.change(office.actor("ana")) as change:
            change.create("person", {"name": "Gone"})
            change.update("deal", deal, {"title": "Lost", "value": {"amount": "x", "currency": "EUR"}})
    assert Deal.objects.get().title == "Kept"
    assert not Person.objects.exists()
    assert Event.objects.count() == 2


def test_an_error_before_the_commit_leaves_nothing(office: Office) -> None:
    with pytest.raises(ZeroDivisionError), write(office.actor("ana")) as change:
        change.create("person", {"name": "Nobody"})
        raise ZeroDivisionError
    assert not Person.objects.exists()
    assert not Event.objects.exists()


def test_a_stale_version_is_refused(office: Office) -> None:
    deal = create(office)
    with write(office.actor("ana")) as change:
        change.update("deal", deal, {"title": "B"}, version=1)
    with pytest.raises(Conflict), write(office.actor("ana")) as change:
        change.update("deal", deal, {"title": "C"}, version=1)


def test_a_change_by_somebody_else_in_the_meantime_is_a_conflict(office: Office) -> None:
    deal = create(office)
    slow = UnitOfWork()
    with slow.change(office.actor("ana")) as change:
        change.update("deal", deal, {"title": "Slow"})
    with write(office.actor("tom")) as change:
        change.update("deal", deal, {"title": "Fast"})
    with pytest.raises(Conflict):
        slow.commit()
    assert Deal.objects.get().title == "Fast"
    assert Event.objects.filter(record_id=deal).count() == 2


def test_a_participant_writes_in_the_same_transaction(office: Office) -> None:
    def refuse(events: list[Any]) -> None:
        raise ZeroDivisionError

    PARTICIPANTS.append(refuse)
    try:
        with pytest.raises(ZeroDivisionError):
            create(office)
    finally:
        PARTICIPANTS.remove(refuse)
    assert not Deal.objects.exists()


@pytest.mark.parametrize("record_type", RECORD_TYPES)
def test_records_cannot_be_written_behind_the_back(office: Office, record_type: str) -> None:
    from relance.records.snapshot import model_of

    model: Any = model_of(record_type)
    for attempt in (
        lambda: model.objects.create(),
        lambda: model.objects.update(version=9),
        lambda: model.objects.all().delete(),
        lambda: model.everything.bulk_create([]),
        lambda: model().save(),
        lambda: model().delete(),
    ):
        with pytest.raises(TypeError, match="unit_of_work"):
            attempt()


def test_a_deleted_record_is_in_the_bin_and_comes_back(office: Office) -> None:
    deal = create(office)
    with write(office.actor("ana")) as change:
        change.delete("deal", deal)
    assert not Deal.objects.exists()
    with pytest.raises(NotFound), write(office.actor("ana")) as change:
        change.update("deal", deal, {"title": "B"})
    with write(office.actor("ana")) as change:
        change.restore("deal", deal)
    assert Deal.objects.get().title == "Espresso corner"
    assert list(Event.objects.order_by("rseq").values_list("kind", flat=True)) == [
        "created",
        "deleted",
        "restored",
    ]


def test_won_lost_and_reopened_keep_their_times(office: Office) -> None:
    deal = create(office)
    with write(office.actor("ana")) as change:
        deals.lose(change, deal, "Too dear")
    row = Deal.objects.get()
    assert row.lost_at is not None and row.won_at is None and row.lost_reason == "Too dear"
    with write(office.actor("ana")) as change:
        deals.win(change, deal)
    row = Deal.objects.get()
    assert row.won_at is not None and row.lost_at is None and row.lost_reason is None
    with write(office.actor("ana")) as change:
        deals.reopen(change, deal)
    assert Deal.objects.get().won_at is None


def test_moving_a_deal_notes_since_when_and_takes_the_stage_s_probability(office: Office) -> None:
    deal = create(office)
    before = Deal.objects.get()
    with write(office.actor("ana")) as change:
        deals.move_stage(change, deal, office.stages[2].pk)
    row = Deal.objects.get()
    assert row.stage_since > before.stage_since
    assert row.probability == 30


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "a\x00b"}, "title"),
        ({"title": "\ud800"}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": 7}, "title"),
        ({"value": {"amount": 1.5, "currency": "EUR"}}, "value"),
        ({"value": {"amount": 1, "currency": "XQQ"}}, "value"),
        ({"value": {"amount": 10**16, "currency": "EUR"}}, "value"),
        ({"probability": 101}, "probability"),
        ({"probability": True}, "probability"),
        ({"expected_close": "2026-02-30"}, "expected_close"),
        ({"expected_close": "1899-12-31"}, "expected_close"),
        ({"expected_close": "2026-13-45"}, "expected_close"),
        ({"stage": 999}, "stage"),
        ({"owner": 999}, "owner"),
        ({"organization": 999}, "organization"),
        ({"organization": 2**70}, "organization"),
        ({"labels": [999]}, "labels"),
        ({"status": "maybe"}, "status"),
        ({"won_at": "2026-01-01T00:00:00+00:00"}, "won_at"),
        ({"colour": "red"}, "colour"),
        ({"version": 7}, "version"),
    ],
)
def test_a_bad_value_names_its_field_and_nothing_is_written(
    office: Office, values: dict[str, Any], field: str
) -> None:
    deal = create(office)
    with pytest.raises(Invalid) as caught, write(office.actor("ana")) as change:
        change.update("deal", deal, {"source": "website", **values})
    assert list(caught.value.problems) == [field]
    assert Deal.objects.get().source is None


def test_e_mails_have_one_primary_and_no_doubles(office: Office) -> None:
    person = create(
        office,
        "person",
        emails=[
            {"value": "a@x.fr"},
            {"value": "b@x.fr", "primary": True, "kind": "home"},
            {"value": "a@x.fr"},
        ],
    )
    assert Person.objects.get(pk=person).emails == [
        {"value": "a@x.fr", "kind": "work", "primary": False},
        {"value": "b@x.fr", "kind": "home", "primary": True},
    ]
    with pytest.raises(Invalid), write(office.actor("ana")) as change:
        change.update("person", person, {"emails": [{"value": "a@x.fr, b@x.fr"}]})


def test_texts_are_found_whatever_their_case_and_accents(office: Office) -> None:
    create(office, "organization", name="ÉTÉ à Nîmes")
    assert Organization.objects.filter(search__contains="ete a nimes").exists()
    assert Organization.objects.get().folded["name"] == "ete a nimes"


def test_a_read_only_user_changes_nothing(office: Office) -> None:
    deal = create(office)
    for act in (
        lambda change: change.update("deal", deal, {"title": "B"}),
        lambda change: change.delete("deal", deal),
        lambda change: change.create("person", {"name": "B"}),
    ):
        with pytest.raises(Forbidden), write(office.actor("rita")) as change:
            act(change)


def test_changed_rows_equal_events_for_many_records_at_once(office: Office) -> None:
    with UnitOfWork() as uow:
        for number in range(40):
            with uow.change(office.actor("ana"), "import") as change:
                deal = change.create(
                    "deal", {"title": f"Deal {number}", "value": {"amount": number, "currency": "EUR"}}
                )
                change.create(
                    "activity",
                    {"subject": "Call", "deal": deal, "due_date": "2026-01-31" if number % 2 else None},
                )
    ids = list(Deal.objects.order_by("id").values_list("id", flat=True))
    with UnitOfWork() as uow:
        for number, deal in enumerate(ids):
            with uow.change(office.actor("ana")) as change:
                change.update(
                    "deal",
                    deal,
                    {
                        "title": f"Now {number}",
                        "expected_close": "2026-03-01" if number % 3 else None,
                        "value": None,
                    },
                )
    assert Event.objects.filter(kind="created").count() == 80
    assert Event.objects.filter(kind="updated").count() == 40
    for record_type in ("deal", "activity"):
        for event in Event.objects.filter(record_type=record_type).order_by("rseq"):
            stored = load_one(record_type, event.record_id)
            assert stored is not None
            if stored["version"] == event.rseq:
                stored.pop("deleted_at")
                assert stored == event.record
    assert Deal.objects.filter(search__startswith="now ").count() == 40
    assert set(Event.objects.values_list("origin", flat=True)) == {"import", "user"}


def test_a_save_costs_few_statements(office: Office) -> None:
    deal = create(office)
    create(office)
    actor = office.actor("ana")
    with CaptureQueriesContext(connection) as queries, write(actor) as change:
        change.update("deal", deal, {"title": "B"})
    # Revision, record, (BEGIN, COMMIT as savepoints here), row, event's id, event, pending.
    assert len(queries) <= 8, [query["sql"] for query in queries]


def test_every_field_of_the_catalogue_has_its_columns(office: Office) -> None:
    from relance.records.snapshot import model_of

    for record_type in (*RECORD_TYPES, "note"):
        columns = {field.column for field in model_of(record_type)._meta.concrete_fields}
        for field in fields_of(record_type).values():
            assert set(field.columns) <= columns, field
