"""What people read: conditions, verdicts, automations, failures, problems. Sentences are compared without tags."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.utils import translation

from relance.automation.core.blocks import ConditionBlock
from relance.automation.core.conditions import compile_groups
from relance.automation.core.definition import DocumentError
from relance.automation.core.operators import OPERATORS
from relance.automation.core.problems import Problem
from relance.automation.explain.conditions import groups_clause, row_clause, verdict_lines
from relance.automation.explain.failures import failure, not_started
from relance.automation.explain.names import Names
from relance.automation.explain.problems import problem_sentence
from relance.automation.sentences import audience_sentence, block_sentence, document_sentence
from relance.automation.validity import validate
from relance.lib.kinds import Kind
from relance.lib.shapes import Shape
from relance.records import display, fields
from relance.records.configuration import current
from relance.records.models import Label
from relance.records.unit_of_work import UnitOfWork, write
from tests.builders import act, condition, document, every_path, first_path, path, row, update
from tests.integration.automation.conftest import Office
from tests.steps import scope_for


def plain(sentence: Any) -> str:
    return unescape(re.sub(r"</?b>", "", str(sentence)))


def groups_of(*groups: list[Any]) -> Any:
    return ConditionBlock.model_validate({"id": "b1", **condition(*groups)}).groups


@pytest.fixture
def names(office: Office) -> Names:
    claire = office.actor("claire")
    return Names.now(claire, owner_id=claire.user_id)


def test_a_whole_automation(office: Office, names: Names) -> None:
    made = document(
        "deal.created",
        ["value > 1000"],
        [update(of="organization", rating="A")],
        scope={"kind": "teams", "ids": [office.team.pk]},
    )
    assert str(document_sentence(made, names)) == (
        "When a deal is created by somebody in <b>UK</b> and value is over <b>€1,000</b>"
        " → set the organization’s rating to <b>A</b>"
    )
    assert plain(audience_sentence(made, names)) == "Everybody in UK"


def test_in_french_names_of_fields_stand_in_quotation_marks(office: Office, names: Names) -> None:
    made = document("deal.created", ["value > 1000"], [update(of="organization", rating="A")])
    with translation.override("fr"):
        sentence = plain(document_sentence(made, names))
    assert "1\u202f000\u00a0€" in sentence
    assert [name.strip() for name in re.findall("«([^«»]*)»", sentence)] == ["Valeur", "Notation"]
    assert not re.search("«[^»]*«", sentence)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (lambda office: document("stage.passed", stage=office.stages[0].pk), "When a deal passes Qualified"),
        (
            lambda office: document(
                "stage.entered", stage=office.stages[1].pk, scope={"kind": "me", "ids": []}
            ),
            "When a deal is moved to Proposal sent by me",
        ),
        (
            lambda office: document(
                "field.changed",
                record="organization",
                field="rating",
                **{"from": "A", "to": "B"},
                scope={"kind": "users", "ids": [office.users["ana"].pk, office.users["ben"].pk]},
            ),
            "When an organization’s rating is changed from A to B by Ana or Ben",
        ),
        (
            lambda office: document(
                "deal.lost",
                do=[condition(), act("deal.reopen"), condition(["probability > 5"]), {"kind": "stop"}],
            ),
            "When a deal is lost → reopen the deal → only if probability is over 5% → stop here",
        ),
        (
            lambda office: document(
                "person.updated",
                do=[
                    condition(
                        ["name is Ann", row("organization.country is", "FR")],
                        [row("labels any_of", [first_label()])],
                    )
                ],
            ),
            "When a person is updated, if name is Ann and the organization’s country is France, or labels contain Hot",
        ),
        (lambda office: document("deal.won", do=[{"kind": "action"}]), "When a deal is won → …"),
        (
            lambda office: document(
                "deal.won",
                ["value > 50"],
                do=[
                    first_path(
                        path(act("deal.reopen"), act("deal.win"), when=["value > 1000"], name="Big"),
                        path({"kind": "stop"}, when=["source is phone"]),
                        otherwise=[act("deal.win")],
                    ),
                    act("deal.reopen"),
                ],
            ),
            "When a deal is won and value is over €50 → if value is over €1,000: reopen the deal, then mark the deal "
            "as won; otherwise, if source is Phone call: stop here; otherwise: mark the deal as won → afterwards: "
            "reopen the deal",
        ),
        (
            lambda office: document(
                "deal.won",
                do=[
                    every_path(
                        path(act("deal.reopen")),
                        path(first_path(path(act("deal.win"), when=["value > 1"])), when=["value > 9"]),
                        {"id": "p9", "steps": []},
                        otherwise=[act("deal.win")],
                    )
                ],
            ),
            "When a deal is won → always: reopen the deal; if value is over €9: (if value is over €1: mark the deal as "
            "won); if …: do nothing; if none of this holds: mark the deal as won",
        ),
    ],
)
def test_whole_automations(office: Office, names: Names, made: Any, expected: str) -> None:
    assert plain(document_sentence(made(office), names)) == expected


def first_label() -> int:
    return Label.objects.values_list("pk", flat=True)[0]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_operator_of_every_kind_has_words(office: Office, names: Names, language: str) -> None:
    samples: dict[Kind, tuple[str, Any]] = {
        Kind.TEXT: ("title", "Bar"),
        Kind.LONG_TEXT: ("title", "Bar"),
        Kind.CHOICE: ("source", "phone"),
        Kind.NUMBER: ("probability", 50),
        Kind.MONEY: ("value", {"amount": 100_000, "currency": "EUR"}),
        Kind.DATE: ("expected_close", "2026-03-02"),
        Kind.DATETIME: ("stage_since", "2026-03-02"),
        Kind.USER: ("owner", office.users["ana"].pk),
        Kind.STAGE: ("stage", office.stages[0].pk),
        Kind.PIPELINE: ("pipeline", office.stages[0].pipeline_id),
        Kind.MULTI_CHOICE: ("labels", first_label()),
        Kind.LINK: ("organization", 999),
        Kind.EMAILS: ("person.emails", "x"),
        Kind.PHONES: ("person.phones", "x"),
        Kind.PARTICIPANTS: ("participants", None),
    }
    for kind, (key, value) in samples.items():
        about = names.about("activity") if kind is Kind.PARTICIPANTS else names
        for op, operator in OPERATORS[kind].items():
            if kind is Kind.LONG_TEXT:
                continue
            given: dict[str, Any] = {
                Shape.NONE: {},
                Shape.MANY: {"value": [value]},
                Shape.RANGE: {"value": [value, value]},
                Shape.TEXT: {"value": "Bar"},
                Shape.DAYS: {"value": 7},
                Shape.TEAM: {"value": office.team.pk},
                Shape.FROM_TO: {"value": value, "from": value},
            }.get(operator.shape, {"value": value})
            (group,) = groups_of([{"field": key, "op": op, **given}])
            with translation.override(language):
                clause = plain(row_clause(group.rows[0], about))
            assert clause and "%(" not in clause and "…" not in clause, (kind, op)
            assert "no longer" not in clause, (kind, op)
            # A draft may have none yet.
            (unfinished,) = groups_of([{"field": key, "op": op}])
            assert row_clause(unfinished.rows[0], about)


def test_a_verdict_says_what_was_seen(office: Office, names: Names) -> None:
    claire = office.actor("claire")
    with write(claire) as change:
        organization = change.create("organization", {"name": "Hôtel", "country": "FR"})
        deal = change.create(
            "deal",
            {"title": "Bar", "value": {"amount": 98_000, "currency": "EUR"}, "organization": organization},
        )
        other = change.create("deal", {"title": "Bar", "value": {"amount": 98_000, "currency": "GBP"}})
    first, second, third = (stage.pk for stage in office.stages)
    groups = groups_of(
        ["value > 1000", row("source is", "phone"), row("stage changed_to", second)],
        [
            row("organization.country is", "FR"),
            row("stage changed_from", second),
            row("title changed"),
            row("nope is", 1),
        ],
    )
    lines = verdict_lines(groups, verdict(groups, deal, claire, {"stage": [first, third]}), names)
    assert [[(plain(each.whole), each.truth) for each in line.rows] for line in lines] == [
        [
            ("Value is over €1,000 — was €980", False),
            ("Source is Phone call — was empty", False),
            ("Stage has changed to Proposal sent — went from Qualified to Negotiation", False),
        ],
        [
            ("The organization’s country is France — was France", True),
            ("Stage has changed from Proposal sent — went from Qualified to Negotiation", False),
            ("Title has changed — did not change", False),
            (
                "A field that no longer exists (nope) fits — it refers to something that no longer exists",
                None,
            ),
        ],
    ]
    assert [line.truth for line in lines] == [False, False]
    (line,) = verdict_lines(groups[:1], verdict(groups[:1], other, claire, {}), names)
    assert plain(line.rows[0].whole) == "Value is over €1,000 — there is no exchange rate for GBP"


def verdict(groups: Any, deal: int, owner: Any, changes: dict[str, Any]) -> Any:
    uow = UnitOfWork()
    record = uow.get("deal", deal)
    assert record is not None
    return compile_groups(groups, "deal", fields).verdict(scope_for(uow, record, owner, changes=changes))


def test_me_is_the_owner(office: Office, names: Names) -> None:
    (group,) = groups_of([row("owner me")])
    assert plain(row_clause(group.rows[0], names)) == "owner is me"
    ana = Names.now(office.actor("ana"), owner_id=office.users["claire"].pk)
    assert plain(row_clause(group.rows[0], ana)) == "owner is Claire"


def test_the_condition_on_its_card(names: Names) -> None:
    assert plain(block_sentence({"kind": "condition", "groups": []}, names)) == "Always"
    two = condition(["value > 1000", row("source is", "phone")], [row("source one_of", ["phone", "website"])])
    assert plain(block_sentence(two, names)) == (
        "Only if value is over €1,000 and source is Phone call, or source is Phone call or Website"
    )
    assert plain(groups_clause((), names)) == "always"


@pytest.mark.parametrize(
    "broken",
    [
        None,
        [],
        "x",
        {},
        {"kind": "action"},
        {"kind": "action", "type": "nope"},
        {"kind": 5},
        {"kind": "action", "type": "deal.move_stage", "params": []},
        {"kind": "condition", "groups": [{"rows": []}]},
        {"kind": "condition", "groups": 5},
        {
            "kind": "action",
            "type": "record.update",
            "params": {"target": "moon", "values": {"nope": {"from": "actor"}}},
        },
        {
            "kind": "action",
            "type": "notify",
            "params": {"to": ["team:9"], "text": "{{ moon.size }} {{ x.y.z }}"},
        },
        {
            "kind": "action",
            "type": "record.update",
            "params": {
                "values": {
                    "value": {"from": "fixed", "value": "x"},
                    "labels": {"from": "fixed", "value": [["x"]]},
                }
            },
        },
        {"kind": "condition", "groups": [{"rows": [{"field": "value", "op": "gt", "value": "a lot"}]}]},
        {"kind": "condition", "groups": [{"rows": [{"field": "labels", "op": "any_of", "value": [{}]}]}]},
        {
            "kind": "condition",
            "groups": [{"rows": [{"field": "expected_close", "op": "is", "value": "soon"}]}],
        },
        {"kind": "condition", "groups": [{"rows": [{"field": "emails.x", "op": "between", "value": 5}]}]},
        {"kind": "branch"},
        {"kind": "branch", "paths": 5, "otherwise": 5},
        {"kind": "branch", "paths": [5, {"groups": 5, "steps": 5}, {"name": 5, "steps": [5]}]},
    ],
)
def test_a_broken_draft_breaks_no_page(names: Names, broken: Any) -> None:
    block_sentence(broken, names)
    document_sentence({"trigger": broken, "steps": [broken]}, names)
    won = {"type": "deal.won", "params": {}}
    assert plain(document_sentence({"trigger": won, "scope": broken, "steps": [broken]}, names)).startswith(
        "When a deal"
    )
    assert audience_sentence({"scope": broken}, names)


def test_values_in_the_language_of_the_reader(office: Office) -> None:
    configuration = current()
    deal = fields.fields_of("deal")

    def shown(key: str, value: Any, record_type: str = "deal") -> str:
        return display.display(fields.field(record_type, key), value, configuration, lambda *_: None)

    money = {"amount": 100_000, "currency": "EUR"}
    assert (shown("value", money), shown("value", {**money, "amount": 98_050})) == ("€1,000", "€980.50")
    assert shown("value", {"amount": 1200, "currency": "JPY"}) == "¥1,200"
    assert shown("expected_close", "2026-03-02") == "2 Mar 2026"
    assert shown("stage", office.stages[0].pk) == "Qualified"
    assert shown("owner", 987) == "(deleted)"
    assert shown("organization", 987) == "(deleted or not visible)"
    assert shown("labels", [first_label()]) == "Hot"
    assert (
        shown("emails", [{"value": "a@b.example", "kind": "work", "primary": True}], "person")
        == "a@b.example"
    )
    assert all(display.display(field, None, configuration, lambda *_: None) == "" for field in deal.values())
    with translation.override("fr"):
        assert shown("value", money) == "1\u202f000\u00a0€"
        assert shown("expected_close", "2026-03-02") == "2 mars 2026"
        assert shown("probability", 50) == "50\u00a0%"
        assert shown("country", "GB", "organization") == "Royaume-Uni"


GUARD = ("own_effect", "too_deep", "too_many_chained", "too_many_on_record")
VALUE = (
    "empty",
    "empty_placeholder",
    "hidden",
    "broken",
    "no_actor",
    "kind_mismatch",
    "not_a_choice",
    "bad_template",
)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    "code", [*GUARD, *VALUE, "condition_unknown", "internal", "not_written", "nobody_to_tell"]
)
def test_every_failure_of_the_engine_has_sentences(names: Names, code: str, language: str) -> None:
    params = {
        "limit": 3,
        "depth": 10,
        "runs": [1],
        "run": 1,
        "path": "organization.name",
        "error": "KeyError",
        "step": "steps/1",
    }
    with translation.override(language):
        found = failure({"code": code, "params": params}, names)
    assert found.what and found.why
    assert f"“{code}”" not in found.why, "it has no sentence of its own"


def test_an_unknown_failure_is_still_said(names: Names) -> None:
    assert "from_the_future" in failure({"code": "from_the_future", "params": None}, names).why
    assert all(
        not_started(reason, names) for reason in ("off", "owner_inactive", "owner_reads", "hidden", "not_met")
    )


def test_a_failure_says_what_and_why(office: Office) -> None:
    names = Names.now(office.actor("ana"), owner_id=office.users["tom"].pk)
    found = failure({"code": "forbidden", "params": {"verb": "change", "record_type": "deal"}}, names)
    assert plain(found.what) == "The deal was left as it was."
    assert plain(found.why) == "The automation acts with the rights of Tom, who may not do this to it."
    found = failure({"code": "no_parent", "params": {"record_type": "deal", "link": "organization"}}, names)
    assert plain(found.why) == "The deal is not linked to any: organization is empty."
    problems = {"en": {"title": "Please fill this in."}, "fr": {"title": "À remplir."}}
    refused = {"code": "invalid", "params": {"problems": problems}}
    assert plain(failure(refused, names).why) == "Title: Please fill this in."
    with translation.override("fr"):
        assert "À remplir." in plain(failure(refused, names).why)


def test_every_problem_of_a_document_has_a_sentence_of_its_own(office: Office, names: Names) -> None:
    claire = office.actor("claire")
    bad = [
        {"schema": 7},
        {
            "schema": 1,
            "trigger": {"type": "x"},
            "steps": [{"kind": "nope"}, 5, {"kind": "stop"}],
            "origins": ["user", "user"],
        },
        document(
            "deal.created",
            [row("stage changed_to", 1), row("nope is", 1), row("source gt", 1), row("title is", "")],
            [act("x")],
        ),
        document(
            "deal.updated",
            [row("value between", [])],
            [act("notify", to=[], text="{{"), act("deal.win", surprise=1)],
        ),
        document(
            "deal.updated",
            do=[act("record.create", record="activity"), update(of="lead", x=1), update(won_at="x")],
        ),
    ]
    for made in bad:
        with pytest.raises(DocumentError) as refused:
            validate(made, claire)
        for problem in refused.value.problems:
            sentence = plain(problem_sentence(problem, names))
            assert sentence and "%(" not in sentence
            assert sentence != "This is not acceptable." or problem.code == "invalid", problem
    assert plain(problem_sentence(Problem("/x", "from_the_future"), names)) == "This is not acceptable."
