"""Processor time, of this process and of its backend in PostgreSQL."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import connection


@dataclass
class Cost:
    """What something took, in seconds: of processors and on the clock."""

    cores: float = 0.0
    wall: float = 0.0


@contextmanager
def measured(backend: int | None = None) -> Iterator[Cost]:
    """Measure a block.

    Args:
        backend: the process id of the PostgreSQL backend it uses, if that is not Django's own connection.
    """
    cost = Cost()
    server = backend or _backend()
    gc.collect()
    at_server, cores, wall = _processor_time(server), time.process_time(), time.perf_counter()
    yield cost
    cost.wall = time.perf_counter() - wall
    cost.cores = time.process_time() - cores + _processor_time(server) - at_server


def _backend() -> int | None:
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def _processor_time(process: int | None) -> float:
    """Seconds of processor time of another process; 0 without one, or when it runs on another machine."""
    if process is None:
        return 0.0
    try:
        return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        return 0.0
