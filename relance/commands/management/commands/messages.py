"""``python -m relance messages``: bring the catalogues of texts in step with the code."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from relance.commands import translations

#: More would only scroll away.
_SHOWN = 30


class Command(BaseCommand):
    help = "Collects the texts to translate into relance/locale/, without the gettext programs."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="Change nothing; fail when a text has no translation."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        failed = False
        for code in translations.LANGUAGES:
            if not options["check"]:
                translations.update(code)
            problems = translations.problems(code)
            for problem in problems[:_SHOWN]:
                self.stdout.write(f"{code}: {problem}")
            self.stdout.write(f"{code}: {len(problems)} texts to look at")
            failed = failed or bool(problems)
        if failed and options["check"]:
            raise SystemExit(1)
