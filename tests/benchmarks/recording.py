"""Recording what is sent to the database, and sending it again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import psycopg
from django.db import connection, transaction


@dataclass(slots=True)
class Sent:
    """One statement.

    Attributes:
        kind: "one", "many" (once for each row of parameters), "copy" (rows for COPY) or "commit".
        fetch: whether it gives rows back.
        atomic: whether it was sent within a transaction.
    """

    kind: str
    sql: str = ""
    parameters: Any = None
    fetch: bool = False
    atomic: bool = False


@dataclass
class Recording:
    """Statements in the order in which they were sent."""

    sent: list[Sent] = field(default_factory=list)

    def replay(self) -> None:
        """Send everything again through Django's cursors, in the same transactions."""
        block: transaction.Atomic | None = None
        for statement in self.sent:
            if statement.kind == "commit":
                if block is not None:
                    block.__exit__(None, None, None)
                    block = None
                continue
            if statement.atomic and block is None:
                block = transaction.atomic()
                block.__enter__()
            with connection.cursor() as cursor:
                _send(cursor, statement)

    def replay_raw(self, raw: Any) -> None:
        """Send everything again through a bare connection of the driver, which must not open transactions itself."""
        open_ = False
        begin = "BEGIN IMMEDIATE" if connection.vendor == "sqlite" else "BEGIN"
        cursor = raw.cursor()
        for statement in self.sent:
            if statement.kind == "commit":
                if open_:
                    cursor.execute("COMMIT")
                    open_ = False
                continue
            if statement.atomic and not open_:
                cursor.execute(begin)
                open_ = True
            _send(cursor, statement)

    def for_driver(self) -> Recording:
        """The same with the driver's own marks for parameters."""
        if connection.vendor != "sqlite":
            return self
        return Recording(
            [
                Sent(sent.kind, sent.sql.replace("%s", "?"), sent.parameters, sent.fetch, sent.atomic)
                for sent in self.sent
            ]
        )


def _send(cursor: Any, statement: Sent) -> None:
    match statement.kind:
        case "one":
            # Some statements have no parameters at all, and SQLite's driver insists on a sequence.
            cursor.execute(statement.sql, *([] if statement.parameters is None else [statement.parameters]))
        case "many":
            cursor.executemany(statement.sql, statement.parameters)
        case "copy":
            with cursor.copy(statement.sql) as copy:
                for part in statement.parameters:
                    if isinstance(part, str | bytes):
                        copy.write(part)
                    else:
                        copy.write_row(part)
    if statement.fetch:
        cursor.fetchall()


class _Tap:
    """Listens to what is written into a COPY."""

    def __init__(self, inner: Any, parts: list[Any]) -> None:
        self._inner, self._parts = inner, parts

    def __enter__(self) -> _Tap:
        self._copy = self._inner.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._inner.__exit__(*error)

    def write_row(self, row: Sequence[Any]) -> None:
        self._parts.append(tuple(row))
        self._copy.write_row(row)

    def write(self, block: str | bytes) -> None:
        self._parts.append(block)
        self._copy.write(block)


@contextmanager
def recording() -> Iterator[Recording]:
    """Record what Django's connection sends within the block."""
    made = Recording()
    commit = connection._commit
    copy = psycopg.Cursor.copy

    def note(execute: Callable[..., Any], sql: str, parameters: Any, many: bool, context: Any) -> Any:
        kept = (
            [tuple(row) for row in parameters] if many else None if parameters is None else tuple(parameters)
        )
        if many:
            parameters = kept
        result = execute(sql, parameters, many, context)
        if not sql.startswith("BEGIN"):
            fetch = context["cursor"].description is not None
            made.sent.append(Sent("many" if many else "one", sql, kept, fetch, connection.in_atomic_block))
        return result

    def note_commit() -> Any:
        made.sent.append(Sent("commit"))
        return commit()

    def note_copy(cursor: Any, statement: Any, *rest: Any, **options: Any) -> Any:
        parts: list[Any] = []
        made.sent.append(Sent("copy", statement, parts, atomic=connection.in_atomic_block))
        return _Tap(copy(cursor, statement, *rest, **options), parts)

    with (
        connection.execute_wrapper(note),
        mock.patch.object(connection, "_commit", note_commit),
        mock.patch.object(psycopg.Cursor, "copy", note_copy),
    ):
        yield made
