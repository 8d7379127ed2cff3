"""Create a record."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import Field

from relance.automation.acting import Values, attempt, check_values, links_to, values_for
from relance.automation.core.paths import Catalogue
from relance.automation.core.problems import Problem
from relance.automation.core.references import Reference
from relance.automation.explain.names import Names
from relance.automation.explain.phrases import CREATE, CREATE_NAMED
from relance.automation.explain.values import assignments, value_clause
from relance.automation.explain.wording import fill
from relance.automation.inputs import Input, InputKind, Params, RecordType
from relance.automation.references import in_values
from relance.automation.registry import Action, Preset, Step, action
from relance.records.fields import field, title_key


class RecordCreateParams(Params):
    """What to create; ``link``: whether it belongs to the triggering record and to those that one belongs to."""

    record: RecordType
    link: Annotated[
        bool,
        Input(
            InputKind.YES_NO,
            gettext_lazy("Link it to the triggering record"),
            gettext_lazy("And to the organization, person or deal that one belongs to"),
        ),
    ] = True
    values: Annotated[
        Values, Field(max_length=100), Input(InputKind.VALUES, gettext_lazy("What it contains"), of="record")
    ] = Field(default_factory=dict)


@action
class RecordCreate(Action[RecordCreateParams]):
    """Creates a record. Unless its values say otherwise the automation's owner owns it."""

    type = "record.create"
    label = gettext_lazy("Create a record")
    icon = "circle-plus"
    rank = 10
    minutes = 3
    Params = RecordCreateParams

    def perform(self, params: RecordCreateParams, step: Step) -> None:
        links = links_to(step, params.record) if params.link else {}
        values = {**links, **values_for(step, params.record, params.values)}
        attempt(lambda: step.change.create(params.record, values))

    def sentence(self, params: RecordCreateParams, names: Names) -> SafeString:
        key = title_key(params.record)
        title = params.values.get(key)
        if title is None:
            sentence = fill(CREATE[params.record])
        else:
            name = value_clause(title, field(params.record, key), names)
            sentence = fill(CREATE_NAMED[params.record], name=name)
        rest = {each: value for each, value in params.values.items() if each != key}
        if not rest:
            return sentence
        return fill(
            _("%(sentence)s with %(values)s"),
            sentence=sentence,
            values=assignments(params.record, rest, names, new=True),
        )

    def presets(self, record_type: str | None = None) -> Iterable[Preset]:
        return (
            Preset(record, str(label), {"record": record, "link": True}) for record, label in CREATE.items()
        )

    def references(self, params: RecordCreateParams, record_type: str) -> Iterable[Reference]:
        return in_values(params.record, params.values, ("values",))

    def check(
        self, params: RecordCreateParams, record_type: str, catalogue: Catalogue, /
    ) -> Iterable[Problem]:
        return check_values(params.values, params.record, record_type, catalogue, new=True)
