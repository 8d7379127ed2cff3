"""Letting a run happen again: from its first block, in the version of now, on the record as it is.

What happened then starts it once more, so that its conditions see the same change; everything else is as it is today,
with the rights of whoever owns the automation today. The new run stands beside the old one and names it.
"""

from __future__ import annotations

from dataclasses import fields as dataclass_fields

from django.db import IntegrityError, transaction
from pydantic_core import from_json, to_json

from relance.accounts.models import Role
from relance.accounts.people import Actor
from relance.automation.engine.batch import Batch, Poison, Taken
from relance.automation.engine.guard import Guard
from relance.automation.engine.matching import Index, Live, live_of
from relance.automation.engine.runs import Execution
from relance.automation.errors import Forbidden, NotFound, NotRunAgain
from relance.automation.models import LiveSpan, Run
from relance.automation.rights import may_run_again, may_see
from relance.events.models import Event, EventKind
from relance.records import access
from relance.records.errors import Conflict

#: How often a run is tried when somebody else changes the same record at the same moment.
TRIES = 4


def times(run_id: int) -> int:
    """How often a run was run again so far."""
    return Run.objects.filter(rerun_of=run_id).count()


def again(run_id: int, by: Actor, after: int | None = None) -> Run:
    """Run a run again and return the new one, with whatever came of it.

    Args:
        by: who wants that; an owner's or an administrator's.
        after: how often it had been run again when ``by`` looked; one press then counts once, however often it arrives.

    Raises:
        NotFound: there is no such run for ``by``.
        Forbidden: they see it, but the automation is not theirs.
        NotRunAgain: it cannot be; nothing was done.
    """
    run = Run.objects.select_related("automation", "automation__version").filter(pk=run_id).first()
    if run is None or not may_see(by, run.automation):
        raise NotFound(run_id)
    if not may_run_again(by, run.automation):
        raise Forbidden("may_not_run_again")
    key = f"rerun:{run.pk}.{times(run.pk) if after is None else after}"
    for attempt in range(TRIES):
        if (known := Run.objects.filter(key=key).first()) is not None:
            return known
        try:
            return _once(run, by, key)
        except (Conflict, IntegrityError) as error:
            if attempt == TRIES - 1:
                raise NotRunAgain("busy") from error
    raise AssertionError("unreachable")


def _once(run: Run, by: Actor, key: str) -> Run:
    live, event = _live(run), _event(run)
    if live.record_type != event.record_type:
        raise NotRunAgain("other_record")
    batch = _Again(event, live, key)
    batch.decide()
    with transaction.atomic():
        batch.commit()
        Run.objects.filter(key=key).update(rerun_of=run.pk, rerun_by=by.user_id)
    return Run.objects.get(key=key)


def _live(run: Run) -> Live:
    """The version in service now."""
    automation = run.automation
    if not automation.active or automation.deleted_at is not None or automation.version is None:
        raise NotRunAgain("off")
    span = (
        LiveSpan.objects.filter(automation=automation, version=automation.version, live_to__isnull=True)
        .select_related("version", "automation")
        .first()
    )
    live = None if span is None else live_of(span)
    if live is None or live.broken is not None:
        raise NotRunAgain("broken")
    return live


def _event(run: Run) -> Taken:
    """What happened then."""
    event = Event.objects.filter(pk=run.event_id).first()
    if event is None:
        raise NotRunAgain("event_gone")
    known = {each.name for each in dataclass_fields(Taken)}
    values = {name: getattr(event, name) for name in known}
    return Taken(**{**values, "at": event.at.isoformat(), "actor_teams": frozenset(event.actor_teams)})


class _Again(Batch):
    """The engine's batch for one event that was worked off already, and one version."""

    def __init__(self, event: Taken, live: Live, key: str) -> None:
        super().__init__([event], Index(), Guard(), Poison())
        self._live = live
        self.trace.key = key

    def decide(self) -> None:
        """Run the version. A condition that is not met makes a run, too: somebody wants to know."""
        [event], live = self.events, self._live
        owner = self.rights_of(live.owner_id)
        if owner is None or not owner.active:
            raise NotRunAgain("owner_inactive")
        if owner.role == Role.READER:
            raise NotRunAgain("owner_reads")
        record = self.uow.get(event.record_type, event.record_id)
        if record is not None:
            event.record = from_json(to_json(record))  # through JSON, as from the log
        elif event.kind != EventKind.DELETED:
            raise NotRunAgain("record_gone")
        if not access.may(owner, "see", event.record):
            raise NotRunAgain("record_hidden")
        self._preload([(event, [live])])
        self._world.owner = owner
        execution = Execution(self.new_run_id(), event, live, owner, self.uow, self.trace)
        execution.run(self._scope(event, live.owner_id), [])

    def mark_done(self) -> None:
        """Nothing is pending: the engine looked at the event long ago."""
