"""A process that saves as people do, and notes what it was told is saved."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from ctypes import c_int
from pathlib import Path
from typing import NamedTuple

from relance.accounts.people import actor_for
from relance.records.errors import Conflict
from relance.records.unit_of_work import NewEvent, write
from tests.reliability.company import Scene


class Saved(NamedTuple):
    """An event whose commit was acknowledged."""

    event_id: int
    record_type: str
    record_id: int
    rseq: int


def acknowledged(path: Path) -> Iterator[Saved]:
    """What one ledger holds. A last line that was cut off by a kill does not count."""
    for line in path.read_text().splitlines(keepends=True) if path.exists() else ():
        if line.endswith("\n"):
            event_id, record_type, record_id, rseq = line.split()
            yield Saved(int(event_id), record_type, int(record_id), int(rseq))


def save(scene: Scene, number: int, path: Path, share: c_int, seed: str) -> None:
    """Save one thing after the other for as long as the process lives.

    Args:
        number: which of the two it is; it only changes deals of its own.
        path: its ledger; a line is appended only after the commit has returned.
        share: how many events it may have made by now; moved by the driver.
        seed: of its choices.
    """
    chance = random.Random(f"{seed} {number} {os.getpid()}")
    done = list(acknowledged(path))
    deals = [saved.record_id for saved in done if saved.record_type == "deal" and saved.rseq == 1]
    ledger = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    made = len(done)
    while True:
        if made >= share.value:
            time.sleep(0.001)
            continue
        for event in _one(scene, number, deals, chance):
            os.write(ledger, f"{event.id} {event.record_type} {event.record_id} {event.rseq}\n".encode())
            made += 1


def _one(scene: Scene, number: int, deals: list[int], chance: random.Random) -> list[NewEvent]:
    """One save; the events it left, none when somebody else was faster or nothing was different."""
    actor = actor_for(scene.savers[number])
    what = chance.random()
    try:
        with write(actor) as change:
            if what < 0.5 or not deals:
                value = {"amount": chance.randrange(10**6), "currency": "EUR"}
                values = {
                    "title": "Deal ",
                    "value": value,
                    "organization": chance.choice(scene.organizations),
                }
                deals.append(change.create("deal", values))
            elif what < 0.9:
                # One of the latest: the engine is likely to be at it too.
                change.update("deal", chance.choice(deals[-20:]), {"probability": chance.randrange(101)})
            else:
                organization = chance.choice(scene.organizations)
                change.update("organization", organization, {"employees": chance.randrange(10**6)})
    except Conflict:
        return []
    return change.uow.events
