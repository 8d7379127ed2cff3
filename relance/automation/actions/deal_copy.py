"""Copy a deal."""

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


class DealCopyParams(Params):
    """Which deal, and where the copy begins."""

    target: DealTarget = "record"
    stage: StageId


@action
class DealCopy(Action[DealCopyParams]):
    """Makes an open deal like this one, with the same contact, value and owner, in a stage of any pipeline."""

    type = "deal.copy"
    label = gettext_lazy("Copy the deal to another pipeline")
    icon = "copy"
    rank = 60
    Params = DealCopyParams

    def perform(self, params: DealCopyParams, step: Step) -> None:
        _type, deal_id = step.target(params.target)
        attempt(lambda: deals.copy(step.change, deal_id, params.stage))

    def sentence(self, params: DealCopyParams, names: Names) -> SafeString:
        stage = names.configuration.stages.get(params.stage)
        if stage is None:
            return fill(_("Copy the deal to %(stage)s"), stage=names.named("stage", params.stage))
        return fill(
            _("Copy the deal to %(stage)s in the pipeline %(pipeline)s"),
            stage=names.named("stage", params.stage),
            pipeline=names.named("pipeline", stage.pipeline),
        )

    def presets(self, record_type: str | None = None) -> Iterator[Preset]:
        for option in targets(record_type, "deal") if record_type else ():
            yield Preset("deal", str(self.label), {"target": option.value})

    def references(self, params: DealCopyParams, record_type: str) -> Iterable[Reference]:
        return (Reference("stage", params.stage, "/stage"),)

    def check(self, params: DealCopyParams, record_type: str, catalogue: Catalogue, /) -> Iterable[Problem]:
        return check_target(params.target, record_type, "deal")
