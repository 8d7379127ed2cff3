"""A deal gets past a stage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from relance.automation.core.references import Reference
from relance.automation.core.scope import World
from relance.automation.explain.names import Names
from relance.automation.explain.wording import fill
from relance.automation.inputs import Params, StageId
from relance.automation.occasions import next_stage
from relance.automation.registry import EventKey, EventView, Occasion, Preset, Trigger, trigger


class StagePassedParams(Params):
    """Which stage."""

    stage: StageId


@trigger
class StagePassed(Trigger[StagePassedParams]):
    """Holds when a deal was at or before the stage, in its pipeline, and now stands after it.

    So a deal that jumps from stage 1 to 3 passes 1 and 2, and leaving a stage forwards passes it. Coming to a
    stage does not pass it yet. Moving back passes none, nor does changing the pipeline, being won, or being
    created further on.
    """

    type = "stage.passed"
    label = gettext_lazy("Stage passed")
    icon = "chevrons-right"
    rank = 70
    Params = StagePassedParams

    def record_type(self, params: StagePassedParams) -> str:
        return "deal"

    def keys(self, params: StagePassedParams) -> Iterable[EventKey]:
        # Which stages lie behind this one changes when stages are rearranged; versions do not.
        return (EventKey("deal", "updated", "stage"),)

    def matches(self, params: StagePassedParams, event: EventView, world: World) -> bool:
        if event.kind != "updated" or event.record_type != "deal":
            return False
        change = event.changes.get("stage")
        if change is None or change[0] is None or change[1] is None:
            return False
        was, now, passed = world.stage(change[0]), world.stage(change[1]), world.stage(params.stage)
        if was is None or now is None or passed is None:
            return False
        same_pipeline = was.pipeline == passed.pipeline == now.pipeline
        return same_pipeline and was.position <= passed.position < now.position

    def sentence(self, params: StagePassedParams, names: Names) -> SafeString:
        return fill(_("When a deal passes %(stage)s"), stage=names.named("stage", params.stage))

    def sentence_by(self, params: StagePassedParams, names: Names, who: SafeString) -> SafeString:
        return fill(
            _("When a deal is moved past %(stage)s by %(who)s"),
            stage=names.named("stage", params.stage),
            who=who,
        )

    def presets(self) -> Iterable[Preset]:
        return (Preset("deal", str(self.label), {}),)

    def example(self, params: StagePassedParams, record: Mapping[str, Any]) -> Occasion:
        to = next_stage(params.stage)
        return Occasion("updated", {"stage": to.id if to else None}, {"stage": params.stage})

    def references(self, params: StagePassedParams) -> Iterable[Reference]:
        return (Reference("stage", params.stage, "/stage"),)
