"""A record is deleted."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from relance.automation.core.scope import World
from relance.automation.explain.names import Names
from relance.automation.explain.phrases import IS_DELETED, WHEN_DELETED
from relance.automation.explain.wording import fill
from relance.automation.inputs import Params, RecordType
from relance.automation.registry import EventKey, EventView, Preset, Trigger, trigger


class RecordDeletedParams(Params):
    """Of which type."""

    record: RecordType


@trigger
class RecordDeleted(Trigger[RecordDeletedParams]):
    """Holds when a record goes to the bin. Conditions and texts read it as it was last; acting on it fails."""

    type = "record.deleted"
    label = _("Record deleted")
    icon = "trash-2"
    rank = 40
    Params = RecordDeletedParams

    def record_type(self, params: RecordDeletedParams) -> str:
        return params.record

    def keys(self, params: RecordDeletedParams) -> Iterable[EventKey]:
        return (EventKey(params.record, "deleted"),)

    def matches(self, params: RecordDeletedParams, event: EventView, world: World) -> bool:
        return event.kind == "deleted" and event.record_type == params.record

    def sentence(self, params: RecordDeletedParams, names: Names) -> SafeString:
        return fill(WHEN_DELETED[params.record])

    def presets(self) -> Iterable[Preset]:
        return (Preset(record, str(label), {"record": record}) for record, label in IS_DELETED.items())
