"""A small invented world for the tests of the core: fields of every kind, some records, some rates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from relance.automation.core.conditions import Compiled, compile_groups
from relance.automation.core.definition import Definition, Group, parse
from relance.automation.core.paths import FieldRef, PlainField, UnknownField
from relance.automation.core.placeholders import Template
from relance.automation.core.problems import Problem, from_fault
from relance.automation.core.scope import HIDDEN, Hidden, Scope, StageInfo
from relance.automation.core.values import Value, value_fault
from relance.lib.kinds import Kind

DEAL = {
    "title": PlainField("title", Kind.TEXT),
    "notes": PlainField("notes", Kind.LONG_TEXT),
    "status": PlainField("status", Kind.CHOICE, choices=("open", "won", "lost")),
    "count": PlainField("count", Kind.NUMBER),
    "value": PlainField("value", Kind.MONEY),
    "close": PlainField("close", Kind.DATE),
    "met": PlainField("met", Kind.DATETIME),
    "vip": PlainField("vip", Kind.BOOL),
    "owner": PlainField("owner", Kind.USER),
    "organization": PlainField("organization", Kind.LINK, target="organization"),
    "person": PlainField("person", Kind.LINK, target="person"),
    "stage": PlainField("stage", Kind.STAGE),
    "pipeline": PlainField("pipeline", Kind.PIPELINE),
    "labels": PlainField("labels", Kind.MULTI_CHOICE),
    "emails": PlainField("emails", Kind.EMAILS),
    "phones": PlainField("phones", Kind.PHONES),
    "participants": PlainField("participants", Kind.PARTICIPANTS),
}
ORGANIZATION = {
    "name": PlainField("name", Kind.TEXT),
    "rating": PlainField("rating", Kind.CHOICE, choices=("A", "B", "C")),
    "revenue": PlainField("revenue", Kind.MONEY),
    "employees": PlainField("employees", Kind.NUMBER),
    "since": PlainField("since", Kind.DATE),
    "met": PlainField("met", Kind.DATETIME),
    "status": PlainField("status", Kind.CHOICE, choices=("open", "closed")),
    "owner": PlainField("owner", Kind.USER),
    "phones": PlainField("phones", Kind.PHONES),
}
PERSON = {
    "name": PlainField("name", Kind.TEXT),
    "emails": PlainField("emails", Kind.EMAILS),
    "employer": PlainField("employer", Kind.LINK, target="organization"),
}
FIELDS: dict[str, dict[str, PlainField]] = {"deal": DEAL, "organization": ORGANIZATION, "person": PERSON}
FIELD_OF_KIND = {plain.kind: key for key, plain in reversed(DEAL.items())}


class SampleCatalogue:
    def resolve(self, record_type: str, path: str, /) -> FieldRef:
        *links, key = path.split(".")
        parents: tuple[tuple[str, str], ...] = ()
        for link in links:
            found = FIELDS.get(record_type, {}).get(link)
            if found is None or found.kind is not Kind.LINK or len(links) > 2:
                raise UnknownField(path)
            record_type = str(found.target)
            parents = (*parents, (link, record_type))
        if key not in FIELDS.get(record_type, {}):
            raise UnknownField(path)
        found = FIELDS[record_type][key]
        return PlainField(key, found.kind, parents, found.choices, found.target)


CATALOGUE = SampleCatalogue()


@dataclass
class SampleWorld:
    currency: str = "EUR"
    records: dict[tuple[str, int], Mapping[str, Any] | Hidden | None] = field(default_factory=dict)
    rates: dict[str, Decimal] = field(
        default_factory=lambda: {"USD": Decimal("0.9"), "JPY": Decimal("0.006")}
    )
    stages: dict[int, StageInfo] = field(
        default_factory=lambda: {
            1: StageInfo(1, 1, 10, "New"),
            2: StageInfo(2, 1, 20, "Offer"),
            3: StageInfo(3, 1, 30, "Signed"),
            7: StageInfo(7, 2, 5, "Elsewhere"),
        }
    )
    teams: dict[int, frozenset[int]] = field(default_factory=lambda: {5: frozenset({50}), 6: frozenset({60})})
    names: dict[tuple[str, int], str] = field(
        default_factory=lambda: {
            ("user", 5): "Ana",
            ("stage", 2): "Offer",
            ("pipeline", 1): "Sales",
            ("label", 8): "Hot",
            ("label", 9): "Key account",
            ("organization", 12): "Acme",
        }
    )

    def parent(self, record_type: str, id: int, /) -> Mapping[str, Any] | Hidden | None:
        return self.records.get((record_type, id))

    def rate(self, currency: str, /) -> Decimal | None:
        assert currency != self.currency, "the company's own currency needs no rate"
        return self.rates.get(currency)

    def stage(self, id: int, /) -> StageInfo | None:
        return self.stages.get(id)

    def name_of(self, kind_or_type: str, id: int, /) -> str | None:
        return self.names.get((kind_or_type, id))

    def email_of(self, user_id: int, /) -> str | None:
        return {5: "ana@kestrel.example"}.get(user_id)

    def teams_of(self, user_id: int, /) -> frozenset[int]:
        return self.teams.get(user_id, frozenset())


ACME = {"id": 12, "type": "organization", "name": "Acme", "rating": "A", "owner": 6, "phones": []}


def world() -> SampleWorld:
    return SampleWorld(records={("organization", 12): ACME, ("organization", 13): HIDDEN})


def scope(
    record: Mapping[str, Any] | None = None, changes: Mapping[str, Any] | None = None, **others: Any
) -> Scope:
    """Wednesday 11 March 2026, half past midnight in Paris (still the 10th in UTC)."""
    settings: dict[str, Any] = {
        "record_type": "deal",
        "record": {"id": 1, "type": "deal", **(record or {})},
        "changes": changes or {},
        "world": world(),
        "owner_id": 4,
        "actor_id": 5,
        "actor_teams": frozenset({50}),
        "now": datetime(2026, 3, 10, 23, 30, tzinfo=UTC),
        "today": date(2026, 3, 11),
        "zone": "Europe/Paris",
    }
    return Scope(**{**settings, **others})


def condition(*groups: list[dict[str, Any]]) -> Compiled:
    return compile_groups(models(*groups), "deal", CATALOGUE)


def models(*groups: list[dict[str, Any]]) -> list[Group]:
    return [Group.model_validate({"rows": rows}) for rows in groups]


def row(path: str, op: str, value: Any = None, **others: Any) -> dict[str, Any]:
    return {"field": path, "op": op, **({} if value is None else {"value": value}), **others}


class Params(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RecordParams(Params):
    record: Literal["deal", "organization", "person"]


@dataclass(frozen=True)
class Key:
    kind: str


class RecordTrigger:
    Params = RecordParams

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def record_type(self, params: Any, /) -> str:
        return str(params.record)

    def keys(self, params: Any, /) -> Iterable[Key]:
        return [Key(self.kind)]


class UpdateParams(Params):
    target: str = "record"
    values: dict[str, Value]


class UpdateAction:
    Params = UpdateParams

    def check(self, params: UpdateParams, record_type: str, catalogue: SampleCatalogue) -> Iterable[Problem]:
        for key, value in params.values.items():
            path = key if params.target == "record" else f"{params.target}.{key}"
            try:
                target = catalogue.resolve(record_type, path)
            except LookupError:
                yield Problem(f"/values/{key}", "unknown_field", {"path": path})
                continue
            if fault := value_fault(value, target, record_type, catalogue):
                yield from_fault(fault, ("values", key))


class NotifyParams(Params):
    to: list[str]
    text: Template


class NotifyAction:
    Params = NotifyParams


TRIGGERS = {"record.created": RecordTrigger("created"), "record.updated": RecordTrigger("updated")}
ACTIONS = {"record.update": UpdateAction(), "notify": NotifyAction()}


def document(**parts: Any) -> dict[str, Any]:
    """A document without fault, unless a part of it is given."""
    return {
        "schema": 1,
        "trigger": {"type": "record.updated", "params": {"record": "deal"}},
        "origins": ["user"],
        "scope": {"kind": "everyone", "ids": []},
        "steps": [
            {
                "id": "b1",
                "kind": "condition",
                "groups": [{"rows": [row("value", "gt", {"amount": 100000, "currency": "EUR"})]}],
            },
            {
                "id": "b2",
                "kind": "action",
                "type": "record.update",
                "params": {"target": "organization", "values": {"rating": {"from": "fixed", "value": "A"}}},
            },
            {"id": "b3", "kind": "stop"},
        ],
        **parts,
    }


def read(parts: dict[str, Any]) -> Definition:
    return parse(parts, triggers=TRIGGERS, actions=ACTIONS, catalogue=CATALOGUE)
