"""Users and teams, for administrators."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from relance.accounts import invitations
from relance.accounts.models import Membership, Team, User, touch_revision
from relance.web.admin_forms import PersonForm, TeamForm, is_last_administrator
from relance.web.pages import PageRequest, administrators_only, says


@administrators_only
def users(request: PageRequest) -> HttpResponseBase:
    """Everybody with a login, and the teams."""
    people = User.objects.prefetch_related("memberships__team").order_by("-is_active", "name", "id")
    teams = Team.objects.prefetch_related("memberships__user")
    return render(request, "relance/admin/users.html", {"people": people, "teams": teams})


@administrators_only
def user(request: PageRequest, user_id: int | None = None) -> HttpResponseBase:
    """Invite a colleague, or change one."""
    person = get_object_or_404(User, pk=user_id) if user_id else User()
    is_new = user_id is None
    form = PersonForm(request.POST or None, instance=person)
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(
            request,
            "relance/admin/user.html",
            {"form": form, "person": None if is_new else person},
            status=status,
        )
    with transaction.atomic():
        person = form.save(commit=False)
        if is_new:
            person.set_unusable_password()
        person.save()
        _set_members(
            Membership.objects.filter(user=person),
            "team_id",
            {team.pk for team in form.cleaned_data["teams"]},
            user_id=person.pk,
        )
    if is_new:
        return _show_link(request, person)
    return says(request, _("“%(name)s” is saved.") % {"name": person.name}, to=reverse("web:users"))


def _show_link(request: PageRequest, person: User) -> HttpResponseBase:
    link = request.build_absolute_uri(invitations.create_link(person))
    return render(request, "relance/admin/link.html", {"person": person, "link": link})


@administrators_only
@require_POST
def new_link(request: PageRequest, user_id: int) -> HttpResponseBase:
    """A new one-time link by which a colleague sets a password."""
    return _show_link(request, get_object_or_404(User, pk=user_id, is_active=True))


@administrators_only
@require_POST
def switch(request: PageRequest, user_id: int) -> HttpResponseBase:
    """Switch an account off or on."""
    person = get_object_or_404(User, pk=user_id)
    if person.is_active and is_last_administrator(person.pk):
        said = _("This is the only administrator left. Make somebody else one first.")
        return says(request, said, to=reverse("web:users"), bad=True)
    person.is_active = not person.is_active
    person.save()
    said = _("“%(name)s” can log in again.") if person.is_active else _("“%(name)s” can no longer log in.")
    return says(request, said % {"name": person.name}, to=reverse("web:users"))


@administrators_only
def team(request: PageRequest, team_id: int | None = None) -> HttpResponseBase:
    """Make a team, or change one."""
    found = get_object_or_404(Team, pk=team_id) if team_id else Team()
    form = TeamForm(request.POST or None, instance=found)
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(
            request,
            "relance/admin/team.html",
            {"form": form, "team": found if team_id else None},
            status=status,
        )
    with transaction.atomic():
        saved = form.save()
        _set_members(
            Membership.objects.filter(team=saved),
            "user_id",
            {person.pk for person in form.cleaned_data["members"]},
            team_id=saved.pk,
        )
    return says(request, _("“%(name)s” is saved.") % {"name": saved.name}, to=reverse("web:users"))


def _set_members(present: object, key: str, wanted: set[int], **fixed: int) -> None:
    """Make the memberships those that are wanted."""
    rows = {getattr(row, key): row for row in present}  # type: ignore[attr-defined]
    for gone in set(rows) - wanted:
        rows[gone].delete()
    Membership.objects.bulk_create([Membership(**fixed, **{key: new}) for new in wanted - set(rows)])
    touch_revision()


@administrators_only
@require_POST
def delete_team(request: PageRequest, team_id: int) -> HttpResponseBase:
    """Dissolve a team; its members stay colleagues."""
    found = get_object_or_404(Team, pk=team_id)
    name = found.name
    found.delete()
    return says(request, _("The team “%(name)s” is dissolved.") % {"name": name}, to=reverse("web:users"))
