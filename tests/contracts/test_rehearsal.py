"""A rehearsal leaves nothing behind, and tells what a run then does: over every registered action and trigger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from relance.automation import rehearse as rehearsing
from relance.automation.engine.pump import Pump
from relance.automation.models import Automation, Evaluation, Run
from relance.automation.registry import Occasion, registry
from relance.automation.rehearse import Rehearsal, rehearse
from relance.automation.story import Story, of_evaluation, of_run
from relance.lib import clock
from relance.lib.kinds import Kind
from relance.records.fields import fields_of
from relance.records.unit_of_work import Overlay, UnitOfWork, write
from tests.builders import act, automation, condition, every_path, first_path, path, update
from tests.contracts.test_registry import ACTIONS, ON, TRIGGERS, deal, started_by
from tests.contracts.traces import differences, everything
from tests.integration.records.conftest import Office

__all__ = ["deal"]

each_action = pytest.mark.parametrize("type", sorted(registry.actions))
each_trigger = pytest.mark.parametrize("type", sorted(registry.triggers))
NEW_TITLE = Occasion("updated", {"title": "Refurbishment, 42 rooms"})


@pytest.fixture(autouse=True)
def _the_clock_stands() -> None:
    clock.set_clock(lambda: datetime(2026, 3, 3, 9, 30, tzinfo=UTC))


@pytest.fixture
def files(tmp_path: Path, settings: Any) -> Path:
    """Where Relance keeps its files, for this test alone."""
    settings.VAR_DIR = tmp_path
    return tmp_path


def first_automation(office: Office, type: str) -> Automation:
    """One that does this when a record of the kind it is for is changed."""
    event = f"{ON.get(type, 'deal')}.updated"
    return automation(event, do=[act(type, **ACTIONS[type](office))], owner=office.actor("claire"))


def as_told(story: Story) -> list[Any]:
    """What a story says, comparable between a rehearsal and a run: new records are numbered as they are made."""
    numbers: dict[tuple[str, int], str] = {}
    for step in story.steps:
        for effect in step.effects:
            if effect.kind == "created":
                numbers[(effect.record_type, effect.record_id)] = f"new {len(numbers) + 1}"
    told: list[Any] = [story.result, story.reason, story.failure]
    for step in story.steps:
        effects = [
            (
                effect.kind, effect.name, effect.user_id, effect.text, effect.record_type,
                numbers.get((effect.record_type, effect.record_id), effect.record_id),
                _numbered(effect.record_type, effect.changes, numbers),
            )
            for effect in step.effects
        ]  # fmt: skip
        told.append((step.path, step.outcome, step.verdict, effects, step.failure))
    return told


def _numbered(record_type: str, changes: Mapping[str, Any], numbers: Mapping[Any, str]) -> dict[str, Any]:
    known = fields_of(record_type) if record_type else {}
    return {
        key: [numbers.get((str(known[key].target), value), value) for value in pair]
        if known[key].kind is Kind.LINK
        else list(pair)
        for key, pair in changes.items()
    }


def story_of_what_ran(made: Automation, office: Office) -> Story:
    """What the engine made of the pending event."""
    Pump().drain()
    run = Run.objects.filter(automation=made).order_by("pk").first()
    if run is not None:
        return of_run(office.actor("claire"), run.pk)
    evaluation = Evaluation.objects.get()
    return of_evaluation(office.actor("claire"), evaluation.event_id, made.pk)


def told(rehearsal: Rehearsal) -> Story:
    """The story of a rehearsal that was asked."""
    assert rehearsal.refusal is None and rehearsal.story is not None
    return rehearsal.story


@each_action
def test_a_rehearsal_leaves_nothing_behind(type: str, office: Office, deal: int, files: Path) -> None:
    made = first_automation(office, type)
    _record_type, record = started_by(type, deal, office)
    before = everything(files)
    result = told(rehearse(made, record, NEW_TITLE, office.actor("claire")))
    assert differences(before, everything(files)) == []
    assert result.failure is None or result.failure["code"] != "internal"


@each_action
def test_a_run_then_does_what_the_rehearsal_told(type: str, office: Office, deal: int) -> None:
    made = first_automation(office, type)
    record_type, record = started_by(type, deal, office)
    rehearsed = told(rehearse(made, record, NEW_TITLE, office.actor("claire")))
    with write(office.actor("claire")) as change:
        change.update(record_type, record, dict(NEW_TITLE.after))
    assert as_told(rehearsed) == as_told(story_of_what_ran(made, office))


@each_trigger
def test_its_example_is_something_it_waits_for(type: str, office: Office, deal: int) -> None:
    params = TRIGGERS[type](office)
    entry = registry.triggers[type]
    record_type = entry.record_type(entry.Params.model_validate(params))
    with write(office.actor("claire")) as change:
        values = {"name": "Zoé"} if record_type in {"person", "organization"} else {"title": "Zoé"}
        record = deal if record_type == "deal" else change.create(record_type, values)
    notice = act("notify", to=["owner"], text="Look")
    made = automation(type, do=[notice], owner=office.actor("claire"), **params)
    values_of_record = Overlay().get(record_type, record)
    assert values_of_record is not None
    occasion = entry.example(entry.Params.model_validate(params), values_of_record)
    result = told(rehearse(made, record, occasion, office.actor("claire")))
    assert [step.outcome for step in result.steps] == ["done"]


NOTICE = act("notify", to=["owner"], text="{{ title }}: {{ value }} for {{ organization.name }}")
#: Whole automations for a deal that is renamed: rows, steps, and how it goes.
WHOLE: dict[str, tuple[list[Any], list[Any], str]] = {
    "every step sees what the one before it did": (
        ["value > 500", "organization.name contains Hôtel"],
        [
            update(title="Seen"), NOTICE, act("deal.win"), condition(["status is won"]),
            act("record.delete", target="person"), condition(["person.name contains Jeanne"]), NOTICE,
        ],
        "not_met",
    ),
    "a step that cannot be done ends it": (
        [],
        [update("person", name="Jeanne K."), act("record.delete", target="record"), NOTICE, act("deal.win"), NOTICE],
        "failed",
    ),
    "nothing is done where the first condition is not met": (["title is Rooftop"], [NOTICE], "not_met"),
    "what stands after a stop is not done": ([], [NOTICE, {"kind": "stop"}, NOTICE], "done"),
    "the first path that matches": (
        [],
        [
            first_path(
                path(NOTICE, when=["value > 5000"]),
                path(act("deal.lose"), condition(["status is open"]), NOTICE, when=["value > 500"]),
                path(NOTICE, when=["value > 1"]),
                otherwise=[NOTICE],
            ),
            update(title="Below"),
        ],
        "done",
    ),
    "every path that matches": (
        [],
        [
            every_path(path(act("deal.win"), when=["value > 5"]), path(NOTICE, when=["status is won"]), path(NOTICE)),
            update("organization", rating="A"),
        ],
        "done",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_automation_goes_as_it_was_rehearsed(name: str, office: Office, deal: int) -> None:
    rows, steps, result = WHOLE[name]
    made = automation("deal.updated", rows, steps, owner=office.actor("claire"))
    before = everything()
    rehearsed = told(rehearse(made, deal, NEW_TITLE, office.actor("claire")))
    assert differences(before, everything()) == []
    with write(office.actor("claire")) as change:
        change.update("deal", deal, dict(NEW_TITLE.after))
    real = story_of_what_ran(made, office)
    assert as_told(rehearsed) == as_told(real)
    assert rehearsed.result == result


@pytest.mark.parametrize("kind", ["created", "deleted"])
def test_so_it_is_with_a_record_that_comes_or_goes(kind: str, office: Office) -> None:
    ana = office.actor("ana")
    told_about = act("notify", to=["owner"], text="{{ title }}: {{ value }}")
    actions = [told_about, update(title="Noted")]
    made = automation(f"deal.{kind}", ["value > 1000"], do=actions, owner=office.actor("claire"))
    with write(ana) as change:
        record = change.create("deal", {"title": "Rooftop", "value": {"amount": 500_000, "currency": "EUR"}})
    if kind == "created":
        rehearsed = told(rehearse(made, record, Occasion(kind), office.actor("claire"), ana))
    else:
        Pump().drain()
        rehearsed = told(rehearse(made, record, Occasion(kind), office.actor("claire"), ana))
        with write(ana) as change:
            change.delete("deal", record)
    assert as_told(rehearsed) == as_told(story_of_what_ran(made, office))


@pytest.mark.parametrize("fault", ["flushes", "tells people", "reserves keys"])
def test_a_rehearsal_that_writes_is_found_out(
    fault: str, office: Office, deal: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A test of the tests above: with its locks taken off, each fault turns them red."""
    made = first_automation(office, "notify" if fault == "tells people" else "record.create")
    for name in ("flush", "commit"):
        monkeypatch.setattr(Overlay, name, getattr(UnitOfWork, name))
    monkeypatch.setattr(rehearsing, "_refuse_writing", lambda execute, *rest: execute(*rest))
    if fault == "reserves keys":
        monkeypatch.setattr(Overlay, "new_id", UnitOfWork.new_id)
    else:
        decide = rehearsing._Batch.decide

        def and_write(batch: Any) -> None:
            decide(batch)
            if fault == "flushes":
                batch.uow.flush()
            else:
                runs, batch.trace._runs = batch.trace._runs, []
                batch.trace.flush()
                batch.trace._runs = runs

        monkeypatch.setattr(rehearsing._Batch, "decide", and_write)
    before = everything()
    rehearse(made, deal, NEW_TITLE, office.actor("claire"))
    assert differences(before, everything())


def test_an_action_that_writes_past_the_overlay_is_refused(
    office: Office, deal: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    made = first_automation(office, "deal.win")

    def perform(self: Any, params: Any, step: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE automation_automation SET name = 'Written'")

    monkeypatch.setattr(type(registry.actions["deal.win"]), "perform", perform)
    before = everything()
    result = told(rehearse(made, deal, NEW_TITLE, office.actor("claire")))
    assert differences(before, everything()) == []
    assert result.failure == {"code": "internal", "params": {"error": "RuntimeError", "step": "steps/0"}}
    assert "a rehearsal only reads" in caplog.text
