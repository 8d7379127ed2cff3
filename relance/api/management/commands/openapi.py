"""``python -m relance openapi``: write docs/openapi.json, or say whether it is out of date."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from relance.api.application import api


class Command(BaseCommand):
    help = "Writes docs/openapi.json, the description of the REST API."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="Change nothing; fail when the file is out of date."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.BASE_DIR / "docs" / "openapi.json"
        with translation.override("en"):
            text = json.dumps(api.get_openapi_schema(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
        if not options["check"]:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            raise CommandError("docs/openapi.json is out of date: run `python -m relance openapi`.")
