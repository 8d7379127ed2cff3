"""What may happen to a record, made up so that somebody can try an automation out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from relance.lib import clock
from relance.lib.kinds import Kind
from relance.records.configuration import Configuration, StageInfo, current
from relance.records.fields import Field

_FORMATTED = {"time": ("09:00", "10:00"), "url": ("https://example.com/", "https://example.com/new")}


def other_value(field: Field, value: Any) -> Any:
    """Something else that a field may hold, close to what people would type; ``None`` where nothing suggests itself."""
    configuration = current()
    if field.kind in _OTHERS:
        return _OTHERS[field.kind](field, value, configuration)
    match field.kind:
        case Kind.BOOL:
            return not value
        case Kind.NUMBER:
            return min((value or 0) + 1, field.maximum)
        case Kind.MONEY:
            currency = configuration.directory.company.currency
            return (
                {**value, "amount": value["amount"] + 100}
                if value
                else {"amount": 100_000, "currency": currency}
            )
        case Kind.DATE:
            day = date.fromisoformat(value) if value else clock.now().date()
            return (day + timedelta(days=1)).isoformat()
        case Kind.DATETIME:
            moment = datetime.fromisoformat(value) if value else clock.now().replace(second=0, microsecond=0)
            return (moment + timedelta(days=1)).isoformat()
    return None


def earlier_value(field: Field, value: Any) -> Any:
    """What a field may have held before it came to hold this."""
    stage = current().stages.get(value) if field.kind is Kind.STAGE else None
    if stage is not None and stage.position:
        return current().stages_of(stage.pipeline)[stage.position - 1].id
    return other_value(field, value)


def next_stage(stage_id: int) -> StageInfo | None:
    """The stage after one in its pipeline, or else the one before it; none when it stands alone."""
    configuration = current()
    stage = configuration.stages.get(stage_id)
    if stage is None:
        return None
    stages = configuration.stages_of(stage.pipeline)
    others = [each for each in stages if each.position > stage.position]
    return others[0] if others else stages[stage.position - 1] if stage.position else None


def _text(field: Field, value: Any, configuration: Configuration) -> Any:
    if field.format in _FORMATTED:
        return next(each for each in _FORMATTED[field.format] if each != value)
    return f"{value} 2"[-field.max_length :] if value else "…"


def _choice(field: Field, value: Any, configuration: Configuration) -> Any:
    return next((choice.value for choice in field.choices if choice.value != value), None)


def _stage(field: Field, value: Any, configuration: Configuration) -> Any:
    if value is None:
        return next(iter(configuration.stages), None)
    stage = next_stage(value)
    return None if stage is None else stage.id


def _user(field: Field, value: Any, configuration: Configuration) -> Any:
    return _after([id for id, actor in configuration.directory.actors.items() if actor.active], value)


def _labels(field: Field, value: Any, configuration: Configuration) -> Any:
    label = next((each for each in configuration.labels if each not in value), None)
    return None if label is None else sorted([*value, label])


def _after(values: list[Any], value: Any) -> Any:
    """The value after this one, from the start again after the last; none when there is no other."""
    place = values.index(value) + 1 if value in values else 0
    found = values[place % len(values)] if values else None
    return None if found == value else found


_OTHERS: dict[Kind, Callable[[Field, Any, Configuration], Any]] = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _text,
    Kind.CHOICE: _choice,
    Kind.STAGE: _stage,
    Kind.PIPELINE: lambda field, value, configuration: _after(list(configuration.pipelines), value),
    Kind.USER: _user,
    Kind.MULTI_CHOICE: _labels,
}
