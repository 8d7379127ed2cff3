"""The world outside: mail, later webhooks."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.core.exceptions import ImproperlyConfigured


class OutboundConfig(AppConfig):
    """Whatever leaves this machine does so from here."""

    name = "relance.outbound"
    label = "outbound"

    def ready(self) -> None:
        checks.register(_mail_server)


def _mail_server(**_options: Any) -> list[checks.CheckMessage]:
    """Say at the start what is wrong with the settings of the mail server, not when the first mail is due."""
    from relance.outbound import server

    try:
        server.configured()
    except ImproperlyConfigured as error:
        return [checks.Error(str(error), id="relance.E001")]
    return []
