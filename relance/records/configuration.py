"""Pipelines, stages and labels as one process remembers them."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from relance.accounts.people import Directory, directory, revision
from relance.records.models import Label, Pipeline, Stage


@dataclass(frozen=True, slots=True)
class StageInfo:
    """A stage: its pipeline, its place there (from 0) and the chance of winning in percent."""

    id: int
    pipeline: int
    position: int
    name: str
    probability: int
    rotting_days: int | None


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a company has arranged, at one revision."""

    directory: Directory
    pipelines: dict[int, str]
    stages: dict[int, StageInfo]
    labels: dict[int, tuple[str, int]]

    def stages_of(self, pipeline: int) -> list[StageInfo]:
        """The stages of a pipeline in their order."""
        return [stage for stage in self.stages.values() if stage.pipeline == pipeline]


_lock = threading.Lock()
_known: Configuration | None = None


def current() -> Configuration:
    """Return the configuration, read again only when the company's revision has moved; one small query otherwise."""
    global _known
    at = revision()
    known = _known
    if known is None or known.directory.revision != at:
        with _lock:
            known = _known = _read(at)
    return known


def forget() -> None:
    """Drop what this process remembers (after a database was emptied)."""
    global _known
    _known = None


def _read(at: int) -> Configuration:
    # Before the rest, for its revision is everything's: what changes meanwhile is then read again, not missed.
    people = directory(at)
    places: dict[int, int] = {}
    stages = {}
    for stage in Stage.objects.order_by("pipeline__position", "pipeline_id", "position", "id"):
        place = places[stage.pipeline_id] = places.get(stage.pipeline_id, -1) + 1
        stages[stage.pk] = StageInfo(
            stage.pk, stage.pipeline_id, place, stage.name, stage.probability, stage.rotting_days
        )
    return Configuration(
        directory=people,
        pipelines=dict(Pipeline.objects.values_list("id", "name")),
        stages=stages,
        labels={label.pk: (label.name, label.colour) for label in Label.objects.all()},
    )
