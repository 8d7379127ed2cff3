"""Tick activities off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from relance.automation.acting import attempt, check_target, open_activities
from relance.automation.core.paths import Catalogue
from relance.automation.core.problems import Problem
from relance.automation.explain.names import Names
from relance.automation.explain.phrases import FINISH_ACTIVITIES
from relance.automation.explain.wording import fill
from relance.automation.inputs import Params, Target, target_type, targets
from relance.automation.registry import Action, Preset, Step, action


class ActivityMarkDoneParams(Params):
    """The activity, or the record whose open activities are meant."""

    target: Target = "record"


@action
class ActivityMarkDone(Action[ActivityMarkDoneParams]):
    """Marks an activity as done, or what is open among the activities of a record."""

    type = "activity.mark_done"
    label = _("Mark activities as done")
    icon = "check"
    rank = 50
    Params = ActivityMarkDoneParams

    def perform(self, params: ActivityMarkDoneParams, step: Step) -> None:
        for activity in open_activities(step, params.target):
            attempt(partial(step.change.update, "activity", activity, {"done": True}))

    def sentence(self, params: ActivityMarkDoneParams, names: Names) -> SafeString:
        return fill(FINISH_ACTIVITIES[target_type(params.target, names.record_type) or names.record_type])

    def presets(self, record_type: str | None = None) -> Iterator[Preset]:
        for option in targets(record_type) if record_type else ():
            found = target_type(str(option.value), str(record_type))
            if found is not None:
                yield Preset("activity", str(FINISH_ACTIVITIES[found]), {"target": option.value})

    def check(
        self, params: ActivityMarkDoneParams, record_type: str, catalogue: Catalogue, /
    ) -> Iterable[Problem]:
        return check_target(params.target, record_type)
