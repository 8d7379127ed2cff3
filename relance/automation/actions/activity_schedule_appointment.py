"""Arrange an appointment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from pydantic import Field, StrictInt

from relance.automation.acting import (
    ITS_OWNER,
    NEXT_DAY,
    attempt,
    check_values,
    filled,
    linked_person,
    links_to,
    values_for,
)
from relance.automation.core.paths import Catalogue
from relance.automation.core.problems import Problem, pointer
from relance.automation.core.references import Reference
from relance.automation.core.values import Value
from relance.automation.explain.names import Names
from relance.automation.explain.values import value_clause
from relance.automation.explain.wording import bold, field_of, fill, listed
from relance.automation.inputs import ActivityNote, ActivityOwner, ActivitySubject, Input, InputKind, Params
from relance.automation.references import in_values
from relance.automation.registry import Action, Preset, Step, action
from relance.lib.shapes import minutes_of
from relance.records.fields import field

_VALUES = ("subject", "due_date", "owner", "location", "note")
#: How long an appointment is that says nothing about it, in minutes.
_HOUR = 60
_WEEK = 7 * 24 * 60
Participant = Annotated[str, Field(pattern=r"^(contact|owner|trigger_user|(user|team):[1-9][0-9]{0,17})$")]


class ActivityScheduleAppointmentParams(Params):
    """What, on which day, from when to when, where, and who is there.

    ``participants`` holds "contact" (the triggering person, or the one the record links to), "owner" (of the triggering
    record), "trigger_user" (who caused it), "user:7" and "team:3". Without ``end`` and ``duration`` (minutes) it takes
    an hour.
    """

    subject: Annotated[Value, ActivitySubject]
    due_date: Annotated[
        Value, Input(InputKind.VALUE, gettext_lazy("Day"), record_type="activity", field="due_date")
    ] = NEXT_DAY
    start: Annotated[
        str, Input(InputKind.TIME, gettext_lazy("Begins at"), gettext_lazy("14:30, for example"))
    ] = "10:00"
    end: Annotated[
        str | None,
        Input(InputKind.TIME, gettext_lazy("Ends at"), gettext_lazy("Or give the duration below")),
    ] = None
    duration: Annotated[
        Annotated[StrictInt, Field(ge=1, le=_WEEK)] | None,
        Input(
            InputKind.NUMBER,
            gettext_lazy("Duration in minutes"),
            gettext_lazy("An hour when neither is given"),
        ),
    ] = None
    owner: Annotated[Value, ActivityOwner] = ITS_OWNER
    participants: Annotated[
        tuple[Participant, ...],
        Field(max_length=50),
        Input(InputKind.PARTICIPANTS, gettext_lazy("Who else is there")),
    ] = ("contact",)
    location: Annotated[
        Value | None, Input(InputKind.VALUE, gettext_lazy("Place"), record_type="activity", field="location")
    ] = None
    note: Annotated[Value | None, ActivityNote] = None

    @property
    def minutes(self) -> int:
        """How long it is."""
        if self.end is None:
            return self.duration or _HOUR
        return minutes_of(self.end) - minutes_of(self.start)


@action
class ActivityScheduleAppointment(Action[ActivityScheduleAppointmentParams]):
    """Arranges an appointment for the triggering record; it is seen on the day view."""

    type = "activity.schedule_appointment"
    label = gettext_lazy("Schedule an appointment")
    icon = "calendar-check"
    rank = 12
    Params = ActivityScheduleAppointmentParams

    def perform(self, params: ActivityScheduleAppointmentParams, step: Step) -> None:
        values = {**links_to(step, "activity"), **values_for(step, "activity", filled(params, *_VALUES))}
        there = dict.fromkeys(self._there(params, step))
        there.pop(f"user:{values['owner']}", None)
        values |= {
            "type": "appointment",
            "due_time": params.start,
            "duration": params.minutes,
            "participants": list(there),
        }
        attempt(lambda: step.change.create("activity", values))

    def _there(self, params: ActivityScheduleAppointmentParams, step: Step) -> Iterator[str]:
        directory = step.change.uow.configuration.directory
        users: list[int | None] = []
        for participant in params.participants:
            match participant.partition(":"):
                case ("contact", _, _):
                    if (person := linked_person(step)) is not None:
                        yield f"person:{person}"
                case ("owner", _, _):
                    users.append(step.scope.record.get("owner"))
                case ("trigger_user", _, _):
                    users.append(step.scope.actor_id)
                case ("user", _, id):
                    users.append(int(id))
                case (_, _, id):
                    users.extend(sorted(directory.members.get(int(id), ())))
        for user in users:
            if user in directory.actors and directory.actors[user].active:
                yield f"user:{user}"

    def sentence(self, params: ActivityScheduleAppointmentParams, names: Names) -> SafeString:
        minutes = params.minutes
        length = ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
        told = fill(
            _("Schedule the appointment %(subject)s for %(owner)s: %(day)s at %(start)s, %(length)s"),
            subject=value_clause(params.subject, field("activity", "subject"), names),
            owner=value_clause(params.owner, field("activity", "owner"), names),
            day=value_clause(params.due_date, field("activity", "due_date"), names),
            start=bold(params.start),
            length=length,
        )
        if params.participants:
            people = listed(self._named(each, names) for each in params.participants)
            told = fill(_("%(appointment)s, with %(people)s"), appointment=told, people=people)
        if params.location is not None:
            place = value_clause(params.location, field("activity", "location"), names)
            told = fill(_("%(appointment)s; place: %(place)s"), appointment=told, place=place)
        return told

    def _named(self, participant: str, names: Names) -> SafeString:
        kind, _colon, id = participant.partition(":")
        match kind:
            case "contact":
                return fill(_("the contact"))
            case "owner":
                return field_of(names.record_type, "owner")
            case "trigger_user":
                return fill(_("whoever triggered it"))
        return names.named(kind, int(id))

    def presets(self, record_type: str | None = None) -> Iterable[Preset]:
        return (Preset("activity", str(self.label), {}),)

    def references(self, params: ActivityScheduleAppointmentParams, record_type: str) -> Iterator[Reference]:
        yield from in_values("activity", filled(params, *_VALUES), ())
        for position, participant in enumerate(params.participants):
            kind, colon, id = participant.partition(":")
            if colon:
                yield Reference(kind, int(id), pointer(("participants", position)))

    def check(
        self, params: ActivityScheduleAppointmentParams, record_type: str, catalogue: Catalogue, /
    ) -> Iterator[Problem]:
        values = filled(params, *_VALUES)
        yield from check_values(values, "activity", record_type, catalogue, new=False, under=())
        times = {}
        for name, text in (("start", params.start), ("end", params.end)):
            try:
                times[name] = None if text is None else minutes_of(text)
            except ValueError:
                yield Problem(f"/{name}", "not_a_time", {})
        if params.end is not None and params.duration is not None:
            yield Problem("/duration", "end_and_duration", {})
        elif len(times) == 2 and times["end"] is not None and times["end"] <= (times["start"] or 0):
            yield Problem("/end", "end_before_start", {})
        if len(set(params.participants)) < len(params.participants):
            yield Problem("/participants", "duplicates", {})
