"""How sentences are put together without gluing words: templates filled with clauses, lists, and names of fields."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from relance.records.display import locale
from relance.records.fields import UnknownField, field, parents_of, resolve

EMPTY = SafeString("")

#: What stands in many sentences is said whole, so that every language says it in its own words.
_WHOLE = {
    ("person", "owner"): gettext_lazy("the person’s owner"),
    ("organization", "owner"): gettext_lazy("the organization’s owner"),
    ("deal", "owner"): gettext_lazy("the deal’s owner"),
    ("lead", "owner"): gettext_lazy("the lead’s owner"),
    ("activity", "owner"): gettext_lazy("the activity’s owner"),
    ("person", "name"): gettext_lazy("the person’s name"),
    ("organization", "name"): gettext_lazy("the organization’s name"),
}


def fill(template: str | Promise, **values: Any) -> SafeString:
    """A translated template with its %(placeholders)s filled in; what is filled in is escaped unless it is safe."""
    text = str(template).replace("{", "{{").replace("}", "}}")
    if not values:
        return format_html("{}", template)
    return format_html(text % {key: "{" + key + "}" for key in values}, **values)


def bold(text: Any) -> SafeString:
    """A name or value as sentences show it."""
    return format_html("<b>{}</b>", text)


def quoted(text: Any) -> SafeString:
    """A text somebody wrote, in the quotation marks of the language."""
    return fill(_("“%(text)s”"), text=text)


def listed(items: Iterable[Any], style: str = "standard") -> SafeString:
    """ "a, b and c" as the language writes lists.

    Args:
        style: "standard" (and) or "or".
    """
    parts = [format_html("{}", item) for item in items]
    if not parts:
        return EMPTY
    patterns = locale().list_patterns[style]
    if len(parts) == 1:
        return parts[0]
    if len(parts) == 2:
        return format_html(patterns["2"], *parts)
    result = format_html(patterns["end"], parts[-2], parts[-1])
    for part in reversed(parts[1:-2]):
        result = format_html(patterns["middle"], part, result)
    return format_html(patterns["start"], parts[0], result)


def capital(sentence: SafeString) -> SafeString:
    """The sentence with a capital at its beginning."""
    return SafeString(sentence[:1].upper() + sentence[1:])


def inside(sentence: SafeString) -> SafeString:
    """A sentence of ours that begins with a capital, as it stands inside another one."""
    return SafeString(sentence[:1].lower() + sentence[1:])


def field_name(record_type: str, key: str) -> SafeString:
    """A field's name inside a sentence: plain in English ("value"), in quotation marks where grammar would break.

    A field that no longer exists keeps its key.
    """
    return fill(_quotation(), field=field_bare(record_type, key))


def _quotation() -> str:
    return pgettext(
        "the name of a field inside a sentence, with quotation marks if the grammar needs them", "%(field)s"
    )


def field_bare(record_type: str, key: str) -> str:
    """A field’s name as it is; in languages that put no quotation marks around it, with a small letter."""
    try:
        label = str(field(record_type, key).label)
    except UnknownField:
        label = key
    # Abbreviations (VAT number) keep their capitals.
    if _quotation() == "%(field)s" and label[1:2].islower():
        return label[:1].lower() + label[1:]
    return label


def field_of(record_type: str, key: str) -> SafeString:
    """A field together with the record it belongs to: "the organization’s rating".

    Translations put their own quotation marks around the field's name.
    """
    if (whole := _WHOLE.get((record_type, key))) is not None:
        return fill(whole)
    name = field_bare(record_type, key)
    match record_type:
        case "person":
            return fill(_("the person’s %(field)s"), field=name)
        case "organization":
            return fill(_("the organization’s %(field)s"), field=name)
        case "deal":
            return fill(_("the deal’s %(field)s"), field=name)
        case "lead":
            return fill(_("the lead’s %(field)s"), field=name)
        case "activity":
            return fill(_("the activity’s %(field)s"), field=name)
    return field_name(record_type, key)


#: Records two links away, by the types on the way; ``field`` is a field's name.
_BEHIND: dict[tuple[str, ...], Any] = {
    ("person", "organization"): gettext_lazy("the %(field)s of the person’s organization"),
    ("deal", "person"): gettext_lazy("the %(field)s of the deal’s person"),
    ("deal", "organization"): gettext_lazy("the %(field)s of the deal’s organization"),
    ("lead", "person"): gettext_lazy("the %(field)s of the lead’s person"),
    ("lead", "organization"): gettext_lazy("the %(field)s of the lead’s organization"),
}


def field_behind(record_type: str, path: str) -> SafeString:
    """A field of a record that another one links to, one link away or two: "the rating of the deal’s organization"."""
    try:
        found = resolve(record_type, path)
    except UnknownField:
        link, _dot, key = path.rpartition(".")
        return field_of(parents_of(record_type).get(link, link), key)
    types = tuple(parent_type for _link, parent_type in found.parents)
    if (template := _BEHIND.get(types)) is not None:
        return fill(template, field=field_bare(types[-1], found.key))
    return field_of(types[-1] if types else record_type, found.key)


def field_label(record_type: str, path: str) -> str:
    """What the field at the end of a path is called on its own; nothing when there is none."""
    try:
        return str(resolve(record_type, path.removeprefix("before.")).field.label)
    except UnknownField:
        return ""


def record_noun(record_type: str) -> str:
    """A record of this type, already spoken of: "the deal"."""
    match record_type:
        case "person":
            return _("the person")
        case "organization":
            return _("the organization")
        case "deal":
            return _("the deal")
        case "lead":
            return _("the lead")
        case "activity":
            return _("the activity")
    return _("the record")
