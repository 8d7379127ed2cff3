"""How each record type is called on screen, where its pages are, and its glyph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import register_converter
from django.utils.translation import gettext_lazy as _

from relance.records.fields import SLUGS


@dataclass(frozen=True, slots=True)
class TypeInfo:
    """What pages need to know of one record type beyond its fields.

    Attributes:
        section: the entry of the rail that stands for it.
        edit_title, delete_question, empty: whole sentences; "%(name)s" stands for the record's name.
    """

    key: str
    section: str
    icon: str
    name: Any
    plural: Any
    new: Any
    edit_title: Any
    delete: Any
    delete_question: Any
    empty: Any
    search: Any


TYPES: dict[str, TypeInfo] = {
    info.key: info
    for info in (
        TypeInfo(
            "deal", "deals", "board", _("Deal"), _("Deals"), _("New deal"), _("Edit the deal"),
            _("Delete the deal"), _("Delete the deal “%(name)s”?"),
            _("A deal is a possible sale: what, for whom, how much. It moves from stage to stage until won or lost."),
            _("Search deals"),
        ),
        TypeInfo(
            "lead", "leads", "inbox", _("Lead"), _("Leads"), _("New lead"), _("Edit the lead"),
            _("Delete the lead"), _("Delete the lead “%(name)s”?"),
            _("A lead is an inquiry nobody has looked into yet."),
            _("Search leads"),
        ),
        TypeInfo(
            "person", "contacts", "person", _("Person"), _("People"), _("New person"), _("Edit the person"),
            _("Delete the person"), _("Delete the person “%(name)s”?"),
            _("People are the ones you talk to. Add one with a name and an e-mail address."),
            _("Search people"),
        ),
        TypeInfo(
            "organization", "contacts", "organization", _("Organization"), _("Organizations"),
            _("New organization"), _("Edit the organization"), _("Delete the organization"),
            _("Delete the organization “%(name)s”?"),
            _("Organizations are the companies and public bodies you sell to."),
            _("Search organizations"),
        ),
        TypeInfo(
            "activity", "activities", "calendar-check", _("Activity"), _("Activities"), _("New activity"),
            _("Edit the activity"), _("Delete the activity"), _("Delete the activity “%(name)s”?"),
            _("Activities are what to do next: a call, a meeting, a task. Deals with one seldom go cold."),
            _("Search activities"),
        ),
    )
}  # fmt: skip

_BY_SLUG = {slug: key for key, slug in SLUGS.items()}

ACTIVITY_ICONS = {
    "call": "call",
    "meeting": "calendar",
    "task": "task",
    "appointment": "calendar-check",
    "deadline": "flag",
    "email": "mail",
    "lunch": "lunch",
}


class RecordTypeConverter:
    """A record type in an address: "deals" there, "deal" in the view."""

    regex = "|".join(_BY_SLUG)

    def to_python(self, value: str) -> str:
        return _BY_SLUG[value]

    def to_url(self, value: str) -> str:
        return SLUGS[value]


class IdConverter:
    """A primary key: no more than the database can hold."""

    regex = "[1-9][0-9]{0,17}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(RecordTypeConverter, "records")
register_converter(IdConverter, "id")
