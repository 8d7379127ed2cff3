"""The catalogue of every field of every record type.

Forms, lists, record pages, conditions, placeholders, snapshots and the API read this and nothing else, so that a field
added here (and, later, a field a company adds for itself) appears everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from babel import Locale
from django.utils.functional import lazy
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from relance.lib.kinds import Kind

type_names = {
    "person": _("person"),
    "organization": _("organization"),
    "deal": _("deal"),
    "lead": _("lead"),
    "activity": _("activity"),
    "note": _("note"),
}
#: The record types people know; each can start an automation.
RECORD_TYPES = ("person", "organization", "deal", "lead", "activity")
#: Everything a UnitOfWork writes, in an order in which no row refers to a later one.
WRITTEN_TYPES = ("organization", "person", "deal", "lead", "activity", "note")


#: How many links a path may follow: an activity's deal's organization.
MAX_LINKS = 2

#: The part of an address, of pages and of the API, that stands for a record type.
SLUGS = {
    "person": "people",
    "organization": "organizations",
    "deal": "deals",
    "lead": "leads",
    "activity": "activities",
}


def address(record_type: str, record_id: int) -> str:
    """Where a record's page is, from the root of the site."""
    return f"/{SLUGS[record_type]}/{record_id}/"


class UnknownField(LookupError):
    """No field has this path."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One value a choice field may take."""

    value: str
    label: Any


@dataclass(frozen=True, slots=True)
class Field:
    """What there is to know about one field.

    Attributes:
        key: its name in snapshots, documents, the API and forms.
        kind: what it holds; decides operators, input and display.
        label: for people, translated when shown.
        required: whether it must not be empty.
        max_length: of a text, in characters; of a list, in entries.
        minimum, maximum: of a number, both allowed.
        choices: of a choice.
        target: of a link, the record type it leads to.
        editable: whether people and automations may set it; otherwise Relance keeps it.
        in_list: whether lists show it unless told otherwise.
        format: a closer rule for a text: "time" (HH:MM) or "url".
        hint: for people, what to fill in.
    """

    key: str
    kind: Kind
    label: Any
    required: bool = False
    max_length: int = 200
    minimum: int = 0
    maximum: int = 2_147_483_647
    choices: tuple[Choice, ...] = ()
    target: str | None = None
    editable: bool = True
    in_list: bool = False
    format: str | None = None
    hint: Any = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The database columns that hold the value."""
        if self.kind is Kind.MONEY:
            return (f"{self.key}_amount", f"{self.key}_currency")
        if self.kind in {Kind.USER, Kind.LINK, Kind.STAGE, Kind.PIPELINE}:
            return (f"{self.key}_id",)
        return (self.key,)

    @property
    def empty(self) -> Any:
        """Its plain value when nothing is filled in."""
        if self.kind in {Kind.MULTI_CHOICE, Kind.EMAILS, Kind.PHONES, Kind.PARTICIPANTS}:
            return []
        return False if self.kind is Kind.BOOL else None

    @property
    def is_text(self) -> bool:
        """Whether it is compared by its folded key."""
        return self.kind in {Kind.TEXT, Kind.LONG_TEXT, Kind.EMAILS, Kind.PHONES}


@dataclass(frozen=True, slots=True)
class FieldRef:
    """Where a path leads: a field of the record itself, of one of its parents, or of one of theirs.

    Attributes:
        parents: the links to follow first, each with the record type it leads to; none for the record's own field.
    """

    parents: tuple[tuple[str, str], ...]
    field: Field

    @property
    def key(self) -> str:
        """The field's key."""
        return self.field.key

    @property
    def kind(self) -> Kind:
        """The field's kind."""
        return self.field.kind

    @property
    def choices(self) -> tuple[str, ...]:
        """The values of a choice."""
        return tuple(choice.value for choice in self.field.choices)

    @property
    def target(self) -> str | None:
        """Of a link, the record type it leads to."""
        return self.field.target


def _choices(*pairs: tuple[str, Any]) -> tuple[Choice, ...]:
    return tuple(Choice(value, label) for value, label in pairs)


def _territory(code: str) -> str:
    return str(Locale.parse(get_language() or "en", sep="-").territories.get(code, code))


_territory_lazy = lazy(_territory, str)
_NO_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
COUNTRIES = tuple(
    Choice(code, _territory_lazy(code))
    for code in sorted(Locale("en").territories)
    if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES
)

ACTIVITY_TYPES = _choices(
    ("call", _("Call")),
    ("meeting", _("Meeting")),
    ("task", _("Task")),
    ("appointment", _("Appointment")),
    ("deadline", _("Deadline")),
    ("email", _("E-mail")),
    ("lunch", _("Lunch")),
)
SOURCES = _choices(
    ("website", _("Website")),
    ("trade_fair", _("Trade fair")),
    ("referral", _("Referral")),
    ("phone", _("Phone call")),
    ("campaign", _("Campaign")),
    ("partner", _("Partner")),
    ("other", pgettext_lazy("source", "Other")),
)
RATINGS = _choices(("A", "A"), ("B", "B"), ("C", "C"), ("D", "D"))
INDUSTRIES = _choices(
    ("hospitality", _("Hotels and restaurants")),
    ("retail", _("Retail")),
    ("manufacturing", _("Manufacturing")),
    ("services", _("Services")),
    ("technology", _("Technology")),
    ("health", _("Health")),
    ("education", _("Education")),
    ("public", _("Public sector")),
    ("construction", _("Construction")),
    ("other", pgettext_lazy("industry", "Other")),
)
STATUSES = _choices(
    ("open", pgettext_lazy("deal", "Open")),
    ("won", pgettext_lazy("deal", "Won")),
    ("lost", pgettext_lazy("deal", "Lost")),
)

_PERSON = Field("person", Kind.LINK, _("Person"), target="person", in_list=True)
_ORGANIZATION = Field("organization", Kind.LINK, _("Organization"), target="organization", in_list=True)
_SOURCE = Field("source", Kind.CHOICE, _("Source"), choices=SOURCES)
_LABELS = Field("labels", Kind.MULTI_CHOICE, _("Labels"), max_length=50)
_VALUE = Field("value", Kind.MONEY, _("Value"), in_list=True, maximum=10**15)

_OWN: dict[str, tuple[Field, ...]] = {
    "person": (
        Field("name", Kind.TEXT, _("Name"), required=True, in_list=True),
        Field(
            "first_name",
            Kind.TEXT,
            _("First name"),
            max_length=100,
            hint=_("Taken from the name when left empty"),
        ),
        Field("job_title", Kind.TEXT, _("Job title"), max_length=150, in_list=True),
        Field("emails", Kind.EMAILS, _("E-mails"), max_length=10, in_list=True),
        Field("phones", Kind.PHONES, _("Phones"), max_length=10, in_list=True),
        _ORGANIZATION,
        _SOURCE,
        _LABELS,
    ),
    "organization": (
        Field("name", Kind.TEXT, _("Name"), required=True, in_list=True),
        Field("rating", Kind.CHOICE, _("Rating"), choices=RATINGS, in_list=True),
        Field("industry", Kind.CHOICE, _("Industry"), choices=INDUSTRIES, in_list=True),
        Field("website", Kind.TEXT, _("Website"), max_length=300, format="url"),
        Field("phones", Kind.PHONES, _("Phones"), max_length=10),
        Field("employees", Kind.NUMBER, _("Employees"), maximum=10_000_000),
        Field("street", Kind.TEXT, _("Street"), max_length=300),
        Field("postcode", Kind.TEXT, _("Postcode"), max_length=20),
        Field("city", Kind.TEXT, _("City"), max_length=100, in_list=True),
        Field("country", Kind.CHOICE, _("Country"), choices=COUNTRIES, in_list=True),
        _LABELS,
    ),
    "deal": (
        Field("title", Kind.TEXT, _("Title"), required=True, in_list=True),
        _VALUE,
        Field("pipeline", Kind.PIPELINE, _("Pipeline"), required=True),
        Field("stage", Kind.STAGE, _("Stage"), required=True, in_list=True),
        Field("status", Kind.CHOICE, _("Status"), choices=STATUSES, required=True, in_list=True),
        Field("probability", Kind.NUMBER, _("Probability"), maximum=100),
        Field("expected_close", Kind.DATE, _("Expected close"), in_list=True),
        _PERSON,
        _ORGANIZATION,
        _SOURCE,
        Field("lost_reason", Kind.TEXT, _("Lost reason")),
        Field("lead", Kind.LINK, _("Was the lead"), target="lead", editable=False),
        _LABELS,
        Field("stage_since", Kind.DATETIME, _("In stage since"), editable=False),
        Field("won_at", Kind.DATETIME, _("Won on"), editable=False),
        Field("lost_at", Kind.DATETIME, _("Lost on"), editable=False),
    ),
    "lead": (
        Field("title", Kind.TEXT, _("Title"), required=True, in_list=True),
        _VALUE,
        _PERSON,
        _ORGANIZATION,
        Field("source", Kind.CHOICE, _("Source"), choices=SOURCES, in_list=True),
        Field("archived", Kind.BOOL, _("Archived")),
        _LABELS,
        Field("public_id", Kind.TEXT, _("Public number"), editable=False),
        Field("deal", Kind.LINK, _("Became the deal"), target="deal", editable=False),
    ),
    "activity": (
        Field("subject", Kind.TEXT, _("Subject"), required=True, in_list=True),
        Field("type", Kind.CHOICE, _("Type"), choices=ACTIVITY_TYPES, required=True, in_list=True),
        Field("due_date", Kind.DATE, _("Due date"), in_list=True),
        Field("due_time", Kind.TEXT, _("Time"), max_length=5, format="time", hint=_("14:30, for example")),
        Field("duration", Kind.NUMBER, _("Duration in minutes"), maximum=100_000),
        Field("location", Kind.TEXT, _("Place"), max_length=300),
        Field("participants", Kind.PARTICIPANTS, _("Participants"), max_length=50),
        Field("done", Kind.BOOL, _("Done"), in_list=True),
        Field("deal", Kind.LINK, _("Deal"), target="deal", in_list=True),
        _PERSON,
        _ORGANIZATION,
        Field("lead", Kind.LINK, _("Lead"), target="lead"),
        Field("note", Kind.LONG_TEXT, _("Note"), max_length=20_000),
        _LABELS,
        Field("done_at", Kind.DATETIME, _("Done on"), editable=False),
    ),
    "note": (
        Field("body", Kind.LONG_TEXT, _("Note"), required=True, max_length=20_000),
        Field("deal", Kind.LINK, _("Deal"), target="deal"),
        _PERSON,
        _ORGANIZATION,
        Field("lead", Kind.LINK, _("Lead"), target="lead"),
    ),
}
_SHARED = (
    Field("owner", Kind.USER, _("Owner"), in_list=True),
    Field("creator", Kind.USER, _("Created by"), editable=False),
    Field("created_at", Kind.DATETIME, _("Created"), editable=False),
    Field("updated_at", Kind.DATETIME, _("Changed"), editable=False),
)
_FIELDS = {record_type: {field.key: field for field in own + _SHARED} for record_type, own in _OWN.items()}

#: The field by which people call a record.
_TITLES = {"deal": "title", "lead": "title", "activity": "subject", "note": "body"}


def fields_of(record_type: str) -> dict[str, Field]:
    """Return the fields of a record type by key, in the order in which people see them.

    Raises:
        UnknownField: there is no such record type.
    """
    try:
        return _FIELDS[record_type]
    except KeyError:
        raise UnknownField(record_type) from None


def field(record_type: str, key: str) -> Field:
    """Return one field.

    Raises:
        UnknownField: there is no such field.
    """
    try:
        return fields_of(record_type)[key]
    except KeyError:
        raise UnknownField(f"{record_type}.{key}") from None


def title_key(record_type: str) -> str:
    """The key of the field by which people call a record of this type."""
    return _TITLES.get(record_type, "name")


@cache
def parents_of(record_type: str) -> dict[str, str]:
    """Return where a record's links lead: ``{link key: record type}``."""
    return {key: field.target for key, field in fields_of(record_type).items() if field.target}


@cache
def children_of(record_type: str) -> tuple[tuple[str, str], ...]:
    """Return who links here: pairs of a record type and the key of its link."""
    return tuple(
        (child, key)
        for child in WRITTEN_TYPES
        for key, target in parents_of(child).items()
        if target == record_type
    )


@cache
def resolve(record_type: str, path: str) -> FieldRef:
    """Follow a path such as ``value``, ``organization.rating`` or ``deal.organization.rating``.

    Raises:
        UnknownField: it leads nowhere, or over more links than :data:`MAX_LINKS`.
    """
    *links, key = path.split(".")
    if len(links) > MAX_LINKS:
        raise UnknownField(f"{record_type}.{path}")
    parents: list[tuple[str, str]] = []
    at = record_type
    for link in links:
        target = parents_of(at).get(link)
        if target is None:
            raise UnknownField(f"{record_type}.{path}")
        parents.append((link, target))
        at = target
    return FieldRef(tuple(parents), field(at, key))


def editable_fields(record_type: str) -> Iterable[Field]:
    """The fields people and automations may set."""
    return (field for field in fields_of(record_type).values() if field.editable)
