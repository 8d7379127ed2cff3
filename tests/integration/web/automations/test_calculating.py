"""Comparisons with fields and calculations in the editor: typed, kept, shown again, and refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relance.accounts.people import actor_for
from relance.automation import publish
from relance.automation.models import Automation
from relance.records.unit_of_work import write
from tests.integration.web.automations.conftest import document
from tests.integration.web.automations.test_editing import draft, post

Make = Callable[..., Automation]
Window = Callable[..., Client]


@pytest.fixture
def made(automation: Make) -> Automation:
    return automation()


def apply(client: Client, made: Automation, block: str, **typed: str) -> Any:
    return post(client, made, f"panel/{block}/apply/", **typed)


def row_of(made: Automation) -> dict[str, Any]:
    found: dict[str, Any] = draft(made)["steps"][0]["groups"][0]["rows"][0]
    return found


def value_of(made: Automation, key: str) -> Any:
    return draft(made)["steps"][1]["params"]["values"][key]


def of_row(op: str, mode: str, **typed: str) -> dict[str, str]:
    head = {"g0-r0-field": "value", "g0-r0-op": op, "g0-r0-with": mode}
    return head | {f"g0-r0-{key.replace('_', '-')}": text for key, text in typed.items()}


def of_deal(**typed: str) -> dict[str, str]:
    return {"p-target": "record"} | {
        f"p-values-{key.replace('__', '-')}": text for key, text in typed.items()
    }


def shown(client: Client, made: Automation, block: str) -> str:
    return client.get(f"/automations/{made.pk}/panel/{block}/").content.decode()


@pytest.mark.parametrize(
    ("op", "mode", "typed", "against"),
    [
        ("gt", "field", {"o0": "before.value"}, [{"from": "field", "path": "before.value"}]),
        (
            "gt",
            "formula",
            {"o0_formula": "[Organization › Employees] * 1 000", "o0_default_organization.employees": "1.5"},
            [
                {
                    "from": "formula",
                    "formula": "organization.employees * 1000",
                    "defaults": {"organization.employees": 1.5},
                }
            ],
        ),
        (
            "between",
            "formula",
            {"o0_formula": "100", "o1_formula": "max([probability], 5)"},
            [
                {"from": "formula", "formula": "100"},
                {"from": "formula", "formula": "max(probability, 5)"},
            ],
        ),
    ],
)
def test_another_side_is_kept_and_shown_again(
    window: Window, made: Automation, op: str, mode: str, typed: dict[str, str], against: list[dict[str, Any]]
) -> None:
    client = window("claire")
    answer = apply(client, made, "b1", **of_row(op, mode, **typed))
    assert answer.status_code == 200, answer.content.decode()
    assert row_of(made) == {"field": "value", "op": op, "against": against}
    # Opened again and applied as it is, it stays as it is.
    page = shown(client, made, "b1")
    assert f'<option value="{mode}" selected>' in page
    publish.publish(made, actor_for(made.owner_id))


@pytest.mark.parametrize(
    ("mode", "typed", "said"),
    [
        ("formula", {"o0_formula": ""}, "Fill this in."),
        ("formula", {"o0_formula": "[Value] *"}, "something is missing at its end"),
        ("formula", {"o0_formula": "[Wealth] * 2"}, "There is no number called “Wealth” here"),
        ("formula", {"o0_formula": "[Value] * [Value]"}, "cannot be multiplied by another one"),
        ("formula", {"o0_formula": "title + 1"}, "is not a number"),
        ("formula", {"o0_formula": "import(1)"}, "“import” is not known"),
        ("formula", {"o0_formula": "probability", "o0_default_probability": "few"}, "This is not a number."),
        ("field", {"o0": ""}, "Fill this in."),
        ("field", {"o0": "title"}, "does not fit this field"),
        ("field", {"o0": "moon"}, "There is no field"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_input(
    window: Window, made: Automation, mode: str, typed: dict[str, str], said: str
) -> None:
    answer = apply(window("claire"), made, "b1", **of_row("gt", mode, **typed))
    page = answer.content.decode()
    assert answer.status_code == 422 and said in page
    assert 'aria-invalid="true"' in page
    assert row_of(made)["value"] == {"amount": 100_000, "currency": "EUR"}, "the draft stays"


def test_a_date_put_together(window: Window, made: Automation) -> None:
    client = window("claire")
    close = {
        "expected_close__from": "date",
        "expected_close__start": "created_at",
        "expected_close__m0__by": "2",
        "expected_close__m0__what": "-working_days",
        "expected_close__m1__what": "month_end",
        "expected_close__fallback": "2026-12-24",
    }
    answer = apply(client, made, "b2", **of_deal(**close))
    assert answer.status_code == 200, answer.content.decode()
    kept = {
        "from": "date",
        "start": "created_at",
        "moves": [{"by": -2, "unit": "working_days"}, {"to": "month_end"}],
        "fallback": "2026-12-24",
    }
    assert value_of(made, "expected_close") == kept
    page = shown(client, made, "b2")
    assert "As put together below" in page and 'value="2026-12-24"' in page


def test_a_ready_made_date_takes_the_place_of_another_and_can_be_moved_on(
    window: Window, made: Automation
) -> None:
    client = window("claire")
    chosen = of_deal(
        expected_close__from="date",
        expected_close__start="created_at",
        expected_close__preset="next_month",
    )
    chosen["p-values-expected_close-preset-was"] = ""
    page = post(client, made, "panel/b2/recast/", **chosen).content.decode()
    assert '<option value="next_month_start" selected>' in page
    assert '<option value="today" selected>' in page
    deed = {"do": "add-move:p-values-expected_close", "p-values-expected_close-preset-was": "next_month"}
    more = post(client, made, "panel/b2/recast/", **(chosen | deed)).content.decode()
    assert (
        'name="p-values-expected_close-m1-what"' in more or 'name="p-values-expected_close-m0-what"' in more
    )


def test_an_older_document_with_days_from_today_is_shown_as_a_date(window: Window, automation: Make) -> None:
    values = {"expected_close": {"from": "today", "days": 2}}
    action = {"id": "b2", "kind": "action", "type": "record.update", "params": {"values": values}}
    made = automation(steps=[document()["steps"][0], action])
    page = shown(window("claire"), made, "b2")
    assert "A date worked out" in page and 'name="p-values-expected_close-m0-by"' in page


def test_results_are_those_of_a_record_the_reader_sees(
    window: Window, made: Automation, company: Any
) -> None:
    client = window("claire")
    typed = of_deal(value__from="formula", value__formula="[Value] * 110%")
    empty = post(client, made, "panel/b2/recast/", **typed).content.decode()
    assert "calc__result" in empty and "For example" not in empty, "there is no deal yet"
    with write(actor_for(company["claire"].pk)) as change:
        change.create("deal", {"title": "First", "value": {"amount": 100_000, "currency": "EUR"}})
        newest = change.create("deal", {"title": "Second"})
    page = post(client, made, "panel/b2/recast/", **typed).content.decode()
    assert "With “Second”: The deal’s value is empty" in page
    typed["p-values-value-default-value"] = "50"
    page = post(client, made, "panel/b2/recast/", **typed).content.decode()
    assert "For example, with “Second”: <b>€55</b>" in page
    with write(actor_for(company["claire"].pk)) as change:
        change.delete("deal", newest)
    assert "“First”: <b>€1,100</b>" in post(client, made, "panel/b2/recast/", **typed).content.decode()


def test_the_decimal_sign_of_the_language(window: Window, made: Automation, company: Any) -> None:
    company["claire"].language = "fr"
    company["claire"].save()
    client = window("claire")
    typed = of_row("gt", "formula", o0_formula="max([Probabilité] * 1,5; 1 000)")
    answer = apply(client, made, "b1", **typed)
    assert answer.status_code == 200, answer.content.decode()
    assert row_of(made)["against"][0]["formula"] == "max(probability * 1.5; 1000)"
    assert "max([Probabilité] * 1,5; 1000)" in shown(client, made, "b1")


WORDS = (
    "",
    "0",
    "-1",
    "9" * 30,
    "[Value]",
    "value",
    "today",
    "now",
    "+days",
    "month_end",
    "formula",
    "\x00",
    "1e9",
)
nonsense = st.text(max_size=30) | st.sampled_from(WORDS)
PARTS = (
    "field", "op", "with", "o0", "o0-formula", "o0-start", "o0-preset", "o0-m0-by", "o0-m0-what", "o1-m9-what",
    "o0-default-value",
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(typed=st.dictionaries(st.sampled_from(PARTS), nonsense), deed=nonsense)
def test_no_input_breaks_the_panel(
    window: Window, made: Automation, typed: dict[str, str], deed: str
) -> None:
    client = window("claire")
    held = {"g0-r0-field": "expected_close", "g0-r0-op": "before", "g0-r0-with": "date"}
    held |= {f"g0-r0-{name}": text for name, text in typed.items()}
    for path in ("panel/b1/recast/", "panel/b1/apply/"):
        answer = post(client, made, path, **held, do=f"add-move:g0-r0-{deed}")
        assert answer.status_code in (200, 400, 422)
    for path in ("panel/b2/recast/", "panel/b2/apply/"):
        values = {name.replace("g0-r0-o0", "p-values-expected_close"): text for name, text in held.items()}
        values |= {
            "p-target": "record",
            "p-values-expected_close-from": "date",
            "p-values-value-from": "formula",
        }
        answer = post(client, made, path, **values, do=f"remove-move:p-values-expected_close:{deed}")
        assert answer.status_code in (200, 400, 422)
