"""The steps of a run, or of a test, as one picture: cards in their order, and those of a branch side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from relance.automation import sentences
from relance.automation.explain.conditions import GroupLine, verdict_lines
from relance.automation.explain.failures import Explanation
from relance.automation.explain.wording import fill, listed
from relance.automation.models import RunState
from relance.automation.registry import registry
from relance.automation.story import Step, Story, Way
from relance.web.automations import telling
from relance.web.automations.icons import glyph


@dataclass(frozen=True, slots=True)
class ToldStep:
    """One card of a run."""

    number: int
    icon: str
    tile: str
    label: str
    sentence: SafeString | None
    state: str
    chip: str
    tone: str
    chip_icon: str
    at: datetime | None = None
    groups: Sequence[GroupLine] = ()
    deeds: Sequence[telling.Deed] = ()
    failure: Explanation | None = None


@dataclass(frozen=True, slots=True)
class ToldWay:
    """One path of a branch.

    Attributes:
        number: its place from the left; 0 of "otherwise".
        label: its name, or else what leads into it.
        detail: what leads into it, where the label is its name.
        state: "done" when the run went along it, "skipped" when not, nothing before anything was played.
        thread: which halves of the thread above and below it are lit, as classes.
        chip, tone, chip_icon: whether it was taken, or why not.
        groups: what was asked, with the values seen.
    """

    number: int
    label: SafeString
    detail: SafeString | None
    state: str
    chip: str
    tone: str
    chip_icon: str
    groups: Sequence[GroupLine]
    steps: Sequence[Drawn]
    thread: str = ""

    @property
    def columns(self) -> int:
        """How many columns it needs side by side."""
        return columns(self.steps)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A card, and below it its paths."""

    told: ToldStep
    ways: Sequence[ToldWay] = ()

    @property
    def is_lit(self) -> bool:
        """Whether the thread leads here."""
        return self.told.state not in ("", "skipped")

    @property
    def columns(self) -> int:
        """How many columns it needs side by side."""
        return max(1, sum(way.columns for way in self.ways))


def columns(picture: Sequence[Drawn]) -> int:
    """How many columns a list of steps needs side by side."""
    return max((each.columns for each in picture), default=1)


def drawn(steps: Sequence[Step], said: Any, *, trying: bool = False, played: bool = True) -> list[Drawn]:
    """The picture of a story's steps.

    Args:
        trying: it was only tried out.
        played: otherwise nothing happened yet, and no card has an outcome.
    """
    return _Picture(steps, said, trying, played).below("")


def cards(picture: Sequence[Drawn]) -> list[ToldStep]:
    """All cards of a picture, in the order of the document."""
    found: list[ToldStep] = []
    for each in picture:
        found.append(each.told)
        for way in each.ways:
            found += cards(way.steps)
    return found


def ends(story: Story) -> bool:
    """Whether a run went on to the very end."""
    return story.result == RunState.DONE and all(step.outcome != "stopped" for step in story.steps)


class _Picture:
    def __init__(self, steps: Sequence[Step], said: Any, trying: bool, played: bool) -> None:
        self._said, self._trying, self._played = said, trying, played
        self._lists: dict[str, list[tuple[int, Step]]] = {}
        for number, step in enumerate(steps, 1):
            self._lists.setdefault(step.path.rpartition("steps/")[0], []).append((number, step))

    def below(self, place: str, *, taken: bool = True) -> list[Drawn]:
        """The cards of one list: of the whole, or of a path with its "/" at the end."""
        return [self._card(number, step, taken) for number, step in self._lists.get(place, ())]

    def _card(self, number: int, step: Step, taken: bool) -> Drawn:
        told = _told(number, step, self._said, trying=self._trying)
        if not self._played:
            told = replace(told, state="", chip="")
        elif not taken:
            told = replace(told, chip="")  # the head of the path says why
        elif step.ways and step.outcome in ("taken", "otherwise"):
            numbers = [place for place, way in enumerate(step.ways, 1) if way.taken and way.head is not None]
            told = replace(told, state="done", chip=_chip(numbers), tone="good", chip_icon="check")
            if not numbers:
                told = replace(told, tone="off", chip_icon="minus")
        ways = [self._way(place, way, step) for place, way in enumerate(step.ways, 1)]
        return Drawn(told, [replace(way, thread=_thread(place, ways)) for place, way in enumerate(ways)])

    def _way(self, place: int, way: Way, step: Step) -> ToldWay:
        label = fill(_("Otherwise"))
        detail: SafeString | None = None
        if way.head is not None:
            label = sentences.path_sentence(way.head, self._said) or fill("…")
            if name := str(way.head.get("name") or ""):
                label, detail = fill("%(name)s", name=name), label
        chip, tone, chip_icon = self._why(way, step)
        return ToldWay(
            number=0 if way.head is None else place,
            label=label,
            detail=detail,
            state="" if not self._played else "done" if way.taken else "skipped",
            chip=chip,
            tone=tone,
            chip_icon=chip_icon,
            groups=verdict_lines(way.groups, way.verdict, self._said) if way.verdict is not None else [],
            steps=self.below(f"{way.path}/", taken=way.taken),
        )

    def _why(self, way: Way, step: Step) -> tuple[str, str, str]:
        """Whether a path was taken, or why not: words, tone and glyph of its chip."""
        if not self._played or step.outcome is None:
            return "", "off", "minus"
        if way.taken:
            return pgettext("a path", "Taken"), "good", "check"
        if way.head is None:
            return pgettext("a path", "Not taken"), "off", "minus"
        if way.asked:
            known = way.verdict is None or way.verdict.truth is not None
            return (_("Not met"), "off", "minus") if known else (_("Cannot be known"), "bad", "close")
        first = next((place for place, each in enumerate(step.ways, 1) if each.taken), 0)
        if not first:
            return pgettext("a path", "Not asked"), "off", "minus"
        return _("Not asked, path %(number)d came first") % {"number": first}, "off", "minus"


def _thread(place: int, ways: Sequence[ToldWay]) -> str:
    """Which halves of the thread at a path lie between the middle and a path that was taken."""
    middle = len(ways) / 2
    classes = []
    for half, name in ((place + 0.25, "is-lit-l"), (place + 0.75, "is-lit-r")):
        taken = (at + 0.5 for at, way in enumerate(ways) if way.state == "done")
        if any(min(at, middle) < half < max(at, middle) for at in taken):
            classes.append(name)
    return " ".join(classes)


def _chip(taken: Sequence[int]) -> str:
    if not taken:
        return _("No path matched")
    template = ngettext("Path %(numbers)s", "Paths %(numbers)s", len(taken))
    return fill(template, numbers=listed(str(number) for number in taken))


def _told(number: int, step: Step, said: Any, *, trying: bool = False) -> ToldStep:
    """One card.

    Args:
        trying: it was only tried out.
    """
    kind = step.block.get("kind")
    icon, tile, label = "warning", "", _("Unknown step")
    if kind == "condition":
        icon, tile, label = "condition", "logic", _("Condition")
    elif kind == "branch":
        icon, tile, label = "fork", "logic", _("Branch")
    elif kind == "stop":
        icon, tile, label = "stop", "logic", _("Stop")
    elif (entry := registry.actions.get(str(step.block.get("type")))) is not None:
        icon, label = glyph(entry.icon), str(entry.label)
    chips = {
        "done": ("done", pgettext("a step of a run", "Done"), "good", "check"),
        "met": ("done", _("Met"), "good", "check"),
        "not_met": ("done", _("Not met"), "off", "minus"),
        "stopped": ("done", _("Stopped"), "off", "stop"),
        "failed": ("error", _("Stopped here"), "bad", "close"),
    }
    if trying:
        chips["done"] = ("done", _("Would be done"), "try", "check")
        chips["stopped"] = ("done", _("Would stop"), "off", "stop")
        chips["failed"] = ("error", _("Would stop here"), "bad", "close")
    state, chip, tone, chip_icon = chips.get(
        step.outcome or "", ("skipped", _("Not reached"), "off", "minus")
    )
    return ToldStep(
        number=number,
        icon=icon,
        tile=tile,
        label=label,
        sentence=sentences.block_sentence(step.block, said),
        state=state,
        chip=chip,
        tone=tone,
        chip_icon=chip_icon,
        at=step.at,
        groups=telling.lines_of(step, said),
        deeds=[telling.deed(effect, said, trying=trying) for effect in step.effects],
        failure=telling.explained(step.failure, said) if step.failure else None,
    )
