"""The parts of a definition, as pydantic models. JSON keys that Python reserves have another name here."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, SerializeAsAny

from relance.lib.shapes import MAX_ID

MAX_BLOCKS = 200
MAX_GROUPS = 20
MAX_ROWS = 50
MAX_AUDIENCE = 200

Origin = Literal["user", "api", "import", "automation", "system"]
Path = Annotated[str, Field(min_length=1, max_length=200)]
BlockId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
Id = Annotated[int, Field(ge=1, le=MAX_ID)]


class Part(BaseModel):
    """Any part of a definition: unknown keys are refused, nothing changes once read, ``dump`` gives JSON back."""

    model_config = ConfigDict(extra="forbid", frozen=True, serialize_by_alias=True)


class Row(Part):
    """One question about one field. What ``value`` must be depends on the operator and on the field's kind."""

    field: Path
    op: Annotated[str, Field(min_length=1, max_length=40)]
    value: JsonValue = None
    before: JsonValue = Field(default=None, alias="from")  # only of changed_from_to


class Group(Part):
    """Rows that must all hold."""

    rows: Annotated[tuple[Row, ...], Field(min_length=1, max_length=MAX_ROWS)]


class Audience(Part):
    """Whose events count: JSON key "scope"."""

    kind: Literal["me", "everyone", "users", "teams"]
    ids: Annotated[tuple[Id, ...], Field(max_length=MAX_AUDIENCE)] = ()

    def covers(self, *, actor_id: int | None, actor_teams: frozenset[int], owner_id: int) -> bool:
        """Whether an event of this actor (None: the system) counts for an automation of this owner."""
        match self.kind:
            case "me":
                return actor_id == owner_id
            case "users":
                return actor_id in self.ids
            case "teams":
                return not actor_teams.isdisjoint(self.ids)
            case _:
                return True


class ConditionBlock(Part):
    """Goes on where one of its groups holds; without groups, always. Not met, it ends its own path."""

    id: BlockId
    kind: Literal["condition"]
    groups: Annotated[tuple[Group, ...], Field(max_length=MAX_GROUPS)] = ()


class ActionBlock(Part):
    """Does one thing. ``params`` is an instance of its type's Params."""

    id: BlockId
    kind: Literal["action"]
    type: str
    params: SerializeAsAny[BaseModel]


class StopBlock(Part):
    """Ends the run."""

    id: BlockId
    kind: Literal["stop"]


Block = ConditionBlock | ActionBlock | StopBlock


class TriggerBlock(Part):
    """What starts a run. ``params`` is an instance of its type's Params."""

    type: str
    params: SerializeAsAny[BaseModel]


class Definition(Part):
    """A whole automation, valid in itself. What it refers to (stages, users, …) may still be missing."""

    schema_number: Literal[1] = Field(alias="schema")
    trigger: TriggerBlock
    origins: tuple[Origin, ...]
    audience: Audience = Field(alias="scope")
    steps: tuple[Block, ...]
