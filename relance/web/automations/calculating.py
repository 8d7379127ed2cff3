"""Calculations in the panel: formulas with the names of fields in them, and dates put together from moves.

A document holds paths and points (``value * 0.1``); people see and type names in brackets and the decimal sign of their
language (``[Value] * 0,1``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from relance.automation.core.dating import MAX_MOVES
from relance.automation.core.formula import FormulaError, parse_formula, paths_of, tokens
from relance.automation.explain.calculated import GOALS
from relance.automation.explain.problems import formula_problem
from relance.lib.kinds import Kind
from relance.lib.money import to_major
from relance.lib.shapes import MAX_DAYS
from relance.records import display
from relance.web import parsing
from relance.web.automations import labels
from relance.web.automations.asks import FILL_IN, Input, Typed, Unreadable
from relance.web.automations.options import Group

_AMOUNTS = frozenset({Kind.NUMBER, Kind.MONEY})
_DAYS = frozenset({Kind.DATE, Kind.DATETIME})
_BRACKETS = re.compile(r"\[([^\[\]]*)\]")
#: Figures of one number, kept apart by a space: "1 000".
_APART = re.compile(r"(?<=[0-9])[ \u00a0\u202f](?=[0-9]{3}(?![0-9]))")
_MOST = 2_000


def _first(typed: Typed, name: str) -> str:
    return next(iter(typed.get(name, ())), "")


@dataclass
class FormulaForm:
    """A formula as it stands in the panel.

    Attributes:
        prefix: begins the names of its inputs.
        result: what it gives on a sample record, worked out for the page.
    """

    prefix: str
    record_type: str
    typed: dict[str, list[str]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    result: Any = None

    kind = "formula"

    def hold(self, stored: Any) -> None:
        """Take over a stored expression."""
        document = stored if isinstance(stored, dict) else {}
        self.typed[f"{self.prefix}-formula"] = [self._shown(str(document.get("formula", "")))]
        defaults = document.get("defaults")
        for path, default in defaults.items() if isinstance(defaults, dict) else ():
            units = to_major(default) if isinstance(default, dict) else default  # type: ignore[arg-type]
            self.typed[f"{self.prefix}-default-{path}"] = [display.number(Decimal(str(units)))]

    @property
    def input(self) -> Input:
        """The formula."""
        name = f"{self.prefix}-formula"
        return Input(
            name=name,
            label=_("Calculation"),
            widget="text",
            typed=self.typed.get(name, ()),
            error=self.errors.get(name, ""),
            hint=_("+ − × ÷ and brackets, 10%, min, max, round, abs"),
        )

    @property
    def defaults(self) -> list[Input]:
        """What each field counts as when it is empty."""
        found = []
        for path in self._paths():
            name = f"{self.prefix}-default-{path}"
            label = _("If “%(field)s” is empty, take") % {"field": labels.field_label(self.record_type, path)}
            typed, error = self.typed.get(name, ()), self.errors.get(name, "")
            found.append(Input(name=name, label=label, widget="number", typed=typed, error=error))
        return found

    @property
    def groups(self) -> Sequence[Group]:
        """The fields that can be inserted, by the text that is."""
        return [
            Group(group.heading, tuple((f"[{label}]", label) for _path, label in group.entries))
            for group in self._fields()
        ]

    def read(self) -> dict[str, Any]:
        """The expression for a document.

        Raises:
            Unreadable: it is not complete, or cannot be read.
        """
        name = f"{self.prefix}-formula"
        text = self._canonical(_first(self.typed, name).strip()[:_MOST])
        if not text:
            raise Unreadable({name: str(FILL_IN)})
        try:
            paths = paths_of(parse_formula(text))
        except FormulaError as error:
            raise Unreadable({name: formula_problem(error.code, error.word)}) from error
        expression: dict[str, Any] = {"from": "formula", "formula": text}
        defaults: dict[str, int | float] = {}
        errors: dict[str, str] = {}
        for path in paths:
            given = _first(self.typed, f"{self.prefix}-default-{path}").strip()
            if given:
                try:
                    number = parsing.decimal(given)
                except parsing.Unreadable as error:
                    errors[f"{self.prefix}-default-{path}"] = str(error)
                    continue
                defaults[path] = int(number) if number == number.to_integral_value() else float(number)
        if errors:
            raise Unreadable(errors)
        return {**expression, "defaults": defaults} if defaults else expression

    def _fields(self) -> Sequence[Group]:
        return [
            *labels.readable_groups(self.record_type, only=_AMOUNTS),
            *labels.before_groups(self.record_type, only=_AMOUNTS),
        ]

    def _paths(self) -> Sequence[str]:
        try:
            return paths_of(
                parse_formula(self._canonical(_first(self.typed, f"{self.prefix}-formula").strip()))
            )
        except (FormulaError, Unreadable):
            return ()

    def _canonical(self, text: str) -> str:
        """What was typed, as documents hold it."""
        known = {label.casefold(): path for group in self._fields() for path, label in group.entries}

        def path(match: re.Match[str]) -> str:
            found = known.get(match[1].strip().casefold())
            if found is None:
                sentence = _("There is no number called “%(name)s” here. Take it from the list.")
                raise Unreadable({f"{self.prefix}-formula": sentence % {"name": match[1].strip()}})
            return found

        text = _APART.sub("", text)
        if _decimal_comma():
            text = re.sub(r"(?<=[0-9]),(?=[0-9])", ".", text)
        return _BRACKETS.sub(path, text)

    def _shown(self, text: str) -> str:
        """A stored formula, as people type it."""
        known = {path: label for group in self._fields() for path, label in group.entries}
        comma = _decimal_comma()
        try:
            words = list(tokens(text))
        except FormulaError:
            return text
        shown, at = "", 0
        for word in words:
            shown += text[at : word.position]
            raw = text[word.position : word.position + max(len(word.text), 1)]
            if word.kind == "name" and word.text in known:
                raw = f"[{known[word.text]}]"
            elif comma and word.kind == "number":
                raw = raw.replace(".", ",")
            elif comma and raw == ",":
                raw = ";"
            shown += raw
            at = word.position + max(len(word.text), 1)
        return shown


def _decimal_comma() -> bool:
    return bool(display.locale().number_symbols["latn"]["decimal"] == ",")


#: Moves by a number of days and the like, the value of their option first.
_LATER = {
    "+days": gettext_lazy("days later"),
    "+working_days": gettext_lazy("working days later"),
    "+weeks": gettext_lazy("weeks later"),
    "+months": gettext_lazy("months later"),
    "+years": gettext_lazy("years later"),
}
_EARLIER = {
    "-days": gettext_lazy("days earlier"),
    "-working_days": gettext_lazy("working days earlier"),
    "-weeks": gettext_lazy("weeks earlier"),
    "-months": gettext_lazy("months earlier"),
    "-years": gettext_lazy("years earlier"),
}
_Moves = list[dict[str, Any]]
#: What people mostly mean, each with its moves from today.
PRESETS: dict[str, tuple[str | Promise, _Moves]] = {
    "today": (pgettext_lazy("a day of a value", "Today"), []),
    "tomorrow": (pgettext_lazy("a day of a value", "Tomorrow"), [{"by": 1, "unit": "days"}]),
    "two_working_days": (gettext_lazy("In 2 working days"), [{"by": 2, "unit": "working_days"}]),
    "week": (gettext_lazy("In a week"), [{"by": 1, "unit": "weeks"}]),
    "next_monday": (gettext_lazy("Next Monday"), [{"to": "next_monday"}]),
    "month_end": (gettext_lazy("Last day of the month"), [{"to": "month_end"}]),
    "next_month": (gettext_lazy("First of next month"), [{"to": "next_month_start"}]),
    "month": (gettext_lazy("In a month"), [{"by": 1, "unit": "months"}]),
}


@dataclass(frozen=True, slots=True)
class MoveRow:
    """One move in the panel; ``number`` is none where it leads to a certain day."""

    place: int
    what: str
    number: Input | None


@dataclass
class DateForm:
    """A date worked out, as it stands in the panel; attributes as of :class:`FormulaForm`."""

    prefix: str
    record_type: str
    typed: dict[str, list[str]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    result: Any = None

    kind = "date"

    def hold(self, stored: Any) -> None:
        """Take over a stored expression; nothing stored is today, with a number of days to fill in."""
        document = stored if isinstance(stored, dict) else {}
        if document.get("from") == "today":
            document = {"moves": [{"by": document.get("days", 0), "unit": "days"}]}
        moves = document.get("moves")
        self._take(str(document.get("start") or "today"), moves if isinstance(moves, list) else [])

    def settle(self) -> None:
        """Take over the ready-made date that was just chosen, if one was."""
        chosen = _first(self.typed, f"{self.prefix}-preset")
        if chosen in PRESETS and chosen != _first(self.typed, f"{self.prefix}-preset-was"):
            self._take("today", PRESETS[chosen][1])

    def _take(self, start: str, moves: Sequence[Any]) -> None:
        own = f"{self.prefix}-m"
        for name in [name for name in self.typed if name.startswith(own)]:
            del self.typed[name]
        self.typed[f"{self.prefix}-start"] = [start]
        for place, move in enumerate(moves or [{"by": 0, "unit": "days"}]):
            by, what = self._typed_of(move if isinstance(move, dict) else {})
            self.typed[f"{own}{place}-what"] = [what]
            if by:
                self.typed[f"{own}{place}-by"] = [by]

    @staticmethod
    def _typed_of(move: dict[str, Any]) -> tuple[str, str]:
        if "to" in move:
            return "", str(move["to"])
        by = move.get("by") if type(move.get("by")) is int else 0
        return str(abs(int(by or 0))), f"{'-' if (by or 0) < 0 else '+'}{move.get('unit', 'days')}"

    def act(self, deed: str, place: int) -> str:
        """Add or remove a move; returns the id of the element that gets the focus."""
        rows = [(row.what, row.number.value if row.number else "") for row in self.moves]
        if deed == "add-move" and len(rows) < MAX_MOVES:
            rows.append(("+days", "1"))
            place = len(rows) - 1
        elif deed == "remove-move" and 0 <= place < len(rows):
            del rows[place]
            place = max(0, place - 1)
        self._keep(rows)
        return f"in-{self.prefix}-m{place}-what" if rows else f"in-{self.prefix}-start"

    def _keep(self, rows: Sequence[tuple[str, str]]) -> None:
        own = f"{self.prefix}-m"
        for name in [name for name in self.typed if name.startswith(own)]:
            del self.typed[name]
        for place, (what, by) in enumerate(rows):
            self.typed[f"{own}{place}-what"] = [what]
            self.typed[f"{own}{place}-by"] = [by]

    @property
    def start(self) -> str:
        """What it starts from: "today", "now" or a path."""
        return _first(self.typed, f"{self.prefix}-start") or "today"

    @property
    def starts(self) -> Sequence[Group]:
        """What it can start from."""
        near = (("today", _("The day it runs")), ("now", _("The moment it runs")))
        return [Group("", near), *labels.readable_groups(self.record_type, only=_DAYS)]

    @property
    def start_error(self) -> str:
        """What is wrong with it."""
        return self.errors.get(f"{self.prefix}-start", "")

    @property
    def from_field(self) -> bool:
        """Whether it starts from a field, which may be empty."""
        return self.start not in ("today", "now")

    @property
    def moves(self) -> list[MoveRow]:
        """The moves, one after the other."""
        found = []
        for place in range(MAX_MOVES):
            name = f"{self.prefix}-m{place}"
            if f"{name}-what" not in self.typed:
                continue
            what = _first(self.typed, f"{name}-what")
            what = what if what in _LATER or what in _EARLIER or what in GOALS else "+days"
            number = None
            if what[0] in "+-":
                typed, error = self.typed.get(f"{name}-by", ["1"]), self.errors.get(f"{name}-by", "")
                number = Input(
                    name=f"{name}-by", label=_("How many"), widget="number", typed=typed, error=error
                )
            found.append(MoveRow(place, what, number))
        return found

    @property
    def whats(self) -> Sequence[Group]:
        """What a move can be."""
        goals = tuple(
            (key, pgettext("a move to a day", "to %(day)s") % {"day": each}) for key, each in GOALS.items()
        )
        return [
            Group(_("Later"), tuple((key, str(label)) for key, label in _LATER.items())),
            Group(_("Earlier"), tuple((key, str(label)) for key, label in _EARLIER.items())),
            Group(_("On to a day"), goals),
        ]

    @property
    def may_add(self) -> bool:
        """Whether one more move is possible."""
        return len(self.moves) < MAX_MOVES

    @property
    def presets(self) -> list[tuple[str, str]]:
        """Ready-made dates; the first entry stands for one that was put together otherwise."""
        own = [] if self.preset else [("", _("As put together below"))]
        return [*own, *((key, str(label)) for key, (label, _moves) in PRESETS.items())]

    @property
    def preset(self) -> str:
        """The ready-made date that this is; none of them: nothing."""
        try:
            read = self.read()
        except Unreadable:
            return ""
        if read["start"] != "today":
            return ""
        return next((key for key, (_label, moves) in PRESETS.items() if moves == read["moves"]), "")

    def read(self) -> dict[str, Any]:
        """The expression for a document.

        Raises:
            Unreadable: a number of days cannot be read.
        """
        moves: _Moves = []
        errors: dict[str, str] = {}
        for row in self.moves:
            if row.number is None:
                moves.append({"to": row.what})
                continue
            try:
                count = parsing.number(row.number.value or "0")
            except parsing.Unreadable as error:
                errors[row.number.name] = str(error)
                continue
            if abs(count) > MAX_DAYS:
                errors[row.number.name] = _("At most ten years, please.")
            elif count:
                moves.append({"by": -count if row.what[0] == "-" else count, "unit": row.what[1:]})
        if errors:
            raise Unreadable(errors)
        return {"from": "date", "start": self.start, "moves": moves}


CalculationForm = FormulaForm | DateForm


def moved_by(calculations: Iterable[tuple[CalculationForm, Any]], verb: str, key: str) -> str:
    """Add or remove a move of one of these dates.

    Args:
        key: the date's prefix; to remove a move, a colon and its place after it.

    Returns:
        The id of the element that gets the focus, if any.
    """
    prefix, _sep, place = key.partition(":")
    for form, _field in calculations:
        if isinstance(form, DateForm) and form.prefix == prefix:
            return form.act(
                verb, int(place) if place.isascii() and place.isdigit() and len(place) < 4 else -1
            )
    return ""
