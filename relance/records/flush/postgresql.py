"""PostgreSQL: COPY for many new rows, one UPDATE over arrays for many changed ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

Rows = Sequence[Sequence[Any]]

#: Below this many rows one INSERT with several VALUES costs less than a COPY.
COPY_FROM = 8


class PostgresqlWriter:
    """See :class:`relance.records.flush.Writer`."""

    def insert(self, table: str, columns: Sequence[str], rows: Rows) -> None:
        names = ", ".join(f'"{column}"' for column in columns)
        with connection.cursor() as cursor:
            if len(rows) < COPY_FROM:
                one = "(" + ", ".join(["%s"] * len(columns)) + ")"
                values = ", ".join([one] * len(rows))
                cursor.execute(
                    f'INSERT INTO "{table}" ({names}) VALUES {values}', [cell for row in rows for cell in row]
                )
                return
            with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row(row)

    def update(
        self,
        table: str,
        columns: Sequence[str],
        rows: Rows,
        versions: Sequence[int],
        types: Mapping[str, str],
    ) -> int:
        names = ", ".join(f'"{column}"' for column in columns[1:])
        sets = ", ".join(f'"{column}" = new."{column}"' for column in columns[1:])
        with connection.cursor() as cursor:
            if len(rows) == 1:
                single = ", ".join(f'"{column}" = %s' for column in columns[1:])
                cursor.execute(
                    f'UPDATE "{table}" SET {single} WHERE id = %s AND version = %s',
                    [*rows[0][1:], rows[0][0], versions[0]],
                )
                return int(cursor.rowcount)
            arrays = [list(cells) for cells in zip(*rows, strict=True)]
            # Arrays travel as text where the column is not a plain number: a list of cells that may all be empty
            # has no type of its own.
            marks = ", ".join(f"%s::{_array_type(types[column])}" for column in columns[1:])
            casts = ", ".join(f'"{column}"::{types[column]}' for column in columns[1:])
            cursor.execute(
                f'UPDATE "{table}" SET {sets} FROM (SELECT id, version_before, {casts} FROM'
                f" unnest(%s::bigint[], %s::integer[], {marks}) AS raw(id, version_before, {names})) AS new"
                f' WHERE "{table}".id = new.id AND "{table}".version = new.version_before',
                [arrays[0], list(versions), *arrays[1:]],
            )
            return int(cursor.rowcount)

    def lock(self, table: str, ids: Sequence[int]) -> None:
        if len(ids) < 2:
            return
        with connection.cursor() as cursor:
            cursor.execute(
                f'SELECT 1 FROM "{table}" WHERE id = ANY(%s) ORDER BY id FOR UPDATE', [sorted(ids)]
            )

    def delete(self, table: str, column: str, values: Sequence[int]) -> int:
        with connection.cursor() as cursor:
            cursor.execute(f'DELETE FROM "{table}" WHERE "{column}" = ANY(%s)', [list(values)])
            return int(cursor.rowcount)


def _array_type(column_type: str) -> str:
    return f"{column_type}[]" if column_type in {"bigint", "integer", "boolean"} else "text[]"


writer = PostgresqlWriter()
