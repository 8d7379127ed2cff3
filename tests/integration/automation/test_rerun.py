"""Running a run again: the version of now, the record as it is, once for each press, and refused in words."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from relance.accounts.models import Role
from relance.automation import publish, rerun
from relance.automation.engine.pump import Pump
from relance.automation.errors import Forbidden, NotFound, NotRunAgain
from relance.automation.explain.names import Names
from relance.automation.explain.reruns import not_run_again
from relance.automation.models import Automation, Run, StepRun
from relance.events.models import Event, Pending
from relance.records.models import Deal, Organization
from relance.records.unit_of_work import write
from tests.builders import automation, update
from tests.integration.records.conftest import Office

Failed = tuple[Automation, int, Run]


@pytest.fixture
def failed(office: Office) -> Failed:
    """Tom's automation rates the organization of deals over €1,000; the deal had none, so its run failed."""
    made = automation(
        on="deal.created", when=["value > 1000"], do=[update("organization", rating="A")],
        owner=office.actor("claire"),
    )  # fmt: skip
    with write(office.actor("ana")) as change:
        deal = change.create(
            "deal",
            {"title": "Refit", "stage": office.stages[0].pk, "value": {"amount": 200_000, "currency": "EUR"}},
        )
    Pump().drain()
    run = Run.objects.get()
    assert run.state == "failed"
    return made, deal, run


def link(office: Office, deal: int) -> int:
    """Give the deal its organization."""
    with write(office.actor("ana")) as change:
        organization = change.create("organization", {"name": "Hôtel des Quais"})
        change.update("deal", deal, {"organization": organization})
    Pump().drain()
    return organization


def test_what_failed_succeeds_once_the_record_is_put_right(office: Office, failed: Failed) -> None:
    _made, deal, run = failed
    organization = link(office, deal)
    again = rerun.again(run.pk, office.actor("claire"))
    assert (again.state, again.failure, again.key) == ("done", None, f"rerun:{run.pk}.0")
    assert (again.rerun_of, again.rerun_by, again.event_id) == (
        run.pk,
        office.users["claire"].pk,
        run.event_id,
    )
    # Who triggered it is still who changed the record.
    assert again.actor_id == office.users["ana"].pk
    assert Organization.objects.get(pk=organization).rating == "A"
    assert [step.outcome for step in StepRun.objects.filter(run=again).order_by("path")] == ["met", "done"]
    effect = Event.objects.filter(record_type="organization").latest("pk")
    assert (effect.cause_run_id, effect.origin) == (again.pk, "automation")
    # Others may react to it as to any other change.
    assert Pending.objects.filter(event=effect).exists()
    run.refresh_from_db()
    assert run.state == "failed"


def test_conditions_see_the_record_as_it_is(office: Office, failed: Failed) -> None:
    _made, deal, run = failed
    link(office, deal)
    with write(office.actor("ana")) as change:
        change.update("deal", deal, {"value": {"amount": 90_000, "currency": "EUR"}})
    again = rerun.again(run.pk, office.actor("claire"))
    assert again.state == "not_met"
    assert Organization.objects.get().rating is None


def test_the_version_of_now_runs(office: Office, failed: Failed) -> None:
    made, deal, run = failed
    link(office, deal)
    claire = office.actor("claire")
    document = {**made.draft, "steps": [{**update(source="phone"), "id": "b1"}]}
    publish.save_draft(made, document, made.draft_revision, claire)
    publish.publish(made, claire)
    again = rerun.again(run.pk, claire)
    assert (again.state, again.version.number) == ("done", 2)
    assert Deal.objects.get(pk=deal).source == "phone"


def test_one_press_counts_once_and_another_one_again(office: Office, failed: Failed) -> None:
    _made, deal, run = failed
    link(office, deal)
    claire = office.actor("claire")
    first = rerun.again(run.pk, claire, after=0)
    assert rerun.again(run.pk, claire, after=0) == first
    second = rerun.again(run.pk, claire, after=1)
    assert second.key == f"rerun:{run.pk}.1"
    assert Run.objects.filter(rerun_of=run.pk).count() == 2


def _off(office: Office, failed: Failed) -> None:
    publish.switch(failed[0], False, office.actor("claire"))


def _binned(office: Office, failed: Failed) -> None:
    with write(office.actor("claire")) as change:
        change.delete("deal", failed[1])


def _forgotten(office: Office, failed: Failed) -> None:
    Event.objects.filter(pk=failed[2].event_id).delete()


def _about_people(office: Office, failed: Failed) -> None:
    made, claire = failed[0], office.actor("claire")
    document = {
        **made.draft, "trigger": {"type": "record.created", "params": {"record": "person"}},
        "steps": [{**update(source="phone"), "id": "b1"}],
    }  # fmt: skip
    publish.save_draft(made, document, made.draft_revision, claire)
    publish.publish(made, claire)


def _left(office: Office, failed: Failed) -> None:
    made = failed[0]
    made.owner = office.users["tom"]
    made.save()
    office.users["tom"].is_active = False
    office.users["tom"].save()


def _reads(office: Office, failed: Failed) -> None:
    _left(office, failed)
    office.users["tom"].is_active, office.users["tom"].role = True, Role.READER
    office.users["tom"].save()


@pytest.mark.parametrize(
    ("happens", "code"),
    [(_off, "off"), (_binned, "record_gone"), (_forgotten, "event_gone"), (_about_people, "other_record"),
     (_left, "owner_inactive"), (_reads, "owner_reads")],
)  # fmt: skip
def test_it_is_refused_in_words(
    office: Office, failed: Failed, happens: Callable[[Office, Failed], None], code: str
) -> None:
    happens(office, failed)
    with pytest.raises(NotRunAgain) as refusal:
        rerun.again(failed[2].pk, office.actor("claire"))
    assert refusal.value.code == code
    said = not_run_again(code, Names.now(office.actor("claire"), owner_id=failed[0].owner_id))
    assert said.what and said.why and said.remedy
    assert Run.objects.count() == 1


def test_only_its_owner_and_administrators_run_it_again(office: Office, failed: Failed) -> None:
    for name in ("tom", "ana"):
        with pytest.raises(Forbidden):
            rerun.again(failed[2].pk, office.actor(name))
    with pytest.raises(NotFound):
        rerun.again(failed[2].pk, office.actor("rita"))
    with pytest.raises(NotFound):
        rerun.again(10**9, office.actor("claire"))


def test_what_was_started_by_a_deletion_runs_on_the_record_as_it_was_last(office: Office) -> None:
    automation(on="deal.deleted", do=[update("organization", rating="D")], owner=office.actor("claire"))
    with write(office.actor("ana")) as change:
        organization = change.create("organization", {"name": "Hôtel des Quais"})
        deal = change.create(
            "deal", {"title": "Refit", "stage": office.stages[0].pk, "organization": organization}
        )
    with write(office.actor("claire")) as change:
        change.delete("deal", deal)
    Pump().drain()
    with write(office.actor("ana")) as change:
        change.update("organization", organization, {"rating": "B"})
    assert rerun.again(Run.objects.get().pk, office.actor("claire")).state == "done"
    assert Organization.objects.get().rating == "D"
