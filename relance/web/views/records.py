"""The page of one record."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render

from relance.automation import rights
from relance.records import access, display
from relance.records.errors import NotFound
from relance.records.fields import RECORD_TYPES, fields_of
from relance.records.snapshot import Snapshot, load_one, title_of
from relance.web import record_page, sentences
from relance.web.names import Names
from relance.web.pages import PageRequest, page
from relance.web.parsing import key
from relance.web.types import TYPES


def seen(request: PageRequest, record_type: str, record_id: int, *, binned: bool = False) -> Snapshot:
    """Return a record the person may see.

    Args:
        binned: also from the bin.

    Raises:
        NotFound: there is none, or it is not to be seen.
    """
    record = load_one(record_type, record_id)
    if (
        record is None
        or not access.may(request.actor, "see", record)
        or (record["deleted_at"] is not None and not binned)
    ):
        raise NotFound(record_type, record_id)
    return record


@page
def show(request: PageRequest, record_type: str, record_id: int) -> HttpResponseBase:
    """A record: what it is, what belongs to it, and what happened to it."""
    record = seen(request, record_type, record_id, binned=True)
    return render(request, "relance/records/record.html", context(request, record))


def context(request: PageRequest, record: Snapshot) -> dict[str, Any]:
    """What the templates of a record's page need."""
    record_type, record_id = record["record_type"], record["id"]
    names = Names(request.actor)
    names.know(record_type, record_id, title_of(record))
    names.want_links(record_type, [record])
    before = key(request.GET.get("before", ""))
    lines, more = sentences.timeline(record_type, record_id, names, before)
    facts, late_facts = record_page.facts(record, names)
    here = record["deleted_at"] is None
    return {
        "type": TYPES[record_type],
        "record": record,
        "title": title_of(record),
        "owner": names.user(record["owner"]) if record["owner"] else "",
        "facts": facts,
        "late_facts": late_facts,
        "stages": record_page.stages(record, names) if record_type == "deal" else [],
        "pipeline": names.pipeline(record["pipeline"]) if record_type == "deal" else "",
        "status": display.choice(fields_of("deal")["status"], record["status"])
        if record_type == "deal"
        else "",
        "parents": record_page.parents(record, names),
        "children": record_page.children(record, names),
        "upcoming": record_page.upcoming(record, names),
        "may_plan": record_type in {"deal", "person", "organization", "lead"},
        "lines": lines,
        "more": more,
        "may_change": here and access.may(request.actor, "change", record),
        "may_delete": access.may(request.actor, "delete", record),
        "here": here,
        "sees_automations": rights.may_enter(request.actor),
        "topics": f"{record_type}:{record_id}" if record_type in RECORD_TYPES else "",
    }


@page
def story(request: PageRequest, record_type: str, record_id: int) -> HttpResponseBase:
    """Older lines of a record's timeline."""
    record = seen(request, record_type, record_id, binned=True)
    return render(request, "relance/records/story.html", context(request, record))
