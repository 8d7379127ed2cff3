from __future__ import annotations

import copy
from typing import Any

import pytest

from relance.automation.core import upgrades
from relance.automation.core.definition import DocumentError
from relance.automation.core.upgrades import upgrade
from tests.unit.automation.core.samples import document


def test_a_present_document_stays_as_it_is() -> None:
    assert upgrade(document()) == document()


@pytest.mark.parametrize("nothing", [None, [], 3, {}, {"schema": "1"}, {"schema": True}, {"schema": -1}])
def test_what_is_no_document_is_left_to_the_parser(nothing: Any) -> None:
    assert upgrade(nothing) is nothing


def test_a_document_from_the_future_is_refused() -> None:
    with pytest.raises(DocumentError) as refused:
        upgrade({"schema": upgrades.CURRENT + 1})
    assert [(problem.pointer, problem.code) for problem in refused.value.problems] == [
        ("/schema", "schema_too_new")
    ]


def test_an_old_document_passes_every_step_and_stays_untouched(monkeypatch: pytest.MonkeyPatch) -> None:
    def rename(old: dict[str, Any]) -> None:
        old["steps"][0]["new"] = old["steps"][0].pop("old")

    monkeypatch.setattr(upgrades, "CURRENT", 3)
    monkeypatch.setattr(upgrades, "_STEPS", {1: rename, 2: lambda old: old.update(more=1)})
    old = {"schema": 1, "steps": [{"old": 5}]}
    before = copy.deepcopy(old)
    assert upgrade(old) == {"schema": 3, "steps": [{"new": 5}], "more": 1}
    assert old == before


def test_there_is_a_step_from_every_old_schema() -> None:
    assert set(upgrades._STEPS) == set(range(1, upgrades.CURRENT))
