"""The bodies of the API, made from the catalogue of fields: a field added there is a field here.

The models say what a value looks like; whether it may be stored is decided, for all ways in alike, by
``records.validation``.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, WithJsonSchema, create_model
from pydantic import Field as Rule

from relance.lib.kinds import Kind
from relance.records.fields import Field, fields_of, title_key

MAX_ID = 2**63 - 1


class Body(BaseModel):
    """What all bodies have in common: nothing unknown, nothing converted silently."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Money(Body):
    """An amount in the smallest unit of its currency: 125050 EUR is 1,250.50 euros."""

    amount: int = Rule(ge=-(10**15), le=10**15)
    currency: str = Rule(pattern="^[A-Z]{3}$", examples=["EUR"])


class Contact(Body):
    """One e-mail address or telephone number."""

    value: str = Rule(max_length=254)
    kind: Literal["work", "home", "mobile", "other"] = "work"
    primary: bool = False


Id = Annotated[int, Rule(ge=1, le=MAX_ID)]
Participant = Annotated[
    str, Rule(pattern="^(person|user):[1-9][0-9]{0,17}$", examples=["person:12", "user:3"])
]
Date = Annotated[str, Rule(max_length=10), WithJsonSchema({"type": "string", "format": "date"})]
Moment = Annotated[str, Rule(max_length=40), WithJsonSchema({"type": "string", "format": "date-time"})]


def _type_of(field: Field) -> Any:
    match field.kind:
        case Kind.TEXT | Kind.LONG_TEXT:
            return Annotated[str, Rule(max_length=field.max_length)]
        case Kind.CHOICE:
            return Literal[tuple(choice.value for choice in field.choices)]
        case Kind.NUMBER:
            return Annotated[int, Rule(ge=field.minimum, le=field.maximum)]
        case Kind.MONEY:
            return Money
        case Kind.DATE:
            return Date
        case Kind.DATETIME:
            return Moment
        case Kind.BOOL:
            return bool
        case Kind.MULTI_CHOICE:
            return Annotated[list[Id], Rule(max_length=field.max_length)]
        case Kind.PARTICIPANTS:
            return Annotated[list[Participant], Rule(max_length=field.max_length)]
        case Kind.EMAILS | Kind.PHONES:
            return Annotated[list[Contact], Rule(max_length=field.max_length)]
        case Kind.USER | Kind.LINK | Kind.STAGE | Kind.PIPELINE:
            return Id


def _never_empty(field: Field) -> bool:
    return field.kind in {Kind.BOOL, Kind.MULTI_CHOICE, Kind.EMAILS, Kind.PHONES, Kind.PARTICIPANTS}


def _about(field: Field, default: Any) -> Any:
    return Rule(default, title=field.key.replace("_", " ").capitalize())


@cache
def create_body(record_type: str) -> type[BaseModel]:
    """The body that makes a record."""
    members: dict[str, Any] = {}
    for key, field in fields_of(record_type).items():
        if not field.editable:
            continue
        if key == title_key(record_type):
            members[key] = (_type_of(field), _about(field, ...))
        else:
            members[key] = (_type_of(field) | None, _about(field, None))
    return create_model(f"{record_type.capitalize()}Create", __base__=Body, **members)


@cache
def update_body(record_type: str) -> type[BaseModel]:
    """The body that changes some fields of a record."""
    members: dict[str, Any] = {
        key: (_type_of(field) | None, _about(field, None))
        for key, field in fields_of(record_type).items()
        if field.editable
    }
    members["version"] = (
        Annotated[int, Rule(ge=1, le=2**31 - 1)] | None,
        Rule(
            None,
            description="The version that was read; the answer is 409 when the record has another by now.",
        ),
    )
    return create_model(f"{record_type.capitalize()}Update", __base__=Body, **members)


@cache
def record_body(record_type: str) -> type[BaseModel]:
    """A record as it is answered."""
    members: dict[str, Any] = {
        "id": (Id, ...),
        "record_type": (Literal[record_type], ...),
        "version": (int, Rule(description="Rises with each change.")),
    }
    for key, field in fields_of(record_type).items():
        plain = str if field.kind is Kind.CHOICE else _type_of(field)
        members[key] = (plain if _never_empty(field) else plain | None, _about(field, ...))
    return create_model(record_type.capitalize(), __base__=Body, **members)


@cache
def page_body(record_type: str) -> type[BaseModel]:
    """One page of a list."""
    members: dict[str, Any] = {
        "items": (list[record_body(record_type)], ...),  # type: ignore[misc]  # a class made while running
        "next": (
            str | None,
            Rule(description="Give it as `cursor` to get the next page; null on the last one."),
        ),
    }
    return create_model(f"{record_type.capitalize()}Page", __base__=Body, **members)


class ListQuery(BaseModel):
    """The parameters of a list."""

    model_config = ConfigDict(extra="forbid")

    q: str = Rule("", max_length=200, description="Records whose name, e-mails, phones or city contain this.")
    cursor: str = Rule("", max_length=100, description="`next` of the page before.")
    limit: int = Rule(50, ge=1, le=200)


class DeleteQuery(BaseModel):
    """The parameters of a deletion."""

    model_config = ConfigDict(extra="forbid")

    version: int | None = Rule(None, ge=1, le=2**31 - 1, description="As in a change.")


class FaultBody(BaseModel):
    """One value at fault."""

    detail: str
    code: str
    pointer: str | None = Rule(None, description="Where the value stands in the body, as a JSON pointer.")
    parameter: str | None = Rule(None, description="The query parameter.")


class ProblemBody(BaseModel):
    """An error (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str | None = None
    code: str | None = None
    errors: list[FaultBody] | None = None
