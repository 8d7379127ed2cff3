"""Trying a draft out: why it would not start, whose eyes it sees with, and what suggests itself."""

from __future__ import annotations

from typing import Any

import pytest

from relance.accounts.models import Company
from relance.automation import publish
from relance.automation.core.problems import DocumentError
from relance.automation.errors import NotFound
from relance.automation.explain.failures import failure
from relance.automation.explain.names import Names
from relance.automation.models import Automation
from relance.automation.registry import Occasion
from relance.automation.rehearse import Rehearsal, definition_of, rehearse, suggestions
from relance.records.access import may, within_sight_of
from relance.records.errors import Invalid
from relance.records.errors import NotFound as NoRecord
from relance.records.unit_of_work import write
from tests.builders import act, automation, update
from tests.integration.records.conftest import Office

WON = Occasion("updated", {"status": "won"})
LOOK = act("notify", to=["owner"], text='{{ title }} for {{ organization.name | or "nobody" }}')


@pytest.fixture
def deal(office: Office) -> int:
    """Ana's deal, with an organization that belongs to Ben."""
    with write(office.actor("claire")) as change:
        organization = change.create(
            "organization", {"name": "Kestrel & Co", "owner": office.users["ben"].pk}
        )
        return change.create(
            "deal", {"title": "Rooftop", "owner": office.users["ana"].pk, "organization": organization}
        )


def by_teams() -> None:
    """From now on people see what is theirs or their team's."""
    company = Company.get()
    company.visibility = "team"
    company.save()


def outcomes(found: Rehearsal) -> list[str | None]:
    assert found.story is not None
    return [step.outcome for step in found.story.steps]


def texts(found: Rehearsal) -> list[str]:
    assert found.story is not None
    return [effect.text for step in found.story.steps for effect in step.effects]


def test_a_draft_that_was_never_published_can_be_tried_out(office: Office, deal: int) -> None:
    made = automation("deal.won", do=[update(title="Won!")], owner=office.actor("claire"), published=False)
    found = rehearse(made, deal, WON, office.actor("claire"))
    assert outcomes(found) == ["done"]
    assert found.story is not None and found.story.steps[0].effects[0].changes == {
        "title": ("Rooftop", "Won!")
    }


def test_a_draft_with_problems_says_them_instead(office: Office, deal: int) -> None:
    made = automation("deal.won", do=[update(nonsense="A")], owner=office.actor("claire"), published=False)
    with pytest.raises(DocumentError) as refused:
        rehearse(made, deal, WON, office.actor("claire"))
    assert [problem.code for problem in refused.value.problems] == ["unknown_field"]


@pytest.mark.parametrize(
    ("refusal", "occasion", "by", "origin"),
    [
        ("no_difference", Occasion("updated", {"title": "Rooftop"}), "claire", "user"),
        ("trigger", Occasion("updated", {"title": "Roof"}), "claire", "user"),
        ("may_not", WON, "rita", "user"),
        ("origin", WON, "claire", "import"),
        ("audience", WON, "ana", "user"),
    ],
)
def test_it_says_why_it_would_not_start(
    refusal: str, occasion: Occasion, by: str, origin: str, office: Office, deal: int
) -> None:
    only_me = {"kind": "me", "ids": []}
    made = automation("deal.won", do=[LOOK], owner=office.actor("claire"), scope=only_me)
    found = rehearse(made, deal, occasion, office.actor("claire"), office.actor(by), origin)
    assert (found.refusal, found.story) == (refusal, None)
    assert (found.event is None) == (refusal in ("no_difference", "may_not"))


def test_a_condition_that_is_not_met_shows_what_it_saw(office: Office, deal: int) -> None:
    made = automation("deal.won", ["title is Cellar"], [LOOK], owner=office.actor("claire"))
    found = rehearse(made, deal, WON, office.actor("claire"))
    assert found.story is not None and found.story.reason == "not_met"
    assert outcomes(found) == ["not_met", None]
    verdict = found.story.steps[0].verdict
    assert verdict is not None and [row.seen for row in verdict.reasons()] == ["Rooftop"]


def test_the_record_can_be_taken_to_have_been_different_before(office: Office, deal: int) -> None:
    with write(office.actor("claire")) as change:
        change.update("deal", deal, {"status": "won"})
    made = automation("deal.won", do=[LOOK], owner=office.actor("claire"))
    assert rehearse(made, deal, WON, office.actor("claire")).refusal == "no_difference"
    found = rehearse(
        made, deal, Occasion("updated", {"status": "won"}, {"status": "open"}), office.actor("claire")
    )
    assert found.pretended == {"status": ("won", "open")}
    assert found.event is not None and found.event.changes["status"] == ["open", "won"]
    assert outcomes(found) == ["done"]


def test_what_cannot_be_set_is_refused_at_its_field(office: Office, deal: int) -> None:
    made = automation("deal.updated", do=[LOOK], owner=office.actor("claire"))
    with pytest.raises(Invalid) as refused:
        rehearse(made, deal, Occasion("updated", {"title": ""}), office.actor("claire"))
    assert list(refused.value.problems) == ["title"]


def test_only_records_and_automations_one_may_see_can_be_tried(office: Office, deal: int) -> None:
    by_teams()
    made = automation("deal.won", do=[LOOK], owner=office.actor("claire"))
    with pytest.raises(NoRecord):
        rehearse(made, deal, WON, office.actor("ben"))
    for record_id in (deal + 1000, 2**62 + 1):
        with pytest.raises(NoRecord):
            rehearse(made, record_id, WON, office.actor("claire"))
    own = automation("deal.won", do=[LOOK], owner=office.actor("claire"), scope={"kind": "me", "ids": []})
    with pytest.raises(NotFound):
        rehearse(own, deal, WON, office.actor("ana"))


def test_nobody_reads_through_the_owners_eyes(office: Office, deal: int) -> None:
    """Claire's automation sees Ben's organization; Ana, who tries it out, does not, and learns nothing of it."""
    by_teams()
    claire, ana = office.actor("claire"), office.actor("ana")
    told = automation("deal.won", do=[LOOK], owner=claire)
    assert texts(rehearse(told, deal, WON, claire)) == ["Rooftop for Kestrel & Co"]
    found = rehearse(told, deal, WON, ana)
    assert found.narrowed and outcomes(found) == ["failed"]
    # Neither by what would be done to it, nor by whether a condition about it holds.
    changed = automation("deal.won", do=[update("organization", rating="A")], owner=claire)
    assert outcomes(rehearse(changed, deal, WON, claire)) == ["done"]
    assert outcomes(rehearse(changed, deal, WON, ana)) == ["failed"]
    for name in ("Kestrel & Co", "Another"):
        asked = automation(
            "deal.won",
            [{"field": "organization.name", "op": "is", "value": name}],
            [LOOK],
            owner=claire,
        )
        found = rehearse(asked, deal, WON, ana)
        assert outcomes(found) == ["failed", None]
        assert found.story is not None and "Kestrel" not in repr(found.story.steps[0].verdict)


def test_a_failure_for_want_of_sight_does_not_blame_the_owner(office: Office, deal: int) -> None:
    by_teams()
    claire, ana = office.actor("claire"), office.actor("ana")
    found = rehearse(automation("deal.won", do=[LOOK], owner=claire), deal, WON, ana)
    assert found.story is not None and found.story.failure is not None
    explained = failure(found.story.failure, Names.now(ana, owner_id=claire.user_id))
    assert "both you and <b>Claire</b>" in explained.why
    assert found.story.steps[0].failure == found.story.failure


@pytest.mark.parametrize("visibility", ["everyone", "team"])
def test_within_sight_of_somebody_is_what_both_see(visibility: str, office: Office) -> None:
    company = Company.get()
    company.visibility = visibility
    company.save()
    actors = {name: office.actor(name) for name in office.users}
    records: list[dict[str, Any]] = [{"owner": None}, *({"owner": user.pk} for user in office.users.values())]
    for owner in actors.values():
        for viewer in actors.values():
            joint = within_sight_of(owner, viewer)
            for record in records:
                seen = may(owner, "see", record) and may(viewer, "see", record)
                assert may(joint, "see", record) is seen
                for verb in ("change", "delete"):
                    assert may(joint, verb, record) is (may(owner, verb, record) and seen)  # type: ignore[arg-type]


def test_records_that_were_lately_in_such_an_event_suggest_themselves_first(office: Office) -> None:
    by_teams()
    claire, ana = office.actor("claire"), office.actor("ana")
    with write(claire) as change:
        deals = {
            name: change.create("deal", {"title": name, "owner": office.users[owner].pk})
            for name, owner in (("won", "ana"), ("open", "ana"), ("bens", "ben"), ("gone", "ana"))
        }
    for name in ("won", "bens", "gone"):
        with write(claire) as change:
            change.update("deal", deals[name], {"status": "won"})
    with write(claire) as change:
        change.delete("deal", deals["gone"])
    made: Automation = automation("deal.won", do=[LOOK], owner=claire)
    definition = definition_of(made, claire)
    assert suggestions(definition, claire, claire) == [deals["bens"], deals["won"], deals["open"]]
    assert suggestions(definition, ana, claire) == [deals["won"], deals["open"]]
    assert suggestions(definition, claire, claire, limit=1) == [deals["bens"]]


def test_a_deleted_automation_cannot_be_tried(office: Office, deal: int) -> None:
    made = automation("deal.won", do=[LOOK], owner=office.actor("claire"))
    publish.delete(made, office.actor("claire"))
    with pytest.raises(NotFound):
        rehearse(made, deal, WON, office.actor("claire"))
