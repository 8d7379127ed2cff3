"""A record is created."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from relance.automation.core.scope import World
from relance.automation.explain.names import Names
from relance.automation.explain.phrases import IS_CREATED, WHEN_CREATED
from relance.automation.explain.wording import fill
from relance.automation.inputs import Params, RecordType
from relance.automation.registry import EventKey, EventView, Preset, Trigger, trigger


class RecordCreatedParams(Params):
    """Of which type."""

    record: RecordType


@trigger
class RecordCreated(Trigger[RecordCreatedParams]):
    """Holds for every new record of a type. One taken out of the bin is not new."""

    type = "record.created"
    label = _("Record created")
    icon = "circle-plus"
    rank = 10
    Params = RecordCreatedParams

    def record_type(self, params: RecordCreatedParams) -> str:
        return params.record

    def keys(self, params: RecordCreatedParams) -> Iterable[EventKey]:
        return (EventKey(params.record, "created"),)

    def matches(self, params: RecordCreatedParams, event: EventView, world: World) -> bool:
        return event.kind == "created" and event.record_type == params.record

    def sentence(self, params: RecordCreatedParams, names: Names) -> SafeString:
        return fill(WHEN_CREATED[params.record])

    def presets(self) -> Iterable[Preset]:
        return (Preset(record, str(label), {"record": record}) for record, label in IS_CREATED.items())
