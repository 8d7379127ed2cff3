"""From a JSON document to a ``Definition``, or to everything that is wrong with it.

``parse`` is for publishing: every key, type, field, operator and value is checked, and each problem points at
its place. ``load`` is for a version published earlier: it checks the structure alone, so that a version whose
custom field was removed since still loads (its rows are then unknown, because "broken").

Both take any JSON-like input whatsoever and raise nothing but ``DocumentError``.

``triggers`` and ``actions`` map a type to its entry in the registry; of these only what the protocols below
name is used. An entry may also have ``check(params, record_type, catalogue) -> Iterable[Problem]`` with pointers
relative to its params, for what only it can know (whether a value fits the field it sets, …).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal, Protocol, TypeVar

from pydantic import BaseModel, Field, JsonValue, ValidationError

from relance.automation.core.blocks import (
    MAX_BLOCKS,
    MAX_NESTING,
    MAX_PATHS,
    ActionBlock,
    Audience,
    Block,
    BlockId,
    BranchBlock,
    BranchPath,
    ConditionBlock,
    Definition,
    Group,
    Origin,
    Otherwise,
    Part,
    PathHead,
    Row,
    StopBlock,
    TriggerBlock,
)
from relance.automation.core.checks import check_groups, check_paths
from relance.automation.core.paths import Catalogue
from relance.automation.core.problems import (
    DocumentError,
    Location,
    Problem,
    from_validation,
    pointer,
)
from relance.automation.core.screening import screen
from relance.automation.core.upgrades import upgrade

__all__ = [
    "ActionBlock",
    "Audience",
    "Block",
    "BranchBlock",
    "BranchPath",
    "ConditionBlock",
    "Definition",
    "DocumentError",
    "Group",
    "Origin",
    "Problem",
    "Row",
    "StopBlock",
    "TriggerBlock",
    "dump",
    "load",
    "parse",
]


Model = TypeVar("Model", bound=BaseModel)


class HasKind(Protocol):
    """Of a trigger's key, only the kind of event matters here."""

    @property
    def kind(self) -> str: ...


class TriggerSpec(Protocol):
    """What is needed of a registered trigger."""

    @property
    def Params(self) -> type[BaseModel]: ...  # noqa: N802

    def record_type(self, params: Any, /) -> str: ...

    def keys(self, params: Any, /) -> Iterable[HasKind]: ...


class ActionSpec(Protocol):
    """What is needed of a registered action."""

    @property
    def Params(self) -> type[BaseModel]: ...  # noqa: N802


class _Trigger(Part):
    type: str
    params: dict[str, JsonValue] = {}


class _Action(Part):
    id: BlockId
    kind: str
    type: str
    params: dict[str, JsonValue] = {}


class _Branch(Part):
    id: BlockId
    kind: str
    mode: Literal["first", "all"]
    paths: Annotated[list[JsonValue], Field(min_length=1, max_length=MAX_PATHS)]
    otherwise: JsonValue = {}


class _Path(PathHead):
    steps: list[JsonValue] = []


class _Otherwise(Part):
    steps: list[JsonValue] = []


class _Frame(Part):
    schema_number: Annotated[int, Field(alias="schema", ge=1)]
    trigger: JsonValue
    origins: Annotated[tuple[Origin, ...], Field(min_length=1, max_length=5)] = ("user",)
    audience: Audience = Field(default=Audience(kind="me"), alias="scope")
    steps: list[JsonValue]


def parse(
    document: Any,
    *,
    triggers: Mapping[str, TriggerSpec],
    actions: Mapping[str, ActionSpec],
    catalogue: Catalogue,
) -> Definition:
    """The definition a document holds, checked in full but for the existence of what it refers to.

    Raises:
        DocumentError: with every problem found (at most 100).
    """
    return _Reading(document, triggers, actions, catalogue).definition()


def load(
    document: Any, *, triggers: Mapping[str, TriggerSpec], actions: Mapping[str, ActionSpec]
) -> Definition:
    """The definition of a version published earlier; only its structure is checked.

    Raises:
        DocumentError: for what this program cannot run at all, such as an action type that was removed.
    """
    return _Reading(document, triggers, actions, None).definition()


def dump(definition: Definition) -> dict[str, Any]:
    """The document of a definition, with every default written out."""
    document: dict[str, Any] = definition.model_dump(mode="json", by_alias=True)
    for place, _id, _groups in definition.conditions():
        asking: Any = document
        for part in place:
            asking = asking[part]
        for group in asking["groups"]:
            for row in group["rows"]:
                for key in ("value", "from", "against"):
                    if row[key] is None:
                        del row[key]
    return document


class _Reading:
    """One document being read; gathers the problems."""

    def __init__(
        self,
        document: Any,
        triggers: Mapping[str, TriggerSpec],
        actions: Mapping[str, ActionSpec],
        catalogue: Catalogue | None,
    ) -> None:
        self.problems: list[Problem] = []
        self.triggers = triggers
        self.actions = actions
        self.catalogue = catalogue
        if found := screen(document):
            raise DocumentError(found)
        # Through JSON, so that from here on only plain dicts, lists and scalars have to be reckoned with.
        self.document = upgrade(json.loads(json.dumps(document)))
        self.record_type: str | None = None
        self.updates = True
        self._ids: set[str] = set()
        self._count = 0
        self._acts = False

    def definition(self) -> Definition:
        if not isinstance(self.document, dict):
            raise DocumentError([Problem("", "wrong_type", {"expected": "object"})])
        frame = self._model(_Frame, self.document, ())
        trigger = self._trigger(self.document["trigger"]) if "trigger" in self.document else None
        steps = self.document.get("steps")
        blocks = self._steps(steps) if isinstance(steps, list) else ()
        if frame is not None:
            self._audience(frame)
        if self.problems or frame is None or trigger is None:
            raise DocumentError(self.problems)
        return Definition(
            schema=1, trigger=trigger, origins=frame.origins, scope=frame.audience, steps=blocks
        )

    def _audience(self, frame: _Frame) -> None:
        ids, named = frame.audience.ids, frame.audience.kind in ("users", "teams")
        if named and not ids:
            self._add(("scope", "ids"), "too_short", min=1)
        if ids and not named:
            self._add(("scope", "ids"), "value_unexpected")
        if len(set(ids)) < len(ids):
            self._add(("scope", "ids"), "duplicates")
        if len(set(frame.origins)) < len(frame.origins):
            self._add(("origins",), "duplicates")

    def _trigger(self, raw: Any) -> TriggerBlock | None:
        outer = self._model(_Trigger, raw, ("trigger",))
        if outer is None:
            return None
        spec = self.triggers.get(outer.type)
        if spec is None:
            self._add(("trigger", "type"), "unknown_trigger", type=outer.type)
            return None
        params = self._model(spec.Params, outer.params, ("trigger", "params"))
        if params is None:
            return None
        self.record_type = spec.record_type(params)
        self.updates = any(key.kind == "updated" for key in spec.keys(params))
        self._check(spec, params, ("trigger", "params"))
        return TriggerBlock(type=outer.type, params=params)

    def _steps(self, steps: list[Any]) -> tuple[Block, ...]:
        """All blocks of the document; those that are wrong are left out."""
        blocks = tuple(self._blocks(steps, ("steps",)))
        if self._count > MAX_BLOCKS:
            self._add(("steps",), "too_many_blocks", limit=MAX_BLOCKS, count=self._count)
        elif not self._acts and self.catalogue is not None:
            self._add(("steps",), "no_action")
        return blocks

    def _blocks(self, steps: list[Any], at: Location) -> Iterator[Block]:
        self._count += len(steps)
        if self._count > MAX_BLOCKS:
            return
        for position, raw in enumerate(steps):
            self._take_id(raw, (*at, position))
            block = self._block(raw, (*at, position))
            if block is not None:
                yield block

    def _take_id(self, raw: Any, location: Location) -> None:
        id = raw.get("id") if isinstance(raw, dict) else None
        if isinstance(id, str):
            if id in self._ids:
                self._add((*location, "id"), "duplicate_id", id=id)
            self._ids.add(id)

    def _block(self, raw: Any, location: Location) -> Block | None:
        if not isinstance(raw, dict):
            self._add(location, "wrong_type", expected="object")
            return None
        match raw.get("kind"):
            case "condition":
                block = self._model(ConditionBlock, raw, location)
                self._check_groups(block, location)
                return block
            case "action":
                self._acts = True
                return self._action(raw, location)
            case "branch":
                return self._branch(raw, location)
            case "stop":
                return self._model(StopBlock, raw, location)
            case None if "kind" not in raw:
                self._add((*location, "kind"), "missing")
            case kind:
                self._add((*location, "kind"), "unknown_block", kind=kind)
        return None

    def _check_groups(self, asking: ConditionBlock | PathHead | None, location: Location) -> None:
        if asking is not None and self.catalogue is not None and self.record_type is not None:
            self.problems += check_groups(
                asking.groups, self.record_type, self.catalogue, self.updates, (*location, "groups")
            )

    def _branch(self, raw: Any, location: Location) -> Block | None:
        if location.count("steps") > MAX_NESTING:
            self._add(location, "too_deep", limit=MAX_NESTING)
            return None
        outer = self._model(_Branch, raw, location)
        if outer is None:
            return None
        found = [self._path(each, (*location, "paths", at)) for at, each in enumerate(outer.paths)]
        otherwise = self._model(_Otherwise, outer.otherwise, (*location, "otherwise"))
        last = self._blocks(otherwise.steps if otherwise else [], (*location, "otherwise", "steps"))
        rest = Otherwise(steps=tuple(last))
        if paths := [path for path in found if path is not None]:
            return BranchBlock(
                id=outer.id, kind="branch", mode=outer.mode, paths=tuple(paths), otherwise=rest
            )
        return None

    def _path(self, raw: Any, location: Location) -> BranchPath | None:
        self._take_id(raw, location)
        head = self._model(_Path, raw, location)
        self._check_groups(head, location)
        if head is None:
            return None
        steps = tuple(self._blocks(head.steps, (*location, "steps")))
        return BranchPath(id=head.id, name=head.name, groups=head.groups, steps=steps)

    def _action(self, raw: Any, location: Location) -> Block | None:
        outer = self._model(_Action, raw, location)
        if outer is None:
            return None
        spec = self.actions.get(outer.type)
        if spec is None:
            self._add((*location, "type"), "unknown_action", type=outer.type)
            return None
        params = self._model(spec.Params, outer.params, (*location, "params"))
        if params is None:
            return None
        self._check(spec, params, (*location, "params"))
        return ActionBlock(id=outer.id, kind="action", type=outer.type, params=params)

    def _check(self, spec: TriggerSpec | ActionSpec, params: BaseModel, location: Location) -> None:
        """What the registry's entry has to say, and the paths its params read."""
        if self.catalogue is None or self.record_type is None:
            return
        found = list(check_paths(params, self.record_type, self.catalogue))
        if check := getattr(spec, "check", None):
            # Both may stumble over the same path; one complaint is enough.
            pointers = {problem.pointer for problem in found}
            own = check(params, self.record_type, self.catalogue)
            found += [problem for problem in own if problem.pointer not in pointers]
        self.problems += [problem.under(*location) for problem in found]

    def _model(self, model: type[Model], raw: Any, location: Location) -> Model | None:
        try:
            # As JSON and strictly: "3" is no number, 1 is not true, but a list may become a tuple.
            return model.model_validate_json(json.dumps(raw), strict=True)
        except ValidationError as error:
            self.problems += from_validation(error, raw, location)
            return None

    def _add(self, location: Location, code: str, **params: Any) -> None:
        self.problems.append(Problem(pointer(location), code, params))
