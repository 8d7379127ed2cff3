from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from relance.automation.core.paths import PlainField
from relance.automation.core.values import Value, ValueProblem, fits, resolve, value_fault
from relance.lib.kinds import Kind
from tests.unit.automation.core.samples import CATALOGUE, DEAL, scope
from tests.unit.automation.core.test_placeholders import PlainFormatter

VALUE: TypeAdapter[Value] = TypeAdapter(Value)


def made(expression: dict[str, Any], target: str, record: dict[str, Any] | None = None, **others: Any) -> Any:
    value = VALUE.validate_python(expression)
    assert value_fault(value, DEAL[target], "deal", CATALOGUE) is None
    return resolve(value, DEAL[target], scope(record, **others), CATALOGUE, PlainFormatter())


def refusal(
    expression: dict[str, Any], target: str, record: dict[str, Any] | None = None, **others: Any
) -> str:
    value = VALUE.validate_python(expression)
    with pytest.raises(ValueProblem) as refused:
        resolve(value, DEAL[target], scope(record, **others), CATALOGUE, PlainFormatter())
    return refused.value.code


@pytest.mark.parametrize(
    ("expression", "target", "record", "result"),
    [
        ({"from": "fixed", "value": 3}, "count", {}, 3),
        ({"from": "fixed", "value": None}, "count", {}, None),
        ({"from": "field", "path": "title"}, "notes", {"title": "a"}, "a"),
        ({"from": "field", "path": "notes"}, "title", {"notes": "a\nb"}, "a b"),
        ({"from": "field", "path": "organization.owner"}, "owner", {"organization": 12}, 6),
        ({"from": "field", "path": "trigger.user"}, "owner", {}, 5),
        (
            {"from": "field", "path": "value"},
            "title",
            {"value": {"amount": 150, "currency": "EUR"}},
            "1.50 EUR",
        ),
        ({"from": "field", "path": "vip"}, "title", {"vip": False}, "no"),
        (
            {"from": "field", "path": "close"},
            "met",
            {"close": "2026-03-01"},
            "2026-03-01T08:00:00.000000+00:00",
        ),
        ({"from": "field", "path": "met"}, "close", {"met": "2026-02-28T23:30:00+00:00"}, "2026-03-01"),
        ({"from": "field", "path": "close", "fallback": "2026-01-01"}, "close", {}, "2026-01-01"),
        ({"from": "field", "path": "close", "fallback": None}, "close", {}, None),
        ({"from": "field", "path": "organization"}, "organization", {"organization": 12}, 12),
        ({"from": "field", "path": "before.count"}, "count", {"count": 0}, 0),
        ({"from": "text", "template": "Call {{ title }}"}, "title", {"title": "a\nb"}, "Call a b"),
        ({"from": "text", "template": "a\n{{ title }}"}, "notes", {"title": "b"}, "a\nb"),
        (
            {"from": "text", "template": "a@{{ title }}"},
            "emails",
            {"title": "b.example"},
            [{"value": "a@b.example", "kind": "work", "primary": True}],
        ),
        ({"from": "today"}, "close", {}, "2026-03-11"),
        ({"from": "today", "days": 2}, "close", {}, "2026-03-13"),
        ({"from": "today", "days": -11}, "close", {}, "2026-02-28"),
        ({"from": "today", "days": 2}, "met", {}, "2026-03-13T08:00:00.000000+00:00"),
        # Summer time has begun by then.
        ({"from": "today", "days": 30}, "met", {}, "2026-04-10T07:00:00.000000+00:00"),
        ({"from": "actor"}, "owner", {}, 5),
    ],
)
def test_a_value_becomes_plain(
    expression: dict[str, Any], target: str, record: dict[str, Any], result: Any
) -> None:
    assert made(expression, target, record) == result


@pytest.mark.parametrize(
    ("expression", "target", "record", "code"),
    [
        ({"from": "field", "path": "close"}, "close", {}, "empty"),
        ({"from": "field", "path": "organization.owner"}, "owner", {}, "empty"),
        ({"from": "field", "path": "organization.owner"}, "owner", {"organization": 13}, "hidden"),
        (
            {"from": "field", "path": "organization.owner", "fallback": 5},
            "owner",
            {"organization": 13},
            "hidden",
        ),
        ({"from": "field", "path": "moon"}, "owner", {}, "broken"),
        ({"from": "field", "path": "owner"}, "title", {"owner": 99}, "broken"),
        ({"from": "field", "path": "title"}, "count", {"title": "3"}, "kind_mismatch"),
        ({"from": "field", "path": "organization.rating"}, "status", {"organization": 12}, "not_a_choice"),
        ({"from": "text", "template": "{{ title }}"}, "title", {}, "empty_placeholder"),
    ],
)
def test_a_value_that_cannot_be_had_says_why(
    expression: dict[str, Any], target: str, record: dict[str, Any], code: str
) -> None:
    assert refusal(expression, target, record) == code


def test_nobody_is_no_user() -> None:
    assert refusal({"from": "actor"}, "owner", actor_id=None) == "no_actor"


@pytest.mark.parametrize(
    ("expression", "target", "code", "at"),
    [
        ({"from": "fixed", "value": "3"}, "count", "wrong_type", ("value",)),
        ({"from": "fixed", "value": "moon"}, "status", "not_a_choice", ("value",)),
        (
            {"from": "fixed", "value": {"amount": 1, "currency": "?"}},
            "value",
            "unknown_currency",
            ("value", "currency"),
        ),
        ({"from": "fixed", "value": ["a"]}, "labels", "wrong_type", ("value", 0)),
        ({"from": "fixed", "value": [{"value": ""}]}, "emails", "blank", ("value", 0, "value")),
        (
            {"from": "fixed", "value": [{"value": "a", "kind": "x"}]},
            "emails",
            "not_a_choice",
            ("value", 0, "kind"),
        ),
        ({"from": "fixed", "value": [{}]}, "emails", "missing", ("value", 0, "value")),
        (
            {"from": "fixed", "value": [{"value": "a", "primary": True}, {"value": "b", "primary": True}]},
            "phones",
            "several_primaries",
            ("value", 1),
        ),
        ({"from": "field", "path": "moon"}, "title", "unknown_field", ("path",)),
        ({"from": "field", "path": "person"}, "organization", "kind_mismatch", ("path",)),
        ({"from": "field", "path": "count", "fallback": "x"}, "count", "wrong_type", ("fallback",)),
        ({"from": "text", "template": "{{ moon }}"}, "title", "unknown_field", ("template",)),
        ({"from": "text", "template": "x"}, "count", "kind_mismatch", ("from",)),
        ({"from": "today"}, "title", "kind_mismatch", ("from",)),
        ({"from": "actor"}, "title", "kind_mismatch", ("from",)),
    ],
)
def test_a_value_that_does_not_fit_its_field_is_named(
    expression: dict[str, Any], target: str, code: str, at: tuple[str | int, ...]
) -> None:
    fault = value_fault(VALUE.validate_python(expression), DEAL[target], "deal", CATALOGUE)
    assert fault is not None
    assert (fault.code, fault.at) == (code, at)


def test_a_value_is_written_back_as_it_was_read() -> None:
    for expression in ({"from": "today", "days": 2}, {"from": "fixed", "value": [1, "a"]}, {"from": "actor"}):
        assert VALUE.dump_python(VALUE.validate_python(expression), by_alias=True) == expression


@pytest.mark.parametrize("expression", [{"from": "fixed", "value": 1, "more": 1}, {"from": "moon"}, {}, 3])
def test_other_sources_are_refused(expression: Any) -> None:
    with pytest.raises(ValidationError):
        VALUE.validate_python(expression)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_fits_itself_and_shows_as_text(kind: Kind) -> None:
    field = PlainField("x", kind, target="deal" if kind is Kind.LINK else None)
    assert fits(field, field)
    assert fits(field, PlainField("t", Kind.TEXT))
