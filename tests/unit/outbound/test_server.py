"""The mail server as the environment names it: read once at the start, with a message that says what to write."""

from __future__ import annotations

import pytest
from django.core import checks
from django.core.exceptions import ImproperlyConfigured

from relance.outbound import server
from relance.outbound.server import Server

FROM = "Our CRM <crm@example.com>"
SECRET = "s3cr3t"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "smtp://mail.example.com",
            Server("mail.example.com", 587, "starttls", "Our CRM", "crm@example.com"),
        ),
        ("smtps://mail.example.com", Server("mail.example.com", 465, "ssl", "Our CRM", "crm@example.com")),
        ("smtp://127.0.0.1?tls=none", Server("127.0.0.1", 25, "none", "Our CRM", "crm@example.com")),
        (
            "smtp://crm%40example.com:p%40ss%3Aword@mail.example.com:2525?tls=starttls",
            Server(
                "mail.example.com",
                2525,
                "starttls",
                "Our CRM",
                "crm@example.com",
                "crm@example.com",
                "p@ss:word",
            ),
        ),
        (
            f"smtp://crm:{SECRET}@[::1]:25?tls=none",
            Server("::1", 25, "none", "Our CRM", "crm@example.com", "crm", SECRET),
        ),
    ],
)
def test_what_an_address_means(url: str, expected: Server) -> None:
    assert server.read(url, FROM) == expected


@pytest.mark.parametrize(
    ("url", "sender", "says"),
    [
        ("mail.example.com:587", FROM, "must start with smtp://"),
        ("http://mail.example.com", FROM, "must start with smtp://"),
        ("smtp://", FROM, "names no server"),
        (f"smtp://crm:{SECRET}:x@host:port", FROM, "no readable port"),
        (f"smtp://crm@example.com:{SECRET}@host:5o7", FROM, "%40"),
        ("smtp://crm@host", FROM, "both a user and a password"),
        (f"smtp://crm:{SECRET}@mail.example.com?tls=none", FROM, "unprotected"),
        ("smtp://host?tls=maybe", FROM, "tls=starttls"),
        ("smtp://host?timeout=3", FROM, "'timeout'"),
        ("smtp://host/inbox", FROM, "not understood"),
        ("smtp://host", "", "MAIL_FROM is missing"),
        ("smtp://host", "Our CRM", "MAIL_FROM is not an address"),
        ("smtp://host", "a@example.com, b@example.com", "MAIL_FROM is not an address"),
    ],
)
def test_what_is_wrong_is_said_and_never_with_the_password(url: str, sender: str, says: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        server.read(url, sender)
    assert says in str(refused.value) and SECRET not in str(refused.value)


def test_a_server_does_not_show_its_password() -> None:
    assert SECRET not in repr(server.read(f"smtps://crm:{SECRET}@mail.example.com", FROM))


def test_the_start_is_refused_with_the_reason(settings: object) -> None:
    settings.SMTP_URL, settings.MAIL_FROM = "smtp://mail.example.com", ""  # type: ignore[attr-defined]
    [error] = [each for each in checks.run_checks() if each.id == "relance.E001"]
    assert "MAIL_FROM is missing" in error.msg
    settings.SMTP_URL = ""  # type: ignore[attr-defined]
    assert not [each for each in checks.run_checks() if each.id == "relance.E001"]
