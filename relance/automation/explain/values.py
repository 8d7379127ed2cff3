"""Value expressions and texts with placeholders as clauses: "in 2 days", "the deal’s owner"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from relance.automation.core.placeholders import TemplateError, parse_template
from relance.automation.core.values import (
    Fixed,
    FromActor,
    FromDate,
    FromField,
    FromFormula,
    FromText,
    FromToday,
)
from relance.automation.explain.calculated import date_clause, formula_clause
from relance.automation.explain.names import Names
from relance.automation.explain.paths import path_clause, placeholder_clause
from relance.automation.explain.wording import bold, field_bare, field_name, fill, listed, quoted
from relance.records.fields import Field, fields_of


def value_clause(expression: Any, field: Field, names: Names) -> SafeString:
    """What an action puts into a field."""
    match expression:
        case Fixed():
            return names.value(field, expression.value)
        case FromField():
            source = path_clause(expression.path, names.record_type)
            if not expression.has_fallback:
                return source
            return fill(
                _("%(field)s, or else %(fallback)s"),
                field=source,
                fallback=names.value(field, expression.fallback),
            )
        case FromText():
            return quoted(text_clause(expression.template, names))
        case FromFormula():
            return formula_clause(expression, names)
        case FromDate():
            reached = date_clause(expression, names)
            if not expression.has_fallback:
                return reached
            fallback = names.value(field, expression.fallback)
            return fill(_("%(field)s, or else %(fallback)s"), field=reached, fallback=fallback)
        case FromToday():
            return bold(days_clause(expression.days))
        case FromActor():
            return fill(_("whoever triggered it"))
    raise TypeError(expression)


def days_clause(days: int) -> str:
    """A day seen from the day it runs."""
    if days == 0:
        return pgettext("a day", "today")
    if days < 0:
        return ngettext("%(days)s day before", "%(days)s days before", -days) % {"days": -days}
    return ngettext("in %(days)s day", "in %(days)s days", days) % {"days": days}


def text_clause(template: str, names: Names) -> SafeString:
    """A text, with what its placeholders stand for in bold."""
    try:
        parts = parse_template(template)
    except TemplateError:
        return fill("%(text)s", text=template)
    return format_html_join(
        "",
        "{}",
        (
            (part if isinstance(part, str) else bold(placeholder_clause(part.path, names.record_type)),)
            for part in parts
        ),
    )


def assignments(record_type: str, values: Mapping[str, Any], names: Names, *, new: bool) -> SafeString:
    """What is put into which fields: "rating to A and city to Nantes".

    Args:
        new: the record is being created, so that nothing is changed: "rating A".
    """
    known = fields_of(record_type)
    template, name = (
        (pgettext("field and value of a new record", "%(field)s %(value)s"), field_bare)
        if new
        else (_("%(field)s to %(value)s"), field_name)
    )
    return listed(
        fill(template, field=name(record_type, key), value=value_clause(expression, known[key], names))
        for key, expression in values.items()
        if key in known
    )
