"""``python -m relance compilemessages``: as Django's command of this name, without the gettext programs."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from relance.commands import translations


class Command(BaseCommand):
    help = "Compiles the catalogues of relance/locale/ that have changed."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        translations.compile_all()
