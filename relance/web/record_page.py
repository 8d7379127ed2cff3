"""What the page of one record shows beside its timeline: facts, stages, what it belongs to, what belongs to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from relance.events.models import Event
from relance.lib import clock
from relance.lib.kinds import Kind
from relance.records import access, display
from relance.records.fields import Field, children_of, fields_of, title_key
from relance.records.models import Activity, Deal
from relance.records.snapshot import Snapshot, load
from relance.web import board, values
from relance.web.names import Names
from relance.web.rows import visible
from relance.web.types import ACTIVITY_ICONS, TYPES, TypeInfo

#: What stands in the head, the stage bar or a card of its own, and not among the facts.
_NOT_FACTS = {"deal": {"title", "pipeline", "stage", "status", "person", "organization", "lead"},
              "lead": {"title", "person", "organization", "public_id", "deal"},
              "person": {"name", "organization"},
              "organization": {"name"},
              "activity": {"subject", "person", "organization", "deal", "lead", "note"}}  # fmt: skip
_LATE_FACTS = {"creator", "created_at", "updated_at", "stage_since", "won_at", "lost_at", "done_at"}
_SHOWN_CHILDREN = ("deal", "person", "lead")
_CHILDREN = 6


@dataclass(frozen=True, slots=True)
class Fact:
    """A field with its value."""

    field: Field
    value: Any
    html: SafeString


@dataclass(frozen=True, slots=True)
class StageMark:
    """One stage in the bar of a deal: "past", "now" or "ahead", and how long the deal stood there."""

    id: int
    name: str
    state: str
    note: str = ""


@dataclass(slots=True)
class Related:
    """Records of one type that belong to this one, or to which it belongs."""

    type: TypeInfo
    key: str
    items: list[dict[str, Any]] = field(default_factory=list)
    more: bool = False


def facts(record: Snapshot, names: Names) -> tuple[list[Fact], list[Fact]]:
    """The facts of a record: those people look after, and those Relance keeps."""
    record_type = record["record_type"]
    known = fields_of(record_type)
    shown = [each for key, each in known.items() if key not in _NOT_FACTS.get(record_type, set())]
    if record.get("status") != "lost":
        shown = [each for each in shown if each.key != "lost_reason"]
    all_facts = [Fact(each, record[each.key], values.html(each, record[each.key], names)) for each in shown]
    late = [fact for fact in all_facts if fact.field.key in _LATE_FACTS and fact.html]
    return [fact for fact in all_facts if fact.field.key not in _LATE_FACTS], late


def stages(record: Snapshot, names: Names) -> list[StageMark]:
    """The stage bar of a deal."""
    every = names.configuration.stages_of(record["pipeline"])
    spent = _time_spent(record)
    at = next((stage.position for stage in every if stage.id == record["stage"]), 0)
    marks = []
    for stage in every:
        days = spent.get(stage.id)
        note = (
            ""
            if days is None
            else (ngettext("%(count)d day", "%(count)d days", days) % {"count": days} if days else _("today"))
        )
        if stage.id != record["stage"] and days == 0:
            note = ""
        state = "now" if stage.id == record["stage"] else "past" if stage.position < at else "ahead"
        marks.append(StageMark(stage.id, stage.name, state, note if state != "ahead" else ""))
    return marks


def _time_spent(record: Snapshot) -> dict[int, int]:
    """Whole days a deal stood in each stage, from its events."""
    moves = list(
        Event.objects.filter(record_type="deal", record_id=record["id"], changes__has_key="stage")
        .order_by("rseq")
        .values_list("changes", "at")[:200]
    )
    end = (
        datetime.fromisoformat(record["won_at"] or record["lost_at"])
        if record["won_at"] or record["lost_at"]
        else clock.now()
    )
    spent: dict[int, float] = {}
    for (changes, at), following in zip(moves, [*(move[1] for move in moves[1:]), end], strict=True):
        stage = changes["stage"][1]
        spent[stage] = spent.get(stage, 0) + max((following - at).total_seconds(), 0)
    return {stage: int(seconds // 86_400) for stage, seconds in spent.items()}


def parents(record: Snapshot, names: Names) -> list[dict[str, Any]]:
    """The records this one links to, those that may be seen, each with what is most often asked of it."""
    found = []
    for key, each in fields_of(record["record_type"]).items():
        if each.kind is not Kind.LINK or record[key] is None:
            continue
        target = str(each.target)
        name = names.record(target, record[key])
        if name is None:
            continue
        parent = load(target, [record[key]]).get(record[key], {})
        item: dict[str, Any] = {
            "type": TYPES[target],
            "id": record[key],
            "name": name,
            "note": "",
            "email": "",
        }
        if target == "person":
            item["email"] = next(
                (entry["value"] for entry in parent.get("emails", ()) if entry["primary"]), ""
            )
            item["note"] = parent.get("job_title") or ""
        elif target == "organization":
            country = parent.get("country")
            place = [
                parent.get("city"),
                display.choice(fields_of(target)["country"], country) if country else None,
            ]
            item["note"] = ", ".join(part for part in place if part)
        elif target == "deal" and parent.get("value"):
            item["note"] = display.money(parent["value"])
        found.append(item)
    return found


def children(record: Snapshot, names: Names) -> list[Related]:
    """The deals, people and leads that link to this record."""
    found = []
    for child, key in children_of(record["record_type"]):
        # What a lead became, and what a deal was, stand among what the record belongs to.
        if child not in _SHOWN_CHILDREN or not fields_of(child)[key].editable:
            continue
        rows = list(
            visible(child, names.actor).filter(**{f"{key}_id": record["id"]})
            .order_by("-updated_at", "-id")[: _CHILDREN + 1]
        )  # fmt: skip
        related = Related(TYPES[child], key, more=len(rows) > _CHILDREN)
        for row in rows[:_CHILDREN]:
            related.items.append(
                {
                    "id": row.pk,
                    "name": getattr(row, title_key(child)),
                    "note": _child_note(row, names),
                    "status": getattr(row, "status", ""),
                }
            )
        found.append(related)
    return found


def _child_note(row: Any, names: Names) -> str:
    if isinstance(row, Deal):
        amount = (
            display.money({"amount": row.value_amount, "currency": row.value_currency})
            if row.value_amount is not None
            else ""
        )
        state = (
            names.stage(row.stage_id)
            if row.status == "open"
            else display.choice(fields_of("deal")["status"], row.status)
        )
        return " · ".join(part for part in (amount, state) if part)
    return getattr(row, "job_title", "") or ""


def upcoming(record: Snapshot, names: Names) -> list[dict[str, Any]]:
    """The activities of a record that are not done, the nearest first."""
    key = next((key for child, key in children_of(record["record_type"]) if child == "activity"), None)
    if key is None:
        return []
    rows = Activity.objects.filter(access.visible(names.actor), done=False, **{f"{key}_id": record["id"]})
    rows = rows.order_by(F("due_date").asc(nulls_last=True), F("due_time").asc(nulls_last=True), "id")[:8]
    return [
        {
            "id": row.pk,
            "subject": row.subject,
            "icon": ACTIVITY_ICONS.get(row.type, "task"),
            "mark": board.next_mark(row),
            "owner": names.user(row.owner_id) if row.owner_id else "",
            "may": access.may(names.actor, "change", {"owner": row.owner_id}),
        }
        for row in rows
    ]
