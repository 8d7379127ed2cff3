"""Put a lead aside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from relance.automation.acting import attempt, check_target
from relance.automation.core.paths import Catalogue
from relance.automation.core.problems import Problem
from relance.automation.explain.names import Names
from relance.automation.explain.wording import fill
from relance.automation.inputs import Input, InputKind, Params, TargetName, targets
from relance.automation.registry import Action, Preset, Step, action


class LeadArchiveParams(Params):
    """Which lead."""

    target: Annotated[TargetName, Input(InputKind.TARGET, _("Which lead"), record_type="lead")] = "record"


@action
class LeadArchive(Action[LeadArchiveParams]):
    """Archives a lead; nothing happens to one that is archived."""

    type = "lead.archive"
    label = _("Archive the lead")
    icon = "archive"
    Params = LeadArchiveParams

    def perform(self, params: LeadArchiveParams, step: Step) -> None:
        record_type, lead_id = step.target(params.target)
        attempt(lambda: step.change.update(record_type, lead_id, {"archived": True}))

    def sentence(self, params: LeadArchiveParams, names: Names) -> SafeString:
        return fill(self.label)

    def presets(self, record_type: str | None = None) -> Iterator[Preset]:
        for option in targets(record_type, "lead") if record_type else ():
            yield Preset("lead", str(self.label), {"target": option.value})

    def check(
        self, params: LeadArchiveParams, record_type: str, catalogue: Catalogue, /
    ) -> Iterable[Problem]:
        return check_target(params.target, record_type, "lead")
