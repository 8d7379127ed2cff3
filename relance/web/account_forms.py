"""Forms about people: logging in, signing up, one's own account."""

from __future__ import annotations

import zoneinfo
from functools import cache
from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from relance.accounts.models import User
from relance.web.fields import Text


@cache
def timezones() -> list[tuple[str, str]]:
    """Every time zone people live in, by its IANA name."""
    regions = (
        "Africa/",
        "America/",
        "Antarctica/",
        "Asia/",
        "Atlantic/",
        "Australia/",
        "Europe/",
        "Indian/",
        "Pacific/",
    )
    names = sorted(name for name in zoneinfo.available_timezones() if name.startswith(regions))
    return [(name, name.replace("_", " ")) for name in ["UTC", *names]]


class LoginForm(AuthenticationForm):
    """E-mail and password; the case of the address does not matter."""

    error_messages = {
        "invalid_login": _("This e-mail and password do not belong together. Check both and try again."),
        "inactive": _("This account is switched off. Ask an administrator."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("E-mail")
        self.fields["username"].widget = forms.EmailInput(
            attrs={"autocomplete": "username", "autofocus": True, "maxlength": 254}
        )
        self.fields["password"].label = _("Password")

    def clean_username(self) -> str:
        """E-mails are kept in lower case."""
        return str(self.cleaned_data["username"]).lower()


class PasswordMixin(forms.Form):
    """A new password, checked by the rules of the installation."""

    password = forms.CharField(
        label=_("Password"), strip=False, max_length=200, help_text=_("At least 10 characters."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip

    user: User | None = None

    def person(self) -> User | None:
        """Whom the password must not resemble."""
        return self.user

    def clean_password(self) -> str:
        """Refuse what is too short or too common."""
        password = str(self.cleaned_data["password"])
        password_validation.validate_password(password, self.person())
        return password


class InvitationForm(PasswordMixin):
    """The password of somebody who was invited."""

    def __init__(self, *args: Any, user: User | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user


class FirstAdministratorForm(InvitationForm):
    """The company and its first administrator."""

    company = Text(label=_("Company"), max_length=200)
    name = Text(label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username"}))

    field_order = ("company", "name", "email", "password")

    def clean_email(self) -> str:
        """E-mails are kept in lower case."""
        return str(self.cleaned_data["email"]).lower()

    def person(self) -> User:
        return User(name=self.cleaned_data.get("name", ""), email=self.cleaned_data.get("email", ""))


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """One's name, language, appearance and time zone."""

    name = Text(label=_("Name"), max_length=150)
    language = forms.ChoiceField(
        label=_("Language"), required=False,
        choices=[("", _("As in the browser")), ("en", "English"), ("fr", "Français")],
    )  # fmt: skip
    theme = forms.ChoiceField(
        label=_("Appearance"), required=False,
        choices=[("", _("As in the system")), ("light", _("Light")), ("dark", _("Dark"))],
    )  # fmt: skip
    timezone = forms.ChoiceField(
        label=_("Time zone"), required=False, choices=lambda: [("", _("As the company")), *timezones()]
    )

    class Meta:
        model = User
        fields = ("name", "language", "theme", "timezone")


class PasswordForm(PasswordMixin):
    """Change one's password."""

    current = forms.CharField(
        label=_("Present password"), strip=False, max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip

    field_order = ("current", "password")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["password"].label = _("New password")

    def clean_current(self) -> str:
        """Only who knows the present password may set a new one."""
        if self.user is None or not self.user.check_password(self.cleaned_data["current"]):
            raise ValidationError(_("This is not your present password."))
        return str(self.cleaned_data["current"])
