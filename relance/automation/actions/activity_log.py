"""Write down that something was done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from relance.automation.acting import attempt, check_values, filled, links_to, values_for
from relance.automation.core.comparing import zone_of
from relance.automation.core.paths import Catalogue
from relance.automation.core.problems import Problem
from relance.automation.core.references import Reference
from relance.automation.core.values import Value
from relance.automation.explain.names import Names
from relance.automation.explain.values import value_clause
from relance.automation.explain.wording import bold, fill
from relance.automation.inputs import ActivityNote, ActivitySubject, Input, InputKind, Params
from relance.automation.references import in_values
from relance.automation.registry import Action, Preset, Step, action
from relance.records.display import choice
from relance.records.fields import field


class ActivityLogParams(Params):
    """What kind of activity, what it was, and what is to be remembered of it."""

    kind: Annotated[
        str, Input(InputKind.CHOICE, gettext_lazy("Type"), record_type="activity", field="type")
    ] = "call"
    subject: Annotated[Value, ActivitySubject]
    note: Annotated[Value | None, ActivityNote] = None


@action
class ActivityLog(Action[ActivityLogParams]):
    """Logs an activity as done at this moment, for the triggering record; the automation's owner did it."""

    type = "activity.log"
    label = gettext_lazy("Log an activity that is done")
    icon = "check"
    rank = 13
    Params = ActivityLogParams

    def perform(self, params: ActivityLogParams, step: Step) -> None:
        scope = step.scope
        values = {
            **links_to(step, "activity"),
            **values_for(step, "activity", filled(params, "subject", "note")),
            "type": params.kind,
            "due_date": scope.today.isoformat(),
            "due_time": scope.now.astimezone(zone_of(scope.zone)).strftime("%H:%M"),
            "done": True,
        }
        attempt(lambda: step.change.create("activity", values))

    def sentence(self, params: ActivityLogParams, names: Names) -> SafeString:
        return fill(
            _("Log as done: %(kind)s, %(subject)s"),
            kind=bold(choice(field("activity", "type"), params.kind)),
            subject=value_clause(params.subject, field("activity", "subject"), names),
        )

    def presets(self, record_type: str | None = None) -> Iterable[Preset]:
        return (Preset("activity", str(self.label), {}),)

    def references(self, params: ActivityLogParams, record_type: str) -> Iterable[Reference]:
        return in_values("activity", filled(params, "subject", "note"), ())

    def check(
        self, params: ActivityLogParams, record_type: str, catalogue: Catalogue, /
    ) -> Iterator[Problem]:
        values = filled(params, "subject", "note")
        yield from check_values(values, "activity", record_type, catalogue, new=False, under=())
        if all(params.kind != known.value for known in field("activity", "type").choices):
            yield Problem("/kind", "not_a_choice", {})
