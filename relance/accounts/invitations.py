"""One-time links: the first administrator's, and those by which a colleague sets a password.

Only a digest of the token is stored: who reads the database cannot use it.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.urls import reverse

from relance.accounts.models import Invitation, User
from relance.lib import clock

LIFETIME = timedelta(days=7)


def create_first_administrator_link() -> str | None:
    """The path of a one-time link by which the first administrator signs up; ``None`` once anybody has a login.

    A link made before and not used stops working.
    """
    if User.objects.exists():
        return None
    Invitation.objects.filter(user=None).delete()
    return _path(_create(None))


def create_link(user: User) -> str:
    """The path of a one-time link by which ``user`` sets a password. Earlier links of theirs stop working."""
    Invitation.objects.filter(user=user).delete()
    return _path(_create(user))


def find(token: str) -> Invitation | None:
    """The invitation that a token opens; ``None`` when it was used, has run out or never was.

    The first administrator's invitation counts only as long as nobody has a login.
    """
    invitation = (
        Invitation.objects.select_related("user")
        .filter(digest=_digest(token), expires_at__gt=clock.now())
        .first()
    )
    if invitation is None or (invitation.user is None and User.objects.exists()):
        return None
    return invitation


def consume(invitation: Invitation) -> bool:
    """Use the invitation up. False when somebody else was faster: then nothing may be done with it."""
    return Invitation.objects.filter(id=invitation.id).delete()[0] == 1


def _create(user: User | None) -> str:
    token = secrets.token_urlsafe(32)
    Invitation.objects.create(user=user, digest=_digest(token), expires_at=clock.now() + LIFETIME)
    return token


def _digest(token: str) -> str:
    # The token is random and long: a fast digest cannot be guessed back.
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def _path(token: str) -> str:
    return reverse("web:invitation", args=[token])
