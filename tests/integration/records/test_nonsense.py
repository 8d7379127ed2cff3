"""Whatever stands where a value should be is refused as a value, for every field: never another error."""

from __future__ import annotations

from typing import Any

import pytest

from relance.records import configuration
from relance.records.errors import Invalid
from relance.records.fields import RECORD_TYPES, editable_fields, title_key
from relance.records.unit_of_work import write
from tests.integration.records.conftest import Office

NONSENSE = [
    0, True, 1.5, float("inf"), 2**70, "x", "\ud800", "\x00", "2026-W01-1", "2026-13-45", [], [[1]], [["x"]], [{}], {},
    {"a": 1}, {"amount": 1, "currency": ["EUR"]}, {"amount": 1, "currency": {}}, {"amount": [], "currency": "EUR"},
    [{"value": "a@example.com", "kind": ["work"]}], [{"value": ["x"]}], [{"value": None}], b"x", object(),
]  # fmt: skip


@pytest.mark.parametrize("record_type", RECORD_TYPES)
def test_nonsense_is_refused(office: Office, record_type: str) -> None:
    for field in editable_fields(record_type):
        for value in NONSENSE:
            try:
                with write(office.actor("claire")) as change:
                    change.create(record_type, {title_key(record_type): "x", field.key: value})
            except Invalid as refusal:
                assert set(refusal.problems) == {field.key}, (field.key, value, refusal)


def test_stages_that_change_while_they_are_read_are_read_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = configuration.current()
    stage = office.stages[0]
    directory, changed = configuration.directory, []

    def change_meanwhile(at: int | None = None) -> Any:
        if not changed:
            changed.append(1)
            stage.name = "Renamed"
            stage.save()
        return directory(at)

    office.stages[1].save()  # moves the revision
    monkeypatch.setattr(configuration, "directory", change_meanwhile)
    configuration.current()
    assert before.stages[stage.pk].name == "Qualified"
    assert configuration.current().stages[stage.pk].name == "Renamed"
