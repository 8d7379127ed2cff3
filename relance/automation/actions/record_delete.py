"""Put a record into the bin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from relance.automation.acting import attempt, check_target
from relance.automation.core.paths import Catalogue
from relance.automation.core.problems import Problem
from relance.automation.explain.names import Names
from relance.automation.explain.phrases import DELETE
from relance.automation.explain.wording import fill
from relance.automation.inputs import Params, Target, target_type, targets
from relance.automation.registry import Action, Preset, Step, action


class RecordDeleteParams(Params):
    """Which record."""

    target: Target = "record"


@action
class RecordDelete(Action[RecordDeleteParams]):
    """Puts the triggering record, or one it links to, into the bin, from which people can take it back."""

    type = "record.delete"
    label = _("Delete a record")
    icon = "trash-2"
    rank = 80
    minutes = 1
    Params = RecordDeleteParams

    def perform(self, params: RecordDeleteParams, step: Step) -> None:
        record_type, record_id = step.target(params.target)
        attempt(lambda: step.change.delete(record_type, record_id))

    def sentence(self, params: RecordDeleteParams, names: Names) -> SafeString:
        return fill(DELETE[target_type(params.target, names.record_type) or names.record_type])

    def presets(self, record_type: str | None = None) -> Iterator[Preset]:
        for option in targets(record_type) if record_type else ():
            found = target_type(str(option.value), str(record_type))
            if found is not None:
                yield Preset(found, str(DELETE[found]), {"target": option.value})

    def check(
        self, params: RecordDeleteParams, record_type: str, catalogue: Catalogue, /
    ) -> Iterable[Problem]:
        return check_target(params.target, record_type)
