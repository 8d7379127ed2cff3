"""Anything in a record is changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from relance.automation.core.scope import World
from relance.automation.explain.names import Names
from relance.automation.explain.phrases import IS_UPDATED, WHEN_UPDATED
from relance.automation.explain.wording import fill
from relance.automation.inputs import Params, RecordType
from relance.automation.occasions import other_value
from relance.automation.registry import EventKey, EventView, Occasion, Preset, Trigger, trigger
from relance.lib.kinds import Kind
from relance.records.fields import fields_of, title_key


class RecordUpdatedParams(Params):
    """Of which type."""

    record: RecordType


@trigger
class RecordUpdated(Trigger[RecordUpdatedParams]):
    """Holds whenever any field has another value than before. Its creation is no update of a record."""

    type = "record.updated"
    label = _("Record updated")
    icon = "pencil"
    rank = 20
    Params = RecordUpdatedParams

    def record_type(self, params: RecordUpdatedParams) -> str:
        return params.record

    def keys(self, params: RecordUpdatedParams) -> Iterable[EventKey]:
        return (EventKey(params.record, "updated"),)

    def matches(self, params: RecordUpdatedParams, event: EventView, world: World) -> bool:
        return event.kind == "updated" and event.record_type == params.record

    def sentence(self, params: RecordUpdatedParams, names: Names) -> SafeString:
        return fill(WHEN_UPDATED[params.record])

    def example(self, params: RecordUpdatedParams, record: Mapping[str, Any]) -> Occasion:
        known = fields_of(params.record)
        worth = (field.key for field in known.values() if field.kind is Kind.MONEY and field.editable)
        key = next(worth, title_key(params.record))
        return Occasion("updated", {key: other_value(known[key], record[key])})

    def presets(self) -> Iterable[Preset]:
        return (Preset(record, str(label), {"record": record}) for record, label in IS_UPDATED.items())
