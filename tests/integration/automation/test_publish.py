"""From a draft to a version in service, and what else people do with automations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from relance.automation import publish
from relance.automation.core.problems import DocumentError
from relance.automation.errors import Conflict, Forbidden, Invalid, NotFound, NotPublished
from relance.automation.models import Automation, Catalogue, LiveSpan, Version
from relance.lib import clock
from tests.builders import act, automation, document, update
from tests.integration.automation.conftest import Office

RATE = [update(of="organization", rating="A")]


@pytest.fixture
def ticking() -> datetime:
    """A clock that moves by a second each time it is read."""
    start = datetime(2026, 3, 2, 9, tzinfo=UTC)
    reads = iter(range(10_000))
    clock.set_clock(lambda: start + timedelta(seconds=next(reads)))
    return start


def draft(**rest: Any) -> dict[str, Any]:
    return document("deal.created", ["value > 1000"], RATE, **rest)


def spans(made: Automation) -> list[tuple[int, bool]]:
    return [
        (span.version.number, span.live_to is None)
        for span in LiveSpan.objects.filter(automation=made).order_by("id")
    ]


def codes(refused: pytest.ExceptionInfo[DocumentError]) -> dict[str, str]:
    return {problem.pointer: problem.code for problem in refused.value.problems}


def test_the_first_version_switches_it_on(office: Office) -> None:
    claire = office.actor("claire")
    made = publish.create(claire, "  Rate it ", "Big ones", draft())
    assert (made.name, made.active, made.version, made.draft_revision) == ("Rate it", False, None, 1)
    version = publish.publish(made, claire)
    made.refresh_from_db()
    assert (made.active, made.version_id, version.number, version.published_by_id) == (
        True, version.pk, 1, office.users["claire"].pk,
    )  # fmt: skip
    assert made.audience == "everyone"
    assert spans(made) == [(1, True)]
    assert made.revision == Catalogue.objects.get(pk=1).revision == 1


def test_the_next_version_follows_without_a_gap(office: Office, ticking: datetime) -> None:
    claire = office.actor("claire")
    made = automation("deal.created", ["value > 1000"], RATE, owner=claire)
    publish.save_draft(made, document("deal.created", ["value > 2000"], RATE), 1, claire)
    publish.publish(made, claire)
    first, second = LiveSpan.objects.filter(automation=made).order_by("id")
    assert first.live_to == second.live_from
    assert spans(made) == [(1, False), (2, True)]
    assert [version.number for version in Version.objects.order_by("number")] == [1, 2]


def test_a_draft_that_says_the_same_is_not_published_again(office: Office) -> None:
    claire = office.actor("claire")
    made = automation("deal.created", ["value > 1000"], RATE, owner=claire)
    before = Catalogue.objects.get(pk=1).revision
    publish.save_draft(made, draft(), 1, claire)
    assert publish.publish(made, claire).number == 1
    assert Catalogue.objects.get(pk=1).revision == before


def test_switched_off_a_new_version_waits_until_it_is_switched_on(office: Office) -> None:
    claire = office.actor("claire")
    made = automation("deal.created", ["value > 1000"], RATE, owner=claire)
    publish.switch(made, False, claire)
    publish.switch(made, False, claire)
    assert spans(made) == [(1, False)]
    publish.save_draft(made, document("deal.created", ["value > 2000"], RATE), 1, claire)
    publish.publish(made, claire)
    assert not made.active
    assert spans(made) == [(1, False)]
    publish.switch(made, True, claire)
    publish.switch(made, True, claire)
    assert spans(made) == [(1, False), (2, True)]


def test_what_was_never_published_cannot_be_switched_on(office: Office) -> None:
    made = automation("deal.created", owner=office.actor("claire"), published=False)
    with pytest.raises(NotPublished):
        publish.switch(made, True, office.actor("claire"))


def test_a_stale_draft_is_refused(office: Office) -> None:
    claire = office.actor("claire")
    made = automation("deal.created", owner=claire, published=False)
    other_window = Automation.objects.get(pk=made.pk)
    assert publish.save_draft(made, draft(), 1, claire) == 2
    with pytest.raises(Conflict) as refused:
        publish.save_draft(other_window, draft(origins=["api"]), 1, claire)
    assert refused.value.revision == 2
    with pytest.raises(Conflict):
        publish.publish(other_window, claire, revision=1)
    assert Automation.objects.get(pk=made.pk).draft == draft()
    publish.publish(other_window, claire, revision=2)


@pytest.mark.parametrize(
    "bad",
    [
        [],
        "x",
        {"steps": "none"},
        {"name": "a\x00b"},
        {"name": "\ud800"},
        {"n": 2**70},
        {"n": float("nan")},
        {"steps": ["x" * 9000] * 100},
    ],
)
def test_what_cannot_be_stored_is_no_draft(office: Office, bad: Any) -> None:
    claire = office.actor("claire")
    made = automation("deal.created", owner=claire, published=False)
    with pytest.raises(DocumentError):
        publish.save_draft(made, bad, 1, claire)
    assert Automation.objects.get(pk=made.pk).draft_revision == 1


def test_an_incomplete_draft_is_kept_but_not_published(office: Office) -> None:
    claire = office.actor("claire")
    made = publish.create(claire, "Later")
    with pytest.raises(DocumentError):
        publish.publish(made, claire)
    publish.save_draft(made, {**made.draft, "steps": [{"id": "b1", "kind": "action"}]}, 1, claire)
    made.refresh_from_db()
    assert (made.version, made.active) == (None, False)
    assert not LiveSpan.objects.exists()


def test_everything_a_document_names_must_exist(office: Office) -> None:
    claire = office.actor("claire")
    bad = document(
        "stage.entered",
        [{"field": "owner", "op": "is", "value": 901}, {"field": "labels", "op": "any_of", "value": [1, 902]},
         {"field": "owner", "op": "in_team", "value": 903}, {"field": "organization", "op": "is", "value": 904}],
        [act("notify", to=["user:905", "team:906"], text="x"), update(owner=907, pipeline=908),
         act("deal.move_stage", stage=909)],
        scope={"kind": "teams", "ids": [910]},
        stage=911,
    )  # fmt: skip
    bad["steps"][0]["groups"][0]["rows"][1]["value"][0] = first_label()
    made = publish.create(claire, "Broken", document=bad)
    with pytest.raises(DocumentError) as refused:
        publish.publish(made, claire)
    rows = "/steps/0/groups/0/rows"
    assert codes(refused) == dict.fromkeys(
        [
            "/scope/ids/0", f"{rows}/0/value", f"{rows}/1/value/1", f"{rows}/2/value", f"{rows}/3/value",
            "/trigger/params/stage", "/steps/1/params/to/0", "/steps/1/params/to/1",
            "/steps/2/params/values/owner/value", "/steps/2/params/values/pipeline/value", "/steps/3/params/stage",
        ],
        "not_found",
    )  # fmt: skip


def first_label() -> int:
    from relance.records.models import Label

    return Label.objects.values_list("pk", flat=True)[0]


def test_what_actions_set_is_checked(office: Office) -> None:
    claire = office.actor("claire")
    bad = document(
        "deal.updated",
        do=[
            act(
                "record.create",
                record="activity",
                values={"due_date": {"from": "actor"}, "nope": {"from": "today"}},
            ),
            update(won_at=None, title=None),
            act("deal.win", target="organization"),
            act("record.delete", target="activity"),
        ],
    )
    with pytest.raises(DocumentError) as refused:
        publish.publish(publish.create(claire, "Broken", document=bad), claire)
    assert codes(refused) == {
        "/steps/0/params/values/due_date/from": "kind_mismatch",
        "/steps/0/params/values/nope": "unknown_field",
        "/steps/0/params/values/subject": "required",
        "/steps/1/params/values/won_at": "not_editable",
        "/steps/1/params/values/title/value": "required",
        "/steps/2/params/target": "target_does_not_fit",
        "/steps/3/params/target": "unknown_target",
    }


def test_names_and_descriptions(office: Office) -> None:
    claire = office.actor("claire")
    made = automation("deal.created", owner=claire, published=False)
    publish.rename(made, " Été ", claire)
    publish.describe(made, "One\r\ntwo", claire)
    made.refresh_from_db()
    assert (made.name, made.description) == ("Été", "One\ntwo")
    for bad in ("", "   ", "x" * 121, "a\x00"):
        with pytest.raises(Invalid) as refused:
            publish.rename(made, bad, claire)
        assert set(refused.value.problems) == {"name"}
    with pytest.raises(Invalid):
        publish.describe(made, "x" * 1001, claire)
    with pytest.raises(Invalid):
        publish.create(claire, "\ud800")


def test_a_copy_is_a_draft_of_one_s_own(office: Office) -> None:
    claire, ana = office.actor("claire"), office.actor("ana")
    made = automation("deal.created", ["value > 1000"], RATE, owner=claire, name="x" * 120)
    publish.save_draft(made, draft(origins=["api"]), 1, claire)
    mine = publish.duplicate(made, claire)
    assert (mine.version, mine.active, mine.audience, mine.draft["origins"]) == (
        None,
        False,
        "everyone",
        ["api"],
    )
    assert len(mine.name) <= 120
    # Somebody who may not edit it copies what is in service, for themselves alone.
    hers = publish.duplicate(made, ana)
    assert (hers.owner_id, hers.audience, hers.draft["origins"]) == (ana.user_id, "me", ["user"])
    publish.publish(hers, ana)
    assert hers.active


def test_deleted_it_is_off_and_gone_for_people(office: Office) -> None:
    claire = office.actor("claire")
    made = automation("deal.created", ["value > 1000"], RATE, owner=claire)
    before = Catalogue.objects.get(pk=1).revision
    publish.delete(made, claire)
    made.refresh_from_db()
    assert (made.active, made.deleted_at is None, made.revision) == (False, False, before + 1)
    assert spans(made) == [(1, False)]
    assert not publish.mine(claire).exists()
    assert not publish.company(claire).exists()
    for attempt in (
        lambda: publish.publish(made, claire),
        lambda: publish.switch(made, True, claire),
        lambda: publish.save_draft(made, draft(), 1, claire),
        lambda: publish.find(claire, made.pk),
        lambda: publish.find(claire, 2**64),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_every_change_takes_the_next_revision(office: Office) -> None:
    claire = office.actor("claire")
    one = automation("deal.created", ["value > 1000"], RATE, owner=claire)
    two = automation("deal.created", ["value > 1000"], RATE, owner=claire)
    publish.switch(one, False, claire)
    publish.rename(two, "Two", claire)
    assert (one.revision, two.revision, Catalogue.objects.get(pk=1).revision) == (3, 4, 4)


def test_nothing_is_half_published(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    claire = office.actor("claire")
    made = automation("deal.created", ["value > 1000"], RATE, owner=claire, published=False)

    def fail(*args: Any, **values: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(LiveSpan.objects, "create", fail)
    with pytest.raises(RuntimeError):
        publish.publish(made, claire)
    assert not Version.objects.exists()
    assert not Automation.objects.get(pk=made.pk).active


def test_readers_and_others_may_not_build(office: Office) -> None:
    with pytest.raises(Forbidden) as refused:
        publish.create(office.actor("rita"), "Mine")
    assert refused.value.code == "may_not_build"
