"""The pages people see."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Views, templates and static files; no rule of the business lives here."""

    name = "relance.web"
    label = "web"
