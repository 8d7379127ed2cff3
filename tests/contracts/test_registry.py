"""What every registered trigger and every registered action keeps to. A new one is tested by being there.

What cannot be guessed, good parameters, stands in ``EXAMPLES``: a type without any fails.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import translation
from pydantic import ValidationError

from relance.automation import inputs, publish
from relance.automation.core.blocks import Part
from relance.automation.core.problems import DocumentError
from relance.automation.explain.failures import failure
from relance.automation.explain.names import Names
from relance.automation.inputs import InputKind
from relance.automation.registry import GROUPS, EventView, StepFailure, keys_of, registry
from relance.automation.validity import validate
from relance.events.models import Event
from relance.records import deals
from relance.records.configuration import current
from relance.records.errors import Conflict
from relance.records.models import Label
from relance.records.snapshot import load_one
from relance.records.unit_of_work import write
from tests.builders import act, automation, document, pipeline
from tests.integration.records.conftest import Office
from tests.steps import perform, scope_for

Params = dict[str, Any]
A = {"from": "fixed", "value": "A"}

TRIGGERS: dict[str, Callable[[Office], Params]] = {
    "record.created": lambda office: {"record": "person"},
    "record.updated": lambda office: {"record": "deal"},
    "record.deleted": lambda office: {"record": "lead"},
    "field.changed": lambda office: {"record": "deal", "field": "stage", "from": office.stages[0].pk},
    "deal.won": lambda office: {"pipeline": office.stages[0].pipeline_id},
    "deal.lost": lambda office: {},
    "deal.reopened": lambda office: {},
    "stage.entered": lambda office: {"stage": office.stages[1].pk},
    "stage.left": lambda office: {"stage": office.stages[1].pk},
    "stage.passed": lambda office: {"stage": office.stages[1].pk},
}
ACTIONS: dict[str, Callable[[Office], Params]] = {
    "record.create": lambda office: {
        "record": "activity",
        "values": {
            "subject": {"from": "text", "template": 'Call {{ person.name | or "them" }}'},
            "due_date": {"from": "today", "days": 2},
            "owner": {"from": "field", "path": "owner"},
            "type": {"from": "fixed", "value": "call"},
        },
    },
    "record.update": lambda office: {
        "target": "organization",
        "values": {"rating": A, "city": {"from": "field", "path": "title"}},
    },
    "record.delete": lambda office: {"target": "person"},
    "record.change_owner": lambda office: {"owner": {"from": "fixed", "value": office.users["ben"].pk}},
    "deal.move_stage": lambda office: {"stage": office.stages[2].pk},
    "deal.win": lambda office: {},
    "deal.lose": lambda office: {"reason": {"from": "fixed", "value": "Price"}},
    "deal.reopen": lambda office: {},
    "note.add": lambda office: {"text": "{{ title }} was worth {{ value }}"},
    "label.add": lambda office: {"labels": [label("Cold")]},
    "label.remove": lambda office: {"labels": [label("Hot")]},
    "activity.log": lambda office: {
        "kind": "email",
        "subject": {"from": "text", "template": "Offer sent to {{ person.name }}"},
        "note": {"from": "field", "path": "organization.city", "fallback": None},
    },
    "activity.schedule_task": lambda office: {
        "subject": {"from": "text", "template": "Prepare {{ title }}"},
        "due_date": {"from": "today", "days": 2},
        "owner": {"from": "fixed", "value": office.users["ben"].pk},
    },
    "activity.schedule_appointment": lambda office: {
        "subject": {"from": "text", "template": "Demo for {{ person.name }}"},
        "start": "14:00",
        "end": "15:30",
        "participants": [
            "contact",
            "trigger_user",
            f"user:{office.users['ben'].pk}",
            f"team:{office.team.pk}",
        ],
        "location": {"from": "field", "path": "organization.city", "fallback": "Nantes"},
    },
    "activity.mark_done": lambda office: {},
    "activity.cancel": lambda office: {},
    "activity.shift_date": lambda office: {"days": 2},
    "deal.copy": lambda office: {"stage": office.stages[1].pk},
    "lead.archive": lambda office: {},
    "lead.convert": lambda office: {"stage": office.stages[1].pk},
    "person.find_or_create": lambda office: {
        "name": {"from": "fixed", "value": "Maud Le Goff"},
        "emails": {"from": "fixed", "value": [{"value": "maud@quais.example"}]},
        "values": {"organization": {"from": "field", "path": "organization"}},
    },
    "organization.find_or_create": lambda office: {
        "name": {"from": "fixed", "value": "Brasserie du Port"},
        "values": {"rating": A},
    },
    "organization.reassign": lambda office: {
        "target": "organization",
        "owner": {"from": "fixed", "value": office.users["ben"].pk},
    },
    "email.send": lambda office: {
        "to": "address",
        "address": '{{ title | or "x" }}@hotel.example',
        "subject": "About {{ title }}",
        "body": "It is worth {{ value }}.",
    },
    "notify": lambda office: {
        "to": ["owner", "trigger_user", f"user:{office.users['ben'].pk}", f"team:{office.team.pk}"],
        "text": "{{ title }} is worth {{ value }}: {{ record.link }}",
    },
}
#: Actions that deals do not lead to; the others are tried on a deal.
ON = {"lead.archive": "lead", "lead.convert": "lead"}
#: What makes something new each time.
NEW_EACH_TIME = {
    "record.create", "record.delete", "notify", "email.send", "note.add", "activity.log", "activity.schedule_task",
    "activity.schedule_appointment", "activity.shift_date", "deal.copy",
}  # fmt: skip
each_trigger = pytest.mark.parametrize("type", sorted(registry.triggers))
each_action = pytest.mark.parametrize("type", sorted(registry.actions))
each_entry = pytest.mark.parametrize(
    "entry", [*registry.triggers.values(), *registry.actions.values()], ids=lambda entry: entry.type
)


def label(name: str) -> int:
    """A label of this name."""
    return Label.objects.get_or_create(name=name)[0].pk


def started_by(type: str, deal: int, office: Office) -> tuple[str, int]:
    """The record that an example of this action is for."""
    if ON.get(type) != "lead":
        return "deal", deal
    with write(office.actor("claire")) as change:
        return "lead", change.create("lead", {"title": "Two machines"})


@pytest.fixture
def deal(office: Office) -> int:
    """A deal worth €1,000 with a label, a person and an organization, and a call that is to be made."""
    with write(office.actor("claire")) as change:
        organization = change.create("organization", {"name": "Hôtel des Quais"})
        person = change.create("person", {"name": "Jeanne Kerbrat", "organization": organization})
        values = {"title": "Refurbishment", "value": {"amount": 100_000, "currency": "EUR"}}
        made = change.create(
            "deal", {**values, "person": person, "organization": organization, "labels": [label("Hot")]}
        )
        change.create("activity", {"subject": "Call", "due_date": "2026-03-06", "deal": made})
        return made


def test_every_type_has_an_example() -> None:
    assert set(TRIGGERS) == set(registry.triggers)
    assert set(ACTIONS) == set(registry.actions)


@each_entry
def test_it_has_a_name_and_an_icon(entry: Any) -> None:
    for language in ("en", "fr"):
        with translation.override(language):
            assert str(entry.label).strip()
    assert entry.icon == entry.icon.lower().strip()
    assert entry.__doc__ and entry.Params.__doc__


@each_entry
def test_its_params_refuse_unknown_keys(entry: Any) -> None:
    assert issubclass(entry.Params, Part)
    with pytest.raises(ValidationError):
        entry.Params.model_validate({"surprise": 1})


@each_entry
def test_the_editor_can_draw_every_parameter(entry: Any, office: Office) -> None:
    model: Any = entry.Params
    forms = inputs.form(model, {}, "deal", current())
    assert [form.name for form in forms] == [info.alias or name for name, info in model.model_fields.items()]
    for form in forms:
        assert form.label and isinstance(form.kind, InputKind)
        assert not form.options or all(option.label for option in form.options)


@each_trigger
def test_the_picker_offers_every_trigger(type: str) -> None:
    offered = [
        preset for group in registry.trigger_choices().values() for each, preset in group if each == type
    ]
    assert offered and all(preset.label and preset.group in GROUPS for preset in offered)


@each_action
def test_the_picker_offers_every_action(type: str) -> None:
    choices = registry.action_choices(ON.get(type, "deal"))
    offered = [preset for group in choices.values() for each, preset in group if each == type]
    assert offered and all(preset.label and preset.group in GROUPS for preset in offered)
    known = registry.actions[type].Params.model_fields
    assert all(set(preset.params) <= set(known) for preset in offered)


@pytest.mark.parametrize("language", ["en", "fr"])
@each_trigger
def test_a_trigger_has_a_sentence(type: str, language: str, office: Office) -> None:
    entry = registry.triggers[type]
    params = entry.Params.model_validate(TRIGGERS[type](office))
    with translation.override(language):
        names = Names.now(office.actor("claire"), record_type=entry.record_type(params))
        sentence = entry.sentence(params, names)
        by = entry.sentence_by(params, names, names.named("user", office.users["ana"].pk))
    assert sentence and "%(" not in sentence
    assert "<b>Ana</b>" in by


@pytest.mark.parametrize("language", ["en", "fr"])
@each_action
def test_an_action_has_a_sentence(type: str, language: str, office: Office) -> None:
    entry = registry.actions[type]
    params = entry.Params.model_validate(ACTIONS[type](office))
    with translation.override(language):
        names = Names.now(office.actor("claire"), record_type=ON.get(type, "deal"))
        sentence = entry.sentence(params, names)
    assert sentence and "%(" not in sentence


@each_entry
def test_names_in_sentences_are_escaped(entry: Any, office: Office) -> None:
    nasty = "<script>alert(1)</script>"
    for stage in office.stages:
        stage.name = nasty
        stage.save()
    office.team.name = nasty
    office.team.save()
    for user in office.users.values():
        user.name = nasty
        user.save()
    examples = TRIGGERS if entry.type in TRIGGERS else ACTIONS
    params = entry.Params.model_validate(examples[entry.type](office))
    assert "<script>" not in entry.sentence(params, Names.now())


@each_trigger
def test_its_example_can_be_published(type: str, office: Office) -> None:
    validate(
        document(type, do=[act("notify", to=["owner"], text="x")], **TRIGGERS[type](office)),
        office.actor("claire"),
    )


@each_action
def test_an_example_action_can_be_published(type: str, office: Office) -> None:
    definition = validate(
        document(f"{ON.get(type, 'deal')}.updated", do=[act(type, **ACTIONS[type](office))]),
        office.actor("claire"),
    )
    params: Any = definition.steps[0].params  # type: ignore[union-attr]
    entry = registry.actions[type]
    # What is stored reads back as the same.
    assert entry.Params.model_validate(json.loads(params.model_dump_json())) == params
    assert all(
        "." not in path or path.startswith(("person.", "organization.")) for path in entry.paths(params)
    )


@each_entry
def test_what_it_names_must_exist(entry: Any, office: Office) -> None:
    """Ids far beyond what there is are found at publishing, each at its place."""
    examples = TRIGGERS if entry.type in TRIGGERS else ACTIONS
    text = json.dumps(examples[entry.type](office))
    spoilt = json.loads(
        text, parse_int=lambda digits: int(digits) if int(digits) < 3 and "days" in text else 987_654
    )
    if json.dumps(spoilt) == text:
        return
    own = entry.type in TRIGGERS
    made = (
        document(entry.type, do=[act("deal.win")], **spoilt)
        if own
        else document(f"{ON.get(entry.type, 'deal')}.updated", do=[act(entry.type, **spoilt)])
    )
    with pytest.raises(DocumentError) as refused:
        validate(made, office.actor("claire"))
    assert {problem.code for problem in refused.value.problems} == {"not_found"}
    for problem in refused.value.problems:
        at: Any = made
        for key in problem.pointer.split("/")[1:]:
            at = at[int(key) if isinstance(at, list) else key]
        assert at == problem.params["id"] or str(problem.params["id"]) in str(at)


def events_of_every_kind(office: Office) -> list[Event]:
    """A bit of everything that can happen to records."""
    claire = office.actor("claire")
    far = pipeline("Renewals", "Due", "Asked")
    made: list[tuple[str, int]] = []
    for record_type, title in (
        ("person", "name"),
        ("organization", "name"),
        ("lead", "title"),
        ("activity", "subject"),
        ("deal", "title"),
    ):
        with write(claire) as change:
            made.append((record_type, change.create(record_type, {title: "One"})))
        with write(claire) as change:
            change.update(record_type, made[-1][1], {title: "Two", "owner": office.users["ana"].pk})
    deal = made[-1][1]
    for stage in (office.stages[2], office.stages[0], office.stages[1], office.stages[2], far[1]):
        with write(claire) as change:
            deals.move_stage(change, deal, stage.pk)
    for verb in (deals.win, deals.reopen, deals.lose):
        with write(claire) as change:
            verb(change, deal)
    with write(claire) as change:
        change.create("deal", {"title": "Won at once", "stage": office.stages[1].pk, "status": "won"})
    for record_type, record_id in made:
        with write(claire) as change:
            change.delete(record_type, record_id)
        with write(claire) as change:
            change.restore(record_type, record_id)
    return list(Event.objects.order_by("id"))


@each_trigger
def test_keys_agree_with_matches(type: str, office: Office) -> None:
    """Nothing that matches is missed by the index, and the example is matched by something."""
    from relance.records.unit_of_work import UnitOfWork

    entry = registry.triggers[type]
    params = entry.Params.model_validate(TRIGGERS[type](office))
    keys = set(entry.keys(params))
    assert keys and all(key.record_type == entry.record_type(params) for key in keys)
    events = events_of_every_kind(office)
    uow = UnitOfWork()
    matched = 0
    for event in events:
        view = EventView(event.record_type, event.record_id, event.kind, event.changes, event.record)
        world = scope_for(uow, event.record, office.actor("claire")).world
        if entry.matches(params, view, world):
            matched += 1
            assert keys & set(keys_of(view))
    assert 0 < matched < len(events)


@each_action
def test_it_acts_within_its_change(type: str, office: Office, deal: int) -> None:
    if type == "deal.reopen":
        with write(office.actor("claire")) as change:
            deals.win(change, deal)
    record = started_by(type, deal, office)
    before = Event.objects.count()
    events, notices = perform(
        type, ACTIONS[type](office), *record, office.actor("claire"), actor_id=office.users["tom"].pk
    )
    assert events or notices
    assert Event.objects.count() == before + len(events)
    assert all(
        event.actor_id == office.users["claire"].pk and event.origin == "automation" for event in events
    )
    if notices:
        told = [user for user, _text in notices]
        assert len(told) == len(set(told))


@each_action
def test_done_twice_it_changes_nothing_more(type: str, office: Office, deal: int) -> None:
    if type in NEW_EACH_TIME:
        return
    claire, record = office.actor("claire"), started_by(type, deal, office)
    perform(type, ACTIONS[type](office), *record, claire)
    assert perform(type, ACTIONS[type](office), *record, claire)[0] == []


@each_action
def test_without_the_right_it_fails_and_leaves_nothing(type: str, office: Office, deal: int) -> None:
    rita = office.actor("rita")
    before = Event.objects.count()
    if type in {"notify", "email.send"}:
        return
    with write(office.actor("claire")) as change:
        change.update("deal", deal, {"status": "lost" if type == "deal.reopen" else "open"})
    record = started_by(type, deal, office)
    before = Event.objects.count()
    with pytest.raises(StepFailure) as failed:
        perform(type, ACTIONS[type](office), *record, rita)
    assert failed.value.code == "forbidden"
    assert Event.objects.count() == before
    assert_explained(failed.value, office)


@each_action
def test_on_a_deleted_record_it_fails_readably_or_needs_none(type: str, office: Office, deal: int) -> None:
    claire, (record_type, record_id) = office.actor("claire"), started_by(type, deal, office)
    with write(claire) as change:
        change.delete(record_type, record_id)
    params = {**ACTIONS[type](office)}
    if "target" in registry.actions[type].Params.model_fields:
        if type == "record.update":
            params["values"] = {"title": {"from": "fixed", "value": "Back"}}
        with pytest.raises(StepFailure) as failed:
            perform(type, {**params, "target": "record"}, record_type, record_id, claire, kind="deleted")
        assert failed.value.code == "record_gone"
        assert_explained(failed.value, office)
    else:
        events, notices = perform(type, params, record_type, record_id, claire, kind="deleted")
        assert events or notices


@each_action
def test_without_its_parent_it_fails_readably(type: str, office: Office) -> None:
    with write(office.actor("claire")) as change:
        activity = change.create("activity", {"subject": "Alone"})
    if "target" not in registry.actions[type].Params.model_fields:
        return
    params = {**ACTIONS[type](office), "target": ON.get(type, "deal")}
    with pytest.raises(StepFailure) as failed:
        perform(type, params, "activity", activity, office.actor("claire"))
    assert failed.value.code == "no_parent"
    assert_explained(failed.value, office)


def test_what_a_record_refuses_is_told_in_every_language(office: Office, deal: int) -> None:
    params = {"values": {"title": {"from": "field", "path": "lost_reason", "fallback": None}}}
    with pytest.raises(StepFailure) as failed:
        perform("record.update", params, "deal", deal, office.actor("claire"))
    assert failed.value.code == "invalid"
    assert set(failed.value.params["problems"]) == {"en", "fr"}
    assert_explained(failed.value, office)


def test_a_conflict_is_the_engine_s_business(
    office: Office, deal: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overtaken(change: Any, deal_id: int, **rest: Any) -> None:
        raise Conflict("deal", deal_id)

    monkeypatch.setattr(deals, "win", overtaken)
    with pytest.raises(Conflict):
        perform("deal.win", {}, "deal", deal, office.actor("claire"))


def test_a_task_for_a_deleted_person_names_them_and_is_not_linked_to_them(office: Office) -> None:
    claire = office.actor("claire")
    with write(claire) as change:
        organization = change.create("organization", {"name": "Hôtel des Quais"})
        person = change.create("person", {"name": "Jeanne Kerbrat", "organization": organization})
    with write(claire) as change:
        change.delete("person", person)
    params = {
        "record": "activity",
        "link": True,
        "values": {"subject": {"from": "text", "template": "Write to {{ name }} of {{ organization.name }}"}},
    }
    [event], _notices = perform("record.create", params, "person", person, claire, kind="deleted")
    task = load_one("activity", event.record_id)
    assert task is not None
    assert task["subject"] == "Write to Jeanne Kerbrat of Hôtel des Quais"
    assert (task["person"], task["organization"]) == (None, organization)


def test_a_new_record_belongs_to_what_started_it_and_to_its_parents(office: Office, deal: int) -> None:
    claire = office.actor("claire")
    stored = load_one("deal", deal)
    assert stored is not None
    params = {"record": "activity", "values": {"subject": {"from": "fixed", "value": "Call"}}}
    [event], _notices = perform("record.create", params, "deal", deal, claire)
    made = event.record
    assert (made["deal"], made["person"], made["organization"]) == (
        deal,
        stored["person"],
        stored["organization"],
    )
    [event], _notices = perform("record.create", {**params, "link": False}, "deal", deal, claire)
    assert (event.record["deal"], event.record["person"]) == (None, None)
    [event], _notices = perform("record.create", params, "activity", event.record_id, claire)
    assert event.record["deal"] is None


def test_nobody_is_told_twice_and_who_left_is_not_told(office: Office, deal: int) -> None:
    office.users["tom"].is_active = False
    office.users["tom"].save()
    to = [f"user:{office.users['ana'].pk}", f"team:{office.team.pk}"]
    _events, notices = perform("notify", {"to": to, "text": "Look"}, "deal", deal, office.actor("claire"))
    assert notices == [(office.users["ana"].pk, "Look")]
    with pytest.raises(StepFailure) as failed:
        perform(
            "notify",
            {"to": [f"user:{office.users['tom'].pk}"], "text": "x"},
            "deal",
            deal,
            office.actor("claire"),
        )
    assert failed.value.code == "nobody_to_tell"
    assert_explained(failed.value, office)


def test_a_field_without_fallback_stays_without_one_when_published(office: Office) -> None:
    values = {"subject": {"from": "field", "path": "title"}}
    made = automation(
        "deal.created",
        do=[act("record.create", record="activity", values=values)],
        owner=office.actor("claire"),
    )
    assert made.version is not None
    assert made.version.document["steps"][0]["params"]["values"] == values
    assert publish.problems(made, made.version.document) == []


def assert_explained(failed: StepFailure, office: Office) -> None:
    """A failure survives JSON, and has sentences of its own in both languages."""
    stored = json.loads(json.dumps({"code": failed.code, "params": failed.params}))
    for language in ("en", "fr"):
        with translation.override(language):
            found = failure(stored, Names.now(owner_id=office.users["claire"].pk))
        assert found.what and found.why
        assert failed.code not in found.why and "%(" not in found.what + found.why + found.remedy
