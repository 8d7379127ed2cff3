"""Find an organization, or add it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from django.db.models import Q
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import Field

from relance.automation.acting import Values, attempt, belong_together, check_values, values_for
from relance.automation.core.paths import Catalogue
from relance.automation.core.problems import Problem
from relance.automation.core.references import Reference
from relance.automation.core.values import Value
from relance.automation.explain.names import Names
from relance.automation.explain.values import value_clause
from relance.automation.explain.wording import fill
from relance.automation.inputs import Input, InputKind, Params
from relance.automation.references import in_value, in_values
from relance.automation.registry import Action, Preset, Step, action
from relance.lib.text import fold
from relance.records import access
from relance.records.fields import field


class OrganizationFindOrCreateParams(Params):
    """What it is called, and what a new one gets besides."""

    name: Annotated[
        Value, Input(InputKind.VALUE, gettext_lazy("Name"), record_type="organization", field="name")
    ]
    values: Annotated[
        Values,
        Field(max_length=100),
        Input(
            InputKind.VALUES, gettext_lazy("What a new organization gets besides"), record_type="organization"
        ),
    ] = Field(default_factory=dict)
    link: Annotated[
        bool, Input(InputKind.YES_NO, gettext_lazy("Link the organization to the triggering record"))
    ] = True


@action
class OrganizationFindOrCreate(Action[OrganizationFindOrCreateParams]):
    """Takes the organization the owner sees that has the name, whatever case and accents; else a new one. Of several
    the first that was added."""

    type = "organization.find_or_create"
    label = gettext_lazy("Find an organization, or create one")
    icon = "organization"
    rank = 16
    Params = OrganizationFindOrCreateParams

    def perform(self, params: OrganizationFindOrCreateParams, step: Step) -> None:
        [name] = values_for(step, "organization", {"name": params.name}).values()
        key = fold(name or "")
        found = key and step.change.uow.find(
            "organization",
            Q(folded__name=key) & access.visible(step.actor),
            lambda each: fold(each["name"]) == key and access.may(step.actor, "see", each),
        )
        if found:
            organization = int(found[0]["id"])
            step.found("organization", organization)
        else:
            values = {"name": name, **values_for(step, "organization", params.values)}
            organization = attempt(lambda: step.change.create("organization", values))
        if params.link:
            belong_together(step, "organization", organization)

    def sentence(self, params: OrganizationFindOrCreateParams, names: Names) -> SafeString:
        name = value_clause(params.name, field("organization", "name"), names)
        return fill(_("Find the organization %(name)s, or create it"), name=name)

    def presets(self, record_type: str | None = None) -> Iterable[Preset]:
        return (Preset("organization", str(self.label), {}),)

    def references(self, params: OrganizationFindOrCreateParams, record_type: str) -> Iterator[Reference]:
        yield from in_value(field("organization", "name"), params.name, ("name",))
        yield from in_values("organization", params.values, ("values",))

    def check(
        self, params: OrganizationFindOrCreateParams, record_type: str, catalogue: Catalogue, /
    ) -> Iterator[Problem]:
        name = {"name": params.name}
        yield from check_values(name, "organization", record_type, catalogue, new=False, under=())
        yield from check_values(params.values, "organization", record_type, catalogue, new=False)
