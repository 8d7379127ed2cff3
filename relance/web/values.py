"""Values as people read them: one function for plain text, one for pages."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from relance.lib.kinds import Kind
from relance.lib.shapes import participant
from relance.records import display
from relance.records.fields import Field
from relance.web.names import Names
from relance.web.templatetags.relance import avatar

EMPTY: tuple[Any, ...] = (None, "", [])


def contact_kind(kind: str) -> str:
    """The kind of an e-mail or phone in words."""
    return {
        "work": pgettext("phone or e-mail", "Work"),
        "home": pgettext("phone or e-mail", "Home"),
        "mobile": pgettext("phone or e-mail", "Mobile"),
    }.get(kind, pgettext("phone or e-mail", "Other"))


def text(field: Field, value: Any, names: Names) -> str:
    """A value as plain text; "none" when it is empty."""
    if value in EMPTY:
        return pgettext("an empty value", "none")
    match field.kind:
        case Kind.CHOICE:
            return display.choice(field, value)
        case Kind.NUMBER:
            return display.percent(value) if field.key == "probability" else display.number(value)
        case Kind.MONEY:
            return display.money(value)
        case Kind.DATE:
            return display.day(value)
        case Kind.DATETIME:
            return display.instant(value)
        case Kind.BOOL:
            return display.truth(value)
        case Kind.USER:
            return names.user(value)
        case Kind.LINK:
            return names.record(str(field.target), value) or _("a record you may not see")
        case Kind.STAGE:
            return names.stage(value)
        case Kind.PIPELINE:
            return names.pipeline(value)
        case Kind.MULTI_CHOICE:
            return ", ".join(names.label(label)[0] for label in value)
        case Kind.EMAILS | Kind.PHONES:
            return ", ".join(entry["value"] for entry in value)
        case Kind.PARTICIPANTS:
            return ", ".join(names.participant(entry) for entry in value)
    return str(value)


def tag(name: str, colour: int) -> SafeString:
    """A label with its colour."""
    return format_html('<span class="tag" data-c="{}">{}</span>', colour, name)


def html(field: Field, value: Any, names: Names, *, short: bool = False) -> SafeString:
    """A value for a page: links lead somewhere, labels have their colour.

    Args:
        short: for a cell of a list: the first of several, no avatars.
    """
    if value in EMPTY:
        return mark_safe("")
    match field.kind:
        case Kind.LINK:
            name = names.record(str(field.target), value)
            if name is None:
                return format_html('<span class="muted">{}</span>', _("not visible to you"))
            return format_html(
                '<a class="cell-link" href="{}">{}</a>',
                reverse("web:record", args=[field.target, value]),
                name,
            )
        case Kind.USER:
            name = names.user(value)
            return format_html(
                '<span class="who">{}<span>{}</span></span>', avatar(name, value, "sm", decorative=True), name
            )
        case Kind.MULTI_CHOICE:
            return format_html(
                '<span class="tags">{}</span>',
                format_html_join("", "{}", ((tag(*names.label(label)),) for label in value)),
            )
        case Kind.EMAILS | Kind.PHONES:
            return _contacts(field.kind, value, short)
        case Kind.PARTICIPANTS:
            return _participants(value, names)
        case Kind.LONG_TEXT:
            return format_html('<span class="pre">{}</span>', value)
        case Kind.TEXT if field.format == "url":
            return format_html(
                '<a class="link" href="{}" rel="noopener noreferrer" target="_blank">{}</a>', value, value
            )
        case Kind.DATE | Kind.DATETIME:
            return format_html('<time datetime="{}">{}</time>', value, text(field, value, names))
        case Kind.MONEY | Kind.NUMBER:
            return format_html('<span class="num">{}</span>', text(field, value, names))
    return format_html("{}", text(field, value, names))


def _participants(entries: list[str], names: Names) -> SafeString:
    """People with a link to their page, colleagues by name."""
    parts = []
    for entry in entries:
        kind, number = participant(entry)
        name = names.record(kind, number) if kind == "person" else None
        if name is not None and (kind, number) not in names.gone:
            address = reverse("web:record", args=[kind, number])
            parts.append(format_html('<a class="cell-link" href="{}">{}</a>', address, name))
        else:
            parts.append(format_html("{}", names.participant(entry)))
    return format_html_join(", ", "{}", ((part,) for part in parts))


def _contacts(kind: Kind, entries: list[dict[str, Any]], short: bool) -> SafeString:
    scheme = "mailto:" if kind is Kind.EMAILS else "tel:"
    ordered = sorted(entries, key=lambda entry: not entry["primary"])
    links = (
        (
            scheme,
            entry["value"] if kind is Kind.EMAILS else entry["value"].replace(" ", ""),
            entry["value"],
            contact_kind(entry["kind"]),
        )
        for entry in (ordered[:1] if short else ordered)
    )
    template = (
        '<a class="link" href="{}{}">{}</a>'
        if short
        else '<span class="contact"><a class="link" href="{}{}">{}</a> <small class="muted">{}</small></span>'
    )
    return format_html_join("", template, links)
