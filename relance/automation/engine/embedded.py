"""The engine inside the web server: one thread, in exactly one process.

Whoever saves wakes it (``records.unit_of_work.LISTENERS``); changes by other processes are noticed by SQLite's own
change counter or by a sweep each second. A lost wake costs a second, never an event.
"""

from __future__ import annotations

import fcntl
import logging
import threading
import time
from pathlib import Path
from typing import IO

from django.db import DatabaseError, InterfaceError, connection, connections
from django.db.migrations.executor import MigrationExecutor

from relance.automation.engine.chores import Chores
from relance.automation.engine.pump import BATCH, Pump
from relance.records import unit_of_work

log = logging.getLogger(__name__)

SWEEP = 1.0
#: Between two looks at SQLite's change counter, in seconds; one look costs a few microseconds.
GLANCE = 0.05
#: Between two full batches, in seconds: long enough for a waiting writer to get SQLite's lock.
YIELD = 0.02
_ADVISORY_LOCK = 7_364_255_101


class EmbeddedEngine(threading.Thread):
    """Works off pending events as soon as they are there. Stops with :meth:`stop`."""

    def __init__(self) -> None:
        super().__init__(name="relance-engine", daemon=True)
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._lock_file: IO[str] | None = None
        self._seen_version = -1
        #: The trouble that was said last, so that it is said once and not each second.
        self._said = ""

    def wake(self) -> None:
        """Say that something may be pending. Costs nothing and may be lost."""
        self._wake.set()

    def stop(self, timeout: float = 10) -> None:
        """Finish the batch at hand and end."""
        self._stopping.set()
        self._wake.set()
        self.join(timeout)

    def run(self) -> None:
        unit_of_work.LISTENERS.append(self.wake)
        try:
            while not self._stopping.is_set():
                try:
                    if self._become_the_one():
                        self._work()
                except Exception as error:
                    self._say(error)
                connections.close_all()
                self._stopping.wait(SWEEP)
        finally:
            unit_of_work.LISTENERS.remove(self.wake)
            self._release()

    def _say(self, error: Exception) -> None:
        """Write a trouble into the log, unless it is still the same one."""
        said = f"{type(error).__name__}: {error}"
        if said == self._said:
            return
        self._said = said
        if not isinstance(error, DatabaseError | InterfaceError):
            log.error("The engine stumbled; it goes on in a second", exc_info=error)
        elif _is_migrated():
            log.error("The engine lost its database; it tries again each second", exc_info=error)
        else:
            log.warning(
                "The database is not up to date (run `python -m relance migrate`). "
                "Automations wait until it is; nothing is lost."
            )

    def _become_the_one(self) -> bool:
        """Take the lock that makes this the only engine; the system frees it when the process dies."""
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_lock(%s)", [_ADVISORY_LOCK])
                return bool(cursor.fetchone()[0])
        if self._lock_file is not None:
            return True
        name = str(connection.settings_dict["NAME"])
        if name == ":memory:" or name.startswith("file:memory") or "mode=memory" in name:
            return True
        file = Path(f"{name}.engine").open("w")  # noqa: SIM115 (held as long as the process lives)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        self._lock_file = file
        return True

    def _release(self) -> None:
        if self._lock_file is not None:
            self._lock_file.close()
            self._lock_file = None

    def _work(self) -> None:
        pump, chores = Pump(), Chores()
        while not self._stopping.is_set():
            self._wake.clear()
            taken = pump.step()
            self._said = ""
            if taken == 0:
                chores.do_next()
                self._wait()
            elif taken == BATCH and connection.vendor == "sqlite":
                # Whoever waits for SQLite's lock cannot say so: without a pause, nobody could save until all is done.
                time.sleep(YIELD)

    def _wait(self) -> None:
        """Until something may be pending."""
        end = time.monotonic() + SWEEP
        while time.monotonic() < end and not self._wake.wait(GLANCE):
            if connection.vendor == "sqlite" and self._others_wrote():
                return

    def _others_wrote(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA data_version")
            version = cursor.fetchone()[0]
        seen, self._seen_version = self._seen_version, version
        return bool(version != seen)


def _is_migrated() -> bool:
    """Whether the database is as this version of Relance needs it; yes when nobody can tell."""
    try:
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Exception:
        return True


_engine: EmbeddedEngine | None = None


def start_embedded_engine() -> EmbeddedEngine:
    """Start the engine's thread in this process, once."""
    global _engine
    if _engine is None or not _engine.is_alive():
        _engine = EmbeddedEngine()
        _engine.start()
    return _engine
