"""Everything an act may leave behind: each row of each table, what gives out keys, and files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db import connection

from relance.lib import ids

Everything = dict[str, Any]


def everything(directory: Path | None = None) -> Everything:
    """What there is, by table, sequence and file. Equal before and after whatever leaves no trace.

    Args:
        directory: where files would be, if any are looked at.
    """
    found: Everything = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f'SELECT * FROM "{table}"')
            found[table] = sorted(map(repr, cursor.fetchall()))
        if connection.vendor == "postgresql":
            cursor.execute("SELECT sequencename, last_value FROM pg_sequences ORDER BY 1")
        else:
            cursor.execute("SELECT name, seq FROM sqlite_sequence ORDER BY 1")
        found["(sequences)"] = cursor.fetchall()
    found["(keys held)"] = {table: list(block) for (_name, table), block in ids._blocks.items()}
    found["(files)"] = [
        (str(path), path.stat().st_size)
        for path in (sorted(directory.rglob("*")) if directory else ())
        if path.is_file() and ".sqlite3" not in path.name and path.suffix != ".log"
    ]
    return found


def differences(before: Everything, after: Everything) -> list[str]:
    """The names of what is different."""
    return [name for name in sorted(before.keys() | after.keys()) if before.get(name) != after.get(name)]
