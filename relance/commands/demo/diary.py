"""What people did, in the order in which they did it, written through the UnitOfWork at the time it happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from relance.automation.engine.pump import Pump
from relance.commands.demo.company import Office
from relance.events.models import Origin
from relance.lib import clock
from relance.records.unit_of_work import Change, NewEvent, UnitOfWork

Act = Callable[[Change], object]

#: How long after a change the engine has worked it off.
ENGINE_DELAY = timedelta(milliseconds=240)


@dataclass(slots=True)
class Ref:
    """A record that the diary will have created by the time it is needed."""

    _id: int = 0

    @property
    def id(self) -> int:
        """Its primary key.

        Raises:
            LookupError: it has not been created yet: the diary is in the wrong order.
        """
        if not self._id:
            raise LookupError("used before it was created")
        return self._id

    def set(self, record_id: int) -> None:
        """Note the key of the record just created."""
        self._id = record_id


@dataclass(order=True, slots=True)
class _Entry:
    at: datetime
    place: int
    who: str = field(compare=False)
    origin: str = field(compare=False)
    act: Act | None = field(compare=False)
    looks: bool = field(compare=False, default=False)
    decision: Callable[[], None] = field(compare=False, default=lambda: None)


class Diary:
    """Entries of all days, in any order; :meth:`live` lets them happen."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._entries: list[_Entry] = []
        self._places = count()

    def add(
        self, at: datetime, who: str, act: Act, origin: str = Origin.USER, *, looks: bool = False
    ) -> None:
        """Somebody changes records at a moment.

        Args:
            looks: whether the act reads the database, which then must hold everything that happened before.
        """
        self._entries.append(_Entry(at, next(self._places), who, origin, act, looks))

    def decide(self, at: datetime, decision: Callable[[], None]) -> None:
        """Something is done at a moment that is no change of a record: an automation is published."""
        self._entries.append(_Entry(at, next(self._places), "", "", None, decision=decision))

    def live(self) -> None:
        """Let everything happen, with the clock set to when it did.

        What nobody listens to is written in bulk. The engine is called when something happened that an automation
        may want to look at, and finds whatever else is pending too.
        """
        pump = Pump()
        uow = UnitOfWork()
        with _time_travel() as travel:
            for entry in sorted(self._entries):
                if entry.act is None or entry.looks:
                    uow = self._write(uow)
                travel(entry.at)
                if entry.act is None:
                    entry.decision()
                    pump.drain()
                    continue
                first = len(uow.events)
                with uow.change(self._office.actor(entry.who), entry.origin) as change:
                    entry.act(change)
                if any(_heard(event, pump) for event in uow.events[first:]):
                    uow = self._write(uow)
                    travel(entry.at + ENGINE_DELAY)
                    pump.drain()
            self._write(uow)
            pump.drain()

    @staticmethod
    def _write(uow: UnitOfWork) -> UnitOfWork:
        """Write what has happened, and begin anew."""
        uow.commit()
        return UnitOfWork()


def _heard(event: NewEvent, pump: Pump) -> bool:
    """Whether an automation may want to look at this."""
    return bool(pump.index.candidates(event.record_type, event.kind, event.changes))


@contextmanager
def _time_travel() -> Iterator[Callable[[datetime], None]]:
    """Give a function that moves the clock on to a moment, never back; afterwards it is as it was before."""
    moment = datetime.min.replace(tzinfo=UTC)

    def travel(to: datetime) -> None:
        nonlocal moment
        moment = max(moment, to)

    before = clock.set_clock(lambda: moment)
    try:
        yield travel
    finally:
        clock.set_clock(before)
