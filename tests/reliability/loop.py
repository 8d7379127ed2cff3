"""One crash loop on one database: ``python -m tests.reliability.loop``, with ``DATABASE_URL`` set to a scratch one.

This process only forks, kills and counts. Two children save, one child is the engine. In each round the savers may make
some more events, the engine is started, and at a random moment after it has begun to decide, or after it has begun to
write, it gets a SIGKILL; sometimes a saver dies too, or all three at once.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sys
import tempfile
import time
from collections.abc import Callable
from ctypes import c_int
from dataclasses import dataclass
from multiprocessing.context import ForkProcess
from multiprocessing.sharedctypes import RawValue
from pathlib import Path
from typing import Any

import django

PATIENCE = 60.0
#: The longest time between a sign that the engine is at work and its end, in seconds.
LATEST = 0.03


@dataclass
class Tally:
    """Kills, and what they hit."""

    kills: int = 0
    pending: int = 0
    working: int = 0
    writing: int = 0
    savers: int = 0


class Driver:
    """Starts, kills and restarts the processes."""

    def __init__(self, events: int, seed: str, fault: str | None, directory: Path) -> None:
        from tests.reliability.company import found

        self.scene = found(events)
        self.seed = seed
        self.fault = fault
        self.tally = Tally()
        self.ledgers = [directory / f"saved-{number}" for number in range(2)]
        self._context = multiprocessing.get_context("fork")
        self._shares: list[Any] = [RawValue(c_int, 0) for _ in self.ledgers]
        self._phase: Any = RawValue(c_int, 0)
        self._savers: list[ForkProcess | None] = [None, None]
        self._engine: ForkProcess | None = None

    def allow(self, events: int) -> None:
        """Let the savers make events until there are so many."""
        for number, share in enumerate(self._shares):
            share.value = (events + number) // 2

    def keep_running(self, crash: str | None = None, size: int = 500) -> None:
        """Start what does not run; the engine with batches of at most ``size``."""
        for number, saver in enumerate(self._savers):
            if saver is None or not saver.is_alive():
                self._savers[number] = self._fork(self._save, number)
        if self._engine is None or not self._engine.is_alive():
            self._engine = self._fork(self._work, crash, size)

    def _fork(self, target: Callable[..., None], *arguments: Any) -> ForkProcess:
        from django.db import connections

        from relance.accounts import people
        from relance.lib import ids
        from relance.records import configuration

        # Neither a connection nor anything remembered of the database may be shared with a child.
        connections.close_all()
        for module in (people, configuration, ids):
            module.forget()
        process = self._context.Process(target=target, args=arguments, daemon=True)
        process.start()
        return process

    def _save(self, number: int) -> None:
        from tests.reliability.saving import save

        save(self.scene, number, self.ledgers[number], self._shares[number], self.seed)

    def _work(self, crash: str | None, size: int) -> None:
        from tests.reliability.engines import Crash, work

        work(self._phase, Crash(crash) if crash else None, self.fault, size)

    def kill(self, *, savers: tuple[int, ...] = ()) -> None:
        """SIGKILL the engine, and savers, and note what that hit."""
        from tests.reliability.engines import IDLE, WRITING

        victims = [self._engine, *(self._savers[number] for number in savers)]
        for victim in victims:
            if victim is not None:
                victim.kill()
        for victim in victims:
            if victim is not None:
                victim.join()
        self.tally.kills += 1
        self.tally.savers += len(savers)
        self.tally.pending += self.pending() > 0
        self.tally.working += self._phase.value != IDLE
        self.tally.writing += self._phase.value == WRITING
        self._phase.value = IDLE

    def crash(self, point: str) -> None:
        """Run an engine that dies at a point.

        Raises:
            TimeoutError: it never got there.
        """
        from tests.reliability.engines import CRASHED

        if self._engine is not None:
            self._engine.kill()
            self._engine.join()
        self.keep_running(point)
        assert self._engine is not None
        self._engine.join(PATIENCE)
        if self._engine.exitcode != CRASHED:
            raise TimeoutError(
                f"The engine did not crash at {point!r}, its exit code is {self._engine.exitcode}"
            )
        self.tally.kills += 1
        self.tally.working += 1
        self.tally.pending += self.pending() > 0

    def wait_for(self, phase: int) -> None:
        """Until the engine has come as far as this within a batch, or a moment has passed."""
        end = time.monotonic() + 2
        while self._phase.value < phase and time.monotonic() < end:
            time.sleep(0.0002)

    def wait_for_progress(self) -> None:
        """Until the engine has done some of what is pending, or a moment has passed."""
        from relance.automation.models import Run

        end = time.monotonic() + 2
        before = Run.objects.count()
        while Run.objects.count() == before and time.monotonic() < end:
            time.sleep(0.005)

    def saved(self) -> list[Any]:
        """All acknowledged events."""
        from tests.reliability.saving import acknowledged

        return [saved for path in self.ledgers for saved in acknowledged(path)]

    def finish(self, events: int) -> None:
        """Let everything come to rest, as far as it does, and end the processes."""
        self.allow(events)
        end = time.monotonic() + PATIENCE
        before = (-1, -1)
        while time.monotonic() < end:
            self.keep_running()
            now = (len(self.saved()), self.pending())
            if now[0] >= events and now[1] == 0:
                break
            if now != before:  # as long as something moves there is time
                before, end = now, time.monotonic() + (10 if self.fault else PATIENCE)
            time.sleep(0.1)
        for process in (*self._savers, self._engine):
            if process is not None:
                process.kill()
                process.join()

    @staticmethod
    def pending() -> int:
        """How many events wait for the engine."""
        from relance.events.models import Pending

        return Pending.objects.count()


def play(driver: Driver, events: int, kills: int, points: list[str]) -> None:
    """The whole loop: deterministic crashes first, then random kills."""
    from tests.reliability.engines import DECIDING, WRITING

    chance = random.Random(driver.seed)
    rounds = kills + len(points)
    for number in range(rounds):
        driver.allow(events * (number + 1) // (rounds + 1))
        if number < len(points):
            driver.crash(points[number])
            continue
        driver.keep_running(size=chance.choice((1, 10, 50, 500)))
        if chance.random() < 0.5:
            driver.wait_for_progress()
        if chance.random() < 0.5:
            driver.wait_for(DECIDING)
            time.sleep(chance.uniform(0, LATEST))
        else:
            driver.wait_for(WRITING)
            time.sleep(chance.uniform(0, LATEST / 5))
        savers = chance.choice(((), (), (), (0,), (1,), (0, 1)))
        driver.kill(savers=savers)
    driver.finish(events)


def main(arguments: list[str]) -> int:
    """Run the loop and print its sentence; the exit code says whether all promises were kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, required=True)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--crash-at", action="append", default=[], metavar="POINT")
    parser.add_argument("--seed", required=True)
    parser.add_argument("--fault")
    given = parser.parse_args(arguments)
    django.setup()
    from django.db import connection

    from tests.reliability.ledger import examine

    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="relance-ledger-") as directory:
        driver = Driver(given.events, given.seed, given.fault, Path(directory))
        play(driver, given.events, given.kills, given.crash_at)
        saved = driver.saved()
        findings = examine(driver.scene, saved)
    tally = driver.tally
    if not saved or not tally.pending:
        findings.faults.append("no kill met any work")
    sentence = f"{len(saved)} events, {tally.kills} kills, {findings.lost} lost, {findings.doubled} doubled"
    print(f"{connection.vendor}: {sentence}")
    print(
        f"    {tally.pending} kills with work pending, {tally.working} within a batch, {tally.writing} of them while it"
        f" was being written; {tally.savers} savers killed; seed {given.seed}; {time.monotonic() - started:.0f} s"
    )
    for fault in findings.faults:
        print(f"    WRONG: {fault}")
    return 0 if findings.good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
