"""Give a record to another colleague."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from relance.automation.acting import attempt, check_target, check_value
from relance.automation.core.paths import Catalogue
from relance.automation.core.problems import Problem
from relance.automation.core.references import Reference
from relance.automation.core.values import Value
from relance.automation.explain.names import Names
from relance.automation.explain.phrases import CHANGE_OWNER, GIVE_TO
from relance.automation.explain.values import value_clause
from relance.automation.explain.wording import fill
from relance.automation.inputs import Input, InputKind, Params, Target, target_type, targets
from relance.automation.references import in_value
from relance.automation.registry import Action, Preset, Step, action
from relance.records.fields import field


class RecordChangeOwnerParams(Params):
    """Which record, and who gets it."""

    target: Target = "record"
    owner: Annotated[Value, Input(InputKind.VALUE, _("New owner"), of="target", field="owner")]


@action
class RecordChangeOwner(Action[RecordChangeOwnerParams]):
    """Changes the owner of the triggering record or of one it links to."""

    type = "record.change_owner"
    label = _("Change the owner")
    icon = "user-round-check"
    rank = 70
    Params = RecordChangeOwnerParams

    def perform(self, params: RecordChangeOwnerParams, step: Step) -> None:
        record_type, record_id = step.target(params.target)
        owner = step.value(params.owner, record_type, "owner")
        attempt(lambda: step.change.update(record_type, record_id, {"owner": owner}))

    def sentence(self, params: RecordChangeOwnerParams, names: Names) -> SafeString:
        record_type = target_type(params.target, names.record_type) or names.record_type
        return fill(
            GIVE_TO[record_type], owner=value_clause(params.owner, field(record_type, "owner"), names)
        )

    def presets(self, record_type: str | None = None) -> Iterator[Preset]:
        for option in targets(record_type) if record_type else ():
            found = target_type(str(option.value), str(record_type))
            if found is not None:
                yield Preset(found, str(CHANGE_OWNER[found]), {"target": option.value})

    def references(self, params: RecordChangeOwnerParams, record_type: str) -> Iterable[Reference]:
        return in_value(field(record_type, "owner"), params.owner, ("owner",))

    def check(
        self, params: RecordChangeOwnerParams, record_type: str, catalogue: Catalogue, /
    ) -> Iterator[Problem]:
        yield from check_target(params.target, record_type)
        if found := target_type(params.target, record_type):
            yield from check_value(
                params.owner, found, "owner", record_type, catalogue, ("owner",), required=True
            )
