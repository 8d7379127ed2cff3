from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.automation.core.paths import FieldRef, UnknownField, owner_type
from relance.automation.core.placeholders import (
    EmptyPlaceholder,
    Placeholder,
    PlaceholderError,
    TemplateError,
    locate_shown,
    parse_template,
    render,
    used_paths,
)
from tests.unit.automation.core.samples import CATALOGUE, scope, world


class PlainFormatter:
    def number(self, value: int, /) -> str:
        return f"{value:,}"

    def money(self, value: dict[str, Any], /) -> str:
        return f"{value['amount'] / 100:.2f} {value['currency']}"

    def date(self, value: date, /) -> str:
        return f"{value:%d/%m/%Y}"

    def datetime(self, value: datetime, /) -> str:
        return f"{value:%d/%m/%Y %H:%M}"

    def boolean(self, value: bool, /) -> str:
        return "yes" if value else "no"

    def choice(self, record_type: str, field: FieldRef, value: str, /) -> str:
        return f"{owner_type(record_type, field)}:{value}"

    def link(self, record_type: str, id: int, /) -> str:
        return f"https://crm.example/{record_type}/{id}"


def shown(template: str, record: dict[str, Any] | None = None, **others: Any) -> str:
    return render(template, scope(record, **others), CATALOGUE, PlainFormatter())


@pytest.mark.parametrize(
    ("template", "record", "text"),
    [
        ("no placeholder { } }} at all", {}, "no placeholder { } }} at all"),
        ("Call {{title}}!", {"title": "Ana"}, "Call Ana!"),
        ("{{ title }}{{ title }}", {"title": "a"}, "aa"),
        ("{{ count }}", {"count": 1200}, "1,200"),
        ("{{ value }}", {"value": {"amount": 1250, "currency": "EUR"}}, "12.50 EUR"),
        ("{{ close }}", {"close": "2026-03-01"}, "01/03/2026"),
        ("{{ met }}", {"met": "2026-02-28T23:30:00.000000+00:00"}, "01/03/2026 00:30"),
        ("{{ vip }}", {"vip": False}, "no"),
        ("{{ status }}", {"status": "won"}, "deal:won"),
        ("{{ organization.rating }}", {"organization": 12}, "organization:A"),
        ("{{ organization.name }}", {"organization": 12}, "Acme"),
        ("{{ organization }}", {"organization": 12}, "Acme"),
        (
            "{{ owner }}, {{ stage }}, {{ pipeline }}",
            {"owner": 5, "stage": 2, "pipeline": 1},
            "Ana, Offer, Sales",
        ),
        ("{{ labels }}", {"labels": [8, 9, 77]}, "Hot, Key account"),
        (
            "{{ emails }}",
            {
                "emails": [
                    {"value": "a@x.example", "primary": False},
                    {"value": "b@x.example", "primary": True},
                ]
            },
            "b@x.example",
        ),
        ("{{ trigger.user }} by {{ trigger.origin }}", {}, "Ana by deal:user"),
        ("{{ record.link }}", {}, "https://crm.example/deal/1"),
        ('{{ title | or "there" }}', {"title": "Ana"}, "Ana"),
        ('{{title|or "there"}}', {"title": None}, "there"),
        ('{{ title | or "a \\"b\\" \\\\ }} {{" }}', {}, 'a "b" \\ }} {{'),
        ('{{ title | or "" }}', {}, ""),
        ('{{ organization.name | or "no company" }}', {}, "no company"),
        ("{{ title }}", {"title": "{{ notes }}"}, "{{ notes }}"),
    ],
)
def test_a_placeholder_shows_what_people_would_read(template: str, record: dict[str, Any], text: str) -> None:
    assert shown(template, record) == text


def test_a_value_can_be_shown_as_it_was_before() -> None:
    assert shown("{{ before.title }} → {{ title }}", {"title": "b"}, changes={"title": ["a", "b"]}) == "a → b"


@pytest.mark.parametrize("record", [{}, {"organization": 14}, {"labels": [77]}, {"title": "  "}])
def test_a_placeholder_without_anything_to_show_fails_by_name(record: dict[str, Any]) -> None:
    path = next(iter({"labels", "title"} & set(record)), "organization.name")
    with pytest.raises(EmptyPlaceholder) as refused:
        shown(f"Hello {{{{ {path} }}}}", record)
    assert (refused.value.path, refused.value.code) == (path, "empty_placeholder")


def test_a_fallback_is_not_for_what_may_not_be_seen() -> None:
    with pytest.raises(PlaceholderError) as refused:
        shown('{{ organization.name | or "x" }}', {"organization": 13})
    assert refused.value.code == "hidden"


def test_a_field_that_is_gone_is_broken() -> None:
    with pytest.raises(PlaceholderError) as refused:
        shown('{{ moon | or "x" }}')
    assert refused.value.code == "broken"


@pytest.mark.parametrize(
    ("template", "code", "position"),
    [
        ("Hi {{ title", "unclosed_placeholder", 3),
        ("{{}}", "bad_path", 2),
        ("{{ 1a }}", "bad_path", 3),
        ("{{ first name }}", "bad_path", 9),
        ("{{ title | upper }}", "bad_filter", 11),
        ("{{ title | orange }}", "bad_filter", 11),
        ("{{ title | or there }}", "bad_fallback", 14),
        ('{{ title | or "there }}', "bad_fallback", 14),
        ('{{ title | or "a" "b" }}', "bad_fallback", 18),
        ("{{ title.__class__() }}", "bad_path", 18),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(template: str, code: str, position: int) -> None:
    with pytest.raises(TemplateError) as refused:
        parse_template(template)
    assert (refused.value.code, refused.value.position) == (code, position)


def test_the_paths_of_a_text_are_listed_once() -> None:
    assert used_paths('{{ a }} {{ b.c | or "d" }} {{ a }}') == ("a", "b.c")


@given(st.text(alphabet='{}|"\\ or.a1\n'))
def test_any_text_is_read_or_refused(template: str) -> None:
    try:
        parts = parse_template(template)
    except TemplateError as error:
        assert 0 <= error.position <= len(template)
    else:
        literals = [part for part in parts if isinstance(part, str)]
        assert all("{{" not in literal for literal in literals)
        assert bool("{{" in template) == any(isinstance(part, Placeholder) for part in parts)


@given(st.text())
def test_any_fallback_can_be_written(fallback: str) -> None:
    quoted = fallback.replace("\\", "\\\\").replace('"', '\\"')
    assert parse_template(f'{{{{ a | or "{quoted}" }}}}') == (Placeholder("a", fallback, 0),)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{ trigger.user.name }} <{{ trigger.user.email }}>", "Ana <ana@kestrel.example>"),
        ("{{ owner.name }}: {{ owner.email }}", "Ana: ana@kestrel.example"),
        ("{{ today }}", "11/03/2026"),
        ("{{ before.count }} → {{ count }}", "1 → 2"),
        ("{{ person.employer.name }}", "Acme"),
        ('{{ organization.owner.email | or "nobody" }}', "nobody"),
    ],
)
def test_users_days_and_what_was_before(template: str, text: str) -> None:
    seen = world()
    seen.records[("person", 3)] = {"id": 3, "name": "Ann", "employer": 12}
    record = {"owner": 5, "count": 2, "person": 3, "organization": 12}
    about = scope(record, {"count": [1, 2]}, world=seen)
    assert render(template, about, CATALOGUE, PlainFormatter()) == text


@pytest.mark.parametrize("path", ["title.name", "owner.phone", "today.name", "trigger.origin.email", ".name"])
def test_only_users_have_a_name_and_an_address(path: str) -> None:
    with pytest.raises(UnknownField):
        locate_shown("deal", path, CATALOGUE)
