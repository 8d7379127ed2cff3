"""Who works here: the company, its users and teams."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a user may do; ``records.access`` and ``automation.publish`` say what each role means."""

    ADMINISTRATOR = "administrator", _("Administrator")
    LEADER = "leader", _("Team leader")
    MEMBER = "member", _("Member")
    READER = "reader", _("Read-only")


class Visibility(models.TextChoices):
    """Which records of colleagues members and team leaders see."""

    EVERYONE = "everyone", _("Everyone sees all records")
    TEAM = "team", _("Each team sees its own records")


class Access(models.TextChoices):
    """For whom a feature is there."""

    EVERYONE = "everyone", _("Everyone")
    CHOSEN = "chosen", _("Chosen people and teams")


class Company(models.Model):
    """The one company of this installation (a single row, id 1).

    ``revision`` moves with every change of users, teams, rates, pipelines, stages and labels, so that each process
    knows when what it remembers of them is out of date.

    Attributes:
        automation_access, automation_users, automation_teams: who sees automations at all; the ids count when
            "chosen", and administrators are always among them.
        keep_runs_days, keep_failures_days: how long it stays readable what automations did, and what they could not.
    """

    name = models.CharField(_("Name"), max_length=200, default="Relance")
    currency = models.CharField(_("Currency"), max_length=3, default="EUR")
    timezone = models.CharField(_("Time zone"), max_length=64, default="Europe/Paris")
    visibility = models.CharField(
        _("Visibility"), max_length=20, choices=Visibility, default=Visibility.EVERYONE
    )
    members_may_automate = models.BooleanField(
        _("Members may build automations for themselves"), default=True
    )
    automation_access = models.CharField(
        _("Who sees automations"), max_length=10, choices=Access, default=Access.EVERYONE
    )
    automation_users = models.JSONField(default=list)
    automation_teams = models.JSONField(default=list)
    keep_runs_days = models.PositiveIntegerField(_("Keep runs for, in days"), default=90)
    keep_failures_days = models.PositiveIntegerField(_("Keep failures for, in days"), default=365)
    revision = models.BigIntegerField(default=1, editable=False)

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        touch_revision()

    @classmethod
    def get(cls) -> Company:
        """Return the company, made with its defaults the first time."""
        return cls.objects.get_or_create(id=1)[0]


def touch_revision() -> None:
    """Tell every process that users, teams, rates, pipelines, stages or labels have changed."""
    if not Company.objects.filter(id=1).update(revision=F("revision") + 1):
        Company.objects.bulk_create([Company(id=1)], ignore_conflicts=True)


class Configured(models.Model):
    """A model whose changes move :attr:`Company.revision`."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        touch_revision()

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        result = super().delete(*args, **kwargs)
        touch_revision()
        return result


class Rate(Configured):
    """What one unit of a currency is worth in the company's currency."""

    currency = models.CharField(_("Currency"), max_length=3, unique=True)
    rate = models.DecimalField(_("Rate"), max_digits=20, decimal_places=10)

    def __str__(self) -> str:
        return f"1 {self.currency} = {self.rate.normalize():f}"


class UserManager(BaseUserManager["User"]):
    """Creates users with a hashed password."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create a user; without a password nobody can log in as them until one is set."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user


class User(Configured, AbstractBaseUser):
    """A colleague with a login."""

    email = models.EmailField(_("E-mail"), unique=True)
    name = models.CharField(_("Name"), max_length=150)
    role = models.CharField(_("Role"), max_length=20, choices=Role, default=Role.MEMBER)
    language = models.CharField(_("Language"), max_length=5, blank=True, default="")
    theme = models.CharField(_("Appearance"), max_length=5, blank=True, default="")
    timezone = models.CharField(_("Time zone"), max_length=64, blank=True, default="")
    is_active = models.BooleanField(_("Active"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        # A login only notes its time; that changes nothing anybody remembers.
        if kwargs.get("update_fields") and set(kwargs["update_fields"]) <= {"last_login", "password"}:
            models.Model.save(self, *args, **kwargs)
        else:
            super().save(*args, **kwargs)


class Team(Configured):
    """Colleagues who share records, and whom an automation may listen to."""

    name = models.CharField(_("Name"), max_length=150, unique=True)

    class Meta:
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name


class Membership(Configured):
    """One user in one team."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("team", "user"), name="membership_once"),)

    def __str__(self) -> str:
        return f"{self.user} · {self.team}"


class ApiToken(models.Model):
    """A key for the REST API that acts as its user. Only its digest is stored."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("Name"), max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Invitation(models.Model):
    """A one-time link to set a password. Only the token's digest is stored.

    ``user`` is empty for the very first administrator, who does not exist yet.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="invitations")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user or 'first administrator'}"
