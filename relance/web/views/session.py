"""Logging in and out, and the one-time links by which a password is set."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import login as log_in
from django.contrib.auth import views as auth
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from relance.accounts import invitations
from relance.accounts.models import Company, Role, User
from relance.web.account_forms import FirstAdministratorForm, InvitationForm, LoginForm


class Login(auth.LoginView):
    """E-mail and password."""

    template_name = "relance/account/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, nobody_yet=not User.objects.exists())

    def form_invalid(self, form: Any) -> Any:
        response = super().form_invalid(form)
        response.status_code = 422
        return response


login = sensitive_post_parameters()(Login.as_view())
logout = auth.LogoutView.as_view()


@never_cache
@sensitive_post_parameters()
def invitation(request: HttpRequest, token: str) -> HttpResponseBase:
    """Set a password by a one-time link; for the very first one, become the administrator."""
    found = invitations.find(token)
    if found is None:
        return render(request, "relance/account/invitation_gone.html", status=404)
    form_class = InvitationForm if found.user else FirstAdministratorForm
    form = form_class(request.POST or None, user=found.user)
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(
            request, "relance/account/invitation.html", {"form": form, "invitation": found}, status=status
        )
    with transaction.atomic():
        if not invitations.consume(found):
            raise Http404
        if found.user:
            user = found.user
            user.set_password(form.cleaned_data["password"])
            user.save(update_fields=["password"])
        else:
            company = Company.get()
            company.name = form.cleaned_data["company"]
            company.save()
            user = User.objects.create_user(
                form.cleaned_data["email"], form.cleaned_data["password"],
                name=form.cleaned_data["name"], role=Role.ADMINISTRATOR,
            )  # fmt: skip
    log_in(request, user)
    return redirect("web:home")
