"""Automations put into service without the editor, and an engine that works when told to."""

from __future__ import annotations

from typing import Any

import pytest

from relance.automation.engine.pump import Pump
from relance.records.unit_of_work import write
from tests.automations import automation, branch, do, euros, fixed, only_if, path, row, set_field
from tests.integration.records.conftest import Office, office

__all__ = [
    "automation",
    "branch",
    "do",
    "euros",
    "fixed",
    "office",
    "only_if",
    "path",
    "row",
    "set_field",
]


@pytest.fixture
def pump() -> Pump:
    """An engine of this test's own."""
    return Pump()


def create(
    office: Office, record_type: str = "deal", by: str = "ana", origin: str = "user", **values: Any
) -> int:
    """Create a record as somebody."""
    title = {"deal": "title", "lead": "title", "activity": "subject"}.get(record_type, "name")
    with write(office.actor(by), origin) as change:
        return change.create(record_type, {title: "Espresso corner", **values})


def update(
    office: Office, record_type: str, record_id: int, by: str = "ana", origin: str = "user", **values: Any
) -> None:
    """Change a record as somebody."""
    with write(office.actor(by), origin) as change:
        change.update(record_type, record_id, values)
