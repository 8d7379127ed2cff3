"""One's own account: language, appearance, time zone, password."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from relance.accounts.models import User
from relance.web.account_forms import PasswordForm, ProfileForm
from relance.web.pages import PageRequest, back_to, page, says


def _show(
    request: PageRequest, profile: ProfileForm | None = None, password: PasswordForm | None = None
) -> HttpResponseBase:
    status = 422 if profile or password else 200
    profile = profile or ProfileForm(instance=User.objects.get(pk=request.user.pk))
    password = password or PasswordForm(user=request.user)
    return render(
        request, "relance/account/account.html", {"profile": profile, "password": password}, status=status
    )


@page
def account(request: PageRequest) -> HttpResponseBase:
    """Show the account, or save its preferences."""
    if request.method != "POST":
        return _show(request)
    form = ProfileForm(request.POST, instance=User.objects.get(pk=request.user.pk))
    if not form.is_valid():
        return _show(request, profile=form)
    form.save()
    with translation.override(form.cleaned_data["language"] or translation.get_language()):
        return says(request, _("Your account is saved."), to=reverse("web:account"))


@page
@sensitive_post_parameters()
@require_POST
def password(request: PageRequest) -> HttpResponseBase:
    """Set a new password; other sessions of this person end."""
    form = PasswordForm(request.POST, user=request.user)
    if not form.is_valid():
        return _show(request, password=form)
    request.user.set_password(form.cleaned_data["password"])
    request.user.save(update_fields=["password"])
    update_session_auth_hash(request, request.user)
    return says(request, _("Your new password is set."), to=reverse("web:account"))


@page
@require_POST
def language(request: PageRequest) -> HttpResponseBase:
    """Switch the language, from the menu."""
    if (code := request.POST.get("language", "")) in dict(settings.LANGUAGES):
        request.user.language = code
        request.user.save()
    return redirect(back_to(request, reverse("web:home")))


@page
@require_POST
def theme(request: PageRequest) -> HttpResponseBase:
    """Switch between light and dark, from the menu."""
    if (choice := request.POST.get("theme", "")) in {"", "light", "dark"}:
        request.user.theme = choice
        request.user.save()
    return redirect(back_to(request, reverse("web:home")))
