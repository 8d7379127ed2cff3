"""Set fields of a record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import Field

from relance.automation.acting import Values, attempt, check_target, check_values, values_for
from relance.automation.core.paths import Catalogue
from relance.automation.core.problems import Problem
from relance.automation.core.references import Reference
from relance.automation.explain.names import Names
from relance.automation.explain.phrases import UPDATE
from relance.automation.explain.values import assignments, value_clause
from relance.automation.explain.wording import field_of, fill, record_noun
from relance.automation.inputs import Input, InputKind, Params, Target, target_type, targets
from relance.automation.references import in_values
from relance.automation.registry import Action, Preset, Step, action
from relance.records.fields import fields_of


class RecordUpdateParams(Params):
    """Which record, and what to put into which fields."""

    target: Target = "record"
    values: Annotated[
        Values,
        Field(min_length=1, max_length=100),
        Input(InputKind.VALUES, gettext_lazy("What to change"), of="target"),
    ]


@action
class RecordUpdate(Action[RecordUpdateParams]):
    """Sets fields of the triggering record or of one it links to; values that are there already are no change."""

    type = "record.update"
    label = gettext_lazy("Update a record")
    icon = "pencil"
    rank = 20
    Params = RecordUpdateParams

    def perform(self, params: RecordUpdateParams, step: Step) -> None:
        record_type, record_id = step.target(params.target)
        values = values_for(step, record_type, params.values)
        attempt(lambda: step.change.update(record_type, record_id, values))

    def sentence(self, params: RecordUpdateParams, names: Names) -> SafeString:
        record_type = target_type(params.target, names.record_type) or names.record_type
        known = fields_of(record_type)
        values = {key: value for key, value in params.values.items() if key in known}
        if len(values) == 1:
            [(key, value)] = values.items()
            return fill(
                _("Set %(field)s to %(value)s"),
                field=field_of(record_type, key),
                value=value_clause(value, known[key], names),
            )
        return fill(
            _("Change %(record)s: set %(values)s"),
            record=record_noun(record_type),
            values=assignments(record_type, values, names, new=False),
        )

    def presets(self, record_type: str | None = None) -> Iterator[Preset]:
        for option in targets(record_type) if record_type else ():
            found = target_type(str(option.value), str(record_type))
            if found is not None:
                yield Preset(found, str(UPDATE[found]), {"target": option.value})

    def references(self, params: RecordUpdateParams, record_type: str) -> Iterable[Reference]:
        found = target_type(params.target, record_type)
        return in_values(found, params.values, ("values",)) if found else ()

    def check(
        self, params: RecordUpdateParams, record_type: str, catalogue: Catalogue, /
    ) -> Iterator[Problem]:
        yield from check_target(params.target, record_type)
        if found := target_type(params.target, record_type):
            yield from check_values(params.values, found, record_type, catalogue, new=False)
