"""The editor's view of one draft: its cards, what is wrong with them, and what is not live yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from pydantic import ValidationError

from relance.accounts.people import Actor
from relance.automation import benefit, drafting, rights, validity
from relance.automation.core.blocks import MAX_PATHS
from relance.automation.core.problems import Problem
from relance.automation.drafting import Block, Document
from relance.automation.models import Automation
from relance.automation.registry import registry
from relance.web.automations import saying
from relance.web.automations.icons import glyph
from relance.web.automations.options import currencies
from relance.web.names import Names


@dataclass
class Card:
    """One step as it stands in the list.

    Attributes:
        tile: the shape of its mark: "trigger", "logic" or nothing for an action.
        number: its place, from 1; none for the trigger.
        sentence: what it does; none while it is not set up.
        place: where a step inserted before it would stand.
        paths: of a branch, "otherwise" last.
        inside: how many steps are inside it.
    """

    id: str
    kind: str
    icon: str
    label: str
    tile: str = ""
    number: int = 0
    sentence: SafeString | None = None
    place: str = ""
    is_first: bool = False
    is_last: bool = False
    problems: list[str] = field(default_factory=list)
    paths: list[PathCard] = field(default_factory=list)
    inside: int = 0

    @property
    def columns(self) -> int:
        """How many columns it needs side by side."""
        return max(1, sum(path.columns for path in self.paths))

    @property
    def may_grow(self) -> bool:
        """Whether it can have one more path."""
        return len(self.paths) <= MAX_PATHS


@dataclass
class PathCard:
    """One path of a branch.

    Attributes:
        id: none of "otherwise".
        number: its place, from 1; 0 of "otherwise".
        step: the number of its branch.
        sentence: when it is taken; none while it is not set up.
        end_place: where a step at its end would stand.
        is_only: whether it is the last one left, which a branch keeps.
        is_moved: whether it is part of what is being put elsewhere.
    """

    id: str
    number: int
    step: int
    name: str = ""
    sentence: SafeString | None = None
    end_place: str = ""
    is_first: bool = False
    is_last: bool = False
    is_only: bool = False
    is_moved: bool = False
    problems: list[str] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    inside: int = 0

    @property
    def columns(self) -> int:
        """How many columns it needs side by side."""
        return max((card.columns for card in self.cards), default=1)


class Desk:
    """One automation's draft on somebody's screen.

    Args:
        checked: whether to show what is wrong, because somebody tried to put it into service.
        problems: what was found wrong just now; asked for anew when left out.
    """

    def __init__(
        self,
        automation: Automation,
        actor: Actor,
        *,
        checked: bool = False,
        problems: Sequence[Problem] | None = None,
    ) -> None:
        self.automation, self.actor, self.checked = automation, actor, checked
        self.document: Document = automation.draft or drafting.new_document()
        self.names = Names(actor)
        self.may_edit = rights.may_edit(actor, automation)
        self._problems = problems
        self.currencies = currencies()
        #: The panel that asks where a step goes, while one is being moved.
        self.moving: Any = None

    @cached_property
    def _trigger(self) -> tuple[Any, Any] | None:
        """The registered trigger with its parameters; none while it is not set up."""
        stored = self.document.get("trigger")
        if not isinstance(stored, Mapping):
            return None
        entry = registry.triggers.get(str(stored.get("type")))
        if entry is None:
            return None
        try:
            return entry, entry.Params.model_validate(stored.get("params") or {})
        except ValidationError:
            return None

    @cached_property
    def record_type(self) -> str | None:
        """The type of the triggering record; none while the trigger is not set up."""
        if self._trigger is None:
            return None
        entry, params = self._trigger
        return str(entry.record_type(params))

    @cached_property
    def updates(self) -> bool:
        """Whether the trigger reacts to updates, so that changes can be asked about."""
        if self._trigger is None:
            return True
        entry, params = self._trigger
        return any(key.kind == "updated" for key in entry.keys(params))

    @cached_property
    def said(self) -> saying.Said:
        """What sentences about it need to know."""
        owner_id = self.automation.owner_id
        return saying.Said.now(self.actor, record_type=self.record_type or "deal", owner_id=owner_id)

    @cached_property
    def problems(self) -> dict[str, list[str]]:
        """What keeps it from being put into service: sentences by card ("trigger", a block's id, "audience", "")."""
        if not self.checked:
            return {}
        found = self._problems if self._problems is not None else problems_of(self.document, self.actor)
        by_card: dict[str, list[str]] = {}
        for problem in found:
            sentences = by_card.setdefault(_card_of(problem.pointer, self.document), [])
            sentence = saying.problem(problem, self.said)
            if sentence not in sentences:
                sentences.append(sentence)
        return by_card

    @property
    def problem_count(self) -> int:
        """How many there are."""
        return sum(len(sentences) for sentences in self.problems.values())

    @property
    def general_problems(self) -> list[str]:
        """Those that belong to no card."""
        return self.problems.get("", [])

    @property
    def first_problem(self) -> str:
        """The card with the first of them."""
        order = ["trigger", *self.ids, "audience"]
        return next((card for card in order if card in self.problems), "")

    @cached_property
    def trigger_card(self) -> Card:
        """The first card."""
        stored = self.document.get("trigger")
        sentence = saying.trigger(stored, self.said) if self._trigger and isinstance(stored, dict) else None
        problems = self.problems.get("trigger", [])
        return Card("trigger", "trigger", "bolt", _("Starts"), "trigger", 0, sentence, problems=problems)

    @cached_property
    def cards(self) -> list[Card]:
        """The outermost steps below it; those inside a branch are under its paths."""
        return self._cards(self.document.get("steps") or [], ("steps",), count(1))

    @cached_property
    def every_card(self) -> list[Card]:
        """All steps, in document order."""
        return list(each_card(self.cards))

    @property
    def ids(self) -> list[str]:
        """Of all steps and paths, in document order."""
        return [id for card in self.every_card for id in (card.id, *(path.id for path in card.paths)) if id]

    def ids_with(self, which: str) -> set[str]:
        """A step or a path, and all that is inside it."""
        for card in self.every_card:
            if card.id == which:
                return _ids([card])
            for path in card.paths:
                if path.id == which:
                    return {which, *_ids(path.cards)}
        return {which}

    @property
    def columns(self) -> int:
        """How many columns the steps need side by side."""
        return max((card.columns for card in self.cards), default=1)

    def _cards(self, steps: list[Block], at: drafting.Path, numbers: Iterator[int]) -> list[Card]:
        return [
            self._card((*at, place), block, numbers, is_last=place == len(steps) - 1)
            for place, block in enumerate(steps)
        ]

    def _card(self, path: drafting.Path, block: Block, numbers: Iterator[int], *, is_last: bool) -> Card:
        block_id, kind = str(block.get("id")), str(block.get("kind"))
        card = Card(
            id=block_id,
            kind=kind,
            icon="warning",
            label=_("Unknown step"),
            number=next(numbers),
            place=drafting.place(path),
            is_first=path[-1] == 0,
            is_last=is_last,
            problems=self.problems.get(block_id, []),
        )
        match kind:
            case "condition":
                card.icon, card.label, card.tile = "condition", _("Condition"), "logic"
                if "groups" in block:
                    card.sentence = saying.block(block, self.said)
            case "branch":
                card.icon, card.label, card.tile = "fork", _("Branch"), "logic"
                card.sentence = saying.block(block, self.said)
                card.paths = self._paths(path, block, card.number, numbers)
                card.inside = sum(each.inside for each in card.paths)
            case "stop":
                card.icon, card.label, card.tile = "stop", _("Stop"), "logic"
                card.sentence = saying.block(block, self.said)
            case "action" if (entry := registry.actions.get(str(block.get("type")))) is not None:
                card.icon, card.label = glyph(entry.icon), str(entry.label)
                card.sentence = saying.block(block, self.said)
        return card

    def _paths(self, at: drafting.Path, block: Block, step: int, numbers: Iterator[int]) -> list[PathCard]:
        heads: list[Block] = block.get("paths") or []
        found = []
        for place, (way, steps) in enumerate(drafting.ways(block)):
            head = heads[place] if place < len(heads) else None
            card = PathCard(id="", number=0, step=step)
            if head is not None:
                card.id, card.number, card.name = str(head.get("id")), place + 1, str(head.get("name") or "")
                card.sentence = saying.path(head, self.said)
                card.is_first, card.is_last, card.is_only = (
                    place == 0,
                    place == len(heads) - 1,
                    len(heads) == 1,
                )
                card.problems = self.problems.get(card.id, [])
            card.cards = self._cards(steps, (*at, *way, "steps"), numbers)
            card.end_place = drafting.place((*at, *way, "steps", len(steps)))
            card.inside = sum(1 + each.inside for each in card.cards)
            found.append(card)
        return found

    @property
    def end_place(self) -> str:
        """Where a step at the end would stand."""
        return f"steps/{len(self.document.get('steps') or [])}"

    @cached_property
    def sentence(self) -> SafeString | None:
        """The whole automation in a sentence; none while nothing starts it."""
        return saying.whole(self.document, self.said) if self._trigger else None

    @cached_property
    def changes(self) -> int:
        """How many changes of the draft are not live."""
        version = self.automation.version
        return drafting.changes_between(version.document, self.document) if version else 0

    @property
    def scope_kind(self) -> str:
        """Who may trigger it: "me", "users", "teams" or "everyone"."""
        scope = self.document.get("scope")
        return str(scope.get("kind", "me")) if isinstance(scope, dict) else "me"

    @property
    def usual_minutes(self) -> int:
        """What a run of the draft saves, as far as its actions tell."""
        return benefit.minutes_of(self.document)

    @property
    def for_whom(self) -> str:
        """The same in words."""
        return saying.audience(self.document, self.said)

    @property
    def origins_fact(self) -> str:
        """Which changes count, in words."""
        return saying.origins(self.document)

    @cached_property
    def may_share(self) -> bool:
        """Whether this person may let everyone trigger it."""
        return self.may_edit and "everyone" in rights.audiences_allowed(self.actor)


def problems_of(document: Document, actor: Actor) -> list[Problem]:
    """What keeps a draft from being put into service.

    Without rows a condition always holds; one that nobody has set up yet is not meant so.
    """
    unset = [Problem("/" + drafting.place(path), "missing") for path in drafting.not_set_up(document)]
    return [*unset, *validity.problems_of(document, actor)]


def each_card(cards: list[Card]) -> Iterator[Card]:
    """Steps with those inside them, in document order."""
    for card in cards:
        yield card
        for path in card.paths:
            yield from each_card(path.cards)


def _ids(cards: list[Card]) -> set[str]:
    every = list(each_card(cards))
    return {card.id for card in every} | {path.id for card in every for path in card.paths}


def _card_of(pointer: str, document: Document) -> str:
    """The card, or the path, that holds a place of the document."""
    parts = pointer.split("/")[1:]
    if not parts:
        return ""
    if parts[0] == "trigger":
        return "trigger"
    if parts[0] in ("scope", "origins"):
        return "audience"
    found = ""
    node: Any = document
    for before, part in zip(["", *parts], parts, strict=False):
        try:
            node = node[int(part)] if isinstance(node, list) else node[part]
        except (LookupError, ValueError, TypeError):
            break  # what is missing has no place of its own
        if before in ("steps", "paths") and isinstance(node, dict):
            found = str(node.get("id"))
        elif part in ("params", "groups"):
            break
    return found
