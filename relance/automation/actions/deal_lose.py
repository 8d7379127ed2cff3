"""Mark a deal as lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from relance.automation.acting import attempt, check_target, check_value
from relance.automation.core.paths import Catalogue
from relance.automation.core.problems import Problem
from relance.automation.core.values import Value
from relance.automation.explain.names import Names
from relance.automation.explain.values import value_clause
from relance.automation.explain.wording import fill
from relance.automation.inputs import DealTarget, Input, InputKind, Params, targets
from relance.automation.registry import Action, Preset, Step, action
from relance.records import deals
from relance.records.fields import field


class DealLoseParams(Params):
    """Which deal, and why if somebody said."""

    target: DealTarget = "record"
    reason: Annotated[
        Value | None,
        Input(InputKind.VALUE, gettext_lazy("Lost reason"), record_type="deal", field="lost_reason"),
    ] = None


@action
class DealLose(Action[DealLoseParams]):
    """Marks a deal as lost, with or without a reason."""

    type = "deal.lose"
    label = gettext_lazy("Mark the deal as lost")
    icon = "thumbs-down"
    rank = 50
    Params = DealLoseParams

    def perform(self, params: DealLoseParams, step: Step) -> None:
        _type, deal_id = step.target(params.target)
        reason = None if params.reason is None else step.value(params.reason, "deal", "lost_reason")
        attempt(lambda: deals.lose(step.change, deal_id, reason))

    def sentence(self, params: DealLoseParams, names: Names) -> SafeString:
        if params.reason is None:
            return fill(self.label)
        reason = value_clause(params.reason, field("deal", "lost_reason"), names)
        return fill(_("Mark the deal as lost, because of %(reason)s"), reason=reason)

    def presets(self, record_type: str | None = None) -> Iterator[Preset]:
        for option in targets(record_type, "deal") if record_type else ():
            yield Preset("deal", str(self.label), {"target": option.value})

    def check(self, params: DealLoseParams, record_type: str, catalogue: Catalogue, /) -> Iterable[Problem]:
        yield from check_target(params.target, record_type, "deal")
        if params.reason is not None:
            yield from check_value(
                params.reason, "deal", "lost_reason", record_type, catalogue, ("reason",), required=False
            )
