"""The engine as a process of its own: watched, with crash points, and with faults that must be noticed.

Nothing here changes the product: the engine's own classes are extended in this process only.
"""

from __future__ import annotations

import os
import time
import uuid
from ctypes import c_int
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from relance.automation.engine import embedded
from relance.automation.engine.batch import Batch, Poison, Taken
from relance.automation.engine.embedded import EmbeddedEngine
from relance.automation.engine.pump import Pump

#: What the engine is at; shared with the driver, which reads it after a kill.
IDLE, DECIDING, WRITING = range(3)
#: Where a process may be made to die: after taking events, after deciding, at the end of the transaction and after it.
POINTS = ("taken", "decided", "inside", "committed")
CRASHED = 137


@dataclass
class Crash:
    """Die when ``point`` is reached."""

    point: str

    def reached(self, point: str) -> None:
        """Called at each point."""
        if point == self.point:
            os._exit(CRASHED)


class WatchedBatch(Batch):
    """A batch that says what it is at and passes the crash points."""

    phase: c_int
    crash: Crash | None

    def decide(self) -> None:
        self.phase.value = DECIDING
        self.reach("taken")
        super().decide()

    def commit(self) -> None:
        self.reach("decided")
        self.phase.value = WRITING
        self.write()
        self.reach("committed")
        self.phase.value = IDLE

    def write(self) -> None:
        """The product's commit, with a crash point at the very end of its transaction."""
        flush = self.trace.flush

        def flush_and_pass() -> None:
            flush()
            self.reach("inside")

        self.trace.flush = flush_and_pass  # type: ignore[method-assign]
        super().commit()

    def between(self) -> None:
        """Where a fault splits the transaction: a gap as wide as on a busy disk, so that chance finds it too."""
        self.reach("between")
        time.sleep(0.005)

    def reach(self, point: str) -> None:
        """Pass a crash point."""
        if self.crash is not None:
            self.crash.reached(point)


class DoneMarkInAnotherTransaction(WatchedBatch):
    """A fault: the events are marked as done before their effects are safe."""

    def write(self) -> None:
        with transaction.atomic():
            self.mark_done()
        self.between()
        with transaction.atomic():
            self.uow.flush()
            self.trace.flush()


class KeyPerTry(WatchedBatch):
    """A fault: the mark follows the effects in another transaction, and a run's key does not stop its second try."""

    def write(self) -> None:
        self.trace._runs = [(row[0], f"{row[1]} {uuid.uuid4().hex}", *row[2:]) for row in self.trace._runs]
        with transaction.atomic():
            self.uow.flush()
            self.trace.flush()
        self.between()
        with transaction.atomic():
            self.mark_done()


FAULTS: dict[str, type[WatchedBatch]] = {
    "done-mark-in-another-transaction": DoneMarkInAnotherTransaction,
    "key-per-try": KeyPerTry,
}


def work(phase: c_int, crash: Crash | None, fault: str | None, size: int) -> None:
    """Be the engine until killed, in batches of at most ``size``."""
    kind: Any = FAULTS[fault] if fault else WatchedBatch
    kind.phase, kind.crash = phase, crash

    class WatchedPump(Pump):
        def step(self, batch: int = size) -> int:
            return super().step(batch)

        def batch(self, events: list[Taken], poison: Poison) -> Batch:
            batch: Batch = kind(events, self.index, self.guard, poison)
            return batch

    embedded.Pump = WatchedPump  # type: ignore[misc]
    # On PostgreSQL nothing but the sweep tells this process about the saves of others; a second is long here.
    embedded.SWEEP = 0.05
    phase.value = IDLE
    EmbeddedEngine().run()
