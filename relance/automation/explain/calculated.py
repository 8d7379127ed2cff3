"""Formulas and dates that are worked out, as clauses: "value × 10%", "in 2 working days", "the first of next month"."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from relance.automation.core.calculated import FromDate, FromFormula
from relance.automation.core.dating import By
from relance.automation.core.formula import Token, tokens
from relance.automation.explain.names import Names
from relance.automation.explain.paths import path_clause, placeholder_clause
from relance.automation.explain.wording import bold, fill
from relance.records import display

_SIGNS = {"*": "×", "/": "÷", "-": "−"}
#: Signs that stand between two parts, and not close to one.
_APART = frozenset("+-*/")
_NO_RESULT: dict[str, str | Promise] = {
    "division_by_zero": gettext_lazy("it would divide by zero"),
    "too_large": gettext_lazy("the result would be too large"),
    "date_out_of_range": gettext_lazy("the date would lie before 1900 or after 2200"),
}
GOALS: dict[str, str | Promise] = {
    "month_start": gettext_lazy("the first of the month"),
    "month_end": gettext_lazy("the last day of the month"),
    "next_month_start": gettext_lazy("the first of next month"),
    "year_start": gettext_lazy("the first day of the year"),
    "year_end": gettext_lazy("the last day of the year"),
    "week_start": gettext_lazy("Monday of the same week"),
    "next_week_start": gettext_lazy("Monday of the next week"),
    "working_day": gettext_lazy("that day, or the next working day"),
    "next_monday": gettext_lazy("the next Monday"),
    "next_tuesday": gettext_lazy("the next Tuesday"),
    "next_wednesday": gettext_lazy("the next Wednesday"),
    "next_thursday": gettext_lazy("the next Thursday"),
    "next_friday": gettext_lazy("the next Friday"),
    "next_saturday": gettext_lazy("the next Saturday"),
    "next_sunday": gettext_lazy("the next Sunday"),
}


def formula_clause(expression: FromFormula, names: Names) -> SafeString:
    """A formula with the names of its fields: "value × 10%"."""
    words = list(tokens(expression.formula))
    parts = []
    for number, word in enumerate(words[:-1]):
        if word.text == "%":
            continue  # said with its number
        text = _word(word, words[number + 1], names)
        if word.kind == "sign" and word.text in _APART and number and not _opens(words[number - 1]):
            text = format_html(" {} ", text)
        elif word.text == ",":
            text = format_html("{} ", text)
        parts.append((text,))
    return format_html_join("", "{}", parts)


def _percent() -> str:
    """The sign of percent as the language sets it behind a number."""
    return display.percent(1).removeprefix("1")


def _opens(word: Token) -> bool:
    """Whether a sign after this one belongs to what follows: the minus of −3."""
    return word.kind == "sign" and word.text not in ")%"


def _word(word: Token, after: Token, names: Names) -> Any:
    match word.kind:
        case "number":
            return bold(display.number(Decimal(word.text)) + (_percent() if after.text == "%" else ""))
        case "name" if after.text != "(":
            return bold(placeholder_clause(word.text, names.record_type))
        case "sign":
            return _SIGNS.get(word.text, ";" if word.text == "," else word.text)
    return word.text


def date_clause(expression: FromDate, names: Names) -> SafeString:
    """A date and the moves from it: "in 2 working days", "3 days before the deal’s expected close"."""
    moves = expression.moves
    today = expression.start == "today"
    if not moves:
        return _start(expression.start, names)
    first = moves[0]
    if isinstance(first, By):
        count = bold(count_clause(abs(first.by), first.unit))
        if today and first.by >= 0:
            clause = fill(pgettext("a date", "in %(count)s"), count=count)
        elif today:
            clause = fill(pgettext("a date", "%(count)s before"), count=count)
        else:
            template = _("%(count)s after %(start)s") if first.by >= 0 else _("%(count)s before %(start)s")
            clause = fill(template, count=count, start=_start(expression.start, names))
    elif today:
        clause = bold(GOALS[first.to])
    else:
        start = _start(expression.start, names)
        clause = fill(_("%(goal)s, seen from %(start)s"), goal=bold(GOALS[first.to]), start=start)
    for move in moves[1:]:
        clause = fill(_("%(before)s, then %(move)s"), before=clause, move=move_clause(move))
    return clause


def day_clause(expression: FromDate, names: Names) -> SafeString:
    """The same as something to compare with: "today + 2 working days"."""
    moves = list(expression.moves)
    if expression.start == "today" and moves and not isinstance(moves[0], By):
        clause = move_clause(moves.pop(0))
    else:
        clause = _start(expression.start, names)
    for move in moves:
        if isinstance(move, By):
            sign = "+" if move.by >= 0 else "−"
            count = bold(count_clause(abs(move.by), move.unit))
            clause = format_html("{} {} {}", clause, sign, count)
        else:
            clause = fill(_("%(before)s, then %(move)s"), before=clause, move=move_clause(move))
    return clause


def move_clause(move: Any) -> SafeString:
    """One move on its own: "2 days later", "the last day of the month"."""
    if not isinstance(move, By):
        return bold(GOALS[move.to])
    template = _("%(count)s later") if move.by >= 0 else _("%(count)s earlier")
    return fill(template, count=bold(count_clause(abs(move.by), move.unit)))


def count_clause(count: int, unit: str) -> str:
    """So many days, working days, weeks, months or years."""
    shown = display.number(count)
    match unit:
        case "working_days":
            return ngettext("%(count)s working day", "%(count)s working days", count) % {"count": shown}
        case "weeks":
            return ngettext("%(count)s week", "%(count)s weeks", count) % {"count": shown}
        case "months":
            return ngettext("%(count)s month", "%(count)s months", count) % {"count": shown}
        case "years":
            return ngettext("%(count)s year", "%(count)s years", count) % {"count": shown}
    return ngettext("%(count)s day", "%(count)s days", count) % {"count": shown}


def no_result(code: str) -> SafeString:
    """Why a calculation has no result."""
    return fill(_NO_RESULT.get(code, gettext_lazy("the calculation has no result")))


def _start(start: str, names: Names) -> SafeString:
    if start == "today":
        return bold(pgettext("a day", "today"))
    if start == "now":
        return bold(pgettext("a moment", "right then"))
    return path_clause(start, names.record_type)
