"""Primary keys before the row exists.

Neither ``executemany`` nor ``COPY`` gives keys back, and events, traces and later steps need them. PostgreSQL's
sequences answer without a lock; on SQLite a counter row moves in a short transaction. Gaps are harmless.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from contextlib import nullcontext

from django.db import connection, transaction

#: How many keys a process takes at once: at first few, twice as many each time they are used up, at most so many.
FIRST, MOST = 16, 1024

_lock = threading.Lock()
_blocks: dict[tuple[str, str], deque[int]] = {}
_sizes: dict[tuple[str, str], int] = {}


def reserve(table: str, count: int) -> list[int]:
    """Return ``count`` free primary keys of ``table``, increasing, from blocks this process holds.

    Keys of one process increase; between processes they are not in order of time. Use :func:`take` where the order
    matters.
    """
    key = (str(connection.settings_dict["NAME"]), table)
    with _lock:
        block = _blocks.setdefault(key, deque())
        if (missing := count - len(block)) > 0:
            # What is taken inside a transaction is given back if that fails, so nothing of it may be kept for later.
            size = 0 if connection.in_atomic_block else _sizes.get(key, FIRST)
            block.extend(take(table, max(missing, size)))
            if size:
                _sizes[key] = min(2 * size, MOST)
        return [block.popleft() for _ in range(count)]


def take(table: str, count: int) -> list[int]:
    """Return the next ``count`` primary keys of ``table``, later than all given out before."""
    if count == 0:
        return []
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
            )
            return [row[0] for row in cursor.fetchall()]
    # Within a transaction the counter moves with it; a savepoint more would only cost.
    with nullcontext() if connection.in_atomic_block else transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO lib_sequence ("table", next) VALUES (%s, %s)'
            ' ON CONFLICT ("table") DO UPDATE SET next = next + %s RETURNING next',
            [table, count + 1, count],
        )
        end = cursor.fetchone()[0]
    return list(range(end - count, end))


def forget() -> None:
    """Drop the blocks this process holds (after a fork, or when a database was emptied)."""
    with _lock:
        _blocks.clear()
        _sizes.clear()


def _after_fork() -> None:
    """A child must not give out its parent's keys, nor wait for a lock whose holder it has not got."""
    global _lock
    _lock = threading.Lock()
    _blocks.clear()


os.register_at_fork(after_in_child=_after_fork)
