"""What a trigger or an action asks for: marks on its Params, from which the editor's form follows.

The editor knows the kinds of input below and no type of trigger or action. A parameter is marked where it is declared::

    stage: Annotated[Id, Input(InputKind.STAGE, _("Stage"))]

and :func:`form` says, for parameters filled in so far, what to show and what can be chosen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import BaseModel, Field

from relance.automation.core.blocks import Id, Part
from relance.automation.core.operators import find
from relance.lib.text import fold
from relance.records import fields
from relance.records.configuration import Configuration
from relance.records.fields import Field as RecordField

#: The base of every type's Params: unknown keys are refused, values do not change once read.
Params = Part

#: Fields that Relance touches with every change, or never after the first; nothing can be started by them.
UNWATCHED = frozenset({"creator", "created_at", "updated_at", "public_id"})


class InputKind(StrEnum):
    """How a parameter is filled in."""

    RECORD_TYPE = "record_type"  # one of the record types: str
    FIELD = "field"  # a field that can change, of the type chosen in `of`: its key
    FIELD_VALUE = "field_value"  # a plain value of the field chosen in `of`
    PIPELINE = "pipeline"  # id
    STAGE = "stage"  # id
    TARGET = "target"  # "record" or the key of a link: which record to act on
    VALUES = "values"  # {field key: value expression}, fields of the type or target chosen in `of`
    VALUE = "value"  # one value expression for a fixed field
    PEOPLE = "people"  # list of "owner", "trigger_user", "user:<id>", "team:<id>"
    TEXT = "text"  # a text with placeholders
    LINE = "line"  # the same on one line
    RECIPIENT = "recipient"  # "contact", "owner", "trigger_user", "address" or "user:<id>"
    YES_NO = "yes_no"
    CHOICE = "choice"  # one of the choices of a fixed field: its value
    LABELS = "labels"  # list of ids
    NUMBER = "number"  # a whole number
    TIME = "time"  # a time of day, "HH:MM"
    PARTICIPANTS = "participants"  # list of "contact", "owner", "trigger_user", "user:<id>", "team:<id>"


@dataclass(frozen=True, slots=True)
class Input:
    """The mark on a parameter.

    Attributes:
        label, hint: for people, translated when shown.
        when: another parameter and the value with which alone this one counts.
        of: the name of the parameter that says whose fields these are, or of which field it is the value.
        record_type: of a target, the only record type that will do; of a value, values or a choice, the type whose
            fields are meant.
        field: of a value or a choice, the key of the field it is for.
    """

    kind: InputKind
    label: Any
    hint: Any = ""
    of: str | None = None
    record_type: str | None = None
    field: str | None = None
    when: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose. ``group`` is a heading, such as a stage's pipeline."""

    value: str | int
    label: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """One input of a form, ready to be drawn.

    Attributes:
        name: the parameter's key in the document.
        default: what it is when left out.
        options: what can be chosen; empty for free input.
        record_type: whose fields ``fields`` are.
        fields: for "values", what can be set.
        field: for "value" and "field_value", whose value it is; none until chosen, or when it takes none.
        shown: whether it counts with what is filled in so far.
    """

    name: str
    kind: InputKind
    label: str
    hint: str
    required: bool
    default: Any
    options: tuple[Option, ...] = ()
    record_type: str | None = None
    fields: tuple[RecordField, ...] = ()
    field: RecordField | None = None
    shown: bool = True


RecordType = Annotated[
    Literal["person", "organization", "deal", "lead", "activity"],
    Input(InputKind.RECORD_TYPE, gettext_lazy("Record")),
]
StageId = Annotated[Id, Input(InputKind.STAGE, gettext_lazy("Stage"))]
OnlyPipeline = Annotated[
    Id | None,
    Input(InputKind.PIPELINE, gettext_lazy("Pipeline"), gettext_lazy("Any pipeline when left empty")),
]
TargetName = Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,39}$")]
Target = Annotated[TargetName, Input(InputKind.TARGET, gettext_lazy("Which record"))]

ActivitySubject = Input(InputKind.VALUE, gettext_lazy("Subject"), record_type="activity", field="subject")
ActivityOwner = Input(InputKind.VALUE, gettext_lazy("For whom"), record_type="activity", field="owner")
ActivityNote = Input(InputKind.VALUE, gettext_lazy("Note"), record_type="activity", field="note")
LeadTarget = Annotated[TargetName, Input(InputKind.TARGET, gettext_lazy("Which lead"), record_type="lead")]
DealTarget = Annotated[TargetName, Input(InputKind.TARGET, gettext_lazy("Which deal"), record_type="deal")]


def form(
    model: type[BaseModel], params: Mapping[str, Any], record_type: str | None, configuration: Configuration
) -> list[Form]:
    """The inputs of a form.

    Args:
        model: the Params of a trigger or an action.
        params: what is filled in so far, as it stands in the draft; may be incomplete or wrong.
        record_type: of the triggering record; none while no trigger is chosen (and for triggers themselves).
    """
    return list(_inputs(model, params, record_type, configuration))


def _inputs(
    model: type[BaseModel], params: Mapping[str, Any], record_type: str | None, configuration: Configuration
) -> Iterator[Form]:
    for name, info in model.model_fields.items():
        mark = next((mark for mark in info.metadata if isinstance(mark, Input)), None)
        if mark is None:
            continue
        key = info.alias or name
        options: tuple[Option, ...] = ()
        whose: str | None = mark.record_type
        settable: tuple[RecordField, ...] = ()
        field: RecordField | None = None
        match mark.kind:
            case InputKind.RECORD_TYPE:
                options = tuple(Option(each, record_label(each)) for each in fields.RECORD_TYPES)
            case InputKind.PIPELINE:
                options = tuple(Option(id, label) for id, label in configuration.pipelines.items())
            case InputKind.STAGE:
                options = tuple(
                    Option(stage.id, stage.name, configuration.pipelines.get(stage.pipeline, ""))
                    for stage in configuration.stages.values()
                )
            case InputKind.TARGET:
                options = tuple(targets(record_type, mark.record_type)) if record_type else ()
            case InputKind.RECIPIENT:
                options = tuple(recipients(record_type, configuration))
            case InputKind.FIELD:
                whose = chosen_type(params.get(mark.of or ""), record_type)
                options = tuple(Option(each.key, str(each.label)) for each in watched(whose)) if whose else ()
            case InputKind.CHOICE:
                choices = fields.field(str(whose), str(mark.field)).choices
                options = tuple(Option(choice.value, str(choice.label)) for choice in choices)
            case InputKind.LABELS:
                options = tuple(Option(id, name) for id, (name, _colour) in configuration.labels.items())
            case InputKind.VALUES:
                whose = whose or chosen_type(params.get(mark.of or ""), record_type)
                settable = tuple(fields.editable_fields(whose)) if whose else ()
            case InputKind.VALUE:
                whose = whose or chosen_type(params.get(mark.of or ""), record_type)
                field = fields.fields_of(whose).get(str(mark.field)) if whose else None
            case InputKind.FIELD_VALUE:
                whose = chosen_type(params.get("record"), record_type)
                known = fields.fields_of(whose) if whose else {}
                field = known.get(str(params.get(mark.of or "")))
                if field is not None and find(field.kind, "changed_to") is None:
                    field = None
        yield Form(
            name=key,
            kind=mark.kind,
            label=str(mark.label),
            hint=str(mark.hint),
            required=info.is_required(),
            default=None if info.is_required() else _plain(info.get_default(call_default_factory=True)),
            options=options,
            record_type=whose,
            fields=settable,
            field=field,
            shown=mark.when is None or params.get(mark.when[0]) == mark.when[1],
        )


def _plain(default: Any) -> Any:
    """A default as it would stand in a document."""
    return default.model_dump() if isinstance(default, BaseModel) else default


def chosen_type(chosen: Any, record_type: str | None) -> str | None:
    """The record type meant by a target of a triggering record of ``record_type``, or by a record type itself."""
    if not isinstance(chosen, str):
        return None
    found = target_type(chosen, record_type) if record_type is not None else None
    return found or (chosen if chosen in fields.RECORD_TYPES else None)


def target_type(target: str, record_type: str) -> str | None:
    """The record type that a target leads to; none when the triggering record has no such link."""
    return record_type if target == "record" else fields.parents_of(record_type).get(target)


def targets(record_type: str, only: str | None = None) -> Iterator[Option]:
    """The records an action can act on: the triggering one and those it links to.

    Args:
        only: the one record type that will do.
    """
    if only in (None, record_type):
        yield Option("record", own_record(record_type))
    for key, parent in fields.parents_of(record_type).items():
        if only in (None, parent):
            yield Option(key, linked_record(parent))


def recipients(record_type: str | None, configuration: Configuration) -> Iterator[Option]:
    """To whom a mail can go."""
    if contact := contact_of(record_type):
        yield Option("contact", contact, _("By role"))
    yield Option("owner", _("The record’s owner"), _("By role"))
    yield Option("trigger_user", _("Whoever triggered it"), _("By role"))
    people = [actor for actor in configuration.directory.actors.values() if actor.active]
    for actor in sorted(people, key=lambda actor: fold(actor.name)):
        yield Option(f"user:{actor.user_id}", actor.name, _("Colleagues"))
    yield Option("address", _("Another address…"), _("Somebody else"))


def contact_of(record_type: str | None) -> str:
    """Who the contact of a triggering record is, as a choice; empty for a type that has none."""
    match record_type:
        case "person":
            return _("The person itself")
        case "deal":
            return _("The contact: the deal’s person")
        case "lead":
            return _("The contact: the lead’s person")
        case "activity":
            return _("The contact: the activity’s person, or else its deal’s")
        case "organization":
            return ""
    return _("The record’s contact")


def watched(record_type: str) -> Iterator[RecordField]:
    """The fields whose change can start an automation."""
    return (field for field in fields.fields_of(record_type).values() if field.key not in UNWATCHED)


def record_label(record_type: str) -> str:
    """A record type as a choice."""
    match record_type:
        case "person":
            return _("Person")
        case "organization":
            return _("Organization")
        case "deal":
            return _("Deal")
        case "lead":
            return _("Lead")
        case "activity":
            return _("Activity")
    return record_type


def own_record(record_type: str) -> str:
    """The triggering record as a choice."""
    match record_type:
        case "person":
            return _("The person itself")
        case "organization":
            return _("The organization itself")
        case "deal":
            return _("The deal itself")
        case "lead":
            return _("The lead itself")
        case "activity":
            return _("The activity itself")
    return record_type


def linked_record(record_type: str) -> str:
    """A record that the triggering one links to, as a choice."""
    match record_type:
        case "person":
            return _("Its person")
        case "organization":
            return _("Its organization")
        case "deal":
            return _("Its deal")
        case "lead":
            return _("Its lead")
    return record_label(record_type)
