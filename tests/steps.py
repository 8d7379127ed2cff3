"""One action on real records, as the engine would have it done, without an engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from relance.accounts.people import Actor
from relance.automation.core.scope import Scope
from relance.automation.engine.formatter import formatter_for
from relance.automation.engine.steps import RealStep
from relance.automation.engine.world import BatchWorld
from relance.automation.registry import registry
from relance.lib import clock
from relance.outbound.letters import Letter
from relance.records.snapshot import load_one
from relance.records.unit_of_work import NewEvent, UnitOfWork


def scope_for(
    uow: UnitOfWork,
    record: Mapping[str, Any],
    owner: Actor,
    *,
    kind: str = "updated",
    actor_id: int | None = None,
    changes: Mapping[str, Any] | None = None,
) -> Scope:
    """What an automation of ``owner`` sees of an event of this record."""
    world = BatchWorld(uow)
    world.owner = owner
    zone = uow.configuration.directory.company.timezone
    now = clock.now()
    return Scope(
        record_type=record["record_type"],
        record=record,
        world=world,
        owner_id=owner.user_id or 0,
        now=now,
        today=now.astimezone(ZoneInfo(zone)).date(),
        zone=zone,
        changes=changes or {},
        kind=kind,
        actor_id=actor_id,
    )


def perform(
    action: str, params: Mapping[str, Any], record_type: str, record_id: int, owner: Actor, **rest: Any
) -> tuple[list[NewEvent], list[tuple[int | str, str]]]:
    """Do one action because something happened to a record; return the events and the messages it led to.

    Raises:
        StepFailure, Conflict: as the action; nothing was written.
    """
    events, step = done(action, params, record_type, record_id, owner, **rest)
    return events, [*step.notices, *((letter.to, letter.text) for letter in step.letters)]


def written(params: Mapping[str, Any], record_type: str, record_id: int, owner: Actor, **rest: Any) -> Letter:
    """The one mail that an action writes."""
    _events, step = done("email.send", params, record_type, record_id, owner, **rest)
    [letter] = step.letters
    return letter


def done(
    action: str,
    params: Mapping[str, Any],
    record_type: str,
    record_id: int,
    owner: Actor,
    *,
    kind: str = "updated",
    actor_id: int | None = None,
) -> tuple[list[NewEvent], RealStep]:
    """Do one action; return the events and the step with what it is to send."""
    entry = registry.actions[action]
    record = load_one(record_type, record_id)
    assert record is not None
    with UnitOfWork() as uow, uow.change(owner, "automation") as change:
        scope = scope_for(uow, record, owner, kind=kind, actor_id=actor_id)
        step = RealStep(scope, change, owner, formatter_for("en"))
        entry.perform(entry.Params.model_validate(params), step)
    return uow.events, step
