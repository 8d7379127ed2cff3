"""Move a deal to a stage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from relance.automation.acting import attempt, check_target
from relance.automation.core.paths import Catalogue
from relance.automation.core.problems import Problem
from relance.automation.core.references import Reference
from relance.automation.explain.names import Names
from relance.automation.explain.wording import fill
from relance.automation.inputs import DealTarget, Params, StageId, targets
from relance.automation.registry import Action, Preset, Step, action
from relance.records import deals


class DealMoveStageParams(Params):
    """Which deal, and where to."""

    target: DealTarget = "record"
    stage: StageId


@action
class DealMoveStage(Action[DealMoveStageParams]):
    """Moves a deal to a stage, of its own or another pipeline."""

    type = "deal.move_stage"
    label = gettext_lazy("Move the deal to a stage")
    icon = "arrow-right"
    rank = 30
    Params = DealMoveStageParams

    def perform(self, params: DealMoveStageParams, step: Step) -> None:
        _type, deal_id = step.target(params.target)
        attempt(lambda: deals.move_stage(step.change, deal_id, params.stage))

    def sentence(self, params: DealMoveStageParams, names: Names) -> SafeString:
        return fill(_("Move the deal to %(stage)s"), stage=names.named("stage", params.stage))

    def presets(self, record_type: str | None = None) -> Iterator[Preset]:
        for option in targets(record_type, "deal") if record_type else ():
            yield Preset("deal", str(self.label), {"target": option.value})

    def references(self, params: DealMoveStageParams, record_type: str) -> Iterable[Reference]:
        return (Reference("stage", params.stage, "/stage"),)

    def check(
        self, params: DealMoveStageParams, record_type: str, catalogue: Catalogue, /
    ) -> Iterable[Problem]:
        return check_target(params.target, record_type, "deal")
