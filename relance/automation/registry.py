"""Every trigger and every action there is, one file each in ``triggers/`` and ``actions/``.

Such a file declares one class, marked ``@trigger`` or ``@action``; from it follow validation, matching, the
editor's form, the picker, the sentences and the contract tests. See CONTRIBUTING.md for an example.
"""

from __future__ import annotations

import importlib
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Generic, NamedTuple, Protocol, TypeVar

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from pydantic import BaseModel

from relance.accounts.people import Actor
from relance.automation.core.blocks import Part
from relance.automation.core.paths import Catalogue
from relance.automation.core.placeholders import RECORD_LINK, TemplateMark, used_paths
from relance.automation.core.problems import Problem
from relance.automation.core.references import Reference
from relance.automation.core.scope import Scope, World
from relance.automation.core.values import FromDate, FromField, FromFormula
from relance.automation.explain.names import Names
from relance.automation.explain.wording import fill
from relance.automation.occasions import earlier_value
from relance.outbound.letters import Letter
from relance.records.fields import fields_of
from relance.records.unit_of_work import Change

P = TypeVar("P", bound=Part)
# Inside the classes below, ``type`` is something else.
ParamsModel = type[BaseModel]

#: The headings of the picker, in their order.
GROUPS: Mapping[str, Any] = {
    "deal": pgettext_lazy("group", "Deals"),
    "lead": pgettext_lazy("group", "Leads"),
    "person": pgettext_lazy("group", "People"),
    "organization": pgettext_lazy("group", "Organizations"),
    "activity": pgettext_lazy("group", "Activities"),
    "record": pgettext_lazy("group", "Records"),
    "message": pgettext_lazy("group", "Messages"),
}


class EventKey(NamedTuple):
    """What the engine's index is keyed by. ``field`` and ``value`` are None for any."""

    record_type: str
    kind: str
    field: str | None = None
    value: str | int | None = None


@dataclass(slots=True)
class EventView:
    """What a trigger may look at.

    Attributes:
        kind: "created", "updated", "deleted" or "restored".
        changes: ``{field: [before, after]}``, plain; of a new record each field that is not empty, before it None.
        record: the record after the change, plain; of a deleted one as it was last.
    """

    record_type: str
    record_id: int
    kind: str
    changes: dict[str, list[Any]]
    record: dict[str, Any]


def keys_of(event: EventView) -> Iterator[EventKey]:
    """The keys under which an event is looked up; a trigger that matches it has at least one of them."""
    yield EventKey(event.record_type, event.kind)
    for key, (_before, after) in event.changes.items():
        yield EventKey(event.record_type, event.kind, key)
        if isinstance(after, str | int):
            yield EventKey(event.record_type, event.kind, key, after)


class StepFailure(Exception):
    """A step that cannot be done for a reason of the business; it ends its run, which says why.

    Attributes:
        code: what happened; ``automation.explain.failures`` has the sentence for it.
        params: JSON values the sentence needs.
    """

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(f"{code} {params}" if params else code)
        self.code = code
        self.params = params


class Step(Protocol):
    """What ``Action.perform`` is given: what it may read, and the only ways to have an effect."""

    @property
    def scope(self) -> Scope:
        """The event and its record, as the automation sees them now."""

    @property
    def change(self) -> Change:
        """The one way to write; all of it is taken back when the step fails."""

    @property
    def actor(self) -> Actor:
        """With whose rights the automation acts: its owner."""

    def target(self, name: str, /) -> tuple[str, int]:
        """The record type and id of the triggering record ("record") or of one it links to (the link's key).

        Raises:
            StepFailure: "no_parent" when nothing is linked, "record_gone" when the record is in the bin.
        """

    def value(self, expression: Any, record_type: str, field_key: str, /) -> Any:
        """The plain value of a value expression, for a field.

        Raises:
            StepFailure: it cannot be had.
        """

    def text(self, template: str, escape: Callable[[str], str] = str, /) -> str:
        """A text with its placeholders filled in; each value goes through ``escape``.

        Raises:
            StepFailure: a value cannot be had.
        """

    def found(self, record_type: str, record_id: int, /) -> None:
        """Say in the trace that a record was found, where it might have been made."""

    def notify(self, user_ids: Sequence[int], text: str, /) -> None:
        """Write a message to colleagues."""

    def send_mail(self, letter: Letter, /) -> None:
        """Put a mail into the outbox; it leaves once the run is committed."""


class Preset(NamedTuple):
    """One line of the picker: a type, with some parameters already chosen.

    ``group`` is one of ``GROUPS``.
    """

    group: str
    label: str
    params: dict[str, Any]


class Occasion(NamedTuple):
    """Something that may happen to a record, for whoever tries an automation out.

    Attributes:
        kind: of the event, as in :class:`EventView`.
        after: what is set, plain values.
        before: what the record has to have first, where it has something else.
    """

    kind: str
    after: Mapping[str, Any] = {}
    before: Mapping[str, Any] = {}


class Trigger(ABC, Generic[P]):
    """Something that can start an automation.

    Attributes:
        type: what documents call it.
        label, icon: in the picker and on the card; the icon is one of lucide's names.
        rank: its place in the picker, the lowest first.
        Params: what has to be chosen, each parameter marked for the editor (``automation.inputs``).
    """

    type: ClassVar[str]
    label: ClassVar[Any]
    icon: ClassVar[str]
    rank: ClassVar[int] = 100
    Params: ClassVar[ParamsModel]

    @abstractmethod
    def record_type(self, params: P) -> str:
        """The type of the triggering record."""

    @abstractmethod
    def keys(self, params: P) -> Iterable[EventKey]:
        """What to listen to, as closely as can be said; :meth:`matches` has the last word."""

    @abstractmethod
    def matches(self, params: P, event: EventView, world: World) -> bool:
        """Whether an event found under one of the keys is meant."""

    @abstractmethod
    def sentence(self, params: P, names: Names) -> SafeString:
        """ "When a deal is won"."""

    def sentence_by(self, params: P, names: Names, who: SafeString) -> SafeString:
        """ "When a deal is won by somebody in Sales"."""
        return fill(_("%(event)s by %(who)s"), event=self.sentence(params, names), who=who)

    @abstractmethod
    def presets(self) -> Iterable[Preset]:
        """How the picker offers it."""

    def example(self, params: P, record: Mapping[str, Any]) -> Occasion:
        """What would have to happen to this record for it to start."""
        key = next(iter(self.keys(params)))
        if key.field is None or key.value is None:
            return Occasion(key.kind)
        field = fields_of(key.record_type)[key.field]
        before = {key.field: earlier_value(field, key.value)} if record[key.field] == key.value else {}
        return Occasion(key.kind, {key.field: key.value}, before)

    def references(self, params: P) -> Iterable[Reference]:
        """The users, stages, … it names by id; pointers begin at the params."""
        return ()

    def check(self, params: P, record_type: str, catalogue: Catalogue, /) -> Iterable[Problem]:
        """What is wrong beyond the shape of the params; pointers begin at the params."""
        return ()


class Action(ABC, Generic[P]):
    """Something an automation can do. Attributes as of :class:`Trigger`.

    Attributes:
        help: the name of its page of the help, if it has one.
        minutes: about how long somebody would need for it by hand.
    """

    type: ClassVar[str]
    label: ClassVar[Any]
    icon: ClassVar[str]
    rank: ClassVar[int] = 100
    help: ClassVar[str] = ""
    minutes: ClassVar[int] = 2
    Params: ClassVar[ParamsModel]

    @abstractmethod
    def perform(self, params: P, step: Step) -> None:
        """Do it: all or nothing.

        Raises:
            StepFailure: it cannot be done for a reason of the business.
            Conflict: somebody else was faster; the engine tries again.
        """

    @abstractmethod
    def sentence(self, params: P, names: Names) -> SafeString:
        """ "Set the organization’s rating to A"."""

    @abstractmethod
    def presets(self, record_type: str | None = None) -> Iterable[Preset]:
        """How the picker offers it; for a triggering record of ``record_type`` only what can be done there."""

    def caution(self) -> str:
        """What somebody who sets it up should know about this installation, in a sentence; empty for nothing."""
        return ""

    def paths(self, params: P) -> frozenset[str]:
        """The fields it reads, as paths from the triggering record."""
        return frozenset(paths_in(params))

    def references(self, params: P, record_type: str) -> Iterable[Reference]:
        """The users, stages, … it names by id; pointers begin at the params.

        Args:
            record_type: of the triggering record.
        """
        return ()

    def check(self, params: P, record_type: str, catalogue: Catalogue, /) -> Iterable[Problem]:
        """What is wrong beyond the shape of the params; pointers begin at the params."""
        return ()


def paths_in(value: Any) -> Iterator[str]:
    """The paths that value expressions and texts among parameters read."""
    if isinstance(value, FromField):
        yield value.path
    elif isinstance(value, FromFormula | FromDate):
        yield from value.paths
    elif isinstance(value, BaseModel):
        for name, info in type(value).model_fields.items():
            inner = getattr(value, name)
            if isinstance(inner, str) and any(isinstance(mark, TemplateMark) for mark in info.metadata):
                yield from (path for path in used_paths(inner) if path != RECORD_LINK)
            else:
                yield from paths_in(inner)
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from paths_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from paths_in(inner)


AnyTrigger = TypeVar("AnyTrigger", bound=Trigger[Any])
AnyAction = TypeVar("AnyAction", bound=Action[Any])
_triggers: dict[str, Trigger[Any]] = {}
_actions: dict[str, Action[Any]] = {}


def trigger(declared: type[AnyTrigger]) -> type[AnyTrigger]:
    """Register a trigger."""
    _register(_triggers, declared)
    return declared


def action(declared: type[AnyAction]) -> type[AnyAction]:
    """Register an action."""
    _register(_actions, declared)
    return declared


def _register(known: dict[str, Any], declared: Any) -> None:
    if declared.type in known:
        raise ValueError(f"{declared.type} is declared twice")
    known[declared.type] = declared()


class Registry:
    """All types, found by importing every module of ``triggers`` and ``actions`` when first asked."""

    @cached_property
    def triggers(self) -> Mapping[str, Trigger[Any]]:
        """Triggers by type, in alphabetical order."""
        return _found("relance.automation.triggers", _triggers)

    @cached_property
    def actions(self) -> Mapping[str, Action[Any]]:
        """Actions by type, in alphabetical order."""
        return _found("relance.automation.actions", _actions)

    def trigger_choices(self) -> dict[str, list[tuple[str, Preset]]]:
        """The trigger picker: for each group in order, pairs of a type and a preset."""
        ranked = sorted(self.triggers.values(), key=lambda entry: entry.rank)
        return _grouped((entry.type, preset) for entry in ranked for preset in entry.presets())

    def action_choices(self, record_type: str | None) -> dict[str, list[tuple[str, Preset]]]:
        """The action picker for a triggering record of this type."""
        ranked = sorted(self.actions.values(), key=lambda entry: entry.rank)
        return _grouped((entry.type, preset) for entry in ranked for preset in entry.presets(record_type))


def _found(package: str, known: dict[str, Any]) -> dict[str, Any]:
    for module in pkgutil.iter_modules(importlib.import_module(package).__path__):
        importlib.import_module(f"{package}.{module.name}")
    return dict(sorted(known.items()))


def _grouped(offers: Iterable[tuple[str, Preset]]) -> dict[str, list[tuple[str, Preset]]]:
    groups: dict[str, list[tuple[str, Preset]]] = {group: [] for group in GROUPS}
    for type, preset in offers:
        groups[preset.group].append((type, preset))
    return {group: found for group, found in groups.items() if found}


registry = Registry()
