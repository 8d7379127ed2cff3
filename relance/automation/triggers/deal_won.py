"""A deal is won."""

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


class DealWonParams(Params):
    """In one pipeline, or in any."""

    pipeline: OnlyPipeline = None


@trigger
class DealWon(Trigger[DealWonParams]):
    """Holds when a deal becomes won, also one that is entered as won."""

    type = "deal.won"
    label = gettext_lazy("Deal won")
    icon = "trophy"
    rank = 80
    Params = DealWonParams

    def record_type(self, params: DealWonParams) -> str:
        return "deal"

    def keys(self, params: DealWonParams) -> Iterable[EventKey]:
        return (EventKey("deal", kind, "status", "won") for kind in _KINDS)

    def matches(self, params: DealWonParams, event: EventView, world: World) -> bool:
        if event.kind not in _KINDS or event.record_type != "deal":
            return False
        change = event.changes.get("status")
        if change is None or change[1] != "won":
            return False
        return params.pipeline is None or event.record["pipeline"] == params.pipeline

    def sentence(self, params: DealWonParams, names: Names) -> SafeString:
        if params.pipeline is None:
            return fill(_("When a deal is won"))
        return fill(
            _("When a deal in %(pipeline)s is won"), pipeline=names.named("pipeline", params.pipeline)
        )

    def presets(self) -> Iterable[Preset]:
        return (Preset("deal", str(self.label), {}),)

    def references(self, params: DealWonParams) -> Iterator[Reference]:
        if params.pipeline is not None:
            yield Reference("pipeline", params.pipeline, "/pipeline")
