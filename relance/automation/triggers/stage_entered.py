"""A deal comes to a stage."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from relance.automation.core.references import Reference
from relance.automation.core.scope import World
from relance.automation.explain.names import Names
from relance.automation.explain.wording import fill
from relance.automation.inputs import Params, StageId
from relance.automation.registry import EventKey, EventView, Preset, Trigger, trigger


class StageEnteredParams(Params):
    """Which stage."""

    stage: StageId


@trigger
class StageEntered(Trigger[StageEnteredParams]):
    """Holds when a deal is moved to the stage, from wherever, and when a deal is created in it."""

    type = "stage.entered"
    label = gettext_lazy("Stage entered")
    icon = "log-in"
    rank = 50
    Params = StageEnteredParams

    def record_type(self, params: StageEnteredParams) -> str:
        return "deal"

    def keys(self, params: StageEnteredParams) -> Iterable[EventKey]:
        return (EventKey("deal", kind, "stage", params.stage) for kind in ("updated", "created"))

    def matches(self, params: StageEnteredParams, event: EventView, world: World) -> bool:
        if event.kind not in ("updated", "created") or event.record_type != "deal":
            return False
        change = event.changes.get("stage")
        return change is not None and change[1] == params.stage

    def sentence(self, params: StageEnteredParams, names: Names) -> SafeString:
        return fill(_("When a deal enters %(stage)s"), stage=names.named("stage", params.stage))

    def sentence_by(self, params: StageEnteredParams, names: Names, who: SafeString) -> SafeString:
        return fill(
            _("When a deal is moved to %(stage)s by %(who)s"),
            stage=names.named("stage", params.stage),
            who=who,
        )

    def presets(self) -> Iterable[Preset]:
        return (Preset("deal", str(self.label), {}),)

    def references(self, params: StageEnteredParams) -> Iterable[Reference]:
        return (Reference("stage", params.stage, "/stage"),)
