"""What actions have in common: finding their record, working out values, and turning refusals into failures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, TypeVar

from django.conf import settings
from django.db.models import Q
from django.utils import translation
from pydantic import Field

from relance.automation.core.paths import Catalogue
from relance.automation.core.problems import Problem, from_fault, pointer
from relance.automation.core.values import Fixed, FromField, FromToday, Value, value_fault
from relance.automation.inputs import Params, target_type
from relance.automation.registry import Step, StepFailure
from relance.records import access, fields
from relance.records.errors import Forbidden, Invalid, NotFound

T = TypeVar("T")

FieldKey = Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,99}$")]
Values = dict[FieldKey, Value]

#: What is usual for something planned: on the next day, by the owner of the triggering record.
NEXT_DAY = FromToday.model_validate({"from": "today", "days": 1})
ITS_OWNER = FromField.model_validate({"from": "field", "path": "owner"})

#: Required fields that a new record gets by itself.
GIVEN = frozenset({"pipeline", "stage", "status", "type"})


def attempt(act: Callable[[], T]) -> T:
    """Do something with records.

    Raises:
        StepFailure: it was refused; nothing was done.
        Conflict: somebody else was faster.
    """
    try:
        return act()
    except Invalid as refusal:
        raise StepFailure("invalid", problems=_in_each_language(act, refusal)) from None
    except Forbidden as refusal:
        raise StepFailure("forbidden", verb=refusal.verb, record_type=refusal.record_type) from None
    except NotFound as refusal:
        raise StepFailure("not_visible", record_type=refusal.record_type) from None


def _in_each_language(act: Callable[[], Any], refusal: Invalid) -> dict[str, dict[str, str]]:
    """What is wrong, by language and field. Whoever reads the run may speak another one than the engine.

    A refused act has done nothing, so that it can be tried again for its words alone.
    """
    problems: dict[str, dict[str, str]] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            try:
                act()
            except Invalid as again:
                problems[language] = again.problems
    return problems or {settings.LANGUAGE_CODE: refusal.problems}


def filled(params: Params, *keys: str) -> dict[str, Any]:
    """The value expressions among parameters that are called as the fields they are for, without those left out."""
    return {key: value for key in keys if (value := getattr(params, key)) is not None}


def values_for(step: Step, record_type: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The plain values of value expressions.

    Raises:
        StepFailure: one cannot be had.
    """
    return {key: step.value(expression, record_type, key) for key, expression in values.items()}


def links_to(step: Step, record_type: str) -> dict[str, int]:
    """The links by which a new record of this type belongs to the triggering record and to those it belongs to.

    What is in the bin, or what the owner may not see, is not linked to.
    """
    scope = step.scope
    candidates: dict[str, tuple[str, int | None]] = {}
    for key, parent in fields.parents_of(scope.record_type).items():
        candidates[key] = (parent, scope.record.get(key))
    links: dict[str, int] = {}
    for key, wanted in fields.parents_of(record_type).items():
        if wanted == scope.record_type:
            record_id: int | None = scope.record["id"]
        else:
            parent, record_id = candidates.get(key, ("", None))
            if parent != wanted:
                continue
        values = None if record_id is None else step.change.uow.get(wanted, record_id)
        if values is not None and record_id is not None and access.may(step.actor, "see", values):
            links[key] = record_id
    return links


def open_activities(step: Step, target: str) -> list[int]:
    """The activities meant by a target: the activity itself, or what is not done among those of another record.

    Raises:
        StepFailure: as ``Step.target``.
    """
    record_type, record_id = step.target(target)
    if record_type == "activity":
        return [record_id]
    key = next(key for child, key in fields.children_of(record_type) if child == "activity")
    found = step.change.uow.find(
        "activity",
        Q(**{f"{key}_id": record_id, "done": False}),
        lambda each: each[key] == record_id and not each["done"] and access.may(step.actor, "see", each),
    )
    return [each["id"] for each in found]


def linked_person(step: Step) -> int | None:
    """The person the triggering record is, or links to; none when there is none the owner may see."""
    return (
        step.scope.record["id"]
        if step.scope.record_type == "person"
        else links_to(step, "note").get("person")
    )


def belong_together(step: Step, record_type: str, record_id: int) -> None:
    """Link the triggering record to another one, where it has such a link and is still there.

    Raises:
        StepFailure: the owner may not change it.
    """
    mine, own_id = step.scope.record_type, int(step.scope.record["id"])
    link = next((key for key, target in fields.parents_of(mine).items() if target == record_type), None)
    if link is None or not fields.field(mine, link).editable or step.change.uow.get(mine, own_id) is None:
        return
    attempt(lambda: step.change.update(mine, own_id, {link: record_id}))


def check_target(target: str, record_type: str, only: str | None = None) -> Iterator[Problem]:
    """Whether the triggering record leads to the target, and whether that is of the type needed."""
    found = target_type(target, record_type)
    if found is None:
        yield Problem(pointer(("target",)), "unknown_target", {"target": target, "record": record_type})
    elif only is not None and found != only:
        yield Problem(pointer(("target",)), "target_does_not_fit", {"target": found, "wanted": only})


def check_values(
    values: Mapping[str, Any],
    target: str,
    record_type: str,
    catalogue: Catalogue,
    *,
    new: bool,
    under: tuple[str, ...] = ("values",),
) -> Iterator[Problem]:
    """What is wrong with the values an action sets.

    Args:
        target: the record type they are for.
        record_type: of the triggering record.
        new: for a new record, which needs all that is required.
        under: where in the parameters they stand.
    """
    known = fields.fields_of(target)
    for key, expression in values.items():
        field = known.get(key)
        if field is None:
            yield Problem(pointer((*under, key)), "unknown_field", {"path": key})
        elif not field.editable:
            yield Problem(pointer((*under, key)), "not_editable", {"path": key, "record": target})
        else:
            yield from check_value(
                expression, target, key, record_type, catalogue, (*under, key), required=field.required
            )
    if new:
        for field in known.values():
            if field.required and field.editable and field.key not in GIVEN and field.key not in values:
                yield Problem(pointer((*under, field.key)), "required", {"path": field.key, "record": target})


def check_value(
    expression: Any,
    target: str,
    key: str,
    record_type: str,
    catalogue: Catalogue,
    at: tuple[str, ...],
    *,
    required: bool,
) -> Iterator[Problem]:
    """What is wrong with one value expression for the field ``key`` of a ``target``."""
    if fault := value_fault(expression, fields.resolve(target, key), record_type, catalogue):
        yield from_fault(fault, at)
    elif required and isinstance(expression, Fixed) and expression.value in (None, "", []):
        yield Problem(pointer((*at, "value")), "required", {"path": key, "record": target})
