"""``python -m relance run``: a real company, from the first start on."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from relance.accounts import invitations
from relance.commands import start


class Command(BaseCommand):
    help = "Makes the installation ready and serves it; the first time, prints the link for its first administrator."

    def add_arguments(self, parser: CommandParser) -> None:
        start.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        def action() -> None:
            server = start.listen(options["host"], options["port"])
            start.prepare()
            address = start.address(server)
            self.stdout.write(f"Relance is ready at {address}  (Ctrl+C stops it)")
            if link := invitations.create_first_administrator_link():
                self.stdout.write(
                    "\nNobody has a login yet. The first administrator signs up here, once, within seven days:\n"
                    f"  {address}{link}\n"
                )
            self.stdout.flush()
            start.serve(server)

        start.run(action, reload=options["reload"])
