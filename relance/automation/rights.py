"""Who may build, see and edit which automations.

==================  ===================================  ====================================================
role                builds automations that listen to    edits, of the shared ones
==================  ===================================  ====================================================
administrator       anybody                              all
team leader         themselves, their teams and mates    their own, and those limited to their teams and mates
member              themselves, if the company lets them  their own
read-only           nobody                               none
==================  ===================================  ====================================================

The whole feature can be limited to chosen users and teams: for everybody else it is not there, though automations
still run for what they change. Administrators, who decide that, always see it.

An *only me* automation is seen and edited by its owner alone; others duplicate shared ones. These rules only say who
may arrange things: what an automation may do to records is asked of its owner at each step.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Q, QuerySet

from relance.accounts.models import Access, Company, Role
from relance.accounts.people import Actor, directory
from relance.automation.errors import NotFound
from relance.automation.models import Automation

AUDIENCES = ("me", "users", "teams", "everyone")


def may_enter(actor: Actor) -> bool:
    """Whether automations are there at all for this person."""
    return _is_let_in(actor, directory().company)


def may_build(actor: Actor) -> bool:
    """Whether this person may build automations at all."""
    company = directory().company
    if not _is_let_in(actor, company):
        return False
    return actor.role != Role.MEMBER or company.members_may_automate


def _is_let_in(actor: Actor, company: Company) -> bool:
    if not actor.active or actor.user_id is None or actor.role == Role.READER:
        return False
    return (
        actor.is_administrator
        or company.automation_access == Access.EVERYONE
        or actor.user_id in company.automation_users
        or not actor.team_ids.isdisjoint(company.automation_teams)
    )


def audiences_allowed(actor: Actor) -> tuple[str, ...]:
    """To whom this person's automations may listen: some of "me", "users", "teams", "everyone"."""
    if not may_build(actor):
        return ()
    if actor.role == Role.ADMINISTRATOR:
        return AUDIENCES
    if actor.role == Role.LEADER:
        return ("me", "users", "teams") if actor.team_ids else ("me", "users")
    return ("me",)


def audience_allowed(actor: Actor, kind: Any, ids: Any) -> bool:
    """Whether this person's automation may listen to just these.

    Args:
        kind, ids: as in a document's scope, which may be anything in a draft.
    """
    if kind not in audiences_allowed(actor):
        return False
    if actor.role == Role.ADMINISTRATOR or kind == "me":
        return True
    return _within(actor, kind, ids)


def _within(actor: Actor, kind: Any, ids: Any) -> bool:
    """Whether an audience of users or teams lies within the actor's own."""
    if not isinstance(ids, list | tuple) or not all(type(id) is int for id in ids):
        return False
    if kind == "teams":
        return set(ids) <= actor.team_ids
    return kind == "users" and set(ids) <= actor.teammate_ids


def scope_of(automation: Automation) -> dict[str, Any]:
    """To whom it listens: ``{"kind", "ids"}`` of its version, else of its draft; "me" when that is incomplete."""
    document = automation.version.document if automation.version is not None else automation.draft
    scope = document.get("scope") if isinstance(document, dict) else None
    if not isinstance(scope, dict) or scope.get("kind") not in AUDIENCES:
        return {"kind": "me", "ids": []}
    return scope


def may_see(actor: Actor, automation: Automation) -> bool:
    """Whether this person may look at an automation, its runs and its versions."""
    if not may_enter(actor):
        return False
    return automation.owner_id == actor.user_id or automation.audience != "me"


def may_edit(actor: Actor, automation: Automation, builds: bool | None = None) -> bool:
    """Whether this person may change, publish, switch and delete an automation.

    Args:
        builds: :func:`may_build` of the actor, for who asks about many automations.
    """
    if automation.deleted_at is not None or not (may_build(actor) if builds is None else builds):
        return False
    if automation.owner_id == actor.user_id:
        return True
    if automation.audience == "me":
        return False
    if actor.role == Role.ADMINISTRATOR:
        return True
    scope = scope_of(automation)
    return actor.role == Role.LEADER and _within(actor, scope["kind"], scope.get("ids"))


def may_run_again(actor: Actor, automation: Automation) -> bool:
    """Whether this person may let runs of an automation happen again: its owner may, and administrators."""
    if automation.deleted_at is not None or not may_see(actor, automation):
        return False
    return automation.owner_id == actor.user_id or actor.is_administrator


def runs_again(actor: Actor, automation_ids: Collection[int]) -> frozenset[int]:
    """Of these automations those whose runs this person may let happen again: :func:`may_run_again` for a set."""
    rows = Automation.objects.filter(visible(actor), pk__in=automation_ids, deleted_at__isnull=True)
    if not actor.is_administrator:
        rows = rows.filter(owner_id=actor.user_id)
    return frozenset(rows.values_list("pk", flat=True))


def visible(actor: Actor) -> Q:
    """The automations this person may look at, deleted ones included, as a filter: :func:`may_see` for a set."""
    if not may_enter(actor):
        return Q(pk__in=())
    return Q(owner_id=actor.user_id) | ~Q(audience="me")


def mine(actor: Actor) -> QuerySet[Automation]:
    """The automations this person owns, by name."""
    return _listed().filter(visible(actor), owner_id=actor.user_id)


def company(actor: Actor) -> QuerySet[Automation]:
    """The shared automations, this person's own among them, by name; nobody's *only me* ones."""
    return _listed().filter(visible(actor)).exclude(audience="me")


def _listed() -> QuerySet[Automation]:
    return Automation.objects.filter(deleted_at__isnull=True).select_related("owner", "version")


def find(actor: Actor, automation_id: int) -> Automation:
    """Return one automation.

    Raises:
        NotFound: there is none, it was deleted, or this person may not see it.
    """
    if not 0 < automation_id < 2**63:
        raise NotFound(automation_id)
    automation = _listed().filter(pk=automation_id).first()
    if automation is None or not may_see(actor, automation):
        raise NotFound(automation_id)
    return automation
