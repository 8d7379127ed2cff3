"""What fields and comparisons are called in the lists of a panel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from relance.automation.core.paths import EVENT_PATHS, FieldRef, owner_type
from relance.lib.kinds import Kind
from relance.records import fields
from relance.web.automations.options import Group
from relance.web.types import TYPES

VALUE = gettext_lazy("Value")
FROM = pgettext_lazy("a change", "From")
TO = pgettext_lazy("a change", "To")

#: Of operators that are called the same whatever they compare.
_OPERATORS = {
    "is": pgettext_lazy("comparison", "is"),
    "is_not": pgettext_lazy("comparison", "is not"),
    "contains": pgettext_lazy("comparison", "contains"),
    "not_contains": pgettext_lazy("comparison", "does not contain"),
    "starts_with": pgettext_lazy("comparison", "starts with"),
    "ends_with": pgettext_lazy("comparison", "ends with"),
    "one_of": pgettext_lazy("comparison", "is one of"),
    "none_of": pgettext_lazy("comparison", "is none of"),
    "gt": pgettext_lazy("comparison", "is over"),
    "gte": pgettext_lazy("comparison", "is at least"),
    "lt": pgettext_lazy("comparison", "is under"),
    "lte": pgettext_lazy("comparison", "is at most"),
    "between": pgettext_lazy("comparison", "is between"),
    "before": pgettext_lazy("comparison", "is before"),
    "after": pgettext_lazy("comparison", "is after"),
    "on_or_before": pgettext_lazy("comparison", "is on or before"),
    "on_or_after": pgettext_lazy("comparison", "is on or after"),
    "today": pgettext_lazy("comparison", "is today"),
    "yesterday": pgettext_lazy("comparison", "is yesterday"),
    "tomorrow": pgettext_lazy("comparison", "is tomorrow"),
    "last_days": pgettext_lazy("comparison", "is in the last days"),
    "next_days": pgettext_lazy("comparison", "is in the next days"),
    "this_week": pgettext_lazy("comparison", "is this week"),
    "this_month": pgettext_lazy("comparison", "is this month"),
    "empty": pgettext_lazy("comparison", "is empty"),
    "filled": pgettext_lazy("comparison", "is filled in"),
    "any_of": pgettext_lazy("comparison", "contain any of"),
    "all_of": pgettext_lazy("comparison", "contain all of"),
    "true": pgettext_lazy("comparison", "is yes"),
    "false": pgettext_lazy("comparison", "is no"),
    "me": pgettext_lazy("comparison", "is me"),
    "triggering_user": pgettext_lazy("comparison", "is whoever triggers it"),
    "in_team": pgettext_lazy("comparison", "is in the team"),
    "changed": pgettext_lazy("comparison", "has changed"),
    "changed_to": pgettext_lazy("comparison", "has changed to"),
    "changed_from": pgettext_lazy("comparison", "has changed from"),
    "changed_from_to": pgettext_lazy("comparison", "has changed from … to …"),
    "increased": pgettext_lazy("comparison", "has increased"),
    "decreased": pgettext_lazy("comparison", "has decreased"),
    "changed_by_more_than": pgettext_lazy("comparison", "has changed by more than"),
    "moved_earlier": pgettext_lazy("comparison", "has moved to an earlier date"),
    "moved_later": pgettext_lazy("comparison", "has moved to a later date"),
    "moved_forward": pgettext_lazy("comparison", "has moved forward"),
    "moved_back": pgettext_lazy("comparison", "has moved back"),
    "option_added": pgettext_lazy("comparison", "have been added"),
    "option_removed": pgettext_lazy("comparison", "have been removed"),
    "linked": pgettext_lazy("comparison", "has been linked"),
    "unlinked": pgettext_lazy("comparison", "has been unlinked"),
}
_OF_KIND = {
    (Kind.MULTI_CHOICE, "none_of"): pgettext_lazy("comparison", "contain none of"),
    (Kind.MULTI_CHOICE, "empty"): pgettext_lazy("comparison", "are empty"),
    (Kind.MULTI_CHOICE, "filled"): pgettext_lazy("comparison", "are filled in"),
    (Kind.MULTI_CHOICE, "changed"): pgettext_lazy("comparison", "have changed"),
    (Kind.LINK, "empty"): pgettext_lazy("comparison", "is missing"),
    (Kind.LINK, "filled"): pgettext_lazy("comparison", "exists"),
}
ORIGIN_LABELS = {
    "user": gettext_lazy("a colleague in Relance"),
    "api": gettext_lazy("another program (API)"),
    "import": gettext_lazy("an import"),
    "automation": gettext_lazy("another automation"),
    "system": gettext_lazy("Relance itself"),
}


def operator_label(kind: Kind, op: str) -> str:
    """How a comparison is called in its list."""
    return str(_OF_KIND.get((kind, op)) or _OPERATORS.get(op) or op)


def field_gone() -> str:
    """Said where a field that is used no longer exists."""
    return _("This field no longer exists. Choose another one.")


def field_label(record_type: str, path: str) -> str:
    """A path by its names, the record it leads to first: "Organization › Rating"."""
    if path == "trigger.user":
        return _("Who triggered it")
    if path == "trigger.origin":
        return _("Where the change came from")
    if path.startswith("before."):
        field = field_label(record_type, path.removeprefix("before."))
        return _("%(field)s before the change") % {"field": field}
    try:
        found = fields.resolve(record_type, path)
    except LookupError:
        return path
    label, at = "", record_type
    for link, target in found.parents:
        label, at = crumb(label, str(fields.field(at, link).label)), target
    return crumb(label, str(found.field.label))


def crumb(parent: str, label: str) -> str:
    """A field behind a link; nothing before it, the field alone."""
    if not parent:
        return label
    return pgettext("a field behind a link", "%(parent)s › %(field)s") % {"parent": parent, "field": label}


def field_groups(record_type: str) -> Sequence[Group]:
    """Every field a condition can ask about, by where it belongs."""
    event = tuple((path, field_label(record_type, path)) for path in EVENT_PATHS)
    return [*readable_groups(record_type), Group(_("What happened"), event)]


def readable_groups(record_type: str, *, only: frozenset[Kind] | None = None) -> Sequence[Group]:
    """The fields of a record, of the records it links to, and of those these link to.

    Args:
        only: those of these kinds.
    """
    own = tuple(_entries(record_type, "", "", only))
    groups = [Group(str(TYPES[record_type].name), own)] if own else []
    return groups + [
        Group(label, entries)
        for prefix, label, found in _parents(record_type)
        if (entries := tuple(_entries(found, prefix, label, only)))
    ]


def before_groups(record_type: str, *, only: frozenset[Kind] | None = None) -> Sequence[Group]:
    """The record's own fields as they were before the change."""
    entries = tuple(
        (f"before.{path}", _("%(field)s before the change") % {"field": label})
        for path, label in _entries(record_type, "", "", only)
    )
    return [Group(_("Before the change"), entries)] if entries else []


def _parents(record_type: str) -> Sequence[tuple[str, str, str]]:
    """Every way over links: how its paths begin, what it is called, and the record type there; the near ones first."""
    found = [("", "", record_type)]
    layer = found
    for _link in range(fields.MAX_LINKS):
        layer = [
            (f"{prefix}{link}.", crumb(label, str(fields.field(at, link).label)), target)
            for prefix, label, at in layer
            for link, target in fields.parents_of(at).items()
        ]
        found = found + layer
    return found[1:]


def _entries(
    record_type: str, prefix: str, parent: str, only: frozenset[Kind] | None
) -> Iterator[tuple[str, str]]:
    for key, each in fields.fields_of(record_type).items():
        if only is None or each.kind in only:
            yield f"{prefix}{key}", crumb(parent, str(each.label))


def choices_of(record_type: str, path: str, ref: FieldRef) -> Sequence[tuple[str, str]]:
    """The values of a choice with their labels; nothing for other kinds."""
    if path == "trigger.origin":
        return [(key, str(label)) for key, label in ORIGIN_LABELS.items()]
    if ref.kind is not Kind.CHOICE:
        return ()
    field = fields.field(owner_type(record_type, ref), ref.key)
    return [(choice.value, str(choice.label)) for choice in field.choices]
