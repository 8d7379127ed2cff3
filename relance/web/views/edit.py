"""Creating, changing and deleting records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from relance.accounts.models import Role
from relance.events.models import Event
from relance.records import access
from relance.records.errors import Conflict, Forbidden, Invalid
from relance.records.fields import UnknownField, fields_of
from relance.records.fields import field as field_of
from relance.records.snapshot import Snapshot, load_one, title_of
from relance.records.unit_of_work import write
from relance.web import parsing, values
from relance.web.forms import RecordForm, defaults, touched
from relance.web.names import Names
from relance.web.pages import PageRequest, page, says, stay
from relance.web.types import TYPES
from relance.web.views.records import seen


def _form_page(
    request: PageRequest, form: RecordForm, record: Snapshot | None, **context: Any
) -> HttpResponseBase:
    info = TYPES[form.record_type]
    template = "relance/records/form_dialog.html" if request.htmx else "relance/records/form_page.html"
    status = 422 if form.has_errors else 200
    shown = {
        "form": form,
        "type": info,
        "record": record,
        "heading": info.edit_title if record else info.new,
        "action": request.get_full_path(),
        "back": reverse("web:record", args=[form.record_type, record["id"]])
        if record
        else reverse("web:list", args=[form.record_type]),
        **context,
    }
    return render(request, template, shown, status=status)


@page
def create(request: PageRequest, record_type: str) -> HttpResponseBase:
    """A new record.

    Values in the address fill the form in; ``stay`` keeps the person on the page the dialog came from.
    """
    if request.actor.role == Role.READER:
        raise Forbidden("create", record_type, None)
    names = Names(request.actor)
    given = {key: str(text) for key, text in request.GET.items() if key in fields_of(record_type)}
    pipeline = parsing.key(given.get("pipeline", ""))
    stages = names.configuration.stages_of(pipeline) if pipeline else []
    if stages:
        given.setdefault("stage", str(stages[0].id))
    form = RecordForm(record_type, names, defaults(record_type, names, request.actor, given))
    if request.method != "POST":
        return _form_page(request, form, None)
    plain = form.read(request.POST)
    if form.has_errors:
        return _form_page(request, form, None)
    try:
        with write(request.actor, "user") as change:
            record_id = change.create(
                record_type,
                {
                    key: value
                    for key, value in plain.items()
                    if value not in (None, [], False) or key == "owner"
                },
            )
    except Invalid as error:
        form.refuse(error.problems)
        return _form_page(request, form, None)
    record = load_one(record_type, record_id)
    said = _("“%(name)s” is saved.") % {"name": title_of(record) if record else ""}
    if request.htmx and request.GET.get("stay"):
        return stay(said, closeDialog=True, refreshBoard=True, refreshRecord=True)
    return says(request, said, to=reverse("web:record", args=[record_type, record_id]))


@page
def edit(request: PageRequest, record_type: str, record_id: int) -> HttpResponseBase:
    """Change a record in its full form."""
    record = seen(request, record_type, record_id)
    if not access.may(request.actor, "change", record):
        raise Forbidden("change", record_type, record_id)
    names = Names(request.actor)
    names.want_links(record_type, [record])
    form = RecordForm(record_type, names, record)
    if request.method != "POST":
        return _form_page(request, form, record, version=record["version"])
    if not _save(request, form, record):
        return _form_page(
            request, form, record, version=(load_one(record_type, record_id) or record)["version"]
        )
    saved = load_one(record_type, record_id) or record
    if request.htmx:
        return stay(
            _("“%(name)s” is saved.") % {"name": title_of(saved)}, closeDialog=True, refreshRecord=True
        )
    return says(
        request,
        _("“%(name)s” is saved.") % {"name": title_of(saved)},
        to=reverse("web:record", args=[record_type, record_id]),
    )


def _save(request: PageRequest, form: RecordForm, record: Snapshot) -> bool:
    """Write what was typed over what the person saw; False when the form has something to say instead.

    Only fields the person touched are written. When somebody else has changed the record since, nothing is:
    the form comes back with what was typed and says what the others did; saving once more then overrules them in
    these fields only.
    """
    record_type, record_id = form.record_type, record["id"]
    version = parsing.key(request.POST.get("version", "")) or record["version"]
    base = record if version == record["version"] else _as_of(record, version)
    plain = form.read(request.POST)
    if form.has_errors:
        return False
    wanted = touched(base, plain)
    if version != record["version"]:
        _tell_conflict(form, base, record, set(wanted))
        return False
    try:
        with write(request.actor, "user") as change:
            change.update(record_type, record_id, wanted, version=version)
    except Invalid as error:
        form.refuse(error.problems)
        return False
    except Conflict:
        _tell_conflict(form, base, load_one(record_type, record_id) or record, set(wanted))
        return False
    return True


def _as_of(record: Snapshot, version: int) -> Mapping[str, Any]:
    """The record as it was at a version, from the log; as it is when the log does not know that version."""
    event = (
        Event.objects.filter(record_type=record["record_type"], record_id=record["id"], rseq=version)
        .values_list("record", flat=True)
        .first()
    )
    return {**record, **event} if event else record


def _tell_conflict(form: RecordForm, base: Mapping[str, Any], now: Snapshot, mine: set[str]) -> None:
    """Say what changed in the meantime, and take it over where this person typed nothing."""
    form.banner = _(
        "Somebody else changed this record while you were working on it."
        " Nothing of yours is saved yet: look at it once more and save again."
    )
    for each in form.inputs:
        if now[each.key] != base.get(each.key):
            form.others.append((str(each.field.label), values.text(each.field, now[each.key], form.names)))
            if each.key not in mine:
                form._show(each, now[each.key])


@page
def one_field(request: PageRequest, record_type: str, record_id: int, key: str) -> HttpResponseBase:
    """One field edited in place: GET the input (or, with ``show``, the value), POST the new value."""
    record = seen(request, record_type, record_id)
    try:
        known = field_of(record_type, key)
    except UnknownField as error:
        raise Http404 from error
    names = Names(request.actor)
    names.want_links(record_type, [record])
    context: dict[str, Any] = {"type": TYPES[record_type], "record": record}
    may_change = access.may(request.actor, "change", record) and known.editable
    form = RecordForm(record_type, names, record, keys=[key], prefix=f"in-{key}")
    if request.method == "POST" and not may_change:
        raise Forbidden("change", record_type, record_id)
    done = request.method == "POST" and _save(request, form, record)
    if done or "show" in request.GET or not may_change:
        record = load_one(record_type, record_id) or record
        names = Names(request.actor)
        fact = {"field": known, "value": record[key], "html": values.html(known, record[key], names)}
        response: HttpResponse = render(
            request,
            "relance/records/fact.html",
            {**context, "record": record, "fact": fact, "may_change": may_change, "focus": True},
        )
        if done:
            response["HX-Trigger"] = "refreshRecord"
        return response
    version = (load_one(record_type, record_id) or record)["version"]
    status = 422 if form.has_errors else 200
    return render(
        request,
        "relance/records/fact_form.html",
        {**context, "form": form, "input": form.inputs[0], "version": version},
        status=status,
    )


@page
def delete(request: PageRequest, record_type: str, record_id: int) -> HttpResponseBase:
    """Ask, then put a record into the bin."""
    record = seen(request, record_type, record_id)
    if not access.may(request.actor, "delete", record):
        raise Forbidden("delete", record_type, record_id)
    info = TYPES[record_type]
    if request.method != "POST":
        template = (
            "relance/records/delete_dialog.html" if request.htmx else "relance/records/delete_page.html"
        )
        return render(
            request,
            template,
            {"type": info, "record": record, "question": info.delete_question % {"name": title_of(record)}},
        )
    with write(request.actor, "user") as change:
        change.delete(record_type, record_id)
    to = reverse("web:board") if record_type == "deal" else reverse("web:list", args=[record_type])
    messages.success(
        request, _("“%(name)s” is in the bin") % {"name": title_of(record)},
        extra_tags="undo:" + reverse("web:restore", args=[record_type, record_id]),
    )  # fmt: skip
    return (
        HttpResponse(status=204, headers={"HX-Redirect": to})
        if request.htmx
        else HttpResponse(status=303, headers={"Location": to})
    )


@page
@require_POST
def restore(request: PageRequest, record_type: str, record_id: int) -> HttpResponseBase:
    """Take a record out of the bin."""
    with write(request.actor, "user") as change:
        change.restore(record_type, record_id)
    record = load_one(record_type, record_id)
    said = _("“%(name)s” is back") % {"name": title_of(record) if record else ""}
    if request.htmx:
        return stay(said, refreshRecord=True, refreshBoard=True)
    return says(request, said, to=reverse("web:record", args=[record_type, record_id]))


@page
@require_POST
def done(request: PageRequest, record_id: int) -> HttpResponseBase:
    """Tick an activity off, or open it again."""
    is_done = request.POST.get("done") == "1"
    with write(request.actor, "user") as change:
        change.update("activity", record_id, {"done": is_done})
    record = load_one("activity", record_id)
    said = (_("“%(name)s” is done") if is_done else _("“%(name)s” is open again")) % {
        "name": title_of(record) if record else ""
    }
    undo = {"label": _("Undo"), "url": request.path, "values": {"done": "0" if is_done else "1"}}
    if request.htmx:
        return stay(said, refreshRecord=True, undo=undo)
    return says(request, said, to=reverse("web:record", args=["activity", record_id]))


@page
@require_POST
def add_note(request: PageRequest, record_type: str, record_id: int) -> HttpResponseBase:
    """Write a note about a record."""
    seen(request, record_type, record_id)
    if record_type not in fields_of("note"):
        raise Http404
    body = request.POST.get("body", "")
    context: dict[str, Any] = {"type": TYPES[record_type], "record": {"id": record_id}, "may_change": True}
    try:
        with write(request.actor, "user") as change:
            change.get(record_type, record_id)
            change.create("note", {"body": body, record_type: record_id})
    except Invalid as error:
        context |= {
            "note_body": body,
            "note_error": error.problems.get("body") or " ".join(error.problems.values()),
        }
        if request.htmx:
            return render(request, "relance/records/note_form.html", context, status=422)
        return says(
            request, context["note_error"], to=reverse("web:record", args=[record_type, record_id]), bad=True
        )
    if request.htmx:
        response = render(request, "relance/records/note_form.html", {**context, "focus": True})
        response["HX-Trigger"] = "refreshRecord"
        return response
    return says(request, _("Your note is saved."), to=reverse("web:record", args=[record_type, record_id]))
