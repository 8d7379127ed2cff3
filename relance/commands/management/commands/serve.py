"""``python -m relance serve``: the web server and the engine of an installation that is ready."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from relance.commands import start


class Command(BaseCommand):
    help = "Serves pages, API and automations. The database must be migrated."

    def add_arguments(self, parser: CommandParser) -> None:
        start.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        def action() -> None:
            server = start.listen(options["host"], options["port"])
            self.stdout.write(f"Relance is ready at {start.address(server)}")
            self.stdout.flush()
            start.serve(server)

        start.run(action, reload=options["reload"])
