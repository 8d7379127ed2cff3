"""Open a won or lost deal again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from relance.automation.acting import attempt, check_target
from relance.automation.core.paths import Catalogue
from relance.automation.core.problems import Problem
from relance.automation.explain.names import Names
from relance.automation.explain.wording import fill
from relance.automation.inputs import DealTarget, Params, targets
from relance.automation.registry import Action, Preset, Step, action
from relance.records import deals


class DealReopenParams(Params):
    """Which deal."""

    target: DealTarget = "record"


@action
class DealReopen(Action[DealReopenParams]):
    """Opens a won or lost deal again, in the stage where it stood; nothing happens to an open one."""

    type = "deal.reopen"
    label = _("Reopen the deal")
    icon = "rotate-ccw"
    rank = 60
    Params = DealReopenParams

    def perform(self, params: DealReopenParams, step: Step) -> None:
        _type, deal_id = step.target(params.target)
        attempt(lambda: deals.reopen(step.change, deal_id))

    def sentence(self, params: DealReopenParams, names: Names) -> SafeString:
        return fill(self.label)

    def presets(self, record_type: str | None = None) -> Iterator[Preset]:
        for option in targets(record_type, "deal") if record_type else ():
            yield Preset("deal", str(self.label), {"target": option.value})

    def check(self, params: DealReopenParams, record_type: str, catalogue: Catalogue, /) -> Iterable[Problem]:
        return check_target(params.target, record_type, "deal")
