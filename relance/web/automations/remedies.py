"""Where to go to put right what an automation could not do."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from relance.automation.history import Line
from relance.automation.models import RunState, StepRun
from relance.web.types import TYPES

#: What is wrong with the record, not with the automation.
_OF_RECORD = frozenset({"no_parent", "empty", "empty_placeholder", "invalid"})


@dataclass(frozen=True, slots=True)
class Help:
    """A link that helps."""

    url: str
    label: str


def failed_blocks(lines: Collection[Line]) -> dict[int, str]:
    """The block at which each of these runs failed, by run; one query."""
    run_ids = [line.run_id for line in lines if line.run_id is not None and line.result == RunState.FAILED]
    rows = StepRun.objects.filter(run_id__in=run_ids, outcome="failed").order_by("pk")
    return dict(rows.values_list("run_id", "block_id")) if run_ids else {}


def help_for(line: Line, block_id: str = "") -> Help | None:
    """Where to put it right: the record, the bin, the step, or the automation; none where nothing has to be."""
    if line.result not in (RunState.FAILED, RunState.BLOCKED):
        return None
    code = str((line.failure or {}).get("code", ""))
    if line.run_id is not None and line.result == RunState.BLOCKED:
        return Help(reverse("automations:run", args=[line.run_id]), _("Look at the chain"))
    if code == "record_gone":
        return Help(reverse("web:bin"), _("Look into the bin"))
    if code in _OF_RECORD and line.record_name is not None and line.record_type in TYPES:
        return Help(reverse("web:record", args=[line.record_type, line.record_id]), _("Open the record"))
    editor = reverse("automations:editor", args=[line.automation_id])
    if block_id:
        return Help(f"{editor}?step={block_id}", _("Open the step"))
    return Help(editor, _("Open the automation"))
