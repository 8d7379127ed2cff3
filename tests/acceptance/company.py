"""A small company for stories: a pipeline, records, and what happens to them without a browser.

What these functions do is done as the colleague would have done it, and committed when they return: the engine of the
server under test sees it as any other change.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from relance.accounts.models import User
from relance.accounts.people import actor_for
from relance.automation.models import Automation, Evaluation, Run
from relance.events.models import Event, Pending
from relance.records.models import Stage
from relance.records.unit_of_work import write
from tests import builders

STAGES = ("Contacted", "Demo", "Offer")
Found = TypeVar("Found")


def pipeline(name: str = "Sales", stages: tuple[str, ...] = STAGES) -> dict[str, Stage]:
    """A pipeline; its stages by name."""
    return {stage.name: stage for stage in builders.pipeline(name, *stages)}


def euros(amount: float, currency: str = "EUR") -> dict[str, Any]:
    """An amount of money."""
    return {"amount": round(amount * 100), "currency": currency}


def create(by: User, record_type: str, values: dict[str, Any], origin: str = "user") -> int:
    """Create a record and return its id."""
    with write(actor_for(by), origin) as change:
        return change.create(record_type, {"owner": by.pk, **values})


def deal(by: User, title: str, stage: Stage, origin: str = "user", **values: Any) -> int:
    """A deal in a stage."""
    return create(
        by, "deal", {"title": title, "pipeline": stage.pipeline_id, "stage": stage.pk, **values}, origin
    )


def update(by: User, record_type: str, record_id: int, origin: str = "user", **values: Any) -> None:
    """Change a record."""
    with write(actor_for(by), origin) as change:
        change.update(record_type, record_id, values)


def delete(by: User, record_type: str, record_id: int) -> None:
    """Put a record into the bin."""
    with write(actor_for(by), "user") as change:
        change.delete(record_type, record_id)


def eventually(look: Callable[[], Found], seconds: float = 60) -> Found:
    """Look again and again until there is something to see."""
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)
    return found


def settle() -> None:
    """Wait until the engine has looked at everything that happened."""
    eventually(lambda: not Pending.objects.exists())


def runs_of(name: str) -> list[Run]:
    """The runs of an automation so far, once the engine is through."""
    settle()
    return list(Run.objects.filter(automation__name=name).order_by("pk"))


def passed_by(name: str) -> list[Evaluation]:
    """The changes an automation looked at without starting, once the engine is through."""
    settle()
    wanted = Automation.objects.get(name=name).pk
    return [
        each for each in Evaluation.objects.order_by("pk") if any(item[0] == wanted for item in each.items)
    ]


def last_event(record_type: str, record_id: int) -> Event:
    """The newest change of a record."""
    return Event.objects.filter(record_type=record_type, record_id=record_id).latest("pk")


def events(record_type: str, record_id: int) -> list[Event]:
    """The changes of a record, the oldest first."""
    return list(Event.objects.filter(record_type=record_type, record_id=record_id).order_by("pk"))
