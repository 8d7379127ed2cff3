"""What must not stop the engine, nor lose or invent anything: bugs, old documents, late writers, a busy database."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError, connection

from relance.accounts.models import Company
from relance.automation.engine import guard, matching
from relance.automation.engine.batch import Batch
from relance.automation.engine.guard import Guard, Link
from relance.automation.engine.pump import Pump
from relance.automation.models import Automation, Catalogue, Evaluation, Notification, Run, Version
from relance.automation.registry import registry
from relance.events.models import Event, Pending
from relance.lib import clock
from relance.records.models import Deal
from relance.records.unit_of_work import UnitOfWork
from tests.integration.engine.conftest import automation, create, do, euros, only_if, set_field, update
from tests.integration.records.conftest import Office


def touched(made: Automation) -> None:
    """Tell engines that an automation changed."""
    catalogue = Catalogue.objects.get(pk=1)
    catalogue.revision += 1
    catalogue.save()
    Automation.objects.filter(pk=made.pk).update(revision=catalogue.revision)


def test_an_event_that_cannot_even_be_matched_is_left_behind(
    office: Office, pump: Pump, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    automation(office.users["tom"], "record.created", [set_field("source", "phone")], record="deal")
    ids = [create(office, title=f"Deal {number}") for number in range(5)]
    listeners = Batch._listeners

    def stumble(batch: Batch, event: Any) -> Any:
        if event.record_id == ids[2]:
            raise ZeroDivisionError
        return listeners(batch, event)

    monkeypatch.setattr(Batch, "_listeners", stumble)
    pump.drain()
    assert set(Deal.objects.filter(source="phone").values_list("pk", flat=True)) == {*ids} - {ids[2]}
    assert not Pending.objects.exists()
    assert "cannot be worked off" in caplog.text


def test_a_bug_in_a_condition_fails_its_run_alone(
    office: Office, pump: Pump, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = automation(
        office.users["tom"],
        "record.created",
        [only_if("value", "gt", euros(1)), set_field("source", "email")],
        record="deal",
    )
    automation(office.users["tom"], "record.created", [set_field("source", "phone")], record="deal")
    pump.index.refresh()

    class Burst:
        def trace(self, scope: Any, seen: Any) -> Any:
            raise ZeroDivisionError

    pump.index._lives[broken.pk][0].leading[:] = [Burst()]  # type: ignore[list-item]
    deal = create(office)
    pump.drain()
    assert Deal.objects.get(pk=deal).source == "phone"
    failed = Run.objects.get(state="failed")
    assert (failed.automation_id, failed.failure["code"]) == (broken.pk, "internal")


def test_a_busy_database_in_an_action_is_tried_again(
    office: Office, pump: Pump, monkeypatch: pytest.MonkeyPatch
) -> None:
    action = registry.actions["record.update"]
    perform, failed = action.perform, []

    def busy_once(params: Any, step: Any) -> None:
        if not failed:
            failed.append(1)
            error = OperationalError("database is locked")
            error.__cause__ = type("Busy", (Exception,), {"sqlstate": "40001"})()
            raise error
        perform(params, step)

    monkeypatch.setattr(action, "perform", busy_once, raising=False)
    automation(office.users["tom"], "record.created", [set_field("source", "phone")], record="deal")
    deal = create(office)
    pump.drain()
    assert Deal.objects.get(pk=deal).source == "phone"
    assert Run.objects.get().state == "done"


def test_a_database_that_stays_busy_fails_no_run(
    office: Office, pump: Pump, monkeypatch: pytest.MonkeyPatch
) -> None:
    automation(office.users["tom"], "record.created", [set_field("source", "phone")], record="deal")
    deal = create(office)
    commit, busy = Batch.commit, [True]

    def commit_when_free(batch: Batch) -> None:
        if busy:
            error = OperationalError("database is locked")
            error.__cause__ = type("Busy", (Exception,), {"sqlstate": "55P03"})()
            raise error
        commit(batch)

    monkeypatch.setattr(Batch, "commit", commit_when_free)
    monkeypatch.setattr("relance.automation.engine.pump.time.sleep", lambda seconds: None)
    with pytest.raises(OperationalError):
        pump.drain()
    busy.clear()
    pump.drain()
    assert Deal.objects.get(pk=deal).source == "phone"
    assert Run.objects.get().state == "done"


@pytest.mark.parametrize("conditions", [0, 1])
def test_a_document_that_is_refused_by_now_stops_nobody_and_is_not_silent(
    office: Office, pump: Pump, conditions: int
) -> None:
    old = automation(
        office.users["tom"],
        "record.created",
        [only_if("value", "gt", euros(1))] * conditions + [set_field("source", "email")],
        record="deal",
    )
    automation(office.users["tom"], "record.created", [set_field("source", "phone")], record="deal")
    document = old.draft
    document["steps"][-1]["type"] = "fax.send"
    Version.objects.filter(automation=old).update(document=document)
    touched(old)
    deal = create(office, value=euros(5))
    pump.drain()
    assert Deal.objects.get(pk=deal).source == "phone"
    failed = Run.objects.get(automation=old)
    assert (failed.state, failed.failure) == (
        "failed",
        {"code": "internal", "params": {"error": "unknown_action"}},
    )
    if conditions:
        create(office)
        pump.drain()
        assert Run.objects.filter(automation=old).count() == 1


def test_a_trigger_that_is_refused_by_now_stops_nobody(
    office: Office, pump: Pump, caplog: pytest.LogCaptureFixture
) -> None:
    old = automation(office.users["tom"], "record.created", [set_field("source", "email")], record="deal")
    automation(office.users["tom"], "record.created", [set_field("source", "phone")], record="deal")
    document = old.draft
    document["trigger"]["type"] = "fax.received"
    Version.objects.filter(automation=old).update(document=document)
    touched(old)
    deal = create(office)
    pump.drain()
    assert Deal.objects.get(pk=deal).source == "phone"
    assert "unknown_trigger" in caplog.text
    # Put right, it is in service again.
    document["trigger"]["type"] = "record.created"
    Version.objects.filter(automation=old).update(document=document)
    touched(old)
    create(office)
    pump.drain()
    assert Run.objects.filter(automation=old).count() == 1


def test_a_write_that_began_under_the_former_version_is_still_decided_by_it(
    office: Office, pump: Pump
) -> None:
    made = automation(office.users["tom"], "record.created", [set_field("source", "phone")], record="deal")
    first = Version.objects.get(automation=made)
    pump.drain()
    with UnitOfWork() as uow, uow.change(office.actor("ana")) as change:
        deal = change.create("deal", {"title": "Large import"})
        now = clock.now()
        second = Version.objects.create(
            automation=made, number=2, document=made.draft, published_at=now, published_by=made.owner
        )
        made.spans.update(live_to=now)
        made.spans.create(version=second, live_from=now)
        Automation.objects.filter(pk=made.pk).update(version=second)
        touched(made)
        pump.drain()
    pump.drain()
    assert Deal.objects.get(pk=deal).source == "phone"
    assert Run.objects.get().version_id == first.pk


def test_what_is_published_while_the_index_reads_is_there_once(
    office: Office, pump: Pump, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = automation(office.users["tom"], "record.created", [set_field("source", "phone")], record="deal")
    pump.index.refresh()
    other = automation(office.users["tom"], "record.deleted", [set_field("source", "phone")], record="deal")
    drop = pump.index._drop
    published: list[int] = []

    def publish_meanwhile(automation_id: int) -> None:
        if not published:
            published.append(automation_id)
            touched(made)
        drop(automation_id)

    monkeypatch.setattr(pump.index, "_drop", publish_meanwhile)
    pump.index.refresh()
    assert published == [other.pk]
    create(office)
    pump.drain()
    assert Run.objects.get().automation_id == made.pk


def test_the_memory_of_chains_forgets_no_ancestor_of_what_it_knows(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = automation(office.users["tom"], "record.created", [set_field("source", "phone")], record="deal")
    version = Version.objects.get(automation=made)

    def run(number: int, cause: int | None) -> Run:
        return Run.objects.create(
            pk=number, key=str(number), automation=made, version=version, event_id=number, record_type="deal",
            record_id=number, record_name="", owner_id=made.owner_id, state="done", started_at=clock.now(),
            root_id=1, cause_run_id=cause,
        )  # fmt: skip

    run(1, None), run(2, 1), run(3, 2)
    monkeypatch.setattr(guard, "_CHAIN_CACHE", 2)
    known = Guard()
    known.begin(clock.now())
    known.remember(1, Link(made.pk, "deal", 1, None))
    known.remember(2, Link(made.pk, "deal", 2, 1))
    known.remember(3, Link(made.pk, "deal", 3, 2))
    known.begin(clock.now())
    known.prepare({3})
    assert [run_id for run_id, _link in known.chain(3)] == [3, 2, 1]
    for number in range(10, 20):  # what the batch itself starts must not push out what it was prepared with
        known.remember(number, Link(made.pk, "deal", number, None))
    assert [run_id for run_id, _link in known.chain(3)] == [3, 2, 1]
    known.begin(clock.now())
    assert len(known._links) == 2


def test_starts_of_a_batch_that_was_written_are_never_taken_back(
    office: Office, pump: Pump, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = automation(office.users["tom"], "record.created", [set_field("source", "phone")], record="deal")
    deal = create(office)
    pump.drain()

    def lost(now: Any) -> None:
        raise OperationalError("server closed the connection")

    create(office)
    monkeypatch.setattr(pump.guard, "begin", lost)
    with pytest.raises(OperationalError):
        pump.drain()
    assert pump.guard._record_runs[(made.pk, "deal", deal)] == 1


def test_an_automation_does_not_start_on_what_its_owner_may_no_longer_see(office: Office, pump: Pump) -> None:
    company = Company.get()
    company.visibility = "team"
    company.save()
    automation(
        office.users["tom"],
        "record.created",
        [do("notify", to=[f"user:{office.users['tom'].pk}"], text="{{ title }}")],
        record="deal",
    )
    deal = create(office)
    update(office, "deal", deal, by="claire", title="Secret", owner=office.users["ben"].pk)
    pump.drain()
    assert not Notification.objects.exists()
    created = Event.objects.get(record_id=deal, kind="created")
    assert Evaluation.objects.get(event_id=created.pk).items[0][2] == "hidden"


def test_an_automation_that_gives_its_record_away_goes_on(office: Office, pump: Pump) -> None:
    company = Company.get()
    company.visibility = "team"
    company.save()
    owner = {"from": "fixed", "value": office.users["ben"].pk}
    automation(
        office.users["tom"],
        "record.created",
        [do("record.change_owner", target="record", owner=owner), do("notify", to=["owner"], text="Yours")],
        record="deal",
    )
    create(office)
    pump.drain()
    assert Run.objects.get().state == "done"
    assert Notification.objects.get().user_id == office.users["ben"].pk


def test_counts_of_an_hour_stay_bounded(office: Office, pump: Pump, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "_COUNTED", 10, raising=False)
    automation(office.users["tom"], "record.created", [set_field("source", "phone")], record="deal")
    for _number in range(12):
        create(office)
    pump.drain()
    create(office)
    pump.drain()
    assert len(pump.guard._record_runs) <= 10


def test_the_index_is_as_the_database_says(office: Office, pump: Pump) -> None:
    made = automation(office.users["tom"], "record.created", [set_field("source", "phone")], record="deal")
    pump.index.refresh()
    made.spans.update(live_to=clock.now())
    Automation.objects.filter(pk=made.pk).update(active=False, deleted_at=clock.now())
    touched(made)
    create(office)
    pump.drain()
    assert not Run.objects.exists()
    assert connection.vendor in {"sqlite", "postgresql"}
    assert matching.Index is type(pump.index)
