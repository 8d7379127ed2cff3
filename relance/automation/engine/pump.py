"""Empties the pending events, batch after batch, whatever a batch may stumble over."""

from __future__ import annotations

import logging
import time

from django.db import (
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    connection,
)

from relance.automation.engine.batch import Batch, Overtaken, Poison, Taken, take
from relance.automation.engine.guard import Guard
from relance.automation.engine.matching import Index
from relance.records.errors import Conflict
from relance.records.flush import writer

log = logging.getLogger(__name__)

BATCH = 500
#: A batch that meets a conflict or a passing trouble of the database is tried this often before it is halved.
TRIES = 4
_PASSING = {"40001", "40P01", "55P03"}


class Pump:
    """The engine proper, without threads: what matches, what was refused, one batch at a time."""

    def __init__(self) -> None:
        self.index = Index()
        self.guard = Guard()

    def drain(self, batch: int = BATCH) -> int:
        """Work until nothing is pending; return how many events were done."""
        done = 0
        while taken := self.step(batch):
            done += taken
        return done

    def step(self, batch: int = BATCH) -> int:
        """Work off one batch of at most ``batch`` events; return how many there were.

        Raises:
            OperationalError: the database cannot be reached.
        """
        self.index.refresh()
        events = take(batch, self.index)
        if events:
            self._work(events, Poison())
        return len(events)

    def _work(self, events: list[Taken], poison: Poison) -> None:
        """Work off these events; halve them until the one that breaks the transaction stands alone."""
        trouble: Exception | None = None
        for attempt in range(TRIES):
            try:
                self._once(events, poison)
            except Overtaken:
                return
            except (Conflict, OperationalError, InterfaceError) as error:
                if isinstance(error, Conflict) or _passes(error):
                    trouble = error
                    time.sleep(0.005 * 4**attempt if attempt else 0)
                    continue
                raise
            except Exception as error:
                self._isolate(events, poison, error)
                return
            else:
                return
        assert trouble is not None
        self._isolate(events, poison, trouble)

    def _once(self, events: list[Taken], poison: Poison) -> None:
        batch = self.batch(events, poison)
        try:
            batch.decide()
            batch.commit()
        except BaseException:
            self.guard.take_back()
            raise

    def batch(self, events: list[Taken], poison: Poison) -> Batch:
        """Make a batch; tests replace this to plant faults."""
        return Batch(events, self.index, self.guard, poison)

    def _isolate(self, events: list[Taken], poison: Poison, error: Exception) -> None:
        if len(events) > 1:
            middle = len(events) // 2
            self._work(events[:middle], poison)
            self._work(events[middle:], poison)
            return
        if isinstance(error, OperationalError | InterfaceError):
            raise error  # it is not the event's fault: all of it is tried again later
        if events[0].id in poison.events:
            self._abandon(events[0], error)
            return
        log.error(
            "Event %s cannot be worked off; its runs are recorded as failed", events[0].id, exc_info=error
        )
        poison.events[events[0].id] = type(error).__name__
        self._work(events, poison)

    def _abandon(self, event: Taken, error: Exception) -> None:
        """Leave behind an event at which the engine stumbles before any run begins, so that the others go on."""
        if isinstance(error, DatabaseError) and not isinstance(error, DataError | IntegrityError):
            raise error  # such as a table that is missing: no event could be worked off
        log.critical("Event %s is left behind: nobody can be asked about it", event.id, exc_info=error)
        writer().delete("events_pending", "event_id", [event.id])


def _passes(error: DatabaseError | InterfaceError) -> bool:
    """Whether the same statement may succeed if tried again."""
    state = getattr(error.__cause__, "sqlstate", None)
    if state is not None:
        return state in _PASSING
    return connection.vendor == "sqlite" and "locked" in str(error)
