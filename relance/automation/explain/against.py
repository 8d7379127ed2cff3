"""Comparisons with another field or a calculation: what is asked, and both sides as they were seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from relance.automation.core.blocks import Row
from relance.automation.core.calculated import FromDate, FromFormula
from relance.automation.core.verdicts import Because, Verdict
from relance.automation.explain.calculated import day_clause, formula_clause
from relance.automation.explain.names import Names
from relance.automation.explain.paths import path_clause
from relance.automation.explain.wording import bold, capital, field_label, fill
from relance.lib.kinds import Kind
from relance.records.fields import Field

#: Where a comparison reads otherwise than with a fixed value, in one language or another.
CLAUSES: dict[str, str | Promise] = {
    "gt": pgettext_lazy("compared with another field or a calculation", "%(field)s is over %(value)s"),
    "gte": pgettext_lazy("compared with another field or a calculation", "%(field)s is at least %(value)s"),
    "lt": pgettext_lazy("compared with another field or a calculation", "%(field)s is under %(value)s"),
    "lte": pgettext_lazy("compared with another field or a calculation", "%(field)s is at most %(value)s"),
    "before": pgettext_lazy("compared with another field or a calculation", "%(field)s is before %(value)s"),
    "after": pgettext_lazy("compared with another field or a calculation", "%(field)s is after %(value)s"),
    "on_or_before": pgettext_lazy(
        "compared with another field or a calculation", "%(field)s is on %(value)s or before"
    ),
    "on_or_after": pgettext_lazy(
        "compared with another field or a calculation", "%(field)s is on %(value)s or after"
    ),
}


def side_clause(expression: Any, names: Names) -> SafeString:
    """What a field is compared with: "the organization’s revenue", "value × 10%", "in 2 working days"."""
    match expression:
        case FromFormula():
            return formula_clause(expression, names)
        case FromDate():
            return day_clause(expression, names)
    return path_clause(expression.path, names.record_type)


def sides_clause(row: Row, field: Field, verdict: Verdict, names: Names) -> SafeString:
    """Both sides as they were seen: "Value €1,200 · Revenue €5,000"."""
    own, *others = verdict.seen if isinstance(verdict.seen, Sequence) else (None,)
    own_label = str(field.label) or capital(path_clause(row.field, names.record_type))
    if isinstance(own, list) and len(own) == 2 and field.kind is not Kind.MULTI_CHOICE:
        clause = fill(
            _("%(label)s went from %(before)s to %(after)s"),
            label=own_label, before=_seen(field, own[0], names), after=_seen(field, own[1], names),
        )  # fmt: skip
    else:
        clause = _side(own_label, _seen(field, own, names))
    for expression, other in zip(row.against or (), others, strict=False):
        missing = verdict.detail if verdict.because == Because.EMPTY and other is None else None
        label, seen = _label(expression, own_label, names), _seen(field, other, names)
        if missing is not None and missing != getattr(expression, "path", None):
            seen = fill(_("%(field)s is empty"), field=path_clause(missing, names.record_type))
        clause = fill(_("%(one)s · %(other)s"), one=clause, other=_side(label, seen))
    return clause


def _side(label: Any, seen: SafeString) -> SafeString:
    return fill(pgettext("a field and what it held", "%(label)s %(value)s"), label=label, value=seen)


def _label(expression: Any, own: str, names: Names) -> Any:
    match expression:
        case FromFormula():
            return _("Calculation")
        case FromDate():
            return _("Date worked out")
    label = field_label(names.record_type, expression.path)
    return label if label and label != own else capital(path_clause(expression.path, names.record_type))


def _seen(field: Field, value: Any, names: Names) -> SafeString:
    if value in (None, "", []):
        return bold(pgettext("a field that holds nothing", "empty"))
    if field.kind is Kind.NUMBER and isinstance(value, str):
        value = Decimal(value)
    if field.kind is Kind.DATETIME and len(str(value)) == 10:
        field = replace(field, kind=Kind.DATE)
    return names.value(field, value)
