"""The list of runs and evaluations, and the story of one of each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from relance.accounts.models import Company
from relance.automation import history, publish, story
from relance.automation.engine.pump import Pump
from relance.automation.errors import NotFound
from relance.automation.history import Filters, Line
from relance.automation.models import Automation, Evaluation, Run
from relance.automation.rights import may_see
from relance.lib import clock
from relance.records.unit_of_work import write
from tests.builders import act, automation, condition, every_path, first_path, path, update
from tests.integration.automation.conftest import Office

MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)
ME: dict[str, Any] = {"kind": "me", "ids": []}


@pytest.fixture(autouse=True)
def _clock() -> None:
    clock.set_clock(lambda: MORNING)


def deal(office: Office, by: str = "ana", amount: int = 2000, at: datetime = MORNING, **values: Any) -> int:
    """Somebody enters a deal, and the engine looks at it."""
    clock.set_clock(lambda: at)
    with write(office.actor(by)) as change:
        made = change.create(
            "deal",
            {"title": f"Worth {amount}", "value": {"amount": amount * 100, "currency": "EUR"}, **values},
        )
    Pump().drain()
    return made


def rate(office: Office, owner: str = "claire", name: str = "Rate it", **rest: Any) -> Automation:
    return automation(
        "deal.created",
        ["value > 1000"],
        [
            update(source="phone"),
            act("notify", to=["owner"], text="Look at {{ title }}"),
            update(of="organization", rating="A"),
        ],
        owner=office.users[owner],
        name=name,
        **rest,
    )


def listed(office: Office, viewer: str = "claire", **filters: Any) -> list[tuple[str | None, str]]:
    lines = history.page(office.actor(viewer), Filters(**filters)).lines
    return [(line.record_name, line.result) for line in lines]


def test_runs_and_what_was_not_met_are_one_list(office: Office) -> None:
    rate(office)
    deal(office, amount=500)
    deal(office, amount=2000, at=MORNING + timedelta(minutes=1))
    deal(office, amount=700, at=MORNING + timedelta(minutes=2))
    assert listed(office) == [("Worth 700", "not_met"), ("Worth 2000", "failed"), ("Worth 500", "not_met")]
    line = history.page(office.actor("claire")).lines[0]
    assert (line.run_id, line.reason, line.automation_name, line.actor_id) == (
        None,
        "not_met",
        "Rate it",
        office.users["ana"].pk,
    )


def test_its_filters(office: Office) -> None:
    one = rate(office)
    two = rate(office, name="Two", scope={"kind": "users", "ids": [office.users["ben"].pk]})
    deal(office, amount=500)
    later = MORNING + timedelta(days=1)
    made = deal(office, by="ben", amount=2000, at=later)
    deal(office, by="ben", amount=600, at=later)
    assert listed(office, automation_id=two.pk) == [("Worth 600", "not_met"), ("Worth 2000", "failed")]
    assert len(listed(office, automation_id=one.pk)) == 3
    assert listed(office, automation_id=999) == []
    assert listed(office, result="failed") == [("Worth 2000", "failed")] * 2
    assert listed(office, result="done") == listed(office, result="blocked") == []
    assert listed(office, result="not_met", actor_id=office.users["ana"].pk) == [("Worth 500", "not_met")]
    assert listed(office, until=MORNING.date()) == [("Worth 500", "not_met")]
    assert len(listed(office, since=later.date())) == 4
    assert len(listed(office, record=("deal", made))) == 2
    assert listed(office, record=("deal", 10**9)) == []


def test_dates_are_those_of_the_reader(office: Office) -> None:
    rate(office)
    deal(office, amount=500, at=datetime(2026, 3, 2, 23, 30, tzinfo=UTC))
    with timezone.override("Europe/Paris"):
        assert listed(office, since=datetime(2026, 3, 3).date()) == [("Worth 500", "not_met")]
    with timezone.override("UTC"):
        assert listed(office, since=datetime(2026, 3, 3).date()) == []


def test_pages_follow_each_other_without_gap_or_repetition(office: Office) -> None:
    rate(office)
    rate(office, name="Two")
    # Several of one moment, as a batch leaves them, runs and evaluations mixed.
    for minute, amounts in enumerate(([500, 2000, 600, 3000], [700], [4000, 800])):
        clock.set_clock(lambda minute=minute: MORNING + timedelta(minutes=minute))  # type: ignore[misc]
        for amount in amounts:
            with write(office.actor("ana")) as change:
                change.create(
                    "deal", {"title": f"Worth {amount}", "value": {"amount": amount * 100, "currency": "EUR"}}
                )
        Pump().drain()
    claire = office.actor("claire")
    whole = history.page(claire, size=100)
    assert len(whole.lines) == 14 and whole.next is None
    assert [line.at for line in whole.lines] == sorted((line.at for line in whole.lines), reverse=True)
    for size in (1, 3, 5, 14):
        found: list[Line] = []
        after = ""
        for _page in range(20):
            page = history.page(claire, after=after, size=size)
            assert len(page.lines) <= size
            found += page.lines
            if page.next is None:
                break
            after = page.next
        assert found == whole.lines
    for nonsense in (
        "x",
        "1_2_3_4",
        "2026-03-02_1_1_1",
        "9999-01-01T00:00:00+00:00_0_1_1",
        "²_1_1_1",
        "_" * 3,
    ):
        assert history.page(claire, after=nonsense).lines == whole.lines


def test_automations_of_others_that_are_only_theirs_stay_theirs(office: Office) -> None:
    made = rate(office, owner="ana", scope=ME)
    deal(office, amount=500)
    deal(office, amount=2000)
    assert len(listed(office, "ana")) == 2
    assert listed(office, "claire") == listed(office, "claire", automation_id=made.pk) == []
    assert listed(office, "rita") == []
    run, evaluation = Run.objects.get(), Evaluation.objects.get()
    for attempt in (
        lambda: story.of_run(office.actor("claire"), run.pk),
        lambda: story.of_evaluation(office.actor("claire"), evaluation.event_id, made.pk),
        lambda: story.of_run(office.actor("ana"), 10**9),
        lambda: story.of_run(office.actor("ana"), 2**64),
        lambda: story.of_evaluation(office.actor("ana"), evaluation.event_id, 10**9),
        lambda: story.of_evaluation(office.actor("ana"), -1, made.pk),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert story.of_run(office.actor("ana"), run.pk).run == run


def test_a_deleted_automation_s_runs_stay_readable(office: Office) -> None:
    made = rate(office)
    deal(office)
    publish.delete(made, office.actor("claire"))
    assert len(listed(office)) == 1
    assert story.of_run(office.actor("claire"), Run.objects.get().pk).automation.name == "Rate it"


def test_the_story_of_a_run(office: Office) -> None:
    made = rate(office)
    made_deal = deal(office)
    # The story is told in the version of that time.
    publish.save_draft(made, {**made.draft, "steps": []}, 1, office.actor("claire"))
    told = story.of_run(office.actor("claire"), Run.objects.get().pk)
    assert (told.result, told.record_name, told.version.number) == ("failed", "Worth 2000", 1)
    assert told.event is not None and told.event.changes["title"] == [None, "Worth 2000"]
    asked, updated, notified, failed = told.steps
    assert [step.outcome for step in told.steps] == ["met", "done", "done", "failed"]
    assert asked.verdict is not None and asked.verdict.truth is True
    assert asked.verdict.parts[0].parts[0].seen == {"amount": 200_000, "currency": "EUR"}
    (effect,) = updated.effects
    assert (effect.kind, effect.record_id, effect.name) == ("updated", made_deal, "Worth 2000")
    assert effect.changes == {"source": (None, "phone")}
    (message,) = notified.effects
    assert (message.kind, message.user_id, message.text) == (
        "notified",
        office.users["ana"].pk,
        "Look at Worth 2000",
    )
    assert failed.failure is not None and failed.failure["code"] == "no_parent"
    assert told.failure is not None and told.failure["code"] == "no_parent"


def fork(office: Office, branch: Any) -> Automation:
    """A run that comes to a branch of two paths and "otherwise"."""
    two = [
        path(update(source="phone"), when=["value > 1000"]),
        path(update(source="partner"), when=["organization.rating is A"]),
    ]
    last = [update(source="other")]
    return automation("deal.created", do=[branch(*two, otherwise=last)], owner=office.users["claire"])


def test_the_story_of_a_branch_tells_every_path_taken_or_not(office: Office) -> None:
    fork(office, first_path)
    for amount, truths, taken in (
        (2000, [True, None, None], [True, False, False]),
        (500, [False, False, None], [False, False, True]),
    ):
        deal(office, amount=amount)
        told = story.of_run(office.actor("claire"), Run.objects.latest("pk").pk)
        assert [step.path for step in told.steps] == [
            "steps/0", "steps/0/paths/0/steps/0", "steps/0/paths/1/steps/0", "steps/0/otherwise/steps/0"
        ]  # fmt: skip
        assert [step.outcome == "done" for step in told.steps[1:]] == taken
        ways = told.steps[0].ways
        assert [way.path for way in ways] == ["steps/0/paths/0", "steps/0/paths/1", "steps/0/otherwise"]
        assert [way.verdict and way.verdict.truth for way in ways] == truths
        assert [way.asked for way in ways] == [truth is not None for truth in truths]
        assert [way.taken for way in ways] == taken
    seen = story.of_run(office.actor("claire"), Run.objects.latest("pk").pk).steps[0].ways[0].verdict
    assert seen is not None and seen.parts[0].parts[0].seen == {"amount": 50_000, "currency": "EUR"}


def test_a_branch_shows_no_values_of_what_its_reader_may_not_see(office: Office) -> None:
    company = Company.get()
    company.visibility = "team"
    company.save()
    fork(office, every_path)
    with write(office.actor("claire")) as change:
        secret = change.create(
            "organization", {"name": "Secret", "rating": "A", "owner": office.users["claire"].pk}
        )
    deal(office, by="claire", organization=secret, owner=office.users["ben"].pk)
    run = Run.objects.get()
    for viewer, shown in (("claire", "A"), ("ben", None)):
        _first, second, _last = story.of_run(office.actor(viewer), run.pk).steps[0].ways
        assert second.taken and second.verdict is not None
        assert second.verdict.parts[0].parts[0].seen == shown


def test_the_story_of_what_was_not_met(office: Office) -> None:
    made = automation(
        "deal.created",
        ["value > 100"],
        [condition(["value > 1000"]), update(source="phone")],
        owner=office.users["claire"],
    )
    deal(office, amount=500)
    told = story.of_evaluation(office.actor("claire"), Evaluation.objects.get().event_id, made.pk)
    assert (told.run, told.reason, told.result) == (None, "not_met", "not_met")
    assert [step.outcome for step in told.steps] == ["met", "not_met", None]
    verdict = told.steps[1].verdict
    assert verdict is not None and (verdict.truth, verdict.parts[0].parts[0].seen["amount"]) == (
        False,
        50_000,
    )


def test_switched_off_meanwhile_is_told_as_blocked(office: Office) -> None:
    made = rate(office)
    with write(office.actor("ana")) as change:
        change.create("deal", {"title": "Late"})
    clock.set_clock(lambda: MORNING + timedelta(seconds=5))
    publish.switch(made, False, office.actor("claire"))
    Pump().drain()
    assert listed(office) == [("Late", "blocked")]
    assert listed(office, result="not_met") == []
    assert history.page(office.actor("claire"), Filters(result="blocked")).lines[0].reason == "off"


def test_nobody_reads_values_of_records_they_may_not_see(office: Office) -> None:
    company = Company.get()
    company.visibility = "team"
    company.save()
    rate(office)
    with write(office.actor("claire")) as change:
        change.create("organization", {"name": "Secret"})
        hidden = change.create(
            "organization", {"name": "Hidden", "country": "FR", "owner": office.users["claire"].pk}
        )
        change.create("deal", {"title": "Theirs", "value": {"amount": 200_000, "currency": "EUR"}})
        change.create("deal", {"title": "Small", "value": {"amount": 100, "currency": "EUR"}})
    Pump().drain()
    ben = office.actor("ben")
    page = history.page(ben)
    assert [line.record_name for line in page.lines] == [None, None]
    assert listed(office, "ben", record=("deal", page.lines[0].record_id)) == []
    for line in page.lines:
        assert may_see(ben, Automation.objects.get())
        told = (
            story.of_run(ben, line.run_id)
            if line.run_id
            else story.of_evaluation(ben, line.event_id, line.automation_id)
        )
        assert (told.record_name, told.event) == (None, None)
        assert all(step.verdict is None for step in told.steps)
        effects = [effect for step in told.steps for effect in step.effects]
        assert not any(effect.name or effect.changes or effect.text for effect in effects)
    # Their own deal at an organization they may not see: the organization's value stays hidden.
    made = automation(
        "deal.created",
        [{"field": "organization.country", "op": "is", "value": "GB"}, {"field": "title", "op": "filled"}],
        [update(source="phone")],
        owner=office.users["claire"],
        name="British ones",
    )
    with write(office.actor("claire")) as change:
        change.create("deal", {"title": "Shared", "owner": office.users["ben"].pk, "organization": hidden})
    Pump().drain()
    evaluation = Evaluation.objects.order_by("id").last()
    assert evaluation is not None
    for viewer, because in ((ben, "hidden"), (office.actor("claire"), "differs")):
        verdict = story.of_evaluation(viewer, evaluation.event_id, made.pk).steps[0].verdict
        assert verdict is not None
        row = verdict.parts[0].parts[0]
        assert (row.because, row.seen) == (because, None if viewer is ben else "FR")


def test_what_automations_did_lately(office: Office) -> None:
    one, two = rate(office), rate(office, name="Two", scope=ME)
    deal(office, at=MORNING - timedelta(days=30))
    deal(office, at=MORNING + timedelta(minutes=1))
    deal(office, at=MORNING + timedelta(minutes=2))
    found = history.recent([one.pk, two.pk])
    assert (found[one.pk].runs, found[one.pk].failures) == (2, 2)
    assert found[one.pk].last_run == MORNING + timedelta(minutes=2)
    assert found[two.pk] == history.Recent()
