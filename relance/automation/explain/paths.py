"""What a path names, as a clause: "the deal’s owner", "the rating of the deal’s organization"."""

from __future__ import annotations

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from relance.automation.core.paths import UnknownField, locate
from relance.automation.core.placeholders import OF_USERS, RECORD_LINK
from relance.automation.explain.wording import field_bare, field_behind, field_of, fill
from relance.lib.kinds import Kind
from relance.records import fields
from relance.records.fields import fields_of


def path_clause(path: str, record_type: str) -> SafeString:
    """What a path names, with the record it belongs to: "the organization’s rating"."""
    match path:
        case "trigger.user":
            return fill(_("whoever triggered it"))
        case "trigger.origin":
            return fill(_("the origin of the change"))
        case "today":
            return fill(pgettext("a day", "today"))
        case _ if path == RECORD_LINK:
            return fill(_("the link to the record"))
    if (user := _user_of(path, record_type)) is not None:
        who = path_clause(user, record_type)
        return who if path.endswith(".name") else fill(_("%(who)s (e-mail address)"), who=who)
    head, dot, key = path.partition(".")
    if not dot:
        return field_of(record_type, path)
    if head == "before":
        return fill(_("%(field)s before the change"), field=field_of(record_type, key))
    return field_behind(record_type, path)


def _user_of(path: str, record_type: str) -> str | None:
    """The path of the user of whom this one says something; none for all other paths."""
    head, _dot, key = path.rpartition(".")
    if key not in OF_USERS or not head:
        return None
    try:
        return head if locate(record_type, head, fields).field.kind is Kind.USER else None
    except UnknownField:
        return None


def placeholder_clause(path: str, record_type: str) -> SafeString:
    """What a placeholder stands for; the record's own fields go without saying whose they are."""
    if "." in path or path not in fields_of(record_type):
        return path_clause(path, record_type)
    return fill("%(field)s", field=field_bare(record_type, path))
