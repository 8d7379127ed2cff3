"""From a draft to a version in service, and everything else people do with an automation.

A version is in service for a *span* of time; spans of one automation never overlap. The engine matches an event
with the version whose span holds the event's own time, so whatever it is late for is still decided by what was in
service then. Each change the engine must know of takes the next ``Catalogue.revision`` under that row's lock: changes
become visible in the order of their revisions.

Publishing is what makes an edit count: the automation then acts with the rights of the person who published it, who
becomes its owner; the former owner is told.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max
from django.utils import translation
from django.utils.translation import gettext as _

from relance.accounts.people import Actor, directory
from relance.automation.core.definition import dump
from relance.automation.core.problems import DocumentError, Problem
from relance.automation.core.screening import screen
from relance.automation.errors import Conflict, Forbidden, Invalid, NotFound, NotPublished
from relance.automation.models import Automation, Catalogue, LiveSpan, Notification, Version
from relance.automation.rights import (
    audience_allowed,
    audiences_allowed,
    company,
    find,
    may_build,
    may_edit,
    may_see,
    mine,
)
from relance.automation.validity import problems_of, validate
from relance.lib import clock
from relance.lib.text import TextError, clean

__all__ = [
    "audiences_allowed",
    "company",
    "create",
    "delete",
    "describe",
    "duplicate",
    "find",
    "may_build",
    "may_edit",
    "may_see",
    "mine",
    "problems",
    "publish",
    "rename",
    "save_draft",
    "set_minutes_saved",
    "switch",
]

MAX_NAME = 120
MAX_DESCRIPTION = 1000
MOST_MINUTES = 480
MAX_DOCUMENT = 500_000  # characters of JSON

#: What a new automation begins with.
BLANK: dict[str, Any] = {
    "schema": 1,
    "trigger": None,
    "origins": ["user"],
    "scope": {"kind": "me", "ids": []},
    "steps": [],
}


def create(by: Actor, name: str, description: str = "", document: dict[str, Any] | None = None) -> Automation:
    """Begin an automation: a draft, owned by ``by``.

    Raises:
        Forbidden: they may not build any.
        Invalid: the name or the description cannot be stored.
        DocumentError: the document is not even fit for a draft.
    """
    if not may_build(by):
        raise Forbidden("may_not_build")
    texts = _texts(name=name, description=description)
    draft = BLANK if document is None else document
    _check_draft(draft)
    now = clock.now()
    return Automation.objects.create(
        **texts,
        owner_id=_user_id(by),
        draft=draft,
        audience=_audience(draft, by),
        created_at=now,
        updated_at=now,
    )


def save_draft(automation: Automation, document: dict[str, Any], revision: int, by: Actor) -> int:
    """Replace the draft, which may be incomplete, and return its new revision.

    Args:
        revision: of the draft that was edited.

    Raises:
        Forbidden, NotFound: ``by`` may not edit it.
        Conflict: it has another revision by now.
        DocumentError: the document is not even fit for a draft.
    """
    _require_edit(automation, by)
    _check_draft(document)
    values: dict[str, Any] = {"draft": document, "draft_revision": revision + 1, "updated_at": clock.now()}
    if automation.version_id is None:
        values["audience"] = _audience(document, by)
    saved = Automation.objects.filter(
        pk=automation.pk,
        draft_revision=revision,
        version__isnull=automation.version_id is None,
        deleted_at__isnull=True,
    )
    if not saved.update(**values):
        raise Conflict(_reload(automation).draft_revision)
    for key, value in values.items():
        setattr(automation, key, value)
    return revision + 1


def publish(automation: Automation, by: Actor, revision: int | None = None) -> Version:
    """Put the draft into service as the next version, the first time switching the automation on.

    A draft that says the same as the version in service is not published again.

    Args:
        revision: of the draft that ``by`` saw; any when left out.

    Raises:
        Forbidden, NotFound: ``by`` may not edit it.
        Conflict: the draft changed in the meantime.
        DocumentError: with everything that is wrong with the draft.
    """
    _require_edit(automation, by)
    seen = _reload(automation)
    if revision is not None and seen.draft_revision != revision:
        raise Conflict(seen.draft_revision)
    definition = validate(seen.draft, by)
    document = dump(definition)
    if seen.version is not None and seen.version.document == document:
        return seen.version
    with _changing(automation, by) as (current, now):
        if current.draft_revision != seen.draft_revision:
            raise Conflict(current.draft_revision)
        latest = Version.objects.filter(automation=current).aggregate(number=Max("number"))["number"] or 0
        version = Version.objects.create(
            automation=current,
            number=latest + 1,
            document=document,
            published_at=now,
            published_by_id=_user_id(by),
        )
        if current.version_id is None:
            current.active, current.switched_at = True, now
        current.version = version
        current.draft = document
        current.audience = definition.audience.kind
        if current.active:
            _close(current, now)
            LiveSpan.objects.create(automation=current, version=version, live_from=now)
        if current.owner_id != by.user_id:
            _tell_former_owner(current, by, now)
            current.owner_id = _user_id(by)
    _copy(current, automation)
    return version


def problems(automation: Automation, document: Any, by: Actor | None = None) -> list[Problem]:
    """What keeps a document from being published as this automation; empty when nothing does.

    Args:
        by: who would publish it; its owner when left out.
    """
    publisher = directory().actors[automation.owner_id] if by is None else by
    return problems_of(document, publisher)


def switch(automation: Automation, on: bool, by: Actor) -> None:
    """Switch an automation on or off. What happened while it was off starts nothing later.

    Raises:
        Forbidden, NotFound: ``by`` may not edit it.
        NotPublished: there is nothing to switch on.
    """
    with _changing(automation, by) as (current, now):
        if on and current.version_id is None:
            raise NotPublished
        if current.active != on:
            _switch(current, on, now)
    _copy(current, automation)


def delete(automation: Automation, by: Actor) -> None:
    """Delete an automation for people; it is switched off, and its runs stay readable.

    Raises:
        Forbidden, NotFound: ``by`` may not edit it.
    """
    with _changing(automation, by) as (current, now):
        if current.active:
            _switch(current, False, now)
        current.deleted_at = now
    _copy(current, automation)


def rename(automation: Automation, name: str, by: Actor) -> None:
    """Give an automation another name.

    Raises:
        Forbidden, NotFound: ``by`` may not edit it.
        Invalid: the name cannot be stored.
    """
    texts = _texts(name=name)
    with _changing(automation, by) as (current, _now):
        current.name = texts["name"]
    _copy(current, automation)


def describe(automation: Automation, description: str, by: Actor) -> None:
    """Give an automation another description, or none.

    Raises:
        Forbidden, NotFound: ``by`` may not edit it.
        Invalid: the description cannot be stored.
    """
    texts = _texts(description=description)
    _require_edit(automation, by)
    now = clock.now()
    Automation.objects.filter(pk=automation.pk).update(description=texts["description"], updated_at=now)
    automation.description, automation.updated_at = texts["description"], now


def set_minutes_saved(automation: Automation, minutes: int | None, by: Actor) -> None:
    """Say what one run saves somebody; none: what its actions come to (``automation.benefit``).

    Raises:
        Forbidden, NotFound: ``by`` may not edit it.
        ValueError: that is no time a run can save.
    """
    if minutes is not None and not 0 <= minutes <= MOST_MINUTES:
        raise ValueError(minutes)
    _require_edit(automation, by)
    now = clock.now()
    Automation.objects.filter(pk=automation.pk).update(minutes_saved=minutes, updated_at=now)
    automation.minutes_saved, automation.updated_at = minutes, now


def duplicate(automation: Automation, by: Actor) -> Automation:
    """Copy an automation that ``by`` sees into a draft of their own; of one they may not edit, what is in service.

    The copy listens to the same people where ``by`` may build that, and else to ``by`` alone.

    Raises:
        Forbidden, NotFound: ``by`` may not build any, or may not see it.
    """
    source = _reload(automation)
    if not may_see(by, source):
        raise NotFound(automation.pk)
    document = source.draft
    if not may_edit(by, source) and source.version is not None:
        document = source.version.document
    if _audience(document, by) == "me":
        document = {**document, "scope": {"kind": "me", "ids": []}}
    name = _("%(name)s (copy)") % {"name": source.name}
    if len(name) > MAX_NAME:
        name = _("%(name)s (copy)") % {"name": source.name[: MAX_NAME - (len(name) - len(source.name))]}
    return create(by, name, source.description, document)


def _user_id(by: Actor) -> int:
    """The id of somebody who may build: the system itself may not."""
    assert by.user_id is not None
    return by.user_id


def _require_edit(automation: Automation, by: Actor) -> None:
    if automation.deleted_at is not None or not may_see(by, automation):
        raise NotFound(automation.pk)
    if not may_edit(by, automation):
        raise Forbidden("may_not_edit" if may_build(by) else "may_not_build")


@contextmanager
def _changing(automation: Automation, by: Actor) -> Iterator[tuple[Automation, datetime]]:
    """A short transaction around a change the engine must know of; yields the row as it is, locked, and the present."""
    _require_edit(automation, by)
    with transaction.atomic():
        Catalogue.objects.get_or_create(pk=1)
        # The lock. Whoever comes second waits here, and reads what the first one wrote.
        catalogue = Catalogue.objects.select_for_update().get(pk=1)
        current = _reload(automation, lock=True)
        _require_edit(current, by)
        now = clock.now()
        yield current, now
        Catalogue.objects.filter(pk=1).update(revision=F("revision") + 1)
        current.revision = catalogue.revision + 1
        current.updated_at = now
        current.save()


def _reload(automation: Automation, *, lock: bool = False) -> Automation:
    rows = Automation.objects.select_related("version")
    if lock:
        rows = rows.select_for_update(of=("self",))
    found = rows.filter(pk=automation.pk).first()
    if found is None:
        raise NotFound(automation.pk)
    return found


def _copy(current: Automation, automation: Automation) -> None:
    """Let the caller's object show what was written."""
    for field in Automation._meta.concrete_fields:
        setattr(automation, field.attname, getattr(current, field.attname))


def _switch(current: Automation, on: bool, now: datetime) -> None:
    current.active, current.switched_at = on, now
    if on:
        assert current.version is not None
        LiveSpan.objects.create(automation=current, version=current.version, live_from=now)
    else:
        _close(current, now)


def _close(current: Automation, now: datetime) -> None:
    LiveSpan.objects.filter(automation=current, live_to__isnull=True).update(live_to=now)


def _tell_former_owner(current: Automation, by: Actor, now: datetime) -> None:
    former = current.owner
    with translation.override(former.language or settings.LANGUAGE_CODE):
        text = _(
            "%(person)s edited your automation “%(automation)s” and owns it now: "
            "it acts with the rights of %(person)s."
        ) % {"person": by.name, "automation": current.name}
    Notification.objects.create(
        user=former, text=text, record_type="automation", record_id=current.pk, created_at=now
    )


def _texts(**given: str) -> dict[str, str]:
    limits = {"name": MAX_NAME, "description": MAX_DESCRIPTION}
    texts: dict[str, str] = {}
    problems: dict[str, str] = {}
    for key, value in given.items():
        try:
            texts[key] = clean(value, max_length=limits[key], multiline=key == "description")
        except TextError as error:
            if error.code == "too_long":
                problems[key] = _("At most %(count)d characters, please.") % {"count": limits[key]}
            else:
                problems[key] = _(
                    "This text contains characters that cannot be stored, such as control characters."
                )
    if texts.get("name") == "":
        problems["name"] = _("Please give the automation a name.")
    if problems:
        raise Invalid(problems)
    return texts


def _check_draft(document: Any) -> None:
    """A draft may be incomplete, but must be plain JSON that can be stored and read again."""
    if problems := screen(document):
        raise DocumentError(problems)
    if not isinstance(document, dict):
        raise DocumentError([Problem("", "wrong_type", {"expected": "object"})])
    if not isinstance(document.get("steps", []), list):
        raise DocumentError([Problem("/steps", "wrong_type", {"expected": "list"})])
    if len(json.dumps(document)) > MAX_DOCUMENT:
        raise DocumentError([Problem("", "too_large", {"limit": MAX_DOCUMENT})])


def _audience(document: dict[str, Any], by: Actor) -> str:
    """To whom a draft would listen, if ``by`` may build that; else "me"."""
    scope = document.get("scope")
    if isinstance(scope, dict) and audience_allowed(by, scope.get("kind"), scope.get("ids", [])):
        return str(scope["kind"])
    return "me"
