"""A won or lost deal is opened again."""

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

_KINDS = ("updated",)


class DealReopenedParams(Params):
    """In one pipeline, or in any."""

    pipeline: OnlyPipeline = None


@trigger
class DealReopened(Trigger[DealReopenedParams]):
    """Holds when a deal that was won or lost becomes open. A new deal is not opened again."""

    type = "deal.reopened"
    label = gettext_lazy("Deal reopened")
    icon = "rotate-ccw"
    rank = 100
    Params = DealReopenedParams

    def record_type(self, params: DealReopenedParams) -> str:
        return "deal"

    def keys(self, params: DealReopenedParams) -> Iterable[EventKey]:
        return (EventKey("deal", kind, "status", "open") for kind in _KINDS)

    def matches(self, params: DealReopenedParams, event: EventView, world: World) -> bool:
        if event.kind not in _KINDS or event.record_type != "deal":
            return False
        change = event.changes.get("status")
        if change is None or change[1] != "open":
            return False
        return params.pipeline is None or event.record["pipeline"] == params.pipeline

    def sentence(self, params: DealReopenedParams, names: Names) -> SafeString:
        if params.pipeline is None:
            return fill(_("When a deal is reopened"))
        return fill(
            _("When a deal in %(pipeline)s is reopened"), pipeline=names.named("pipeline", params.pipeline)
        )

    def presets(self) -> Iterable[Preset]:
        return (Preset("deal", str(self.label), {}),)

    def references(self, params: DealReopenedParams) -> Iterator[Reference]:
        if params.pipeline is not None:
            yield Reference("pipeline", params.pipeline, "/pipeline")
