"""The small company of the records' tests."""

from __future__ import annotations

from tests.integration.records.conftest import Office, office

__all__ = ["Office", "office"]
