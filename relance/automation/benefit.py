"""What automations save: minutes a run, worked out from its actions unless somebody says otherwise."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Count
from django.utils import timezone

from relance.automation.models import Automation, Run, RunState
from relance.automation.registry import registry
from relance.lib import clock


def minutes_of(document: Mapping[str, Any]) -> int:
    """The minutes one run saves: those of its actions. Of a branch where one path is taken, the longest path's."""
    return _of_steps(document.get("steps"))


def _of_steps(steps: Any) -> int:
    return (
        sum(_of_block(step) for step in steps if isinstance(step, Mapping)) if isinstance(steps, list) else 0
    )


def _of_block(block: Mapping[str, Any]) -> int:
    if block.get("kind") == "action":
        entry = registry.actions.get(str(block.get("type")))
        return entry.minutes if entry is not None else 0
    if block.get("kind") != "branch":
        return 0
    paths = [path for path in block.get("paths") or [] if isinstance(path, Mapping)]
    each = [_of_steps(path.get("steps")) for path in paths]
    otherwise = block.get("otherwise")
    last = _of_steps(otherwise.get("steps")) if isinstance(otherwise, Mapping) else 0
    return max([sum(each) if block.get("mode") == "all" else max(each, default=0), last])


def minutes_a_run(automation: Automation) -> int:
    """What one run of an automation saves, in minutes."""
    if automation.minutes_saved is not None:
        return automation.minutes_saved
    return minutes_of(automation.version.document if automation.version is not None else automation.draft)


def runs_this_month(automation_ids: Collection[int]) -> dict[int, int]:
    """How often each automation did what it should since the month began where the reader is; one query."""
    today = timezone.localtime(clock.now())
    begin = today.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return dict(
        Run.objects.filter(automation_id__in=automation_ids, state=RunState.DONE, started_at__gte=begin)
        .values_list("automation_id")
        .annotate(runs=Count("id"))
        .order_by()
    )
