"""One field of a record is changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import Field, JsonValue

from relance.automation.core.operators import find
from relance.automation.core.paths import Catalogue
from relance.automation.core.problems import Problem, from_fault, pointer
from relance.automation.core.references import Reference
from relance.automation.core.scope import World
from relance.automation.explain.names import Names
from relance.automation.explain.phrases import FIELD_OF_CHANGED, WHEN_FIELD_CHANGED
from relance.automation.explain.wording import field_name, fill
from relance.automation.inputs import UNWATCHED, Input, InputKind, Params, RecordType
from relance.automation.occasions import other_value
from relance.automation.references import in_plain
from relance.automation.registry import EventKey, EventView, Occasion, Preset, Trigger, trigger
from relance.lib.kinds import Kind
from relance.lib.shapes import value_fault
from relance.lib.text import fold
from relance.records import fields

#: Kinds whose plain value is the very one an event holds, so that the index can look for it.
_EXACT = frozenset(
    {Kind.CHOICE, Kind.NUMBER, Kind.DATE, Kind.BOOL, Kind.USER, Kind.LINK, Kind.STAGE, Kind.PIPELINE}
)


class FieldChangedParams(Params):
    """Which field; ``before`` ("from") and ``after`` ("to") are plain values, any when left out."""

    record: RecordType
    field: Annotated[
        str, Field(min_length=1, max_length=100), Input(InputKind.FIELD, gettext_lazy("Field"), of="record")
    ]
    before: Annotated[
        JsonValue,
        Input(
            InputKind.FIELD_VALUE, gettext_lazy("From"), gettext_lazy("Any value when left empty"), of="field"
        ),
    ] = Field(default=None, alias="from")
    after: Annotated[
        JsonValue,
        Input(
            InputKind.FIELD_VALUE, gettext_lazy("To"), gettext_lazy("Any value when left empty"), of="field"
        ),
    ] = Field(default=None, alias="to")


@trigger
class FieldChanged(Trigger[FieldChangedParams]):
    """Holds when an existing record's field gets another value, from and to certain ones if wished.

    Texts are the same whatever their case and accents; money must be in the same currency, to the cent.
    """

    type = "field.changed"
    label = gettext_lazy("Field changed")
    icon = "pencil-line"
    rank = 30
    Params = FieldChangedParams

    def record_type(self, params: FieldChangedParams) -> str:
        return params.record

    def keys(self, params: FieldChangedParams) -> Iterable[EventKey]:
        known = fields.fields_of(params.record).get(params.field)
        exact = params.after if known is not None and known.kind in _EXACT else None
        value = exact if isinstance(exact, str | int) else None
        return (EventKey(params.record, "updated", params.field, value),)

    def matches(self, params: FieldChangedParams, event: EventView, world: World) -> bool:
        if event.kind != "updated" or event.record_type != params.record:
            return False
        change = event.changes.get(params.field)
        if change is None:
            return False
        was, now = change
        if params.before is not None and not _same(was, params.before):
            return False
        if params.after is not None and not _same(now, params.after):
            return False
        # A text that only changed its case did not come to or leave a value.
        return (params.before is None and params.after is None) or not _same(was, now)

    def sentence(self, params: FieldChangedParams, names: Names) -> SafeString:
        event = fill(WHEN_FIELD_CHANGED[params.record], field=field_name(params.record, params.field))
        known = fields.fields_of(params.record).get(params.field)
        if known is None or (params.before is None and params.after is None):
            return event
        before, after = names.value(known, params.before), names.value(known, params.after)
        if params.before is None:
            return fill(_("%(event)s to %(after)s"), event=event, after=after)
        if params.after is None:
            return fill(_("%(event)s from %(before)s to another value"), event=event, before=before)
        return fill(_("%(event)s from %(before)s to %(after)s"), event=event, before=before, after=after)

    def presets(self) -> Iterable[Preset]:
        return (Preset(record, str(label), {"record": record}) for record, label in FIELD_OF_CHANGED.items())

    def example(self, params: FieldChangedParams, record: Mapping[str, Any]) -> Occasion:
        known = fields.fields_of(params.record).get(params.field)
        was = record.get(params.field) if params.before is None else params.before
        before = {} if params.before is None else {params.field: was}
        after = params.after if params.after is not None or known is None else other_value(known, was)
        return Occasion("updated", {params.field: after}, before)

    def references(self, params: FieldChangedParams) -> Iterator[Reference]:
        known = fields.fields_of(params.record).get(params.field)
        if known is not None:
            yield from in_plain(known, params.before, ("from",))
            yield from in_plain(known, params.after, ("to",))

    def check(
        self, params: FieldChangedParams, record_type: str, catalogue: Catalogue, /
    ) -> Iterator[Problem]:
        known = fields.fields_of(record_type).get(params.field)
        if known is None or params.field in UNWATCHED:
            yield Problem(pointer(("field",)), "unknown_field", {"path": params.field})
            return
        takes_values = find(known.kind, "changed_to") is not None
        choices = [choice.value for choice in known.choices]
        for key, value in (("from", params.before), ("to", params.after)):
            if value is None:
                continue
            if not takes_values:
                yield Problem(pointer((key,)), "value_unexpected", {})
            elif fault := value_fault(known.kind, value, choices):
                yield from_fault(fault, (key,))


def _same(seen: Any, wanted: Any) -> bool:
    if isinstance(seen, str) and isinstance(wanted, str):
        return fold(seen) == fold(wanted)
    return bool(seen == wanted) and isinstance(seen, bool) == isinstance(wanted, bool)
