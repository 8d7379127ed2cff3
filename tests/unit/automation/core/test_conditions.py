from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.automation.core.conditions import Seen, expand
from relance.automation.core.verdicts import Verdict, all_of, any_of
from tests.unit.automation.core.samples import condition, models, row, scope

YES = row("count", "is", 1)
NO = row("count", "is", 2)
UNKNOWN = row("value", "gt", {"amount": 1, "currency": "EUR"})
EMPTY = row("title", "is", "x")
RECORD = {"count": 1, "value": {"amount": 5, "currency": "CHF"}}


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ([], True),
        ([[YES]], True),
        ([[NO]], False),
        ([[UNKNOWN]], None),
        ([[YES, NO]], False),
        ([[YES, UNKNOWN]], None),
        ([[UNKNOWN, NO]], False),
        ([[NO], [YES]], True),
        ([[UNKNOWN], [YES]], True),
        ([[UNKNOWN], [NO]], None),
        ([[UNKNOWN, NO], [NO]], False),
        ([[EMPTY], [NO]], False),
    ],
)
def test_unknown_is_neither_true_nor_false(groups: list[list[dict[str, Any]]], expected: bool | None) -> None:
    asked = condition(*groups)
    assert asked.truth(scope(RECORD)) is expected
    assert asked.evaluate(scope(RECORD))[0] is expected
    assert asked.verdict(scope(RECORD)).truth is expected


THREE = st.sampled_from([True, False, None])


@given(st.lists(THREE))
def test_and_and_or_mirror_each_other(truths: list[bool | None]) -> None:
    def opposite(truth: bool | None) -> bool | None:
        return None if truth is None else not truth

    assert all_of(truths) is opposite(any_of(map(opposite, truths)))


ROWS = st.sampled_from(
    [
        YES,
        NO,
        UNKNOWN,
        EMPTY,
        row("title", "is_not", "x"),
        row("organization.rating", "is", "A"),
        row("notes", "contains", "long"),
        row("labels", "any_of", [8]),
        row("count", "increased"),
        row("stage", "moved_forward"),
        row("gone", "is", "x"),
        row("gone", "changed"),
    ]
)
GROUPS = st.lists(st.lists(ROWS, min_size=1, max_size=4), max_size=4)
RECORDS = st.fixed_dictionaries(
    {
        "count": st.sampled_from([None, 1, 2]),
        "value": st.sampled_from([None, {"amount": 5, "currency": "CHF"}, {"amount": 5, "currency": "EUR"}]),
        "organization": st.sampled_from([None, 12, 13, 14]),
        "notes": st.sampled_from([None, "long " * 100]),
        "labels": st.sampled_from([[], [8], [9]]),
    }
)
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "count": st.sampled_from([[None, 1], [2, 1]]),
        "stage": st.sampled_from([[1, 2], [1, 7], [99, 1], [None, 2]]),
    },
)


@given(GROUPS, RECORDS, CHANGES)
def test_every_way_of_asking_gives_the_same_answer(
    groups: list[list[dict[str, Any]]], record: dict[str, Any], changes: dict[str, Any]
) -> None:
    asked, event = condition(*groups), scope(record, changes)
    truth = asked.truth(event)
    evaluated, compact = asked.evaluate(event)
    full = asked.verdict(event)
    assert evaluated is truth
    assert full.truth is truth
    seen: dict[str, Seen] = {}
    for _again in range(2):  # with nothing seen yet, and with everything
        traced, text = asked.trace(event, seen)
        assert (traced, json.loads(text)) == (truth, json.loads(json.dumps(compact)))

    stored = json.loads(json.dumps(compact))
    expanded = expand(models(*groups), stored)
    assert expanded.truth is truth
    assert expanded == expand([{"rows": rows} for rows in groups], stored)
    for group, full_group in zip(expanded.parts, full.parts, strict=True):
        for line, full_line in zip(group.parts, full_group.parts, strict=True):
            if line.because != "skipped":
                assert line == full_line
    assert Verdict.from_json(json.loads(json.dumps(full.to_json()))) == full
    assert Verdict.from_json(json.loads(json.dumps(expanded.to_json()))) == expanded


def test_the_compact_trace_holds_only_what_was_looked_at() -> None:
    asked = condition([NO, YES], [YES, UNKNOWN], [EMPTY], [YES], [NO])
    assert asked.evaluate(scope(RECORD)) == (
        True,
        [[[0, 1]], [[1, 1], [None, RECORD["value"], "no_rate", "CHF"]], [[0, None]], [[1, 1]]],
    )


def test_rows_that_were_not_looked_at_are_shown_as_skipped() -> None:
    groups = models([NO, YES], [YES], [YES])
    verdict = expand(groups, condition([NO, YES], [YES], [YES]).evaluate(scope(RECORD))[1])
    assert [part.because for part in verdict.parts] == ["all", "all", "skipped"]
    assert [part.because for part in verdict.parts[0].parts] == ["differs", "skipped"]
    assert not verdict.parts[2].unknown


def test_the_reasons_are_the_rows_that_decided() -> None:
    verdict = condition([YES, NO], [EMPTY]).verdict(scope(RECORD))
    assert [(reason.because, reason.seen) for reason in verdict.reasons()] == [
        ("differs", 1),
        ("empty", None),
    ]


def test_a_missing_parent_is_known_to_be_empty() -> None:
    asked = condition([row("organization.rating", "is", "A")])
    for record in ({"organization": None}, {"organization": 14}):
        line = asked.verdict(scope(record)).parts[0].parts[0]
        assert (line.truth, line.because) == (False, "empty")
    assert condition([row("organization.rating", "empty")]).truth(scope({})) is True


def test_a_parent_that_may_not_be_seen_is_unknown_whatever_is_asked() -> None:
    for question in (row("organization.rating", "is", "A"), row("organization.rating", "empty")):
        verdict = condition([question]).verdict(scope({"organization": 13}))
        line = verdict.parts[0].parts[0]
        assert (verdict.truth, line.because, line.seen, line.detail) == (None, "hidden", None, "organization")


@pytest.mark.parametrize(
    "broken",
    [
        row("gone", "is", "x"),
        row("organization.gone", "is", "x"),
        row("title", "gt", 3),
        row("title", "is", 3),
        row("organization.rating", "changed"),
        row("gone", "changed"),
    ],
)
def test_a_row_that_no_longer_makes_sense_is_unknown(broken: dict[str, Any]) -> None:
    verdict = condition([broken]).verdict(scope({"title": "x", "organization": 12}))
    line = verdict.parts[0].parts[0]
    assert (verdict.truth, line.because, line.detail) == (None, "broken", broken["field"])


def test_a_choice_that_was_taken_away_can_still_be_compared_with() -> None:
    assert condition([row("status", "is", "paused")]).truth(scope({"status": "open"})) is False


def test_long_values_are_shortened_in_the_trace() -> None:
    _, compact = condition([row("notes", "contains", "q")]).evaluate(scope({"notes": "x" * 5000}))
    assert compact == [[[0, "x" * 200 + "…"]]]


def test_a_condition_tells_which_parents_it_will_read() -> None:
    asked = condition([row("organization.rating", "is", "A")], [row("count", "increased")])
    assert asked.parents == {(("organization", "organization"),)}
    assert asked.needs_change
    assert not condition([YES]).needs_change
