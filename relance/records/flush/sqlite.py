"""SQLite: prepared statements run over many rows. The caller's transaction already holds the write lock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

Rows = Sequence[Sequence[Any]]


class SqliteWriter:
    """See :class:`relance.records.flush.Writer`."""

    def insert(self, table: str, columns: Sequence[str], rows: Rows) -> None:
        names = ", ".join(f'"{column}"' for column in columns)
        marks = ", ".join(["%s"] * len(columns))
        with connection.cursor() as cursor:
            cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', rows)

    def update(
        self,
        table: str,
        columns: Sequence[str],
        rows: Rows,
        versions: Sequence[int],
        types: Mapping[str, str],
    ) -> int:
        sets = ", ".join(f'"{column}" = %s' for column in columns[1:])
        parameters = [(*row[1:], row[0], version) for row, version in zip(rows, versions, strict=True)]
        with connection.cursor() as cursor:
            cursor.executemany(f'UPDATE "{table}" SET {sets} WHERE id = %s AND version = %s', parameters)
            return int(cursor.rowcount)

    def lock(self, table: str, ids: Sequence[int]) -> None:
        """The transaction is IMMEDIATE: everything is locked already."""

    def delete(self, table: str, column: str, values: Sequence[int]) -> int:
        with connection.cursor() as cursor:
            cursor.executemany(f'DELETE FROM "{table}" WHERE "{column}" = %s', [(value,) for value in values])
            return int(cursor.rowcount)


writer = SqliteWriter()
