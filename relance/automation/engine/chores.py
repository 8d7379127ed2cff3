"""What is to be done now and then, in the process that hosts the engine, while nothing is pending."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from relance.automation import retention
from relance.records import bin

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Chore:
    """Something to do every so many seconds, a slice at a time.

    Attributes:
        do: does a slice, and returns how much that was; 0 when all is done for now.
        due: when its next slice is, on the monotonic clock.
    """

    name: str
    every: float
    do: Callable[[], int]
    due: float = 0.0


class Chores:
    """The chores of one engine."""

    def __init__(self) -> None:
        start = time.monotonic() + 60
        self.list = [
            Chore("old runs", 3600, retention.purge, start),
            Chore("the bin", 3600, bin.purge, start),
        ]

    def do_next(self) -> None:
        """Do a slice of the first chore that is due. One that breaks is put off, and nobody else notices."""
        now = time.monotonic()
        for chore in self.list:
            if chore.due > now:
                continue
            try:
                done = chore.do()
            except Exception:
                log.exception("The chore “%s” could not be done; it is tried again later", chore.name)
                done = 0
            # Between two slices whoever waits for the database comes first.
            chore.due = time.monotonic() + (1.0 if done else chore.every)
            return
