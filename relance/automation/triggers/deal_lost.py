"""A deal is lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from relance.automation.core.references import Reference
from relance.automation.core.scope import World
from relance.automation.explain.names import Names
from relance.automation.explain.wording import fill
from relance.automation.inputs import OnlyPipeline, Params
from relance.automation.registry import EventKey, EventView, Preset, Trigger, trigger

_KINDS = ("updated", "created")


class DealLostParams(Params):
    """In one pipeline, or in any."""

    pipeline: OnlyPipeline = None


@trigger
class DealLost(Trigger[DealLostParams]):
    """Holds when a deal becomes lost, also one that is entered as lost."""

    type = "deal.lost"
    label = gettext_lazy("Deal lost")
    icon = "thumbs-down"
    rank = 90
    Params = DealLostParams

    def record_type(self, params: DealLostParams) -> str:
        return "deal"

    def keys(self, params: DealLostParams) -> Iterable[EventKey]:
        return (EventKey("deal", kind, "status", "lost") for kind in _KINDS)

    def matches(self, params: DealLostParams, event: EventView, world: World) -> bool:
        if event.kind not in _KINDS or event.record_type != "deal":
            return False
        change = event.changes.get("status")
        if change is None or change[1] != "lost":
            return False
        return params.pipeline is None or event.record["pipeline"] == params.pipeline

    def sentence(self, params: DealLostParams, names: Names) -> SafeString:
        if params.pipeline is None:
            return fill(_("When a deal is lost"))
        return fill(
            _("When a deal in %(pipeline)s is lost"), pipeline=names.named("pipeline", params.pipeline)
        )

    def presets(self) -> Iterable[Preset]:
        return (Preset("deal", str(self.label), {}),)

    def references(self, params: DealLostParams) -> Iterator[Reference]:
        if params.pipeline is not None:
            yield Reference("pipeline", params.pipeline, "/pipeline")
