"""Writing many rows at once, in each database's fastest way.

``bulk_create`` and ``bulk_update`` cost ten to a hundred times the statements they send; this is the only place in the
project that writes SQL by hand, besides reserving keys.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from django.db import connection

Rows = Sequence[Sequence[Any]]


class Writer(Protocol):
    """How one database writes rows. Columns are names from the models, never from people."""

    def insert(self, table: str, columns: Sequence[str], rows: Rows) -> None:
        """Insert the rows."""

    def update(
        self,
        table: str,
        columns: Sequence[str],
        rows: Rows,
        versions: Sequence[int],
        types: Mapping[str, str],
    ) -> int:
        """Update rows whose first column is their id and whose version is still the given one.

        Returns:
            How many were updated; fewer than given means that somebody else was faster.
        """

    def lock(self, table: str, ids: Sequence[int]) -> None:
        """Lock rows in the order of their ids, so that two transactions never wait for each other."""

    def delete(self, table: str, column: str, values: Sequence[int]) -> int:
        """Delete the rows whose ``column`` is one of ``values``; return how many there were."""


def writer() -> Writer:
    """The writer of the database in use."""
    if connection.vendor == "postgresql":
        from relance.records.flush import postgresql

        return postgresql.writer
    from relance.records.flush import sqlite

    return sqlite.writer
