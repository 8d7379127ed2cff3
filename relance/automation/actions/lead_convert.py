"""Make a deal of a lead."""

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
from relance.automation.inputs import LeadTarget, Params, StageId, targets
from relance.automation.registry import Action, Preset, Step, action
from relance.records import leads


class LeadConvertParams(Params):
    """Which lead, and where its deal begins."""

    target: LeadTarget = "record"
    stage: StageId


@action
class LeadConvert(Action[LeadConvertParams]):
    """Makes a deal of a lead, with its notes and activities; nothing happens to one that was converted."""

    type = "lead.convert"
    label = gettext_lazy("Convert the lead to a deal")
    icon = "arrow-right-left"
    rank = 30
    Params = LeadConvertParams

    def perform(self, params: LeadConvertParams, step: Step) -> None:
        _type, lead_id = step.target(params.target)
        attempt(lambda: leads.convert(step.change, lead_id, stage=params.stage))

    def sentence(self, params: LeadConvertParams, names: Names) -> SafeString:
        return fill(_("Convert the lead to a deal in %(stage)s"), stage=names.named("stage", params.stage))

    def presets(self, record_type: str | None = None) -> Iterator[Preset]:
        # The lead of a deal has become that deal.
        for option in targets(record_type, "lead") if record_type and record_type != "deal" else ():
            yield Preset("lead", str(self.label), {"target": option.value})

    def references(self, params: LeadConvertParams, record_type: str) -> Iterable[Reference]:
        return (Reference("stage", params.stage, "/stage"),)

    def check(
        self, params: LeadConvertParams, record_type: str, catalogue: Catalogue, /
    ) -> Iterable[Problem]:
        return check_target(params.target, record_type, "lead")
