"""The panels of a branch and of its paths, and the one that says where a step goes."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from relance.automation import drafting
from relance.automation.drafting import Block, Document
from relance.lib.text import TextError, clean
from relance.records import fields
from relance.web.automations import saying
from relance.web.automations.asks import Typed
from relance.web.automations.calculating import CalculationForm
from relance.web.automations.conditions import ConditionForm
from relance.web.automations.desk import Desk, each_card
from relance.web.automations.panels import Panel

MAX_NAME = 60


class BranchPanel(Panel):
    """Whether the first path that matches is taken, or every one."""

    template = "relance/automations/panel/branch.html"
    kind = "branch"
    icon = "fork"
    tile = "logic"

    def __init__(self, desk: Desk, block: Block) -> None:
        super().__init__(desk, str(block["id"]))
        self.block = block
        self.mode = "all" if block.get("mode") == "all" else "first"

    @property
    def title(self) -> str:
        return _("Which path is taken?")

    @property
    def applies(self) -> bool:
        return True

    @property
    def inside(self) -> int:
        """How many steps go with it when it is deleted."""
        return next((card.inside for card in self.desk.every_card if card.id == self.which), 0)

    @property
    def modes(self) -> Sequence[tuple[str, str, str]]:
        """What may be chosen: key, label and what it means."""
        return (
            (
                "first",
                _("The first path that matches"),
                _(
                    "The paths are looked at from left to right. The first whose condition holds is taken, no other."
                ),
            ),
            (
                "all",
                _("Every path that matches"),
                _("All paths whose condition holds are taken, one after the other, from left to right."),
            ),
        )

    def fill(self, typed: Typed) -> None:
        chosen = next(iter(typed.get("mode", ())), "")
        self.mode = chosen if chosen in ("first", "all") else self.mode

    def apply(self) -> Document | None:
        return drafting.replace(self.desk.document, self.which, {**self.block, "mode": self.mode})


class PathPanel(Panel):
    """When a path is taken, and what it is called."""

    template = "relance/automations/panel/path.html"
    kind = "path"
    icon = "fork"
    tile = "logic"

    def __init__(self, desk: Desk, path_id: str) -> None:
        super().__init__(desk, path_id)
        (*_way, place), head = drafting.find_path(desk.document, path_id)
        self.number = int(place) + 1
        self.record_type = desk.record_type or "deal"
        self.name = str(head.get("name") or "")
        self.name_error = ""
        self.form = ConditionForm.of_block(head, self.record_type, updates=desk.updates, names=desk.names)

    @property
    def title(self) -> str:
        return _("Take path %(number)d if…") % {"number": self.number}

    @property
    def applies(self) -> bool:
        return True

    @property
    def card(self) -> object:
        """The path as it stands among the steps."""
        paths = (path for card in self.desk.every_card for path in card.paths)
        return next(path for path in paths if path.id == self.which)

    @property
    def readback(self) -> SafeString | None:
        groups = self.form.read(strict=False) or []
        # A row in which nothing is chosen yet is not meant to hold always.
        return saying.path_taken(groups, self.desk.said) if groups or not self.form.groups else None

    @property
    def calculations(self) -> Sequence[tuple[CalculationForm, fields.Field]]:
        return self.form.calculations

    def fill(self, typed: Typed) -> None:
        self.name = next(iter(typed.get("name", ())), "")[:300]
        self.form = ConditionForm.of_typed(
            typed, self.record_type, updates=self.desk.updates, names=self.desk.names
        )

    def act(self, deed: str, typed: Typed) -> None:
        self.focus = self.form.act(deed)

    def apply(self) -> Document | None:
        groups = self.form.read()
        try:
            name = clean(self.name, max_length=MAX_NAME)
        except TextError as error:
            self.name_error = (
                _("At most %(count)d characters, please.") % {"count": MAX_NAME}
                if error.code == "too_long"
                else _("This text contains characters that cannot be stored, such as control characters.")
            )
        if groups is None or self.name_error:
            self.refused = True
            return None
        return drafting.replace_path(self.desk.document, self.which, {"name": name, "groups": groups})


class MovePanel(Panel):
    """Where a step goes: every "+" takes it until this is left."""

    template = "relance/automations/panel/move.html"
    kind = "move"
    icon = "swap"
    tile = "logic"

    def __init__(self, desk: Desk, moved: str) -> None:
        super().__init__(desk)
        path, _block = drafting.find(desk.document, moved)
        self.moved = moved
        self.at = drafting.place(path)
        self.card = next(card for card in desk.every_card if card.id == moved)
        for card in each_card([self.card]):
            for inner in card.paths:
                inner.is_moved = True  # nothing is put into itself

    @property
    def title(self) -> str:
        return _("Where is it to stand?")
