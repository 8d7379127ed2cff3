"""Give an organization, with what belongs to it, to another colleague."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Annotated, Any

from django.db.models import Q
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from relance.automation.acting import attempt, check_target, check_value
from relance.automation.core.paths import Catalogue
from relance.automation.core.problems import Problem
from relance.automation.core.references import Reference
from relance.automation.core.values import Value
from relance.automation.explain.names import Names
from relance.automation.explain.values import value_clause
from relance.automation.explain.wording import fill, listed
from relance.automation.inputs import Input, InputKind, Params, TargetName, targets
from relance.automation.references import in_value
from relance.automation.registry import Action, Preset, Step, action
from relance.records import access
from relance.records.fields import field


class OrganizationReassignParams(Params):
    """Which organization, who gets it, and what goes with it."""

    target: Annotated[
        TargetName,
        Input(InputKind.TARGET, gettext_lazy("Which organization"), record_type="organization"),
    ] = "record"
    owner: Annotated[
        Value, Input(InputKind.VALUE, gettext_lazy("New owner"), record_type="organization", field="owner")
    ]
    people: Annotated[bool, Input(InputKind.YES_NO, gettext_lazy("With its people"))] = True
    deals: Annotated[bool, Input(InputKind.YES_NO, gettext_lazy("With its open deals"))] = True
    leads: Annotated[bool, Input(InputKind.YES_NO, gettext_lazy("With its leads"))] = True
    activities: Annotated[
        bool,
        Input(
            InputKind.YES_NO,
            gettext_lazy("With its open activities"),
            gettext_lazy("Those of its people and deals, too"),
        ),
    ] = True


@action
class OrganizationReassign(Action[OrganizationReassignParams]):
    """Changes the owner of an organization and, as chosen, of its people, open deals, leads and open activities."""

    type = "organization.reassign"
    label = gettext_lazy("Reassign the organization with what belongs to it")
    icon = "arrow-right-left"
    rank = 72
    Params = OrganizationReassignParams

    def perform(self, params: OrganizationReassignParams, step: Step) -> None:
        record_type, organization = step.target(params.target)
        owner = step.value(params.owner, record_type, "owner")
        give = partial(self._give, step, {"owner": owner})
        give(record_type, [organization])
        for record_type, where, holds in self._belongings(params, step, organization):
            found = step.change.uow.find(record_type, where, holds)
            give(record_type, [each["id"] for each in found if access.may(step.actor, "see", each)])

    def _give(self, step: Step, values: dict[str, Any], record_type: str, ids: Iterable[int]) -> None:
        for record_id in ids:
            attempt(partial(step.change.update, record_type, record_id, values))

    def _belongings(
        self, params: OrganizationReassignParams, step: Step, organization: int
    ) -> Iterator[tuple[str, Q, Callable[[dict[str, Any]], bool]]]:
        """What goes with an organization: record type, rows, and whether one of them does."""
        own = Q(organization_id=organization)

        def belongs(each: dict[str, Any]) -> bool:
            return bool(each["organization"] == organization)

        def acts_for(each: dict[str, Any]) -> bool:
            if each["done"]:
                return False
            linked = (step.change.uow.get(link, each[link]) for link in ("deal", "person") if each[link])
            return belongs(each) or any(belongs(record) for record in linked if record is not None)

        if params.people:
            yield "person", own, belongs
        if params.deals:
            yield "deal", own & Q(status="open"), lambda each: belongs(each) and each["status"] == "open"
        if params.leads:
            yield "lead", own & Q(archived=False), lambda each: belongs(each) and not each["archived"]
        if params.activities:
            through = Q(deal__organization_id=organization) | Q(person__organization_id=organization)
            yield "activity", (own | through) & Q(done=False), acts_for

    def sentence(self, params: OrganizationReassignParams, names: Names) -> SafeString:
        owner = value_clause(params.owner, field("organization", "owner"), names)
        parts = {
            _("its people"): params.people,
            _("its open deals"): params.deals,
            _("its leads"): params.leads,
            _("its open activities"): params.activities,
        }
        chosen = [name for name, wanted in parts.items() if wanted]
        if not chosen:
            return fill(_("Give the organization to %(owner)s"), owner=owner)
        return fill(
            _("Give the organization to %(owner)s, with %(belongings)s"),
            owner=owner,
            belongings=listed(chosen),
        )

    def presets(self, record_type: str | None = None) -> Iterator[Preset]:
        for option in targets(record_type, "organization") if record_type else ():
            yield Preset("organization", str(self.label), {"target": option.value})

    def references(self, params: OrganizationReassignParams, record_type: str) -> Iterable[Reference]:
        return in_value(field("organization", "owner"), params.owner, ("owner",))

    def check(
        self, params: OrganizationReassignParams, record_type: str, catalogue: Catalogue, /
    ) -> Iterator[Problem]:
        yield from check_target(params.target, record_type, "organization")
        yield from check_value(
            params.owner, "organization", "owner", record_type, catalogue, ("owner",), required=True
        )
