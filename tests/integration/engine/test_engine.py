"""From a change to its effect: what runs, what does not, and what is written about it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from relance.accounts import people
from relance.accounts.models import Company, Membership, Rate, Role
from relance.automation.engine.batch import Batch
from relance.automation.engine.pump import Pump
from relance.automation.models import Automation, Catalogue, Evaluation, LiveSpan, Notification, Run, StepRun
from relance.events.models import Event, Pending
from relance.lib import clock
from relance.records import configuration, deals
from relance.records.models import Activity, Deal, Organization, Person
from relance.records.unit_of_work import write
from tests.integration.engine.conftest import (
    automation,
    branch,
    create,
    do,
    euros,
    fixed,
    only_if,
    path,
    row,
    set_field,
    update,
)
from tests.integration.records.conftest import Office

A_CALL = do("record.create", record="activity", link=True, values={"subject": fixed("Call")})


def text(template: str) -> dict[str, Any]:
    return {"from": "text", "template": template}


def states() -> list[str]:
    return list(Run.objects.order_by("id").values_list("state", flat=True))


def rating(organization: int) -> str | None:
    return Organization.objects.get(pk=organization).rating


def test_a_deal_above_a_thousand_rates_its_organization_a(office: Office, pump: Pump) -> None:
    automation(
        office.users["tom"],
        "record.created",
        [only_if("value", "gt", euros(1000)), set_field("rating", "A", "organization")],
        scope={"kind": "teams", "ids": [office.team.pk]},
        record="deal",
    )
    organization = create(office, "organization")
    create(office, value=euros(1000), organization=organization)
    pump.drain()
    assert rating(organization) is None
    assert not Run.objects.exists()
    (item,) = Evaluation.objects.get().items
    assert item[2] == "not_met"
    create(office, by="ben", value=euros(1001), organization=organization)
    pump.drain()
    assert rating(organization) is None
    create(office, value=euros(1001), organization=organization)
    pump.drain()
    assert rating(organization) == "A"
    run = Run.objects.get()
    assert (run.state, run.record_name, run.actor_id, run.owner_id) == (
        "done",
        "Espresso corner",
        office.users["ana"].pk,
        office.users["tom"].pk,
    )
    lines = list(StepRun.objects.filter(run=run).order_by("path"))
    assert [(line.path, line.outcome) for line in lines] == [("steps/0", "met"), ("steps/1", "done")]
    assert lines[1].effects[0]["changes"] == {"rating": [None, "A"]}
    effect = Event.objects.get(cause_run_id=run.pk)
    assert (effect.origin, effect.depth, effect.root_id, effect.actor_id) == (
        "automation",
        1,
        run.event_id,
        office.users["tom"].pk,
    )
    assert not Pending.objects.exists()


def test_money_in_another_currency_is_converted_or_the_run_says_why_not(office: Office, pump: Pump) -> None:
    automation(
        office.users["tom"],
        "record.created",
        [only_if("value", "gte", euros(1000)), set_field("source", "website")],
        record="deal",
    )
    pounds = {"amount": 90_000, "currency": "GBP"}
    without_rate = create(office, value=pounds)
    pump.drain()
    assert states() == ["failed"]
    assert Run.objects.get().failure["code"] == "condition_unknown"
    assert Deal.objects.get(pk=without_rate).source is None
    Rate.objects.create(currency="GBP", rate="1.17")
    with_rate = create(office, value=pounds)
    pump.drain()
    assert Deal.objects.get(pk=with_rate).source == "website"


@pytest.mark.parametrize(
    ("scope", "starts"),
    [
        ({"kind": "me", "ids": []}, "tom"),
        ({"kind": "users", "ids": ["ben"]}, "ben"),
        ({"kind": "teams", "ids": ["team"]}, "tom ana"),
        ({"kind": "everyone", "ids": []}, "claire tom ana ben"),
    ],
)
def test_only_those_in_its_scope_trigger_it(
    office: Office, pump: Pump, scope: dict[str, Any], starts: str
) -> None:
    scope["ids"] = [office.team.pk if name == "team" else office.users[name].pk for name in scope["ids"]]
    automation(
        office.users["tom"], "record.created", [set_field("source", "phone")], scope=scope, record="deal"
    )
    made = {create(office, by=name): name for name in ("claire", "tom", "ana", "ben")}
    pump.drain()
    ran = {made[record_id] for record_id in Run.objects.values_list("record_id", flat=True)}
    assert ran == set(starts.split())


def test_a_team_is_as_it_was_at_the_change(office: Office, pump: Pump) -> None:
    automation(
        office.users["tom"],
        "record.created",
        [set_field("source", "phone")],
        scope={"kind": "teams", "ids": [office.team.pk]},
        record="deal",
    )
    create(office)
    Membership.objects.get(user=office.users["ana"]).delete()
    create(office)
    pump.drain()
    assert Run.objects.count() == 1


@pytest.mark.parametrize("origin", ["user", "api", "import", "system"])
def test_only_the_chosen_origins_start_it(office: Office, pump: Pump, origin: str) -> None:
    automation(office.users["tom"], "record.created", [set_field("source", "phone")], record="deal")
    automation(
        office.users["tom"], "record.created", [set_field("source", "phone")], origins=[origin], record="deal"
    )
    create(office, origin=origin)
    pump.drain()
    assert Run.objects.count() == (2 if origin == "user" else 1)


def test_switched_off_nothing_starts_and_switched_on_again_only_later_events_do(
    office: Office, pump: Pump
) -> None:
    made = automation(office.users["tom"], "record.created", [set_field("source", "phone")], record="deal")
    create(office)
    pump.drain()
    assert Run.objects.count() == 1
    switch(made, False)
    create(office)
    switch(made, True)
    pump.drain()
    assert Run.objects.count() == 1
    create(office)
    pump.drain()
    assert Run.objects.count() == 2


def test_an_event_from_before_the_switch_off_starts_nothing_after_it_and_says_so(
    office: Office, pump: Pump
) -> None:
    made = automation(office.users["tom"], "record.created", [set_field("source", "phone")], record="deal")
    create(office)
    switch(made, False)
    pump.drain()
    assert not Run.objects.exists()
    assert Evaluation.objects.get().items[0][2] == "off"


def switch(made: Automation, on: bool) -> None:
    now = clock.now()
    made.refresh_from_db()
    if on:
        LiveSpan.objects.create(automation=made, version=made.version, live_from=now)
    else:
        LiveSpan.objects.filter(automation=made, live_to=None).update(live_to=now)
    catalogue = Catalogue.objects.get(id=1)
    catalogue.revision += 1
    catalogue.save()
    made.active, made.revision = on, catalogue.revision
    made.save()


def test_it_acts_with_its_owner_s_rights(office: Office, pump: Pump) -> None:
    company = Company.get()
    company.visibility = "team"
    company.save()
    organization = create(office, "organization", by="claire")
    automation(
        office.users["ben"], "record.created", [set_field("rating", "A", "organization")], record="deal"
    )
    with write(office.actor("claire")) as change:
        change.create("deal", {"title": "Seen by all", "owner": None, "organization": organization})
        change.create("deal", {"title": "Claire's own", "organization": organization})
    pump.drain()
    assert rating(organization) is None
    assert states() == ["failed"]
    assert [item[2] for item in Evaluation.objects.get().items] == ["hidden"]


def test_an_owner_who_may_only_read_by_now_starts_nothing(office: Office, pump: Pump) -> None:
    automation(
        office.users["tom"], "record.created", [do("notify", to=["owner"], text="{{ title }}")], record="deal"
    )
    office.users["tom"].role = Role.READER
    office.users["tom"].save()
    create(office)
    pump.drain()
    assert not Notification.objects.exists()
    assert [item[2] for item in Evaluation.objects.get().items] == ["owner_reads"]


def test_a_step_that_fails_keeps_the_steps_before_it_and_disturbs_nobody(office: Office, pump: Pump) -> None:
    automation(
        office.users["tom"],
        "record.created",
        [
            set_field("source", "phone"),
            set_field("rating", "A", "organization"),
            set_field("source", "other"),
        ],
        record="deal",
    )
    automation(office.users["tom"], "record.created", [set_field("probability", 77)], record="deal")
    deal = create(office)
    pump.drain()
    row = Deal.objects.get(pk=deal)
    assert (row.source, row.probability) == ("phone", 77)
    assert sorted(states()) == ["done", "failed"]
    failed = Run.objects.get(state="failed")
    assert failed.failure == {
        "code": "no_parent",
        "params": {"record_type": "deal", "link": "organization", "step": "steps/1"},
    }
    assert list(StepRun.objects.filter(run=failed).order_by("path").values_list("outcome", flat=True)) == [
        "done",
        "failed",
    ]


def test_a_condition_in_the_middle_sees_the_record_as_it_is_by_then(office: Office, pump: Pump) -> None:
    automation(
        office.users["tom"],
        "record.created",
        [set_field("source", "phone"), only_if("source", "is", "website"), set_field("probability", 99)],
        record="deal",
    )
    deal = create(office, source="website")
    pump.drain()
    assert Deal.objects.get(pk=deal).probability != 99
    assert states() == ["not_met"]


def test_a_leading_condition_sees_the_event_however_late(office: Office, pump: Pump) -> None:
    automation(
        office.users["tom"],
        "record.created",
        [only_if("source", "is", "website"), set_field("probability", 99)],
        record="deal",
    )
    deal = create(office, source="website")
    update(office, "deal", deal, source="phone")
    pump.drain()
    assert Deal.objects.get(pk=deal).probability == 99


def test_each_automation_sees_what_the_one_before_it_did(office: Office, pump: Pump) -> None:
    for _ in range(2):
        automation(
            office.users["tom"],
            "record.created",
            [do("record.update", target="record", values={"title": text("{{ title }}!")})],
            record="deal",
        )
    deal = create(office)
    pump.drain()
    assert Deal.objects.get(pk=deal).title == "Espresso corner!!"


def test_a_deleted_person_leads_to_a_task_that_still_names_them(office: Office, pump: Pump) -> None:
    automation(
        office.users["tom"],
        "record.deleted",
        [
            do(
                "record.create",
                record="activity",
                link=True,
                values={
                    "subject": text("Tell the others about {{ name }}"),
                    "type": fixed("task"),
                },
            )
        ],
        record="person",
    )
    person = create(office, "person", name="Margaux Tessier")
    with write(office.actor("ana")) as change:
        change.delete("person", person)
    pump.drain()
    activity = Activity.objects.get()
    assert activity.subject == "Tell the others about Margaux Tessier"
    assert activity.person_id is None
    assert not Person.objects.exists()


def test_passing_a_stage(office: Office, pump: Pump) -> None:
    first, second, third = (stage.pk for stage in office.stages)
    for kind in ("entered", "left", "passed"):
        automation(
            office.users["tom"],
            f"stage.{kind}",
            [do("notify", to=["owner"], text=kind)],
            name=kind,
            stage=second,
        )
    deal = create(office, stage=first)
    for stage in (third, first):
        with write(office.actor("ana")) as change:
            deals.move_stage(change, deal, stage)
    pump.drain()
    assert list(Notification.objects.values_list("text", flat=True)) == ["passed"]


def test_won_lost_and_reopened(office: Office, pump: Pump) -> None:
    for trigger in ("won", "lost", "reopened"):
        automation(
            office.users["tom"], f"deal.{trigger}", [do("notify", to=["owner"], text=trigger)], name=trigger
        )
    deal = create(office)
    for act in (deals.win, deals.reopen, deals.lose, deals.win):
        with write(office.actor("ana")) as change:
            act(change, deal)
    pump.drain()
    assert list(Notification.objects.order_by("id").values_list("text", flat=True)) == [
        "won",
        "reopened",
        "lost",
        "won",
    ]


def test_an_automation_does_not_react_to_its_own_effect(office: Office, pump: Pump) -> None:
    automation(
        office.users["tom"],
        "record.updated",
        [do("record.update", target="record", values={"title": text("{{ title }}!")})],
        origins=["user", "automation"],
        record="deal",
    )
    deal = create(office)
    update(office, "deal", deal, source="phone")
    pump.drain()
    assert Deal.objects.get().title == "Espresso corner!"
    assert states() == ["done", "blocked"]
    assert Run.objects.get(state="blocked").failure["code"] == "own_effect"


def test_a_chain_that_makes_records_ends_at_the_set_depth(office: Office, pump: Pump, settings: Any) -> None:
    automation(
        office.users["tom"],
        "record.created",
        [do("record.create", record="deal", link=False, values={"title": fixed("Another")})],
        origins=["user", "automation"],
        record="deal",
    )
    create(office)
    pump.drain()
    assert Deal.objects.count() == 1 + settings.GUARD_DEPTH
    assert states() == ["done"] * settings.GUARD_DEPTH + ["blocked"]
    blocked = Run.objects.get(state="blocked")
    assert blocked.failure["code"] == "too_deep"
    assert len(blocked.failure["params"]["runs"]) == settings.GUARD_DEPTH


def test_too_many_runs_on_one_record_are_blocked(office: Office, pump: Pump, settings: Any) -> None:
    settings.GUARD_RECORD_RUNS_PER_HOUR = 3
    automation(office.users["tom"], "record.updated", [do("notify", to=["owner"], text="x")], record="deal")
    deal = create(office)
    for number in range(5):
        update(office, "deal", deal, title=f"Deal {number}")
    pump.drain(2)
    assert states() == ["done", "done", "done", "blocked", "blocked"]


def build_a_busy_company(office: Office) -> None:
    tom = office.users["tom"]
    both = ["user", "automation"]
    automation(
        tom,
        "record.created",
        [only_if("value", "gte", euros(50)), set_field("rating", "A", "organization")],
        origins=both,
        name="rate",
        record="deal",
    )
    automation(
        tom,
        "record.created",
        [
            set_field("source", "phone"),
            do(
                "record.create",
                record="activity",
                link=True,
                values={"subject": text("Call about {{ title }}")},
            ),
        ],
        origins=both,
        name="call",
        record="deal",
    )
    automation(
        tom,
        "field.changed",
        [do("notify", to=["trigger_user"], text='{{ name }} is rated {{ rating | or "?" }}')],
        origins=both,
        name="tell",
        record="organization",
        field="rating",
    )
    automation(
        tom,
        "record.created",
        [only_if("deal.value", "lt", euros(30)), do("deal.lose", target="deal")],
        origins=both,
        name="lose",
        record="activity",
    )
    automation(tom, "deal.lost", [do("record.delete", target="organization")], origins=both, name="bin")
    automation(
        tom,
        "record.created",
        [
            branch(
                "all",
                path(set_field("source", "trade_fair"), when=[row("value", "lt", euros(80))]),
                path(
                    branch(
                        "first",
                        path(
                            do("deal.win"),
                            when=[row("source", "is", "trade_fair"), row("value", "gte", euros(70))],
                        ),
                        otherwise=[
                            only_if("organization.rating", "is", "A"),
                            set_field("lost_reason", "Sold out"),
                        ],
                    ),
                    when=[row("value", "gte", euros(20))],
                ),
                otherwise=[do("notify", to=["trigger_user"], text="{{ title }}")],
            ),
            set_field("expected_close", "2026-03-01"),
        ],
        origins=both,
        name="fork",
        record="deal",
    )
    automation(
        tom,
        "record.updated",
        [do("record.update", target="record", values={"probability": fixed(5)})],
        origins=both,
        name="doubt",
        record="deal",
    )


def act_in_a_busy_company(office: Office) -> None:
    organizations = [create(office, "organization", name=f"Organization {number}") for number in range(6)]
    for number in range(30):
        create(
            office, value=euros(number * 3), organization=organizations[number % 6] if number % 7 else None
        )
    for organization in organizations[:3]:
        update(office, "organization", organization, rating="B")


def picture_of_everything() -> dict[str, Any]:
    """All that people see, without ids and times of traces."""

    def here(rows: Any) -> list[tuple[Any, ...]]:
        return [(*row[:-1], row[-1] is None) for row in rows]

    deal_fields = ("title", "source", "status", "probability", "version", "deleted_at")
    return {
        "deals": here(Deal.everything.order_by("id").values_list(*deal_fields)),
        "organizations": here(
            Organization.everything.order_by("id").values_list("name", "rating", "version", "deleted_at")
        ),
        "activities": sorted(Activity.everything.values_list("subject", "deal__title", "version")),
        "notices": sorted(Notification.objects.values_list("user__name", "text")),
        "runs": sorted(
            Run.objects.values_list("automation__name", "record_type", "record_name", "state", "depth")
        ),
        "events": sorted(Event.objects.values_list("record_type", "kind", "rseq", "origin", "depth")),
        "evaluations": Evaluation.objects.count(),
    }


def test_batches_of_any_size_leave_the_same_data(office: Office) -> None:
    pictures = []
    for size in (1, 7, 500):
        with transaction.atomic():
            build_a_busy_company(office)
            act_in_a_busy_company(office)
            Pump().drain(size)
            pictures.append(picture_of_everything())
            transaction.set_rollback(True)
        people.forget()
        configuration.forget()
    assert {"done", "failed", "blocked"} <= {run[3] for run in pictures[0]["runs"]}
    assert pictures[1] == pictures[0]
    assert pictures[2] == pictures[0]


def test_an_event_that_breaks_its_transaction_is_left_behind_as_a_failed_run(
    office: Office, pump: Pump, monkeypatch: pytest.MonkeyPatch
) -> None:
    automation(office.users["tom"], "record.created", [set_field("source", "phone")], record="deal")
    ids = [create(office, title=f"Deal {number}") for number in range(9)]
    culprit = Event.objects.get(record_type="deal", record_id=ids[4])
    commit = Batch.commit

    def commit_unless_it_holds_the_culprit(batch: Batch) -> None:
        if any(event.id == culprit.pk and event.id not in batch._poison.events for event in batch.events):
            raise IntegrityError("broken")
        commit(batch)

    monkeypatch.setattr(Batch, "commit", commit_unless_it_holds_the_culprit)
    pump.drain()
    assert Deal.objects.filter(source="phone").count() == 8
    assert Run.objects.filter(state="done").count() == 8
    failed = Run.objects.get(state="failed")
    assert (failed.record_id, failed.failure["code"]) == (ids[4], "not_written")
    assert not Pending.objects.exists()


def test_a_bug_in_an_action_fails_its_run_alone(
    office: Office, pump: Pump, monkeypatch: pytest.MonkeyPatch
) -> None:
    from relance.automation.registry import registry

    def burst(params: Any, step: Any) -> None:
        step.change.update("deal", step.scope.record["id"], {"title": "Half done"})
        raise ZeroDivisionError

    monkeypatch.setattr(registry.actions["notify"], "perform", burst, raising=False)
    automation(office.users["tom"], "record.created", [do("notify", to=["owner"], text="x")], record="deal")
    automation(office.users["tom"], "record.created", [set_field("source", "phone")], record="deal")
    deal = create(office)
    pump.drain()
    row = Deal.objects.get(pk=deal)
    assert (row.title, row.source) == ("Espresso corner", "phone")
    assert Run.objects.get(state="failed").failure["code"] == "internal"


def test_a_conflict_with_somebody_else_s_save_is_tried_again(
    office: Office, pump: Pump, monkeypatch: pytest.MonkeyPatch
) -> None:
    automation(office.users["tom"], "record.created", [set_field("source", "phone")], record="deal")
    deal = create(office)
    commit = Batch.commit
    meddled: list[int] = []

    def commit_after_somebody_saved(batch: Batch) -> None:
        if not meddled:
            meddled.append(1)
            update(office, "deal", deal, title="Meanwhile")
        commit(batch)

    monkeypatch.setattr(Batch, "commit", commit_after_somebody_saved)
    pump.drain()
    row = Deal.objects.get(pk=deal)
    assert (row.title, row.source) == ("Meanwhile", "phone")
    assert states() == ["done"]


def test_two_engines_do_not_do_an_event_twice(office: Office) -> None:
    automation(office.users["tom"], "record.created", [A_CALL], record="deal")
    create(office)
    first, second = Pump(), Pump()
    from relance.automation.engine.batch import Poison, take

    first.index.refresh()
    second.index.refresh()
    events = take(500)
    second._work(take(500), Poison())
    first._work(events, Poison())
    assert Activity.objects.count() == 1
    assert Run.objects.count() == 1
