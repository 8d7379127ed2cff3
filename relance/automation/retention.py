"""How long it stays readable what automations did: runs with their lines, and the automations that did not start.

The company says for how many days; what failed or was blocked stays longer than what went well. What automations
changed stays in any case, in the event log.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from relance.accounts.people import directory
from relance.automation.models import Evaluation, Run, RunState, StepRun
from relance.lib import clock

#: Rows of one kind that are deleted at once: few, so that nobody who saves has to wait.
SLICE = 500


def purge(limit: int = SLICE) -> int:
    """Delete a slice of what is too old; return how many runs and evaluations that were, 0 when nothing is left."""
    company, now = directory().company, clock.now()
    runs_end = now - timedelta(days=company.keep_runs_days)
    failures_end = now - timedelta(days=company.keep_failures_days)
    well, badly = (RunState.DONE, RunState.NOT_MET), (RunState.FAILED, RunState.BLOCKED)
    return (
        _delete_runs(Run.objects.filter(started_at__lt=runs_end, state__in=well), limit)
        + _delete_runs(Run.objects.filter(started_at__lt=failures_end, state__in=badly), limit)
        + _delete(Evaluation.objects.filter(at__lt=runs_end).order_by("at"), limit)
    )


def _delete_runs(runs: QuerySet[Run], limit: int) -> int:
    ids = list(runs.order_by("started_at").values_list("pk", flat=True)[:limit])
    if ids:
        with transaction.atomic():
            StepRun.objects.filter(run__in=ids).delete()
            _raw(Run.objects.filter(pk__in=ids))
    return len(ids)


def _delete(rows: QuerySet[Any], limit: int) -> int:
    ids = list(rows.values_list("pk", flat=True)[:limit])
    if ids:
        _raw(rows.model._default_manager.filter(pk__in=ids))
    return len(ids)


def _raw(rows: QuerySet[Any]) -> None:
    """Delete rows to which nothing refers any more, without reading them first."""
    rows._raw_delete(rows.db)
