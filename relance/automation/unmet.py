"""Which condition was not met, and what it saw, for a whole page of the history at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from relance.accounts.models import Visibility
from relance.accounts.people import Actor
from relance.automation.core.blocks import ConditionBlock
from relance.automation.core.conditions import expand
from relance.automation.core.upgrades import upgrade
from relance.automation.drafting import blocks, place
from relance.automation.history import Line
from relance.automation.models import RunState, StepRun, Version
from relance.automation.story import Step, condition_step
from relance.events.models import Event


def steps(viewer: Actor, lines: Sequence[Line], events: Mapping[int, Event]) -> dict[int, Step]:
    """The conditions that ended these lines' runs or kept them from starting, by the line's place among them.

    Args:
        events: of the lines, as far as the log has them.
    """
    unmet = [
        (number, line)
        for number, line in enumerate(lines)
        if line.result == RunState.NOT_MET and line.record_name is not None
    ]
    if not unmet:
        return {}
    rows = StepRun.objects.filter(
        run_id__in=[line.run_id for _number, line in unmet if line.run_id is not None],
        kind="condition", outcome="not_met",
    ).order_by("pk")  # fmt: skip
    ended = {
        run_id: (path, verdict) for run_id, path, verdict in rows.values_list("run_id", "path", "verdict")
    }
    versions = Version.objects.in_bulk({line.version_id for _number, line in unmet})
    known = {id: _conditions(version.document) for id, version in versions.items()}
    found = {}
    for number, line in unmet:
        if line.run_id is None:
            asked = line.verdicts or []
            path, compact = f"steps/{len(asked) - 1}", asked[-1] if asked else None
        else:
            path, compact = ended.get(line.run_id, ("", None))
        block = known.get(line.version_id, {}).get(path)
        if block is not None and compact is not None:
            found[number] = _step(viewer, line, events.get(line.event_id), path, block, compact)
    return found


def _conditions(document: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {
        place(path): block for path, block in blocks(upgrade(document)) if block.get("kind") == "condition"
    }


def _step(
    viewer: Actor, line: Line, event: Event | None, path: str, block: Mapping[str, Any], compact: Any
) -> Step:
    if not viewer.is_administrator and viewer.visibility != Visibility.EVERYONE:
        # What it saw may lie in a record of another team.
        return condition_step(viewer, line.record_type, line.record_id, event, path, block, compact)
    groups = ConditionBlock.model_validate(block).groups
    return Step(path, block, "not_met", groups, expand(groups, compact))
