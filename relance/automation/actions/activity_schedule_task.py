"""Give somebody something to do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from relance.automation.acting import (
    ITS_OWNER,
    NEXT_DAY,
    attempt,
    check_values,
    filled,
    links_to,
    values_for,
)
from relance.automation.core.paths import Catalogue
from relance.automation.core.problems import Problem
from relance.automation.core.references import Reference
from relance.automation.core.values import Value
from relance.automation.explain.names import Names
from relance.automation.explain.values import value_clause
from relance.automation.explain.wording import fill
from relance.automation.inputs import ActivityNote, ActivityOwner, ActivitySubject, Input, InputKind, Params
from relance.automation.references import in_values
from relance.automation.registry import Action, Preset, Step, action
from relance.records.fields import field

_VALUES = ("subject", "due_date", "owner", "note")


class ActivityScheduleTaskParams(Params):
    """What is to be done, until when, by whom."""

    subject: Annotated[Value, ActivitySubject]
    due_date: Annotated[
        Value, Input(InputKind.VALUE, gettext_lazy("Due on"), record_type="activity", field="due_date")
    ] = NEXT_DAY
    owner: Annotated[Value, ActivityOwner] = ITS_OWNER
    note: Annotated[Value | None, ActivityNote] = None


@action
class ActivityScheduleTask(Action[ActivityScheduleTaskParams]):
    """Plans a task for the triggering record."""

    type = "activity.schedule_task"
    label = gettext_lazy("Schedule a task")
    icon = "task"
    rank = 11
    Params = ActivityScheduleTaskParams

    def perform(self, params: ActivityScheduleTaskParams, step: Step) -> None:
        values = {**links_to(step, "activity"), **values_for(step, "activity", filled(params, *_VALUES))}
        attempt(lambda: step.change.create("activity", {**values, "type": "task"}))

    def sentence(self, params: ActivityScheduleTaskParams, names: Names) -> SafeString:
        return fill(
            _("Schedule the task %(subject)s for %(owner)s; due: %(due)s"),
            subject=value_clause(params.subject, field("activity", "subject"), names),
            owner=value_clause(params.owner, field("activity", "owner"), names),
            due=value_clause(params.due_date, field("activity", "due_date"), names),
        )

    def presets(self, record_type: str | None = None) -> Iterable[Preset]:
        return (Preset("activity", str(self.label), {}),)

    def references(self, params: ActivityScheduleTaskParams, record_type: str) -> Iterable[Reference]:
        return in_values("activity", filled(params, *_VALUES), ())

    def check(
        self, params: ActivityScheduleTaskParams, record_type: str, catalogue: Catalogue, /
    ) -> Iterable[Problem]:
        values = filled(params, *_VALUES)
        return check_values(values, "activity", record_type, catalogue, new=False, under=())
