"""What follows by itself when a record is created or changed: the dates of a deal's life, defaults, matching pairs."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from relance.records.configuration import Configuration
from relance.records.errors import Invalid

Snapshot = dict[str, Any]
Rule = Callable[[Snapshot | None, Snapshot, frozenset[str], str, Configuration], None]


def complete(
    record_type: str,
    before: Snapshot | None,
    after: Snapshot,
    given: frozenset[str],
    now: str,
    configuration: Configuration,
) -> None:
    """Fill in what follows from a change, in ``after``.

    Args:
        before: the record until now; none when it is new.
        given: the keys that were set on purpose.
        now: the present instant, plain.

    Raises:
        Invalid: the values do not go together.
    """
    rule = _RULES.get(record_type)
    if rule is not None:
        rule(before, after, given, now, configuration)


def _deal(
    before: Snapshot | None, after: Snapshot, given: frozenset[str], now: str, configuration: Configuration
) -> None:
    _place(before, after, given, configuration)
    if before is None or before["stage"] != after["stage"]:
        after["stage_since"] = now
        if "probability" not in given:
            after["probability"] = configuration.stages[after["stage"]].probability
    after["status"] = after["status"] or "open"
    if before is not None and before["status"] == after["status"]:
        return
    after["won_at"] = now if after["status"] == "won" else None
    after["lost_at"] = now if after["status"] == "lost" else None
    if after["status"] != "lost":
        after["lost_reason"] = None


def _place(
    before: Snapshot | None, after: Snapshot, given: frozenset[str], configuration: Configuration
) -> None:
    """Keep pipeline and stage together: the stage decides, unless only the pipeline was chosen."""
    stage = configuration.stages.get(after["stage"]) if after["stage"] is not None else None
    if stage is not None and ("stage" in given or after["pipeline"] == stage.pipeline):
        if "pipeline" in given and after["pipeline"] != stage.pipeline:
            raise Invalid({"stage": _("This stage belongs to another pipeline.")})
        after["pipeline"] = stage.pipeline
        return
    pipeline = (
        after["pipeline"] if after["pipeline"] is not None else next(iter(configuration.pipelines), None)
    )
    first = next(iter(configuration.stages_of(pipeline)), None) if pipeline is not None else None
    if first is None:
        raise Invalid(
            {"pipeline": _("This pipeline has no stages yet. An administrator can add them in the settings.")}
        )
    after["pipeline"], after["stage"] = first.pipeline, first.id


def _lead(
    before: Snapshot | None, after: Snapshot, given: frozenset[str], now: str, configuration: Configuration
) -> None:
    if before is None:
        after["public_id"] = str(uuid.uuid4())


def _activity(
    before: Snapshot | None, after: Snapshot, given: frozenset[str], now: str, configuration: Configuration
) -> None:
    after["type"] = after["type"] or "task"
    if after["done"] != (before is not None and before["done"]):
        after["done_at"] = now if after["done"] else None


def _person(
    before: Snapshot | None, after: Snapshot, given: frozenset[str], now: str, configuration: Configuration
) -> None:
    if after["first_name"] is None and after["name"] and " " in after["name"]:
        after["first_name"] = after["name"].split()[0][:100]


_RULES: dict[str, Rule] = {"deal": _deal, "lead": _lead, "activity": _activity, "person": _person}
