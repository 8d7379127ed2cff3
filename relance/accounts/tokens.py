"""Keys for the REST API: made here, shown once, known afterwards by their digest only."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from relance.accounts.models import ApiToken, User
from relance.lib import clock

#: Makes a leaked key recognisable to people and to scanners.
PREFIX = "relance_"
#: ``last_used_at`` is right to this; more would make each reading request a writing one.
_PRECISION = timedelta(hours=1)


def create_token(user: User, name: str) -> tuple[ApiToken, str]:
    """Make a key that acts as ``user``. The second value is the key itself, which cannot be had again."""
    key = PREFIX + secrets.token_urlsafe(32)
    return ApiToken.objects.create(user=user, name=name, digest=_digest(key)), key


def user_of(key: str) -> User | None:
    """Whose key this is; ``None`` when there is no such key or its user is switched off."""
    token = ApiToken.objects.select_related("user").filter(digest=_digest(key)).first()
    if token is None or not token.user.is_active:
        return None
    now = clock.now()
    if token.last_used_at is None or now - token.last_used_at > _PRECISION:
        ApiToken.objects.filter(id=token.id).update(last_used_at=now)
    return token.user


def _digest(key: str) -> str:
    # A key is random and long: a fast digest cannot be guessed back.
    return hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()
