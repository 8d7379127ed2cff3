"""Forms by which administrators arrange the company."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from babel.numbers import list_currencies
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from relance.accounts.models import Access, Company, Rate, Role, Team, User, Visibility
from relance.lib.money import is_currency
from relance.records.models import Label, Pipeline, Stage
from relance.web import parsing
from relance.web.account_forms import timezones
from relance.web.fields import Several, Text

COMMON = ("EUR", "GBP", "USD", "CHF")


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]
    """A colleague: name, e-mail, role, teams."""

    name = Text(label=_("Name"), max_length=150)
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.MEMBER)
    teams = Several(
        label=_("Teams"), queryset=Team.objects.all(), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = User
        fields = ("name", "email", "role")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["teams"].initial = list(self.instance.memberships.values_list("team_id", flat=True))

    def clean_email(self) -> str:
        """E-mails are kept in lower case; each belongs to one colleague."""
        email = str(self.cleaned_data["email"]).lower()
        if User.objects.filter(email=email).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Another colleague has this e-mail already."))
        return email

    def clean_role(self) -> str:
        """Somebody must be able to arrange things."""
        role = str(self.cleaned_data["role"])
        if self.instance.pk and role != Role.ADMINISTRATOR and is_last_administrator(self.instance.pk):
            raise ValidationError(_("This is the only administrator left. Make somebody else one first."))
        return role


def is_last_administrator(user_id: int) -> bool:
    """Whether nobody else could arrange things any more."""
    others = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exclude(pk=user_id)
    return not others.exists()


class TeamForm(forms.ModelForm):  # type: ignore[type-arg]
    """A team and who is in it."""

    name = Text(label=_("Name"), max_length=150)
    members = Several(
        label=_("Members"),
        queryset=User.objects.filter(is_active=True),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Team
        fields = ("name",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["members"].initial = list(self.instance.memberships.values_list("user_id", flat=True))


def currencies() -> list[tuple[str, str]]:
    """The currencies of the world, the common ones first."""
    codes = [*COMMON, *sorted(code for code in list_currencies() if is_currency(code) and code not in COMMON)]
    return [(code, code) for code in codes]


class CompanyForm(forms.ModelForm):  # type: ignore[type-arg]
    """What holds for everybody."""

    name = Text(label=_("Name"), max_length=200)
    currency = forms.ChoiceField(
        label=_("Currency"),
        choices=currencies,
        help_text=_("Sums are told in it. Set the rates of the others below."),
    )
    timezone = forms.ChoiceField(label=_("Time zone"), choices=timezones)
    visibility = forms.ChoiceField(
        label=_("Who sees which records"), choices=Visibility.choices, widget=forms.RadioSelect
    )

    class Meta:
        model = Company
        fields = ("name", "currency", "timezone", "visibility")


class AutomationsForm(forms.ModelForm):  # type: ignore[type-arg]
    """For whom automations are there, who builds them, and how long their runs stay readable."""

    automation_access = forms.ChoiceField(
        label=_("Who sees automations"),
        choices=Access.choices,
        widget=forms.RadioSelect,
        help_text=_(
            "Others see no entry at all; automations still run for what they change. Administrators always see them."
        ),
    )
    users = Several(
        label=_("People"),
        queryset=User.objects.filter(is_active=True).exclude(role__in=(Role.ADMINISTRATOR, Role.READER)),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    teams = Several(
        label=_("Teams"), queryset=Team.objects.all(), required=False, widget=forms.CheckboxSelectMultiple
    )
    members_may_automate = forms.BooleanField(
        label=_("Members may build automations for themselves"), required=False
    )
    keep_runs_days = forms.IntegerField(
        label=_("Keep runs for, in days"), min_value=31, max_value=3650,
        help_text=_("Of runs that were done, and of conditions that were not met. At least 31."),
    )  # fmt: skip
    keep_failures_days = forms.IntegerField(
        label=_("Keep failures for, in days"), min_value=31, max_value=3650,
        help_text=_("Of runs that failed or were blocked, so that nobody misses what went wrong."),
    )  # fmt: skip

    class Meta:
        model = Company
        fields = ("automation_access", "members_may_automate", "keep_runs_days", "keep_failures_days")

    field_order = (
        "automation_access", "users", "teams", "members_may_automate", "keep_runs_days", "keep_failures_days",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["users"].initial = self.instance.automation_users
        self.fields["teams"].initial = self.instance.automation_teams

    def clean(self) -> dict[str, Any]:
        """Failures stay at least as long as the rest."""
        values: dict[str, Any] = super().clean() or {}
        runs, failures = values.get("keep_runs_days"), values.get("keep_failures_days")
        if runs and failures and failures < runs:
            self.add_error("keep_failures_days", _("Keep failures at least as long as the other runs."))
        return values

    def save(self, commit: bool = True) -> Company:
        """Keep the chosen people and teams by their ids."""
        self.instance.automation_users = sorted(user.pk for user in self.cleaned_data["users"])
        self.instance.automation_teams = sorted(team.pk for team in self.cleaned_data["teams"])
        saved: Company = super().save(commit)
        return saved


class RateForm(forms.Form):
    """What one unit of a currency is worth."""

    currency = forms.ChoiceField(label=_("Currency"), choices=currencies)
    rate = forms.CharField(label=_("Rate"), max_length=30)

    def clean_rate(self) -> Decimal:
        """A rate as typed, above zero."""
        try:
            rate = parsing.decimal(self.cleaned_data["rate"])
        except parsing.Unreadable as error:
            raise ValidationError(str(error)) from error
        if not 0 < rate < 10**9:
            raise ValidationError(_("A rate lies above zero."))
        return rate

    def save(self) -> Rate:
        """Set the rate of the currency."""
        return Rate.objects.update_or_create(
            currency=self.cleaned_data["currency"], defaults={"rate": self.cleaned_data["rate"]}
        )[0]


class PipelineForm(forms.ModelForm):  # type: ignore[type-arg]
    """The name of a pipeline."""

    name = Text(label=_("Name"), max_length=100)

    class Meta:
        model = Pipeline
        fields = ("name",)


class StageForm(forms.ModelForm):  # type: ignore[type-arg]
    """A stage: name, chance of winning, days until it wants attention."""

    name = Text(label=_("Stage"), max_length=100)
    probability = forms.IntegerField(label=_("Probability in %"), min_value=0, max_value=100, initial=50)
    rotting_days = forms.IntegerField(
        label=_("Days until it rots"), min_value=1, max_value=3650, required=False,
        help_text=_("After so many days in this stage a deal is marked. Empty: never."),
    )  # fmt: skip

    class Meta:
        model = Stage
        fields = ("name", "probability", "rotting_days")


class LabelForm(forms.ModelForm):  # type: ignore[type-arg]
    """A label: a word and its colour."""

    name = Text(label=_("Name"), max_length=60)
    colour = forms.TypedChoiceField(
        label=_("Colour"), coerce=int,
        choices=[
            (1, _("Red")), (2, _("Yellow")), (3, _("Turquoise")), (4, _("Violet")),
            (5, _("Green")), (6, _("Pink")), (7, _("Blue")), (8, _("Grey"))],
    )  # fmt: skip

    class Meta:
        model = Label
        fields = ("name", "colour")
