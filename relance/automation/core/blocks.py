"""The parts of a definition, as pydantic models. JSON keys that Python reserves have another name here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, SerializeAsAny

from relance.automation.core.against import Against, paths_against
from relance.lib.shapes import MAX_ID

MAX_BLOCKS = 200
MAX_GROUPS = 20
MAX_ROWS = 50
MAX_AUDIENCE = 200
#: Of one branch, without "otherwise".
MAX_PATHS = 10
#: How many branches may lie inside each other.
MAX_NESTING = 4

Origin = Literal["user", "api", "import", "automation", "system"]
Path = Annotated[str, Field(min_length=1, max_length=200)]
BlockId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
Id = Annotated[int, Field(ge=1, le=MAX_ID)]
OtherSide = Annotated[Against, Field(discriminator="source")]
#: The way to a part through the tree, such as ("steps", 2, "paths", 0, "steps", 1).
Place = tuple[str | int, ...]


class Part(BaseModel):
    """Any part of a definition: unknown keys are refused, nothing changes once read, ``dump`` gives JSON back."""

    model_config = ConfigDict(extra="forbid", frozen=True, serialize_by_alias=True)


class Row(Part):
    """One question about one field. What ``value`` must be depends on the operator and on the field's kind.

    ``against`` is in its place where the field is compared with another one or with a calculation.
    """

    field: Path
    op: Annotated[str, Field(min_length=1, max_length=40)]
    value: JsonValue = None
    before: JsonValue = Field(default=None, alias="from")  # only of changed_from_to
    against: Annotated[tuple[OtherSide, ...], Field(min_length=1, max_length=2)] | None = None

    def paths(self) -> Iterator[str]:
        """Everything it reads."""
        yield self.field
        yield from paths_against(self.against or ())


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


class PathHead(Part):
    """What leads into a path of a branch: it is taken where one of its groups holds; without groups, always.

    ``name`` is what its author calls it; "" leaves it to its condition.
    """

    id: BlockId
    name: Annotated[str, Field(max_length=60)] = ""
    groups: Annotated[tuple[Group, ...], Field(max_length=MAX_GROUPS)] = ()


class BranchPath(PathHead):
    """One way through a branch."""

    steps: tuple[Block, ...] = ()


class Otherwise(Part):
    """The way through a branch when none of its paths is taken; may be empty."""

    steps: tuple[Block, ...] = ()


class BranchBlock(Part):
    """Goes on along the first path whose condition holds, or along every one; below it they are one again.

    The conditions are asked when the run comes to the branch, all before the first path is begun. What is not met
    inside a path ends that path only.
    """

    id: BlockId
    kind: Literal["branch"]
    mode: Literal["first", "all"]
    paths: Annotated[tuple[BranchPath, ...], Field(min_length=1, max_length=MAX_PATHS)]
    otherwise: Otherwise = Field(default_factory=lambda: Otherwise())

    def settles(self, truth: bool | None) -> bool:
        """Whether, after a path that came to this, the ones to its right need not be asked."""
        return self.mode == "first" and truth is not False


Block = ConditionBlock | ActionBlock | StopBlock | BranchBlock


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

    def blocks(self) -> Iterator[tuple[Place, Block]]:
        """Every block with its place: from the top down, paths from left to right, a branch before what is in it."""
        yield from _inside(self.steps, ("steps",))

    def conditions(self) -> Iterator[tuple[Place, str, tuple[Group, ...]]]:
        """Everything that asks something, conditions and paths: its place, its id and its groups."""
        for place, block in self.blocks():
            if isinstance(block, ConditionBlock):
                yield place, block.id, block.groups
            elif isinstance(block, BranchBlock):
                for number, path in enumerate(block.paths):
                    yield (*place, "paths", number), path.id, path.groups


def _inside(steps: tuple[Block, ...], at: Place) -> Iterator[tuple[Place, Block]]:
    for number, block in enumerate(steps):
        place = (*at, number)
        yield place, block
        if isinstance(block, BranchBlock):
            for path_number, path in enumerate(block.paths):
                yield from _inside(path.steps, (*place, "paths", path_number, "steps"))
            yield from _inside(block.otherwise.steps, (*place, "otherwise", "steps"))
