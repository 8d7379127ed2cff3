"""Value expressions and texts with placeholders as clauses: "in 2 days", "the deal’s owner"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from relance.automation.core.placeholders import RECORD_LINK, TemplateError, parse_template
from relance.automation.core.values import Fixed, FromActor, FromField, FromText, FromToday
from relance.automation.explain.names import Names
from relance.automation.explain.wording import (
    bold,
    field_bare,
    field_behind,
    field_name,
    field_of,
    fill,
    listed,
    quoted,
)
from relance.records.fields import Field, fields_of


def path_clause(path: str, record_type: str) -> SafeString:
    """What a path names, with the record it belongs to: "the organization’s rating"."""
    match path:
        case "trigger.user":
            return fill(_("whoever triggered it"))
        case "trigger.origin":
            return fill(_("the origin of the change"))
        case _ if path == RECORD_LINK:
            return fill(_("the link to the record"))
    head, dot, key = path.partition(".")
    if not dot:
        return field_of(record_type, path)
    if head == "before":
        return fill(_("%(field)s before the change"), field=field_of(record_type, key))
    return field_behind(record_type, path)


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


def placeholder_clause(path: str, record_type: str) -> SafeString:
    """What a placeholder stands for; the record's own fields go without saying whose they are."""
    if "." in path or path not in fields_of(record_type):
        return path_clause(path, record_type)
    return fill("%(field)s", field=field_bare(record_type, path))


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
