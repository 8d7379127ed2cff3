"""One thread for each process notices what was committed, by whichever process, and wakes the pages that wait
for it.

On SQLite it asks for ``PRAGMA data_version`` ten times a second, which reads a counter in shared memory and
touches no table; on PostgreSQL it asks for the newest keys four times a second. It only runs while somebody
listens, and keeps no transaction open.

Keys are given out before their transaction commits, so a later key may be visible earlier: the watcher
looks at a window of the latest keys and remembers which of them it has seen.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import DatabaseError, connection
from django.db.models import Model

from relance.automation.models import Notification, Run
from relance.events.models import Event
from relance.outbound.models import Mail
from relance.web.live import topics

log = logging.getLogger(__name__)

SQLITE_PAUSE = 0.1
POSTGRES_PAUSE = 0.25
WINDOW = 500
EVERYTHING = "*"
#: So many of the mails that changed last are looked at: clocks of several machines differ a little.
_LATEST = 20
#: How long the thread stays when nobody listens any more, so that turning a page does not restart it.
LINGER = 3.0


@dataclass(eq=False, slots=True)
class Listener:
    """One page that waits. ``wake`` is called with the topics that changed, from the watcher's thread."""

    wanted: frozenset[str]
    wake: Callable[[frozenset[str]], None]


#: Tells the topics of some rows of a growing table.
Describe = Callable[[list[int]], Iterable[Iterable[str]]]


def _events(keys: list[int]) -> Iterable[Iterable[str]]:
    rows = Event.objects.filter(pk__in=keys).values_list("record_type", "record_id", "record", "changes")
    return (topics.of_event(*row) for row in rows)


def _notifications(keys: list[int]) -> Iterable[Iterable[str]]:
    return (
        (f"user:{user}",)
        for user in Notification.objects.filter(pk__in=keys).values_list("user_id", flat=True)
    )


def _runs(keys: list[int]) -> Iterable[Iterable[str]]:
    return [("runs",)]


@dataclass(slots=True)
class _Log:
    """A table that grows, and the keys of its end that were seen."""

    model: type[Model]
    describe: Describe
    last: int = 0
    seen: set[int] | None = None

    def look(self) -> set[str]:
        """The topics of the rows not seen before; every topic, when there are too many to look at."""
        rows = self.model._default_manager.filter(pk__gt=max(self.last - WINDOW, 0)).order_by("-pk")
        keys = list(rows.values_list("pk", flat=True)[: 2 * WINDOW])
        first = self.seen is None
        fresh = [key for key in keys if key not in (self.seen or ())]
        self.last = max(keys, default=self.last)
        self.seen = {key for key in keys if key > self.last - WINDOW}
        if first or not fresh:
            return set()
        if len(fresh) > WINDOW:
            return {EVERYTHING}
        return {topic for names in self.describe(fresh) for topic in names}


@dataclass(slots=True)
class _Mails:
    """The mails whose state changed last; rows of theirs change and none is added."""

    seen: list[tuple[int, object]] | None = None

    def look(self) -> set[str]:
        """The topic of mails, when one of them has changed since."""
        before = self.seen
        rows = Mail.objects.order_by("-changed_at", "-pk").values_list("pk", "changed_at")
        self.seen = list(rows[:_LATEST])
        return {"mails"} if before is not None and before != self.seen else set()


class Watcher:
    """Knows who waits, and runs the thread while anybody does."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: set[Listener] = set()
        self._thread: threading.Thread | None = None
        self._idle_since = 0.0

    def add(self, listener: Listener) -> None:
        """Begin to wake a page."""
        with self._lock:
            self._listeners.add(listener)
            if self._thread is None:
                ready = threading.Event()
                self._thread = threading.Thread(
                    target=self._run, args=(ready,), name="relance-live", daemon=True
                )
                self._thread.start()
            else:
                return
        # From here on nothing is missed.
        ready.wait(5)

    def remove(self, listener: Listener) -> None:
        """Stop waking a page."""
        with self._lock:
            self._listeners.discard(listener)
            self._idle_since = time.monotonic()

    def stop(self) -> None:
        """Forget everybody and wait for the thread to end (tests)."""
        with self._lock:
            self._listeners.clear()
            self._idle_since = -LINGER
            thread = self._thread
        if thread is not None:
            thread.join(5)

    def _run(self, ready: threading.Event) -> None:
        try:
            logs: list[_Log | _Mails] = [
                _Log(Event, _events), _Log(Notification, _notifications), _Log(Run, _runs), _Mails(),
            ]  # fmt: skip
            changed = self._changed()
            for each in logs:
                each.look()
            ready.set()
            while not self._may_end():
                time.sleep(SQLITE_PAUSE if connection.vendor == "sqlite" else POSTGRES_PAUSE)
                try:
                    if changed():
                        self._tell(frozenset(topic for each in logs for topic in each.look()))
                except DatabaseError:
                    log.warning("live pages: the database did not answer", exc_info=True)
                    connection.close()
                    changed = self._changed()
                    time.sleep(1)
        finally:
            connection.close()
            with self._lock:
                if self._thread is threading.current_thread():
                    self._thread = None
            ready.set()

    def _may_end(self) -> bool:
        with self._lock:
            if self._listeners or time.monotonic() - self._idle_since < LINGER:
                return False
            self._thread = None
            return True

    @staticmethod
    def _changed() -> Callable[[], bool]:
        """A cheap question: may anything have been committed since it was last asked?"""
        if connection.vendor != "sqlite":
            return lambda: True
        before: list[int] = []

        def moved() -> bool:
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA data_version")
                version = cursor.fetchone()[0]
            if before == [version]:
                return False
            before[:] = [version]
            return True

        moved()
        return moved

    def _tell(self, changed: frozenset[str]) -> None:
        if not changed:
            return
        with self._lock:
            listeners = list(self._listeners)
        for listener in listeners:
            if mine := (listener.wanted if EVERYTHING in changed else listener.wanted & changed):
                listener.wake(mine)


watcher = Watcher()


class AsyncInbox:
    """The changes one page has not been told yet, for an event loop."""

    def __init__(self, wanted: frozenset[str]) -> None:
        self._loop = asyncio.get_running_loop()
        self._some = asyncio.Event()
        self._topics: set[str] = set()
        self.listener = Listener(wanted, self._wake)

    def _wake(self, changed: frozenset[str]) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._put, changed)

    def _put(self, changed: frozenset[str]) -> None:
        self._topics |= changed
        self._some.set()

    async def take(self, seconds: float) -> set[str]:
        """Wait for changes, at most so long; an empty set when there were none."""
        try:
            await asyncio.wait_for(self._some.wait(), seconds)
        except TimeoutError:
            return set()
        self._some.clear()
        changed, self._topics = self._topics, set()
        return changed


class ThreadInbox:
    """The same for a thread (the development server and Django's live test server)."""

    def __init__(self, wanted: frozenset[str]) -> None:
        self._queue: queue.SimpleQueue[frozenset[str]] = queue.SimpleQueue()
        self.listener = Listener(wanted, self._queue.put)

    def take(self, seconds: float) -> set[str]:
        """Wait for changes, at most so long; an empty set when there were none."""
        try:
            return set(self._queue.get(timeout=seconds))
        except queue.Empty:
            return set()
