"""One run: from its first block to its end, in the batch's memory."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, InterfaceError

from relance.accounts.people import Actor
from relance.automation.core import flow
from relance.automation.core.conditions import Seen
from relance.automation.core.definition import ActionBlock
from relance.automation.core.scope import Scope
from relance.automation.engine.formatter import formatter_for
from relance.automation.engine.matching import Live
from relance.automation.engine.steps import RealStep
from relance.automation.engine.trace import MAX_NAME, Trace
from relance.automation.models import RunState
from relance.automation.registry import StepFailure, registry
from relance.events.models import Origin
from relance.records.errors import Conflict
from relance.records.snapshot import title_of
from relance.records.unit_of_work import Cause, UnitOfWork

if TYPE_CHECKING:
    from relance.automation.engine.batch import Taken

log = logging.getLogger(__name__)


class Execution:
    """Runs one version for one event, with its owner's rights, and writes its trace.

    A step that fails for a reason of the business ends the run there; the steps before it stay, and no other run
    notices.
    """

    __slots__ = ("_cause", "_event", "_live", "_owner", "_trace", "_uow", "run_id")

    def __init__(
        self, run_id: int, event: Taken, live: Live, owner: Actor, uow: UnitOfWork, trace: Trace
    ) -> None:
        self._event = event
        self._live = live
        self._owner = owner
        self._uow = uow
        self._trace = trace
        self.run_id = run_id
        self._cause = Cause(run_id=self.run_id, root_id=event.root_id, depth=event.depth + 1)

    def block(self, code: str, params: dict[str, Any]) -> None:
        """Record that the guard refused this run."""
        self._finish(RunState.BLOCKED, {"code": code, "params": params})

    def fail(self, code: str, params: dict[str, Any]) -> None:
        """Record that this run failed before its first step."""
        self._finish(RunState.FAILED, {"code": code, "params": params})

    def run(self, scope: Scope, verdicts: list[tuple[bool | None, str]]) -> None:
        """Go through the blocks.

        Args:
            scope: the event, frozen.
            verdicts: of the leading conditions, as far as they were asked; all but the last are met.
        """
        asked = iter(verdicts)
        cursors = flow.start(self._live.definition)
        acted = False
        while cursors:
            directive, path = self._live.at(flow.first(cursors))
            answer: flow.Answer = True
            if isinstance(directive, flow.Perform):
                acted = True
                if not self._perform(directive.block, path, self._as_it_is(scope)):
                    return
            elif isinstance(directive, flow.Decide):
                answer = self._decide(directive, path, next(asked, None), scope, acted)
            elif isinstance(directive, flow.Choose):
                answer = self._choose(directive, path, scope, acted)
            elif directive.block is not None:
                self._trace.step(self.run_id, path, directive.block, "stopped")
            cursors, ended = self._live.after(cursors, answer)
        if ended is flow.Outcome.UNKNOWN:
            self._finish(RunState.FAILED, {"code": "condition_unknown", "params": {"step": path}})
        else:
            self._finish(RunState.NOT_MET if ended is flow.Outcome.NOT_MET else RunState.DONE, None)

    def _decide(
        self,
        directive: flow.Decide,
        path: str,
        known: tuple[bool | None, str] | None,
        scope: Scope,
        acted: bool,
    ) -> bool | None:
        """Ask a condition, unless it was asked before the run began, and write its line."""
        truth, verdict = known or self._ask(directive.block.id, self._as_it_is(scope) if acted else scope, {})
        outcome = "met" if truth else "not_met" if truth is False else "failed"
        self._trace.step(self.run_id, path, directive.block, outcome, verdict=verdict)
        return truth

    def _choose(
        self, directive: flow.Choose, path: str, scope: Scope, acted: bool
    ) -> tuple[bool | None, ...]:
        """Ask the paths of a branch as far as they matter, and write its line with the verdict of each."""
        block = directive.block
        seen: dict[str, Seen] = {}
        truths: list[bool | None] = []
        verdicts = []
        if acted:
            scope = self._as_it_is(scope)
        for each in block.paths:
            truth, verdict = self._ask(each.id, scope, seen)
            truths.append(truth)
            verdicts.append(verdict or "null")
            if block.settles(truth):
                break
        taken = flow.taken(block.mode, truths)
        outcome = "failed" if taken is None else "taken" if taken else "otherwise"
        self._trace.step(self.run_id, path, block, outcome, verdict=f"[{','.join(verdicts)}]")
        return tuple(truths)

    def _ask(self, id: str, scope: Scope, seen: dict[str, Seen]) -> tuple[bool | None, str | None]:
        """The truth of a condition or a path and its trace as JSON; unknown and none where a bug is in the way."""
        try:
            return self._live.conditions[id].trace(scope, seen)
        except (DatabaseError, InterfaceError):
            raise
        except Exception:
            log.exception("Condition %s of automation %s cannot be asked", id, self._live.automation_id)
            return None, None

    def _as_it_is(self, scope: Scope) -> Scope:
        """The same event, with the record as it is by now; as it was last, when it is gone."""
        event = self._event
        record = self._uow.get(event.record_type, event.record_id)
        return Scope(
            record_type=scope.record_type,
            record=event.record if record is None else record,
            world=scope.world,
            owner_id=scope.owner_id,
            now=scope.now,
            today=scope.today,
            zone=scope.zone,
            changes=scope.changes,
            kind=scope.kind,
            actor_id=scope.actor_id,
            actor_teams=scope.actor_teams,
            origin=scope.origin,
        )

    def _perform(self, block: ActionBlock, path: str, scope: Scope) -> bool:
        """Perform an action, all or nothing; return whether the run goes on."""
        first = len(self._uow.events)
        try:
            with self._uow.change(self._owner, Origin.AUTOMATION, self._cause) as change:
                step = RealStep(scope, change, self._owner, formatter_for(self._owner.language))
                registry.actions[block.type].perform(block.params, step)
        except StepFailure as failure:
            self._stop_at(block, path, failure.code, failure.params)
            return False
        except (Conflict, DatabaseError, InterfaceError):
            raise  # for the batch as a whole to be tried again, or halved
        except Exception as error:
            # A bug in one action must not take the batch with it: its change is undone, its run says so.
            log.exception("Action %s failed in automation %s", block.type, self._live.automation_id)
            self._stop_at(block, path, "internal", {"error": type(error).__name__})
            return False
        effects: list[dict[str, Any]] = [
            {
                "record_type": made.record_type,
                "id": made.record_id,
                "name": title_of(made.record)[:MAX_NAME],
                "kind": made.kind,
                "changes": made.changes,
            }
            for made in self._uow.events[first:]
        ]
        for record_type, record_id in step.finds:
            found = {"record_type": record_type, "id": record_id, "kind": "found", "changes": {}}
            effects.insert(0, {**found, "name": title_of(change.get(record_type, record_id))[:MAX_NAME]})
        record = (self._event.record_type, self._event.record_id)
        for user_id, text in step.notices:
            self._trace.notification(user_id, text, record, self.run_id)
            effects.append({"kind": "notified", "user": user_id, "text": text})
        for letter in step.letters:
            self._trace.mail(letter, self._event, self._live, self.run_id, path)
            written = {
                "to": letter.to,
                "name": letter.to_name,
                "subject": letter.subject,
                "text": letter.text,
            }
            effects.append({"kind": "mailed", **written})
        self._trace.step(self.run_id, path, block, "done", effects=effects)
        return True

    def _stop_at(self, block: ActionBlock, path: str, code: str, params: dict[str, Any]) -> None:
        failure = {"code": code, "params": params}
        self._trace.step(self.run_id, path, block, "failed", failure=failure)
        self._finish(RunState.FAILED, {"code": code, "params": {**params, "step": path}})

    def _finish(self, state: RunState, failure: dict[str, Any] | None) -> None:
        event = self._event
        self._trace.run(self.run_id, event, self._live, title_of(event.record), state.value, failure)
