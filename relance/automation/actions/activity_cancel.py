"""Call activities off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from relance.automation.acting import attempt, check_target, open_activities
from relance.automation.core.paths import Catalogue
from relance.automation.core.problems import Problem
from relance.automation.explain.names import Names
from relance.automation.explain.phrases import CANCEL_ACTIVITIES
from relance.automation.explain.wording import fill
from relance.automation.inputs import Params, Target, target_type, targets
from relance.automation.registry import Action, Preset, Step, action


class ActivityCancelParams(Params):
    """The activity, or the record whose open activities are meant."""

    target: Target = "record"


@action
class ActivityCancel(Action[ActivityCancelParams]):
    """Puts an activity, or what is open among the activities of a record, into the bin."""

    type = "activity.cancel"
    label = _("Cancel activities")
    icon = "trash-2"
    rank = 56
    Params = ActivityCancelParams

    def perform(self, params: ActivityCancelParams, step: Step) -> None:
        for activity in open_activities(step, params.target):
            attempt(partial(step.change.delete, "activity", activity))

    def sentence(self, params: ActivityCancelParams, names: Names) -> SafeString:
        return fill(CANCEL_ACTIVITIES[target_type(params.target, names.record_type) or names.record_type])

    def presets(self, record_type: str | None = None) -> Iterator[Preset]:
        for option in targets(record_type) if record_type else ():
            found = target_type(str(option.value), str(record_type))
            if found is not None:
                yield Preset("activity", str(CANCEL_ACTIVITIES[found]), {"target": option.value})

    def check(
        self, params: ActivityCancelParams, record_type: str, catalogue: Catalogue, /
    ) -> Iterable[Problem]:
        return check_target(params.target, record_type)
