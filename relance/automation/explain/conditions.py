"""Conditions and their verdicts: "value is over €1,000", "Value is over €1,000 — was €980"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from relance.automation.core.blocks import Group, Row
from relance.automation.core.operators import Operator, find
from relance.automation.core.paths import UnknownField, locate, owner_type
from relance.automation.core.verdicts import Because, Verdict
from relance.automation.explain.against import CLAUSES, side_clause, sides_clause
from relance.automation.explain.calculated import no_result
from relance.automation.explain.names import Names
from relance.automation.explain.paths import path_clause
from relance.automation.explain.wording import bold, capital, field_name, fill, listed
from relance.events.models import Origin
from relance.lib.kinds import Kind
from relance.lib.shapes import Shape
from relance.records import fields
from relance.records.fields import Choice, Field

_EVENT_FIELDS = {
    "trigger.user": Field("user", Kind.USER, ""),
    "trigger.origin": Field(
        "origin", Kind.CHOICE, "", choices=tuple(Choice(value, label) for value, label in Origin.choices)
    ),
}

#: ``field`` is the field's name, ``value`` what it is compared with.
_CLAUSES: dict[str, str | Promise] = {
    "is": gettext_lazy("%(field)s is %(value)s"),
    "is_not": gettext_lazy("%(field)s is not %(value)s"),
    "one_of": gettext_lazy("%(field)s is %(value)s"),
    "none_of": gettext_lazy("%(field)s is not %(value)s"),
    "contains": gettext_lazy("%(field)s contains %(value)s"),
    "not_contains": gettext_lazy("%(field)s does not contain %(value)s"),
    "starts_with": gettext_lazy("%(field)s starts with %(value)s"),
    "ends_with": gettext_lazy("%(field)s ends with %(value)s"),
    "empty": gettext_lazy("%(field)s is empty"),
    "filled": gettext_lazy("%(field)s is filled in"),
    "gt": gettext_lazy("%(field)s is over %(value)s"),
    "gte": gettext_lazy("%(field)s is at least %(value)s"),
    "lt": gettext_lazy("%(field)s is under %(value)s"),
    "lte": gettext_lazy("%(field)s is at most %(value)s"),
    "between": gettext_lazy("%(field)s is between %(low)s and %(high)s"),
    "before": gettext_lazy("%(field)s is before %(value)s"),
    "after": gettext_lazy("%(field)s is after %(value)s"),
    "on_or_before": gettext_lazy("%(field)s is on %(value)s or before"),
    "on_or_after": gettext_lazy("%(field)s is on %(value)s or after"),
    "today": gettext_lazy("%(field)s is today"),
    "yesterday": gettext_lazy("%(field)s is yesterday"),
    "tomorrow": gettext_lazy("%(field)s is tomorrow"),
    "this_week": gettext_lazy("%(field)s is this week"),
    "this_month": gettext_lazy("%(field)s is this month"),
    "true": gettext_lazy("%(field)s is yes"),
    "false": gettext_lazy("%(field)s is no"),
    "me": gettext_lazy("%(field)s is %(owner)s"),
    "triggering_user": gettext_lazy("%(field)s is whoever triggers it"),
    "in_team": gettext_lazy("%(field)s is somebody in %(value)s"),
    "changed": gettext_lazy("%(field)s has changed"),
    "changed_to": gettext_lazy("%(field)s has changed to %(value)s"),
    "changed_from": gettext_lazy("%(field)s has changed from %(value)s"),
    "changed_from_to": gettext_lazy("%(field)s has changed from %(before)s to %(value)s"),
    "increased": gettext_lazy("%(field)s has increased"),
    "decreased": gettext_lazy("%(field)s has decreased"),
    "changed_by_more_than": gettext_lazy("%(field)s has changed by more than %(value)s"),
    "moved_earlier": gettext_lazy("%(field)s has moved to an earlier date"),
    "moved_later": gettext_lazy("%(field)s has moved to a later date"),
    "moved_forward": gettext_lazy("%(field)s has moved forward"),
    "moved_back": gettext_lazy("%(field)s has moved back"),
    "linked": gettext_lazy("%(field)s has been linked"),
    "unlinked": gettext_lazy("%(field)s has been unlinked"),
}
#: Where several values are one field, as with labels.
_PLURAL: dict[str, str | Promise] = {
    "any_of": gettext_lazy("%(field)s contain %(value)s"),
    "all_of": gettext_lazy("%(field)s contain %(value)s"),
    "none_of": gettext_lazy("%(field)s do not contain %(value)s"),
    "contains": gettext_lazy("%(field)s contain %(value)s"),
    "empty": gettext_lazy("%(field)s are empty"),
    "filled": gettext_lazy("%(field)s are filled in"),
    "changed": gettext_lazy("%(field)s have changed"),
    "option_added": gettext_lazy("%(value)s has been added to %(field)s"),
    "option_removed": gettext_lazy("%(value)s has been removed from %(field)s"),
}
_PLURAL_KINDS = frozenset({Kind.MULTI_CHOICE, Kind.EMAILS, Kind.PHONES, Kind.PARTICIPANTS})
_AND_LISTS = frozenset({"all_of"})


#: The detail of a hidden row that only its reader may not see; the automation itself could.
READER = "reader"


@dataclass(frozen=True, slots=True)
class RowLine:
    """One row with its outcome. ``truth`` is None when unknown, or when the row was not looked at (``skipped``)."""

    sentence: SafeString
    seen: SafeString
    truth: bool | None
    because: str

    @property
    def skipped(self) -> bool:
        """Whether the outcome was certain before this row."""
        return self.because == Because.SKIPPED

    @property
    def whole(self) -> SafeString:
        """Sentence and value seen together."""
        return fill(_("%(condition)s — %(seen)s"), condition=self.sentence, seen=self.seen)


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One group with its outcome."""

    truth: bool | None
    skipped: bool
    rows: tuple[RowLine, ...]


def field_at(record_type: str, path: str) -> Field:
    """The field behind a condition's path.

    Raises:
        UnknownField: it names nothing.
    """
    if path in _EVENT_FIELDS:
        return _EVENT_FIELDS[path]
    found = locate(record_type, path, fields).field
    return fields.field(owner_type(record_type, found), found.key)


def row_clause(row: Row, names: Names) -> SafeString:
    """What a row asks, as part of a sentence."""
    try:
        field = field_at(names.record_type, row.field)
    except UnknownField:
        return fill(_("a field that no longer exists (%(path)s) fits"), path=row.field)
    operator = find(field.kind, row.op)
    name = (
        field_name(names.record_type, row.field)
        if _is_own(row.field)
        else path_clause(row.field, names.record_type)
    )
    template = _template(field, operator)
    if operator is None or template is None:
        return fill(_("%(field)s fits a comparison that no longer exists"), field=name)
    values: dict[str, Any] = {"field": name}
    if row.against is not None:
        sides = [side_clause(expression, names) for expression in row.against]
        values |= {"value": sides[0], "low": sides[0], "high": sides[-1]}
        said = str(CLAUSES.get(row.op, template))
        return fill(said, **{key: each for key, each in values.items() if f"%({key})s" in said})
    match operator.shape:
        case Shape.RANGE:
            low, high = row.value if isinstance(row.value, list) and len(row.value) == 2 else (None, None)
            values |= {"low": _one(field, low, names), "high": _one(field, high, names)}
        case Shape.MANY:
            items = row.value if isinstance(row.value, list) else []
            style = "standard" if row.op in _AND_LISTS else "or"
            values["value"] = listed((_one(field, item, names) for item in items), style) or _missing()
        case Shape.TEAM:
            values["value"] = names.named("team", row.value) if type(row.value) is int else _missing()
        case Shape.TEXT:
            values["value"] = bold(row.value) if row.value else _missing()
        case Shape.DAYS:
            return _days(row, name)
        case Shape.ONE_OR_ANY if row.value is None:
            values["value"] = bold(_("anything"))
        case Shape.FROM_TO:
            values |= {"before": _one(field, row.before, names), "value": _one(field, row.value, names)}
        case Shape.ONE | Shape.ONE_OR_ANY | Shape.AMOUNT:
            values["value"] = _one(field, row.value, names)
    if row.op == "me":
        values["owner"] = bold(names.owner())
    return fill(template, **values)


def _is_own(path: str) -> bool:
    return "." not in path


def _template(field: Field, operator: Operator | None) -> str | Promise | None:
    if operator is None:
        return None
    if field.kind in _PLURAL_KINDS and operator.id in _PLURAL:
        return _PLURAL[operator.id]
    if operator.shape is Shape.DAYS:
        return ""
    return _CLAUSES.get(operator.id)


def _one(field: Field, value: Any, names: Names) -> SafeString:
    return _missing() if value is None else names.value(field, value)


def _missing() -> SafeString:
    """Stands where a draft has no value yet."""
    return bold("…")


def _days(row: Row, name: SafeString) -> SafeString:
    count = row.value if type(row.value) is int else 0
    if row.op == "last_days":
        template = ngettext(
            "%(field)s is in the last %(days)s day", "%(field)s is in the last %(days)s days", count
        )
    else:
        template = ngettext(
            "%(field)s is in the next %(days)s day", "%(field)s is in the next %(days)s days", count
        )
    return fill(template, field=name, days=bold(count or "…"))


def groups_clause(groups: Sequence[Group], names: Names) -> SafeString:
    """A whole condition as part of a sentence: rows joined by "and", groups by "or"."""
    if not groups:
        return fill(_("always"))
    clauses = [listed(row_clause(row, names) for row in group.rows) for group in groups]
    result = clauses[0]
    for clause in clauses[1:]:
        result = fill(_("%(first)s, or %(second)s"), first=result, second=clause)
    return result


def groups_sentence(groups: Sequence[Group], names: Names) -> SafeString:
    """A condition on its card: "Only if value is at least €1,000"."""
    if not groups:
        return fill(_("Always"))
    return fill(_("Only if %(condition)s"), condition=groups_clause(groups, names))


def verdict_lines(groups: Sequence[Group], verdict: Verdict, names: Names) -> list[GroupLine]:
    """What became of each row of a condition.

    Args:
        verdict: of these very groups (``core.conditions.expand`` makes it of a stored one).
    """
    lines = []
    for group, part in zip(groups, verdict.parts, strict=False):
        rows = tuple(row_line(row, found, names) for row, found in zip(group.rows, part.parts, strict=False))
        lines.append(GroupLine(part.truth, part.because == Because.SKIPPED, rows))
    return lines


def row_line(row: Row, verdict: Verdict, names: Names) -> RowLine:
    """One row, the value seen and whether it held."""
    sentence = capital(row_clause(row, names))
    return RowLine(sentence, seen_clause(row, verdict, names), verdict.truth, verdict.because)


def seen_clause(row: Row, verdict: Verdict, names: Names) -> SafeString:
    """What a row looked at: "was €980"."""
    match verdict.because:
        case Because.SKIPPED:
            return fill(_("was not looked at"))
        case Because.UNCHANGED:
            return fill(_("did not change"))
        case Because.OTHER_PIPELINE:
            return fill(_("moved to another pipeline"))
        case Because.HIDDEN if verdict.detail == READER:
            return fill(_("you may not see it"))
        case Because.HIDDEN:
            return fill(_("%(owner)s may not see it"), owner=names.owner())
        case Because.NO_RATE:
            currency = verdict.detail or ""
            return fill(_("there is no exchange rate for %(currency)s"), currency=bold(currency))
        case Because.NO_RESULT:
            return no_result(verdict.detail or "")
        case Because.BROKEN:
            return fill(_("it refers to something that no longer exists"))
    try:
        field = field_at(names.record_type, row.field)
    except UnknownField:
        return fill(_("it refers to something that no longer exists"))
    if row.against is not None:
        return sides_clause(row, field, verdict, names)
    operator = find(field.kind, row.op)
    if operator is not None and operator.needs_change and isinstance(verdict.seen, list):
        was, now = verdict.seen
        return fill(
            _("went from %(before)s to %(after)s"),
            before=names.value(field, was),
            after=names.value(field, now),
        )
    if verdict.seen in (None, "", []):
        return fill(_("was empty"))
    return fill(_("was %(value)s"), value=names.value(field, verdict.seen))
