"""Move activities to an earlier or a later day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Annotated

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from pydantic import Field, StrictInt

from relance.automation.acting import attempt, check_target, open_activities
from relance.automation.core.dating import By, DateOutOfRange, moved
from relance.automation.core.paths import Catalogue
from relance.automation.core.problems import Problem
from relance.automation.explain.names import Names
from relance.automation.explain.phrases import SHIFT_ACTIVITIES
from relance.automation.explain.wording import bold, fill
from relance.automation.inputs import Input, InputKind, Params, Target, target_type, targets
from relance.automation.registry import Action, Preset, Step, StepFailure, action
from relance.lib.shapes import MAX_DAYS


class ActivityShiftDateParams(Params):
    """Which activities, and by how many days; below zero they move to an earlier day."""

    target: Target = "record"
    days: Annotated[
        StrictInt,
        Field(ge=-MAX_DAYS, le=MAX_DAYS),
        Input(
            InputKind.NUMBER,
            gettext_lazy("By how many days"),
            gettext_lazy("Below zero for an earlier day"),
        ),
    ] = 1
    working_days: Annotated[
        bool, Input(InputKind.YES_NO, gettext_lazy("Count working days only (Monday to Friday)"))
    ] = True


@action
class ActivityShiftDate(Action[ActivityShiftDateParams]):
    """Shifts the date of an activity, or of what is open among those of a record; those without a date stay so."""

    type = "activity.shift_date"
    label = gettext_lazy("Shift the dates of activities")
    icon = "calendar"
    rank = 52
    Params = ActivityShiftDateParams

    def perform(self, params: ActivityShiftDateParams, step: Step) -> None:
        move = By(by=params.days, unit="working_days" if params.working_days else "days")
        for activity in open_activities(step, params.target):
            due = step.change.uow.get("activity", activity)
            if due is None or due["due_date"] is None:
                continue
            try:
                day = moved(date.fromisoformat(due["due_date"]), [move])
            except DateOutOfRange:
                raise StepFailure("date_out_of_range") from None
            values = {"due_date": day.isoformat()}
            attempt(partial(step.change.update, "activity", activity, values))

    def sentence(self, params: ActivityShiftDateParams, names: Names) -> SafeString:
        count = abs(params.days)
        if params.working_days:
            days = ngettext("%(count)d working day", "%(count)d working days", count)
        else:
            days = ngettext("%(count)d day", "%(count)d days", count)
        template = _("%(deed)s by %(days)s") if params.days >= 0 else _("%(deed)s back by %(days)s")
        deed = fill(SHIFT_ACTIVITIES[target_type(params.target, names.record_type) or names.record_type])
        return fill(template, deed=deed, days=bold(days % {"count": count}))

    def presets(self, record_type: str | None = None) -> Iterator[Preset]:
        for option in targets(record_type) if record_type else ():
            found = target_type(str(option.value), str(record_type))
            if found is not None:
                yield Preset("activity", str(SHIFT_ACTIVITIES[found]), {"target": option.value})

    def check(
        self, params: ActivityShiftDateParams, record_type: str, catalogue: Catalogue, /
    ) -> Iterator[Problem]:
        yield from check_target(params.target, record_type)
        if params.days == 0:
            yield Problem("/days", "out_of_range", {"min": 1, "max": MAX_DAYS})
