"""The mail server of this installation, from ``SMTP_URL`` and ``MAIL_FROM``.

::

    SMTP_URL=smtp://user:password@mail.example.com:587          STARTTLS, the usual way
    SMTP_URL=smtps://user:password@mail.example.com             TLS from the first byte, port 465
    SMTP_URL=smtp://127.0.0.1:25?tls=none                       a relay on this machine
    MAIL_FROM=Delorme & Finch <crm@delorme-finch.example>

A user or a password with @, : or / in it is written with percent signs: ``crm%40example.com``.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from relance.outbound.addresses import BadAddress, mailbox

Tls = Literal["none", "starttls", "ssl"]
_PORTS: dict[str, int] = {"none": 25, "starttls": 587, "ssl": 465}


@dataclass(frozen=True, slots=True)
class Server:
    """Where mails are handed over, and from whom they come.

    Attributes:
        tls: "starttls" and "ssl" both check the server's certificate.
        name, address: the sender; the name stands where an automation's owner has none.
    """

    host: str
    port: int
    tls: Tls
    name: str
    address: str
    user: str = ""
    password: str = field(default="", repr=False)


def configured() -> Server | None:
    """The server the settings name; none when they name none.

    Raises:
        ImproperlyConfigured: what they say cannot be used; the message says what to write instead.
    """
    return read(settings.SMTP_URL, settings.MAIL_FROM) if settings.SMTP_URL else None


@lru_cache(maxsize=8)
def read(url: str, sender: str) -> Server:
    """The server of an address such as ``smtp://user:password@host:587?tls=starttls``.

    Raises:
        ImproperlyConfigured: see :func:`configured`. The password is never part of the message.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"}:
        raise ImproperlyConfigured("SMTP_URL must start with smtp:// or smtps://.")
    try:
        port = parts.port
    except ValueError:
        raise ImproperlyConfigured(
            "SMTP_URL has no readable port. In a user or password, write @ as %40, : as %3A and / as %2F."
        ) from None
    if not parts.hostname:
        raise ImproperlyConfigured("SMTP_URL names no server: smtp://user:password@mail.example.com:587")
    if parts.path not in {"", "/"}:
        raise ImproperlyConfigured("SMTP_URL has something behind the server's name that is not understood.")
    tls = _tls(parts.scheme, dict(parse_qsl(parts.query, keep_blank_values=True)))
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password):
        raise ImproperlyConfigured("SMTP_URL needs both a user and a password, or neither.")
    if password and tls == "none" and not _is_here(parts.hostname):
        raise ImproperlyConfigured(
            "SMTP_URL would send its password unprotected (tls=none). Use tls=starttls, or smtps://."
        )
    if not sender:
        raise ImproperlyConfigured(
            "MAIL_FROM is missing: the address mails are sent from, such as MAIL_FROM='Our CRM <crm@example.com>'."
        )
    try:
        name, address = mailbox(sender)
    except BadAddress:
        raise ImproperlyConfigured(
            "MAIL_FROM is not an address such as 'Our CRM <crm@example.com>'."
        ) from None
    return Server(parts.hostname, port or _PORTS[tls], tls, name, address, user, password)


def _tls(scheme: str, options: dict[str, str]) -> Tls:
    asked = options.pop("tls", "ssl" if scheme == "smtps" else "starttls")
    if options:
        raise ImproperlyConfigured(
            f"SMTP_URL has an option that is not understood: {sorted(options)[0][:40]!r}."
        )
    match asked:
        case "ssl":
            return "ssl"
        case "starttls" | "none" if scheme == "smtp":
            return "starttls" if asked == "starttls" else "none"
    raise ImproperlyConfigured(
        "SMTP_URL can say tls=starttls, tls=ssl or tls=none (with smtp://), nothing else."
    )


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
