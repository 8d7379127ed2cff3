from __future__ import annotations

from typing import Any

import pytest

from relance.automation.core.operators import OPERATORS, find, operators_for
from relance.lib.kinds import Kind
from relance.lib.shapes import operand_fault
from tests.unit.automation.core.samples import DEAL, FIELD_OF_KIND, condition, row, scope


def eur(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "EUR"}


def usd(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "USD"}


def contact(value: str) -> list[dict[str, Any]]:
    return [{"value": value, "kind": "work", "primary": True}]


_AMOUNTS = "is is_not gt gte lt lte between empty filled"
_CHANGES = "changed changed_to changed_from changed_from_to"
_DATES = (
    "is before after on_or_before on_or_after today yesterday tomorrow last_days next_days this_week this_month "
    "empty filled"
)
_LONG = "contains not_contains starts_with ends_with empty filled"
_CHOICES = "is is_not one_of none_of empty filled"
PROMISED = {
    Kind.TEXT: f"is is_not {_LONG} one_of {_CHANGES}",
    Kind.LONG_TEXT: f"{_LONG} changed",
    Kind.CHOICE: f"{_CHOICES} {_CHANGES}",
    Kind.NUMBER: f"{_AMOUNTS} {_CHANGES} increased decreased changed_by_more_than",
    Kind.MONEY: f"{_AMOUNTS} {_CHANGES} increased decreased changed_by_more_than",
    Kind.DATE: f"{_DATES} {_CHANGES} moved_earlier moved_later",
    Kind.DATETIME: f"{_DATES} changed moved_earlier moved_later",
    Kind.BOOL: f"true false {_CHANGES}",
    Kind.USER: f"is is_not me triggering_user in_team empty filled {_CHANGES}",
    Kind.LINK: f"is empty filled {_CHANGES} linked unlinked",
    Kind.STAGE: f"{_CHOICES} {_CHANGES} moved_forward moved_back",
    Kind.PIPELINE: f"{_CHOICES} {_CHANGES}",
    Kind.MULTI_CHOICE: "any_of all_of none_of empty filled changed option_added option_removed",
    Kind.EMAILS: "contains empty filled changed",
    Kind.PHONES: "contains empty filled changed",
    Kind.PARTICIPANTS: "empty filled changed",
}


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_has_the_operators_promised(kind: Kind) -> None:
    assert sorted(OPERATORS[kind]) == sorted(PROMISED[kind].split())


# field, operator, operand, value that satisfies it, value that does not
STATE: list[tuple[str, str, Any, Any, Any]] = [
    ("title", "is", "Été", "ETE", "Etes"),
    ("title", "is_not", "Été", "Hiver", "ete"),
    ("title", "contains", "coeur", "Le Cœur net", "cour"),
    ("title", "not_contains", "cœur", "cour", "COEUR"),
    ("title", "starts_with", "rénov", "Renovation", "Une rénovation"),
    ("title", "ends_with", "sarl", "Dupont SARL", "SARL Dupont"),
    ("title", "one_of", ["Un", "Dés"], "des", "deux"),
    ("title", "empty", None, None, "x"),
    ("title", "filled", None, "x", None),
    ("notes", "contains", "été", "l'ETE\nvient", "hiver"),
    ("notes", "not_contains", "été", "hiver", "Été"),
    ("notes", "starts_with", "cher", "Chère amie", "Ami"),
    ("notes", "ends_with", "fin", "la FIN", "fini"),
    ("notes", "empty", None, None, "x"),
    ("notes", "filled", None, "x", None),
    ("count", "is", 3, 3, 4),
    ("count", "is_not", 3, 0, 3),
    ("count", "gt", 3, 4, 3),
    ("count", "gte", 3, 3, 2),
    ("count", "lt", 3, 0, 3),
    ("count", "lte", 3, 3, 4),
    ("count", "between", [-1, 3], 0, 4),
    ("count", "empty", None, None, 0),
    ("count", "filled", None, 0, None),
    ("value", "is", eur(900), eur(900), eur(901)),
    ("value", "is", eur(900), usd(1000), usd(1002)),
    ("value", "is_not", eur(900), usd(900), usd(1000)),
    ("value", "gt", eur(900), usd(1002), usd(1000)),
    ("value", "gt", usd(1000), usd(1001), usd(1000)),
    ("value", "gte", eur(900), usd(1000), usd(998)),
    ("value", "lt", eur(900), eur(899), usd(1000)),
    ("value", "lte", eur(900), usd(1000), eur(901)),
    ("value", "between", [eur(100), usd(1000)], eur(900), eur(901)),
    ("value", "between", [eur(100), eur(900)], eur(100), eur(99)),
    ("value", "empty", None, None, eur(0)),
    ("value", "filled", None, eur(0), None),
    ("close", "is", "2026-03-01", "2026-03-01", "2026-03-02"),
    ("close", "before", "2026-03-01", "2026-02-28", "2026-03-01"),
    ("close", "after", "2026-03-01", "2026-03-02", "2026-03-01"),
    ("close", "on_or_before", "2026-03-01", "2026-03-01", "2026-03-02"),
    ("close", "on_or_after", "2026-03-01", "2026-03-01", "2026-02-28"),
    ("close", "today", None, "2026-03-11", "2026-03-10"),
    ("close", "yesterday", None, "2026-03-10", "2026-03-11"),
    ("close", "tomorrow", None, "2026-03-12", "2026-03-11"),
    ("close", "last_days", 7, "2026-03-04", "2026-03-03"),
    ("close", "last_days", 7, "2026-03-11", "2026-03-12"),
    ("close", "next_days", 7, "2026-03-18", "2026-03-19"),
    ("close", "next_days", 7, "2026-03-11", "2026-03-10"),
    ("close", "this_week", None, "2026-03-09", "2026-03-08"),
    ("close", "this_week", None, "2026-03-15", "2026-03-16"),
    ("close", "this_month", None, "2026-03-31", "2025-03-11"),
    ("close", "empty", None, None, "2026-03-01"),
    ("close", "filled", None, "2026-03-01", None),
    # Midnight in Paris is 23:00 in UTC the day before (22:00 in summer).
    ("met", "is", "2026-03-01", "2026-02-28T23:00:00.000000+00:00", "2026-02-28T22:59:59.000000+00:00"),
    (
        "met",
        "is",
        "2026-03-01T10:00:00+01:00",
        "2026-03-01T09:00:00.000000+00:00",
        "2026-03-01T09:00:01+00:00",
    ),
    ("met", "before", "2026-03-01", "2026-02-28T22:59:59+00:00", "2026-02-28T23:00:00+00:00"),
    ("met", "before", "2026-03-01T10:00:00Z", "2026-03-01T09:59:59+00:00", "2026-03-01T10:00:00+00:00"),
    ("met", "after", "2026-03-01", "2026-03-01T23:00:00+00:00", "2026-03-01T22:59:59+00:00"),
    ("met", "on_or_before", "2026-03-01", "2026-03-01T22:59:59+00:00", "2026-03-01T23:00:00+00:00"),
    ("met", "on_or_after", "2026-07-01", "2026-06-30T22:00:00+00:00", "2026-06-30T21:59:59+00:00"),
    ("met", "today", None, "2026-03-10T23:00:00+00:00", "2026-03-10T22:59:00+00:00"),
    ("met", "yesterday", None, "2026-03-10T22:59:00+00:00", "2026-03-10T23:00:00+00:00"),
    ("met", "tomorrow", None, "2026-03-11T23:00:00+00:00", "2026-03-11T22:00:00+00:00"),
    ("met", "last_days", 1, "2026-03-09T23:00:00+00:00", "2026-03-09T22:00:00+00:00"),
    ("met", "next_days", 1, "2026-03-12T22:59:00+00:00", "2026-03-12T23:00:00+00:00"),
    ("met", "this_week", None, "2026-03-08T23:00:00+00:00", "2026-03-08T22:00:00+00:00"),
    ("met", "this_month", None, "2026-02-28T23:00:00+00:00", "2026-02-28T22:00:00+00:00"),
    ("met", "empty", None, None, "2026-02-28T23:00:00+00:00"),
    ("met", "filled", None, "2026-02-28T23:00:00+00:00", None),
    ("status", "is", "won", "won", "open"),
    ("status", "is_not", "won", "open", "won"),
    ("status", "one_of", ["won", "lost"], "lost", "open"),
    ("status", "none_of", ["won", "lost"], "open", "won"),
    ("status", "empty", None, None, "won"),
    ("status", "filled", None, "won", None),
    ("stage", "is", 2, 2, 3),
    ("stage", "is_not", 2, 3, 2),
    ("stage", "one_of", [1, 2], 2, 3),
    ("stage", "none_of", [1, 2], 3, 1),
    ("stage", "empty", None, None, 1),
    ("stage", "filled", None, 1, None),
    ("pipeline", "is", 2, 2, 3),
    ("pipeline", "is_not", 2, 3, 2),
    ("pipeline", "one_of", [1, 2], 2, 3),
    ("pipeline", "none_of", [1, 2], 3, 1),
    ("pipeline", "empty", None, None, 1),
    ("pipeline", "filled", None, 1, None),
    ("labels", "any_of", [8, 9], [3, 9], [3]),
    ("labels", "all_of", [8, 9], [3, 8, 9], [3, 9]),
    ("labels", "none_of", [8, 9], [3], [3, 9]),
    ("labels", "empty", None, [], [3]),
    ("labels", "filled", None, [3], []),
    ("vip", "true", None, True, False),
    ("vip", "false", None, False, True),
    ("owner", "is", 5, 5, 6),
    ("owner", "is_not", 5, 6, 5),
    ("owner", "me", None, 4, 5),
    ("owner", "triggering_user", None, 5, 4),
    ("owner", "in_team", 60, 6, 5),
    ("owner", "empty", None, None, 5),
    ("owner", "filled", None, 5, None),
    ("organization", "is", 12, 12, 13),
    ("organization", "empty", None, None, 12),
    ("organization", "filled", None, 12, None),
    ("emails", "contains", "@ACME.", contact("Ana@acme.example"), contact("ana@other.example")),
    ("emails", "empty", None, [], contact("a@b.example")),
    ("emails", "filled", None, contact("a@b.example"), []),
    ("phones", "contains", "06 12", contact("+33 (0)6-12.34"), contact("01 06 02")),
    ("phones", "contains", "ext. A", contact("12 EXT. a"), contact("12")),
    ("phones", "empty", None, [], contact("12")),
    ("phones", "filled", None, contact("12"), []),
    ("participants", "empty", None, [], ["user:1"]),
    ("participants", "filled", None, ["person:2"], []),
]

# field, operator, operand, change that satisfies it, change that does not
CHANGE: list[tuple[str, str, Any, tuple[Any, Any], tuple[Any, Any]]] = [
    ("title", "changed_to", "Été", ("Hiver", "ete"), ("Été", "Hiver")),
    ("title", "changed_to", "Été", (None, "Été"), ("été", "Été")),
    ("title", "changed_from", "Été", ("ETE", None), ("ETE", "été")),
    ("title", "changed_from_to", ("un", "deux"), ("Un", "Deux"), ("deux", "un")),
    ("status", "changed_to", "won", ("open", "won"), ("won", "open")),
    ("status", "changed_from", "won", ("won", "open"), ("open", "won")),
    ("status", "changed_from_to", ("open", "won"), ("open", "won"), ("lost", "won")),
    ("count", "changed_to", 0, (3, 0), (0, None)),
    ("count", "changed_from", 0, (0, 3), (None, 3)),
    ("count", "changed_from_to", (1, 2), (1, 2), (1, 3)),
    ("count", "increased", None, (0, 1), (1, 0)),
    ("count", "decreased", None, (1, 0), (0, 1)),
    ("count", "changed_by_more_than", 5, (10, 4), (10, 15)),
    ("value", "changed_to", eur(900), (None, usd(1000)), (eur(900), eur(800))),
    ("value", "changed_from", eur(900), (usd(1000), None), (eur(800), eur(900))),
    ("value", "changed_from_to", (eur(1), eur(2)), (eur(1), eur(2)), (eur(1), eur(3))),
    ("value", "increased", None, (eur(900), usd(1002)), (eur(900), usd(1000))),
    ("value", "decreased", None, (usd(1000), eur(899)), (None, eur(1))),
    ("value", "changed_by_more_than", eur(100), (eur(900), usd(1200)), (eur(900), eur(1000))),
    ("close", "changed_to", "2026-01-01", (None, "2026-01-01"), ("2026-01-01", None)),
    ("close", "changed_from", "2026-01-01", ("2026-01-01", None), (None, "2026-01-01")),
    (
        "close",
        "changed_from_to",
        ("2026-01-01", "2026-01-02"),
        ("2026-01-01", "2026-01-02"),
        ("2026-01-02", "2026-01-01"),
    ),
    ("close", "moved_earlier", None, ("2026-01-02", "2026-01-01"), (None, "2026-01-01")),
    ("close", "moved_later", None, ("2026-01-01", "2026-01-02"), ("2026-01-02", "2026-01-01")),
    (
        "met",
        "moved_earlier",
        None,
        ("2026-01-01T10:00:00.500000+00:00", "2026-01-01T10:00:00+00:00"),
        ("2026-01-01T10:00:00+00:00", "2026-01-01T10:00:00.500000+00:00"),
    ),
    (
        "met",
        "moved_later",
        None,
        ("2026-01-01T10:00:00+00:00", "2026-01-01T10:00:00.500000+00:00"),
        ("2026-01-01T10:00:00+00:00", None),
    ),
    ("vip", "changed_to", False, (True, False), (False, True)),
    ("vip", "changed_from", False, (False, True), (True, False)),
    ("vip", "changed_from_to", (False, True), (False, True), (True, False)),
    ("owner", "changed_to", 5, (6, 5), (5, 6)),
    ("owner", "changed_from", 5, (5, 6), (6, 5)),
    ("owner", "changed_from_to", (5, 6), (5, 6), (6, 5)),
    ("organization", "changed_to", 12, (None, 12), (12, None)),
    ("organization", "changed_from", 12, (12, None), (None, 12)),
    ("organization", "changed_from_to", (12, 13), (12, 13), (13, 12)),
    ("organization", "linked", None, (None, 12), (12, 13)),
    ("organization", "unlinked", None, (12, None), (12, 13)),
    ("stage", "changed_to", 2, (1, 2), (2, 1)),
    ("stage", "changed_from", 2, (2, 1), (1, 2)),
    ("stage", "changed_from_to", (1, 2), (1, 2), (3, 2)),
    ("stage", "moved_forward", None, (1, 3), (3, 1)),
    ("stage", "moved_forward", None, (1, 2), (1, 7)),
    ("stage", "moved_back", None, (3, 1), (1, 7)),
    ("pipeline", "changed_to", 2, (1, 2), (2, 1)),
    ("pipeline", "changed_from", 2, (2, 1), (1, 2)),
    ("pipeline", "changed_from_to", (1, 2), (1, 2), (3, 2)),
    ("labels", "option_added", 8, ([], [8]), ([8], [9])),
    ("labels", "option_added", None, ([8], [8, 9]), ([8, 9], [8])),
    ("labels", "option_removed", 8, ([8, 9], [9]), ([9], [8])),
    ("labels", "option_removed", None, ([8], []), ([], [8])),
]


@pytest.mark.parametrize(("key", "op", "operand", "yes", "no"), STATE)
def test_a_state_operator_holds_for_one_value_and_not_for_another(
    key: str, op: str, operand: Any, yes: Any, no: Any
) -> None:
    kind = DEAL[key].kind
    assert operand_fault(OPERATORS[kind][op].shape, kind, None, operand) is None
    asked = condition([row(key, op, operand)])
    assert asked.truth(scope({key: yes})) is True
    assert asked.truth(scope({key: no})) is False


@pytest.mark.parametrize(("key", "op", "operand", "yes", "no"), CHANGE)
def test_a_change_operator_holds_for_one_change_and_not_for_another(
    key: str, op: str, operand: Any, yes: tuple[Any, Any], no: tuple[Any, Any]
) -> None:
    extra = {}
    if op == "changed_from_to":
        extra["from"], operand = operand
    asked = condition([row(key, op, operand, **extra)])
    assert asked.truth(scope({key: yes[1]}, {key: yes})) is True
    assert asked.truth(scope({key: no[1]}, {key: list(no)})) is False


@pytest.mark.parametrize("kind", Kind)
def test_every_operator_has_been_tried(kind: Kind) -> None:
    tried = {op for key, op, *_ in (*STATE, *CHANGE) if DEAL[key].kind is kind}
    assert tried | {"changed"} >= set(OPERATORS[kind])


@pytest.mark.parametrize("kind", [kind for kind in Kind if "changed" in OPERATORS[kind]])
def test_a_change_is_seen_where_the_event_changed_the_field_and_nowhere_else(kind: Kind) -> None:
    key = FIELD_OF_KIND[kind]
    asked = condition([row(key, "changed")])
    assert asked.truth(scope({}, {key: (None, 1)})) is True
    untouched = asked.verdict(scope({}, {"other": (None, 1)})).parts[0].parts[0]
    assert (untouched.truth, untouched.because) == (False, "unchanged")


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("empty", [None, "", []])
def test_an_empty_value_is_known_and_meets_only_what_asks_for_absence(kind: Kind, empty: Any) -> None:
    key = FIELD_OF_KIND[kind]
    operands = {op: operand for field, op, operand, *_ in STATE if field == key}
    for operator in operators_for(kind, changes=False):
        asked = condition([row(key, operator.id, operands[operator.id])])
        seen = asked.verdict(scope({key: empty})).parts[0].parts[0]
        absent = operator.id in {"empty", "is_not", "none_of", "not_contains"}
        assert (seen.truth, seen.because) == (absent, "empty"), operator.id


def test_zero_and_no_are_values() -> None:
    assert condition([row("count", "filled")]).truth(scope({"count": 0})) is True
    assert condition([row("vip", "false")]).truth(scope({"vip": False})) is True
    assert condition([row("vip", "false")]).truth(scope({"vip": None})) is False


@pytest.mark.parametrize(
    ("op", "operand", "seen", "missing"),
    [
        ("gt", eur(1), {"amount": 5, "currency": "CHF"}, "CHF"),
        ("is_not", eur(1), {"amount": 5, "currency": "CHF"}, "CHF"),
        ("lt", {"amount": 5, "currency": "CHF"}, eur(1), "CHF"),
        ("between", [eur(1), {"amount": 5, "currency": "CHF"}], eur(3), "CHF"),
    ],
)
def test_money_without_an_exchange_rate_is_unknown(op: str, operand: Any, seen: Any, missing: str) -> None:
    verdict = condition([row("value", op, operand)]).verdict(scope({"value": seen}))
    line = verdict.parts[0].parts[0]
    assert (verdict.truth, line.because, line.detail, line.seen) == (None, "no_rate", missing, seen)


def test_money_of_one_currency_needs_no_rate() -> None:
    francs = {"amount": 5, "currency": "CHF"}
    assert condition([row("value", "gte", francs)]).truth(scope({"value": francs})) is True


def test_a_range_is_missed_for_certain_even_if_its_other_end_is_unknown() -> None:
    asked = condition([row("value", "between", [eur(10), {"amount": 5, "currency": "CHF"}])])
    assert asked.truth(scope({"value": eur(9)})) is False


@pytest.mark.parametrize(
    ("op", "change"),
    [
        ("increased", (eur(1), {"amount": 5, "currency": "CHF"})),
        ("decreased", ({"amount": 5, "currency": "CHF"}, eur(1))),
        ("changed_by_more_than", ({"amount": 5, "currency": "CHF"}, eur(1))),
    ],
)
def test_a_change_of_money_without_a_rate_is_unknown(op: str, change: tuple[Any, Any]) -> None:
    operand = eur(1) if op == "changed_by_more_than" else None
    verdict = condition([row("value", op, operand)]).verdict(scope({}, {"value": change}))
    assert (verdict.truth, verdict.parts[0].parts[0].because) == (None, "no_rate")


def test_a_rise_from_nothing_is_no_rise() -> None:
    line = condition([row("count", "increased")]).verdict(scope({}, {"count": (None, 3)})).parts[0].parts[0]
    assert (line.truth, line.because, line.seen) == (False, "empty", [None, 3])


def test_a_move_to_another_pipeline_is_neither_forward_nor_back() -> None:
    for op in ("moved_forward", "moved_back"):
        line = condition([row("stage", op)]).verdict(scope({}, {"stage": (1, 7)})).parts[0].parts[0]
        assert (line.truth, line.because) == (False, "other_pipeline")


def test_a_move_from_a_stage_that_is_gone_is_unknown() -> None:
    line = condition([row("stage", "moved_forward")]).verdict(scope({}, {"stage": (99, 1)})).parts[0].parts[0]
    assert (line.truth, line.because, line.detail) == (None, "broken", "99")


def test_of_who_caused_the_event_the_teams_at_that_time_count() -> None:
    asked = condition([row("trigger.user", "in_team", 50)])
    assert asked.truth(scope(actor_id=5, actor_teams=frozenset({50}))) is True
    assert asked.truth(scope(actor_id=5, actor_teams=frozenset())) is False
    assert condition([row("owner", "in_team", 60)]).truth(scope({"owner": 6})) is True


def test_the_event_itself_can_be_asked_about() -> None:
    assert condition([row("trigger.user", "is", 5)]).truth(scope(actor_id=5)) is True
    assert condition([row("trigger.user", "empty")]).truth(scope(actor_id=None)) is True
    assert condition([row("trigger.user", "me")]).truth(scope(actor_id=4)) is True
    assert condition([row("trigger.origin", "one_of", ["api", "import"])]).truth(scope(origin="api")) is True


def test_a_field_can_be_asked_about_as_it_was_before() -> None:
    asked = condition([row("before.count", "is", 1)])
    assert asked.truth(scope({"count": 2}, {"count": (1, 2)})) is True
    assert asked.truth(scope({"count": 1})) is True
    assert asked.truth(scope({"count": 1}, {"count": (3, 1)})) is False


def test_a_link_exists_or_is_missing_by_those_names_too() -> None:
    assert find(Kind.LINK, "exists") is OPERATORS[Kind.LINK]["filled"]
    assert find(Kind.LINK, "missing") is OPERATORS[Kind.LINK]["empty"]
    assert find(Kind.TEXT, "exists") is None
