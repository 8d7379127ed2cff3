"""A deal leaves a stage."""

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


class StageLeftParams(Params):
    """Which stage."""

    stage: StageId


@trigger
class StageLeft(Trigger[StageLeftParams]):
    """Holds when a deal is moved from the stage to another one, forwards, back or in another pipeline.

    A deal that is won, lost or deleted where it stands does not leave its stage.
    """

    type = "stage.left"
    label = gettext_lazy("Stage left")
    icon = "log-out"
    rank = 60
    Params = StageLeftParams

    def record_type(self, params: StageLeftParams) -> str:
        return "deal"

    def keys(self, params: StageLeftParams) -> Iterable[EventKey]:
        # Events are found by the value a field has after them; the stage left is the one before.
        return (EventKey("deal", "updated", "stage"),)

    def matches(self, params: StageLeftParams, event: EventView, world: World) -> bool:
        if event.kind != "updated" or event.record_type != "deal":
            return False
        change = event.changes.get("stage")
        return change is not None and change[0] == params.stage

    def sentence(self, params: StageLeftParams, names: Names) -> SafeString:
        return fill(_("When a deal leaves %(stage)s"), stage=names.named("stage", params.stage))

    def sentence_by(self, params: StageLeftParams, names: Names, who: SafeString) -> SafeString:
        return fill(
            _("When a deal is moved out of %(stage)s by %(who)s"),
            stage=names.named("stage", params.stage),
            who=who,
        )

    def presets(self) -> Iterable[Preset]:
        return (Preset("deal", str(self.label), {}),)

    def example(self, params: StageLeftParams, record: Mapping[str, Any]) -> Occasion:
        to = next_stage(params.stage)
        return Occasion("updated", {"stage": to.id if to else None}, {"stage": params.stage})

    def references(self, params: StageLeftParams) -> Iterable[Reference]:
        return (Reference("stage", params.stage, "/stage"),)
