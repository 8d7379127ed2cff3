"""What a batch leaves for people to read: runs, their lines, the automations that did not start, messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import DateTimeField, JSONField, Model
from pydantic_core import from_json, to_json

from relance.automation.core.definition import ActionBlock, Block
from relance.automation.models import Evaluation, Notification, Run, StepRun
from relance.lib import ids
from relance.outbound import outbox
from relance.outbound.letters import Letter
from relance.outbound.models import Mail
from relance.records.flush import writer
from relance.records.snapshot import shape, title_of

if TYPE_CHECKING:
    from relance.automation.engine.batch import Taken
    from relance.automation.engine.matching import Live

_RUN = Run._meta.db_table
_STEP = StepRun._meta.db_table
_EVALUATION = Evaluation._meta.db_table
_NOTIFICATION = Notification._meta.db_table
_RUN_COLUMNS = (
    "id", "key", "automation_id", "version_id", "event_id", "record_type", "record_id", "record_name", "actor_id",
    "owner_id", "state", "failure", "started_at", "finished_at", "root_id", "depth", "cause_run_id",
)  # fmt: skip
_STEP_COLUMNS = (
    "id", "run_id", "path", "loop_index", "block_id", "kind", "type", "outcome", "verdict", "effects", "failure", "at",
)  # fmt: skip
_EVALUATION_COLUMNS = ("id", "event_id", "record_type", "record_id", "record_name", "actor_id", "at", "items")
_NOTIFICATION_COLUMNS = (
    "id",
    "user_id",
    "text",
    "record_type",
    "record_id",
    "run_id",
    "created_at",
    "read_at",
)
MAX_NAME = 250

M = TypeVar("M", bound=Model)


class Trace:
    """Rows of one batch, kept until it commits; all of them bear its time."""

    def __init__(self, now: str) -> None:
        self._runs: list[tuple[Any, ...]] = []
        self._steps: list[tuple[Any, ...]] = []
        self._evaluations: list[tuple[Any, ...]] = []
        self._notifications: list[tuple[Any, ...]] = []
        self._mails: list[Mail] = []
        #: Of the one run of a trace whose occurrence is not its event.
        self.key = ""
        self._now = datetime.fromisoformat(now)
        self._at = shape("deal").moment_cell(now)

    def run(
        self, run_id: int, event: Taken, live: Live, name: str, state: str, failure: dict[str, Any] | None
    ) -> None:
        """Add a run that has ended.

        Args:
            name: of the triggering record.
        """
        self._runs.append(
            (
                run_id, self.key or f"{live.automation_id}/event:{event.id}", live.automation_id, live.version_id,
                event.id, event.record_type, event.record_id, name[:MAX_NAME], event.actor_id, live.owner_id, state,
                _json(failure), self._at, self._at, event.root_id, event.depth, event.cause_run_id,
            )
        )  # fmt: skip

    def step(
        self,
        run_id: int,
        path: str,
        block: Block,
        outcome: str,
        *,
        verdict: str | None = None,
        effects: list[dict[str, Any]] | None = None,
        failure: dict[str, Any] | None = None,
    ) -> None:
        """Add a line to a run's trace; the verdict is JSON already."""
        block_type = block.type if isinstance(block, ActionBlock) else ""
        self._steps.append(
            (
                run_id, path, 0, block.id, block.kind, block_type, outcome, verdict,
                to_json(effects).decode() if effects else "[]", _json(failure), self._at,
            )
        )  # fmt: skip

    def evaluation(self, event: Taken, name: str, items: list[str]) -> None:
        """Add what looked at an event and did not start; the items are JSON already."""
        self._evaluations.append(
            (
                event.id, event.record_type, event.record_id, name[:MAX_NAME], event.actor_id, self._at,
                f"[{','.join(items)}]",
            )
        )  # fmt: skip

    def notification(self, user_id: int, text: str, record: tuple[str, int], run_id: int) -> None:
        """Add a message to a colleague."""
        self._notifications.append((user_id, text, *record, run_id, self._at, None))

    def mail(self, letter: Letter, event: Taken, live: Live, run_id: int, path: str) -> None:
        """Add a mail of a step; it leaves once the batch is committed."""
        self._mails.append(
            outbox.post(
                letter, self._now, record_type=event.record_type, record_id=event.record_id,
                record_name=title_of(event.record)[:MAX_NAME], automation_id=live.automation_id,
                run_id=run_id, step_path=path, owner_id=live.owner_id,
            )
        )  # fmt: skip

    def unsaved(self) -> tuple[list[Run], list[StepRun], list[Evaluation]]:
        """What :meth:`flush` would write of runs, their lines and evaluations, as it would be read again."""
        return (
            [_unsaved(Run, _RUN_COLUMNS, row) for row in self._runs],
            [_unsaved(StepRun, _STEP_COLUMNS[1:], row) for row in self._steps],
            [_unsaved(Evaluation, _EVALUATION_COLUMNS[1:], row) for row in self._evaluations],
        )

    def flush(self) -> None:
        """Write all rows; inside the batch's transaction."""
        writes = writer()
        if self._mails:
            outbox.put(self._mails)
        if self._runs:
            writes.insert(_RUN, _RUN_COLUMNS, self._runs)
        for table, columns, rows in (
            (_STEP, _STEP_COLUMNS, self._steps),
            (_EVALUATION, _EVALUATION_COLUMNS, self._evaluations),
            (_NOTIFICATION, _NOTIFICATION_COLUMNS, self._notifications),
        ):
            if rows:
                keys = ids.take(table, len(rows))
                writes.insert(table, columns, [(key, *row) for key, row in zip(keys, rows, strict=True)])


def _unsaved(model: type[M], columns: Sequence[str], row: Sequence[Any]) -> M:
    values = dict(zip(columns, row, strict=True))
    for field in model._meta.concrete_fields:
        value = values.get(field.attname)
        if isinstance(value, str) and isinstance(field, JSONField):
            values[field.attname] = from_json(value)
        elif isinstance(value, str) and isinstance(field, DateTimeField):
            values[field.attname] = datetime.fromisoformat(value).replace(tzinfo=UTC)
    return model(**values)


def _json(value: Any) -> str | None:
    return None if value is None else to_json(value).decode()
