"""The timeline of a record: one line for each event, said as a colleague would."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from relance.accounts.people import Actor
from relance.events.models import Event, EventKind, Origin
from relance.lib.kinds import Kind
from relance.records import display
from relance.records.fields import UnknownField, children_of
from relance.records.fields import field as field_of
from relance.web import formats, values
from relance.web.names import Names
from relance.web.rows import visible_or_binned
from relance.web.types import ACTIVITY_ICONS

PAGE = 40
#: Changes that follow from another one and would only repeat it.
_QUIET = {
    "stage_since",
    "won_at",
    "lost_at",
    "done_at",
    "creator",
    "created_at",
    "updated_at",
    "public_id",
    "first_name",
}
#: What belongs to a record's story beside itself.
_TOLD_WITH = ("note", "activity")


@dataclass(slots=True)
class Line:
    """One event on the timeline.

    Attributes:
        says: its sentences; a big change has several.
        by: who did it; of an automation its name, with ``by_url`` to the run.
        href: the record it is about, when it is another one.
    """

    id: int
    event: Event
    icon: str
    says: list[SafeString] = field(default_factory=list)
    by: str = ""
    by_url: str = ""
    automatic: bool = False
    body: str = ""
    note_id: int | None = None


def timeline(
    record_type: str, record_id: int, names: Names, before: int | None = None, limit: int = PAGE
) -> tuple[list[Line], int | None]:
    """Return the lines of a record's story, newest first, and the id to continue before, if there is more.

    Notes and activities that belong to the record are part of its story, and so is the lead that a deal was.
    """
    wanted = Q(record_type=record_type, record_id=record_id)
    if record_type == "deal":
        came_from = visible_or_binned("lead", names.actor).filter(deal_id=record_id).values("pk")
        wanted |= Q(record_type="lead", record_id__in=came_from)
    for child, key in children_of(record_type):
        if child in _TOLD_WITH:
            ids = visible_or_binned(child, names.actor).filter(**{f"{key}_id": record_id}).values("pk")
            wanted |= Q(record_type=child, record_id__in=ids)
    events = Event.objects.filter(wanted)
    if before is not None:
        events = events.filter(pk__lt=before)
    found = list(events.order_by("-pk")[: limit + 1])
    more = found[limit - 1].pk if len(found) > limit else None
    return _lines(found[:limit], record_type, names), more


def _lines(events: list[Event], about: str, names: Names) -> list[Line]:
    for event in events:
        _want(event, names)
    runs = _runs((event.cause_run_id for event in events if event.cause_run_id is not None), names.actor)
    lines = []
    for event in events:
        line = Line(event.pk, event, _icon(event))
        if event.record_type == about:
            line.says = _about_itself(event, names)
        elif event.record_type == "lead":
            line.says = _about_the_lead(event, names)
        else:
            _about_child(event, line, names)
        if not line.says and not line.body:
            continue
        line.automatic = event.origin == Origin.AUTOMATION
        # What automations did stays readable for longer than their runs; then nobody knows which one it was.
        line.by = "" if line.automatic else _by(event, names)
        if event.cause_run_id in runs:
            line.by, may_see = runs[event.cause_run_id]
            line.by_url = run_url(event.cause_run_id) if may_see else ""
        lines.append(line)
    return lines


def _want(event: Event, names: Names) -> None:
    for key, pair in event.changes.items():
        try:
            known = field_of(event.record_type, key)
        except UnknownField:
            continue
        if known.kind is Kind.LINK:
            for value in pair:
                names.want(str(known.target), value)


def _runs(ids: Iterable[int], viewer: Actor) -> dict[int, tuple[str, bool]]:
    """The names of the automations behind runs, and whether the viewer may look at each."""
    from relance.automation.models import Automation, Run
    from relance.automation.rights import visible

    wanted = set(ids)
    if not wanted:
        return {}
    rows = list(Run.objects.filter(pk__in=wanted).values_list("pk", "automation_id", "automation__name"))
    seen = Automation.objects.filter(visible(viewer), pk__in={row[1] for row in rows})
    may = set(seen.values_list("pk", flat=True))
    return {run_id: (name, automation_id in may) for run_id, automation_id, name in rows}


def run_url(run_id: int | None) -> str:
    """The page of a run; empty while there is none."""
    try:
        return reverse("automations:run", args=[run_id])
    except NoReverseMatch:
        return ""


def _icon(event: Event) -> str:
    if event.origin == Origin.AUTOMATION:
        return "bolt"
    if event.record_type == "note":
        return "note"
    if event.record_type == "activity":
        return ACTIVITY_ICONS.get(event.record.get("type") or "", "task")
    if event.record_type == "lead" and "deal" in event.changes:
        return "swap"
    status = event.changes.get("status")
    if status is not None and event.kind != EventKind.CREATED:
        return {"won": "trophy", "lost": "flag"}.get(status[1], "undo")
    if event.kind == EventKind.DELETED:
        return "trash"
    if event.kind == EventKind.CREATED:
        return "plus"
    return "board" if "stage" in event.changes else "edit"


def _by(event: Event, names: Names) -> str:
    who = names.user(event.actor_id)
    match event.origin:
        case Origin.API:
            return _("%(name)s, by the API") % {"name": who}
        case Origin.IMPORT:
            return _("%(name)s, by an import") % {"name": who}
    return who


def _about_itself(event: Event, names: Names) -> list[SafeString]:
    match event.kind:
        case EventKind.CREATED:
            if event.record.get("lead") and event.record_type == "deal":
                lead = _link("lead", event.record["lead"], names)
                return [format_html(_("Deal created from the lead {lead}"), lead=lead)]
            return [format_html("{}", _created(event.record_type))]
        case EventKind.DELETED:
            return [format_html("{}", _("Put into the bin"))]
        case EventKind.RESTORED:
            return [format_html("{}", _("Taken out of the bin"))]
    return changes(event, names)


def _about_the_lead(event: Event, names: Names) -> list[SafeString]:
    """What happened to a deal while it was a lead; that it became a deal is said by the deal itself."""
    match event.kind:
        case EventKind.CREATED:
            lead = _link("lead", event.record_id, names)
            return [format_html(_("Lead created: {lead}"), lead=lead)]
        case EventKind.UPDATED if "deal" not in event.changes:
            return [format_html(_("Lead: {change}"), change=line) for line in changes(event, names)]
    return []


def _link(record_type: str, record_id: int, names: Names) -> SafeString:
    """A record by its name, with a link where it is to be seen."""
    name = names.record(record_type, record_id)
    if name is None or (record_type, record_id) in names.gone:
        return format_html("<b>{}</b>", name or _("a record you may not see"))
    address = reverse("web:record", args=[record_type, record_id])
    return format_html('<a class="cell-link" href="{}"><b>{}</b></a>', address, name)


def _created(record_type: str) -> str:
    return {
        "deal": _("Deal created"),
        "lead": _("Lead created"),
        "person": _("Person added"),
        "organization": _("Organization added"),
        "activity": _("Activity planned"),
    }.get(record_type, _("Created"))


def changes(event: Event, names: Names) -> list[SafeString]:
    """A sentence for each field that changed."""
    told: list[SafeString] = []
    changed = event.changes
    if event.record_type == "lead" and "deal" in changed:
        deal = _link("deal", changed["deal"][1], names)
        return [format_html(_("Converted to the deal {deal}"), deal=deal)]
    if "status" in changed:
        told.append(_status(changed["status"], changed.get("lost_reason")))
    if "stage" in changed:
        told.append(format_html(_("Moved to <b>{stage}</b>"), stage=names.stage(changed["stage"][1])))
    for key, (before, after) in changed.items():
        if key in _QUIET or key in {"status", "stage"} or (key == "lost_reason" and "status" in changed):
            continue
        if key in {"probability", "pipeline"} and "stage" in changed:
            continue
        told.append(change_line(event.record_type, key, before, after, names))
    return told


def _status(pair: list[Any], reason: list[Any] | None) -> SafeString:
    match pair[1]:
        case "won":
            return format_html("<b>{}</b>", _("Won"))
        case "lost" if reason and reason[1]:
            return format_html(_("<b>Lost</b>: {reason}"), reason=reason[1])
        case "lost":
            return format_html("<b>{}</b>", _("Lost"))
    return format_html("{}", _("Opened again"))


def change_line(record_type: str, key: str, before: Any, after: Any, names: Names) -> SafeString:
    """One field before and after."""
    try:
        known = field_of(record_type, key)
    except UnknownField:
        return format_html("{}", key)
    if known.kind is Kind.BOOL and key == "done":
        return format_html("{}", _("Marked as done") if after else _("Opened again"))
    if known.kind is Kind.LONG_TEXT:
        return format_html(_("{field} rewritten"), field=known.label)
    return format_html(
        "{} <del>{}</del> → <b>{}</b>",
        known.label,
        values.text(known, before, names),
        values.text(known, after, names),
    )


def _about_child(event: Event, line: Line, names: Names) -> None:
    """A note or an activity as part of another record's story."""
    if event.record_type == "note":
        if event.kind == EventKind.CREATED or (event.kind == EventKind.UPDATED and "body" in event.changes):
            line.body = event.record.get("body") or ""
            line.note_id = event.record_id
        elif event.kind == EventKind.DELETED:
            line.says = [format_html("{}", _("Note deleted"))]
        return
    subject = format_html(
        '<a class="cell-link" href="{}"><b>{}</b></a>',
        reverse("web:record", args=["activity", event.record_id]),
        event.record.get("subject") or "",
    )
    kind = display.choice(field_of("activity", "type"), event.record.get("type") or "task")
    match event.kind:
        case EventKind.CREATED:
            due = event.record.get("due_date")
            text = _("{kind} planned: {subject}, {date}") if due else _("{kind} planned: {subject}")
            line.says = [
                format_html(text, kind=kind, subject=subject, date=formats.day_in_words(due) if due else "")
            ]
        case EventKind.DELETED:
            line.says = [format_html(_("{kind} deleted: {subject}"), kind=kind, subject=subject)]
        case EventKind.RESTORED:
            line.says = [format_html(_("{kind} taken out of the bin: {subject}"), kind=kind, subject=subject)]
        case _ if "done" in event.changes:
            text = (
                _("{kind} done: {subject}")
                if event.changes["done"][1]
                else _("{kind} opened again: {subject}")
            )
            line.says = [format_html(text, kind=kind, subject=subject)]
        case _ if "due_date" in event.changes or "due_time" in event.changes:
            due = event.record.get("due_date")
            line.says = [
                format_html(
                    _("{kind} moved to {date}: {subject}"),
                    kind=kind,
                    subject=subject,
                    date=display.day(due) if due else _("no date"),
                )
            ]
