"""Filters: what they refuse, what they make of parents, and that nothing a user types becomes SQL.

That every operator finds the right records is in tests/contracts/test_operators.py.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from relance.accounts.models import Company
from relance.accounts.people import SYSTEM, Actor
from relance.records import access, filters
from relance.records.fields import UnknownField
from relance.records.filters import FilterError
from relance.records.models import Deal
from relance.records.unit_of_work import write
from tests.integration.records.conftest import Office

NOW = datetime(2026, 3, 31, 22, 30, tzinfo=UTC)


def found(groups: Any, actor: Actor) -> set[str]:
    """The titles of the deals that are found."""
    met = filters.matching("deal", groups, actor=actor, now=NOW)
    return set(Deal.objects.filter(met).values_list("title", flat=True))


def one(field: Any, op: Any, **more: Any) -> list[dict[str, Any]]:
    return [{"rows": [{"field": field, "op": op, **more}]}]


@pytest.mark.parametrize(
    ("groups", "pointer", "code"),
    [
        ({}, "", "wrong_type"),
        ("title", "", "wrong_type"),
        ([1], "/0", "wrong_type"),
        ([{}], "/0/rows", "missing"),
        ([{"rows": []}], "/0/rows", "too_short"),
        ([{"rows": {}}], "/0/rows", "wrong_type"),
        ([{"rows": [], "op": "or"}], "/0/op", "unknown_key"),
        ([{"rows": ["x"]}], "/0/rows/0", "wrong_type"),
        ([{"rows": [{"field": "title"}]}], "/0/rows/0/op", "missing"),
        ([{"rows": [{"field": "title", "op": "filled", "a/~": 1}]}], "/0/rows/0/a~1~0", "unknown_key"),
        ([{"rows": [{"field": "title", "op": "filled"}] * 51}], "/0/rows", "too_long"),
        ([{"rows": [{"field": "title", "op": "filled"}]}] * 21, "", "too_long"),
        (one("title", "filled") + one("titel", "filled"), "/1/rows/0/field", "unknown_field"),
        (one(["title"], "filled"), "/0/rows/0/field", "wrong_type"),
        (one("x" * 201, "filled"), "/0/rows/0/field", "too_long"),
        (one("organization.person.name", "filled"), "/0/rows/0/field", "unknown_field"),
        (one("owner.name", "filled"), "/0/rows/0/field", "unknown_field"),
        # What Django would understand is no field here.
        (one("title__contains", "filled"), "/0/rows/0/field", "unknown_field"),
        (one("owner__password", "filled"), "/0/rows/0/field", "unknown_field"),
        (one("organization__name", "filled"), "/0/rows/0/field", "unknown_field"),
        (one("value_amount", "filled"), "/0/rows/0/field", "unknown_field"),
        (one("pk", "filled"), "/0/rows/0/field", "unknown_field"),
        (one("deleted_at", "filled"), "/0/rows/0/field", "unknown_field"),
        (one('title" OR 1=1 --', "filled"), "/0/rows/0/field", "unknown_field"),
        (one("title", "like", value="x"), "/0/rows/0/op", "unknown_operator"),
        (one("title", 1, value="x"), "/0/rows/0/op", "wrong_type"),
        (one("title", "gt", value="x"), "/0/rows/0/op", "operator_does_not_fit"),
        (one("title", "exists"), "/0/rows/0/op", "unknown_operator"),
        # Only an event knows what changed, and who changed it.
        (one("title", "changed"), "/0/rows/0/op", "needs_event"),
        (one("value", "changed_from_to", **{"from": 1}, value=2), "/0/rows/0/op", "needs_event"),
        (one("trigger.user", "me"), "/0/rows/0/field", "needs_event"),
        (one("trigger.origin", "is", value="api"), "/0/rows/0/field", "needs_event"),
        (one("before.title", "is", value="x"), "/0/rows/0/field", "needs_event"),
        (one("title", "is"), "/0/rows/0/value", "value_missing"),
        (one("title", "is", value=5), "/0/rows/0/value", "wrong_type"),
        (one("title", "is", value="\0"), "/0/rows/0/value", "forbidden_character"),
        (one("title", "is", value="\ud800"), "/0/rows/0/value", "forbidden_character"),
        (one("title", "filled", value="x"), "/0/rows/0/value", "value_unexpected"),
        (one("title", "is", value="x", **{"from": "y"}), "/0/rows/0/from", "value_unexpected"),
        (one("title", "one_of", value=["x", None]), "/0/rows/0/value/1", "wrong_type"),
        (one("value", "gt", value={"amount": 1.5, "currency": "EUR"}), "/0/rows/0/value/amount", "wrong_type"),
        (one("value", "gt", value={"amount": 1, "currency": "' --"}), "/0/rows/0/value/currency", "unknown_currency"),
        (one("probability", "gt", value=10**400), "/0/rows/0/value", "out_of_range"),
        (one("probability", "gt", value=True), "/0/rows/0/value", "wrong_type"),
        (one("expected_close", "is", value="tomorrow"), "/0/rows/0/value", "not_a_date"),
        (one("created_at", "is", value="2026-01-01T10:00:00"), "/0/rows/0/value", "not_a_datetime"),
        (one("labels", "any_of", value=["1) OR (1=1"]), "/0/rows/0/value/0", "wrong_type"),
        (one("owner", "in_team", value={"id": 1}), "/0/rows/0/value", "wrong_type"),
        (one("expected_close", "last_days", value=0), "/0/rows/0/value", "out_of_range"),
    ],
)  # fmt: skip
def test_groups_that_make_no_filter_are_refused(groups: Any, pointer: str, code: str) -> None:
    with pytest.raises(FilterError) as refused:
        filters.matching("deal", groups, actor=SYSTEM, now=NOW)
    assert (refused.value.pointer, refused.value.code) == (pointer, code)
    assert isinstance(refused.value.params, dict)


def test_there_must_be_such_a_record_type() -> None:
    with pytest.raises(UnknownField):
        filters.matching("invoice", [], actor=SYSTEM, now=NOW)


def test_what_is_typed_is_never_sql(office: Office) -> None:
    nasty = "x') OR 1=1 --%s %(a)s {0}"
    with write(SYSTEM) as change:
        change.create("deal", {"title": nasty})
        change.create("deal", {"title": "Harmless"})
    for op in ("is", "contains", "starts_with", "ends_with"):
        assert found(one("title", op, value=nasty), SYSTEM) == {nasty}
    with CaptureQueriesContext(connection) as queries:
        met = filters.matching("deal", one("title", "contains", value=nasty), actor=SYSTEM, now=NOW)
        sql, parameters = Deal.objects.filter(met).query.sql_with_params()
    assert "OR 1=1" not in sql and any("or 1=1" in str(each) for each in parameters)
    assert len(queries) <= 8


def test_parents_that_are_hidden_are_unknown_and_those_in_the_bin_are_none(office: Office) -> None:
    ben, ana = office.users["ben"].pk, office.users["ana"].pk
    with write(SYSTEM) as change:
        hidden = change.create("organization", {"name": "Hidden", "rating": "A", "owner": ben})
        binned = change.create("organization", {"name": "Binned", "rating": "A", "owner": ben})
        mine = change.create("organization", {"name": "Mine", "rating": "A", "owner": ana})
        bare = change.create("organization", {"name": "Bare", "owner": ana})
        for title, organization in {
            "hidden": hidden,
            "binned": binned,
            "mine": mine,
            "bare": bare,
            "none": None,
        }.items():
            change.create("deal", {"title": title, "organization": organization, "owner": ana})
    with write(SYSTEM) as change:
        change.delete("organization", binned)
    company = Company.get()
    company.visibility = "team"
    company.save()

    everybody = {"mine", "bare", "binned", "none"}
    actor = office.actor("ana")
    assert found(one("organization.rating", "is", value="A"), actor) == {"mine"}
    assert found(one("organization.rating", "is_not", value="A"), actor) == everybody - {"mine"}
    assert found(one("organization.rating", "empty"), actor) == everybody - {"mine"}
    assert found(one("organization.rating", "filled"), actor) == {"mine"}
    assert found(one("organization.rating", "is", value="A"), office.actor("claire")) == {"mine", "hidden"}
    # The link itself is the deal's own, wherever it leads.
    assert found(one("organization", "filled"), actor) == {"mine", "bare", "binned", "hidden"}


def test_a_filter_joins_the_rule_of_access(office: Office) -> None:
    """How a list uses it: the records are limited by the caller, and counted in one query."""
    with write(SYSTEM) as change:
        for owner in ("ana", "ben", "tom"):
            change.create("deal", {"title": owner, "owner": office.users[owner].pk})
    company = Company.get()
    company.visibility = "team"
    company.save()
    actor = office.actor("ana")
    met = filters.matching("deal", one("title", "filled") + one("owner", "me"), actor=actor, now=NOW)
    with CaptureQueriesContext(connection) as queries:
        assert Deal.objects.filter(access.visible(actor), met).count() == 2
    assert len(queries) == 1
    assert Deal.objects.filter(met).count() == 3


def test_phones_and_emails_are_asked_one_by_one(office: Office) -> None:
    def entries(*values: str) -> list[dict[str, Any]]:
        return [{"value": value} for value in values]

    with write(SYSTEM) as change:
        person = change.create(
            "person",
            {"name": "Ana", "phones": entries("12 34", "56 78"), "emails": entries("a@one.fr", "b@two.fr")},
        )
        change.create("deal", {"title": "hers", "person": person})
    for field, value, holds in (
        ("phones", "123", True),
        ("phones", "3456", False),
        ("phones", "4 5", False),
        ("emails", "ONE.FR", True),
        ("emails", "fr b", False),
        ("emails", "frb", False),
    ):
        assert bool(found(one(f"person.{field}", "contains", value=value), SYSTEM)) is holds
