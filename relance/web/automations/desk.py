"""The editor's view of one draft: its cards, what is wrong with them, and what is not live yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from pydantic import ValidationError

from relance.accounts.people import Actor
from relance.automation import benefit, drafting, rights, validity
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
        ids = [str(block.get("id")) for block in self.document.get("steps") or []]
        by_card: dict[str, list[str]] = {}
        for problem in found:
            sentences = by_card.setdefault(_card_of(problem.pointer, ids), [])
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
        order = ["trigger", *(card.id for card in self.cards), "audience"]
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
        """The steps below it."""
        found = list(drafting.blocks(self.document))
        return [
            self._card(path, block, number, is_last=number == len(found))
            for number, (path, block) in enumerate(found, 1)
        ]

    def _card(self, path: drafting.Path, block: Block, number: int, *, is_last: bool) -> Card:
        block_id, kind = str(block.get("id")), str(block.get("kind"))
        card = Card(
            id=block_id,
            kind=kind,
            icon="warning",
            label=_("Unknown step"),
            number=number,
            place=drafting.place(path),
            is_first=number == 1,
            is_last=is_last,
            problems=self.problems.get(block_id, []),
        )
        match kind:
            case "condition":
                card.icon, card.label, card.tile = "condition", _("Condition"), "logic"
                if "groups" in block:
                    card.sentence = saying.block(block, self.said)
            case "stop":
                card.icon, card.label, card.tile = "stop", _("Stop"), "logic"
                card.sentence = saying.block(block, self.said)
            case "action" if (entry := registry.actions.get(str(block.get("type")))) is not None:
                card.icon, card.label = glyph(entry.icon), str(entry.label)
                card.sentence = saying.block(block, self.said)
        return card

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


def _card_of(pointer: str, ids: Sequence[str]) -> str:
    parts = pointer.split("/")[1:]
    if not parts:
        return ""
    if parts[0] == "trigger":
        return "trigger"
    if parts[0] in ("scope", "origins"):
        return "audience"
    if parts[0] == "steps" and len(parts) > 1 and parts[1].isdigit() and int(parts[1]) < len(ids):
        return ids[int(parts[1])]
    return ""
