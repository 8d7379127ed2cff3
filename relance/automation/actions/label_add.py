"""Give a record labels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from relance.automation.acting import attempt, check_target
from relance.automation.core.blocks import Id
from relance.automation.core.paths import Catalogue
from relance.automation.core.problems import Problem, pointer
from relance.automation.core.references import Reference
from relance.automation.explain.names import Names
from relance.automation.explain.phrases import ADD_LABEL, ADD_LABELS
from relance.automation.explain.wording import fill, listed
from relance.automation.inputs import Input, InputKind, Params, Target, target_type, targets
from relance.automation.registry import Action, Preset, Step, action


class LabelAddParams(Params):
    """Which record, and which labels."""

    target: Target = "record"
    labels: Annotated[
        tuple[Id, ...], Field(min_length=1, max_length=50), Input(InputKind.LABELS, _("Labels"))
    ]


@action
class LabelAdd(Action[LabelAddParams]):
    """Adds labels to the triggering record or one it links to; those that are there already are no change."""

    type = "label.add"
    label = _("Add a label")
    icon = "tag"
    rank = 24
    Params = LabelAddParams

    def perform(self, params: LabelAddParams, step: Step) -> None:
        record_type, record_id = step.target(params.target)

        def write() -> None:
            labels = set(step.change.get(record_type, record_id)["labels"])
            step.change.update(record_type, record_id, {"labels": sorted(labels | set(params.labels))})

        attempt(write)

    def sentence(self, params: LabelAddParams, names: Names) -> SafeString:
        record_type = target_type(params.target, names.record_type) or names.record_type
        return fill(
            ADD_LABELS[record_type], labels=listed(names.named("label", label) for label in params.labels)
        )

    def presets(self, record_type: str | None = None) -> Iterator[Preset]:
        for option in targets(record_type) if record_type else ():
            found = target_type(str(option.value), str(record_type))
            if found is not None:
                yield Preset(found, str(ADD_LABEL[found]), {"target": option.value})

    def references(self, params: LabelAddParams, record_type: str) -> Iterator[Reference]:
        for position, label in enumerate(params.labels):
            yield Reference("label", label, pointer(("labels", position)))

    def check(self, params: LabelAddParams, record_type: str, catalogue: Catalogue, /) -> Iterator[Problem]:
        yield from check_target(params.target, record_type)
        if len(set(params.labels)) < len(params.labels):
            yield Problem("/labels", "duplicates", {})
