"""Find somebody, or add them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import reduce
from operator import or_
from typing import Annotated, Any

from django.db.models import Q
from django.db.models.lookups import Contains
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import Field

from relance.automation.acting import Values, attempt, belong_together, check_values, filled, values_for
from relance.automation.core.paths import Catalogue
from relance.automation.core.problems import Problem
from relance.automation.core.references import Reference
from relance.automation.core.values import Value
from relance.automation.explain.names import Names
from relance.automation.explain.values import value_clause
from relance.automation.explain.wording import fill
from relance.automation.inputs import Input, InputKind, Params
from relance.automation.references import in_values
from relance.automation.registry import Action, Preset, Step, action
from relance.lib.text import fold
from relance.records import access
from relance.records.fields import field
from relance.records.filters.expressions import FoldedText

_KEYS = ("name", "emails")


class PersonFindOrCreateParams(Params):
    """By what somebody is known, and what a new person gets besides."""

    name: Annotated[Value, Input(InputKind.VALUE, gettext_lazy("Name"), record_type="person", field="name")]
    emails: Annotated[
        Value | None,
        Input(
            InputKind.VALUE,
            gettext_lazy("E-mail"),
            gettext_lazy("Somebody who has this address, or one of these, is taken"),
            record_type="person",
            field="emails",
        ),
    ] = None
    same_name: Annotated[
        bool,
        Input(
            InputKind.YES_NO,
            gettext_lazy("Otherwise take somebody of the same name"),
            gettext_lazy("Without an e-mail address the name decides in any case"),
        ),
    ] = False
    values: Annotated[
        Values,
        Field(max_length=100),
        Input(InputKind.VALUES, gettext_lazy("What a new person gets besides"), record_type="person"),
    ] = Field(default_factory=dict)
    link: Annotated[
        bool, Input(InputKind.YES_NO, gettext_lazy("Link the person to the triggering record"))
    ] = True


@action
class PersonFindOrCreate(Action[PersonFindOrCreateParams]):
    """Takes the person the owner sees who has one of the addresses, or the name, whatever case and accents; else a new
    one. Of several the first that was added."""

    type = "person.find_or_create"
    label = gettext_lazy("Find a person, or create one")
    icon = "person-plus"
    rank = 15
    Params = PersonFindOrCreateParams

    def perform(self, params: PersonFindOrCreateParams, step: Step) -> None:
        keys = values_for(step, "person", filled(params, *_KEYS))
        person = self._find(params, step, keys)
        if person is None:
            values = {**keys, **values_for(step, "person", params.values)}
            person = attempt(lambda: step.change.create("person", values))
        else:
            step.found("person", person)
        if params.link:
            belong_together(step, "person", person)

    def _find(self, params: PersonFindOrCreateParams, step: Step, keys: dict[str, Any]) -> int | None:
        emails = {fold(entry["value"]) for entry in keys.get("emails") or ()}
        name = fold(keys["name"] or "")
        if emails:
            somewhere = reduce(or_, (Q(Contains(FoldedText("emails"), email)) for email in sorted(emails)))
            person = self._first(
                step, somewhere, lambda each: any(fold(entry["value"]) in emails for entry in each["emails"])
            )
            if person is not None or not params.same_name:
                return person
        return (
            self._first(step, Q(folded__name=name), lambda each: fold(each["name"]) == name) if name else None
        )

    def _first(self, step: Step, where: Q, holds: Any) -> int | None:
        found = step.change.uow.find(
            "person",
            where & access.visible(step.actor),
            lambda each: holds(each) and access.may(step.actor, "see", each),
        )
        return found[0]["id"] if found else None

    def sentence(self, params: PersonFindOrCreateParams, names: Names) -> SafeString:
        name = value_clause(params.name, field("person", "name"), names)
        if params.emails is None:
            return fill(_("Find the person %(name)s, or create them"), name=name)
        return fill(
            _("Find the person %(name)s by the e-mail %(email)s, or create them"),
            name=name,
            email=value_clause(params.emails, field("person", "emails"), names),
        )

    def presets(self, record_type: str | None = None) -> Iterable[Preset]:
        return (Preset("person", str(self.label), {}),)

    def references(self, params: PersonFindOrCreateParams, record_type: str) -> Iterator[Reference]:
        yield from in_values("person", filled(params, *_KEYS), ())
        yield from in_values("person", params.values, ("values",))

    def check(
        self, params: PersonFindOrCreateParams, record_type: str, catalogue: Catalogue, /
    ) -> Iterator[Problem]:
        keys = filled(params, *_KEYS)
        yield from check_values(keys, "person", record_type, catalogue, new=False, under=())
        yield from check_values(params.values, "person", record_type, catalogue, new=False)
