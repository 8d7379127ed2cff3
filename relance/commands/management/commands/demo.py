"""``python -m relance demo``: a company to try things on."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from relance.accounts.models import User
from relance.commands import demo_logins, start
from relance.commands.demo.board import TRY_FIRST

TRY_FIRST_STEPS = (
    "What to try first, as Claire:",
    f"  1. On the board of New business, open “{TRY_FIRST}” (Hôtel des Quais, Nantes) and press Won.",
    "     Within a second there is a message at the bell, and a task to plan the delivery on the deal.",
    "  2. More (…) → Automations: what else happens by itself. Runs tells what ran, what did not, and why.",
    "  3. Build one of your own with New automation, and change a record to see it run.",
)


class Command(BaseCommand):
    help = "Makes a demo company the first time, keeps it afterwards, and serves it."

    def add_arguments(self, parser: CommandParser) -> None:
        start.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        def action() -> None:
            server = start.listen(options["host"], options["port"])
            start.prepare()
            settings.TRY_FIRST = TRY_FIRST
            # Invented people have no mailbox: unless a mail server was named, their mails are caught here.
            settings.MAIL_CATCHER = not settings.SMTP_URL
            if not User.objects.exists():
                self.stdout.write("Making the demo company …")
                self.stdout.flush()
                call_command("demo_data")
            self._tell(start.address(server))
            start.serve(server)

        start.run(action, reload=options["reload"])

    def _tell(self, address: str) -> None:
        lines = [f"Relance is ready at {address}  (Ctrl+C stops it, the data stays)", ""]
        lines += [f"Log in with the password {demo_logins.PASSWORD} as one of:"]
        logins = demo_logins.LOGINS
        width = max(len(login.email) for login in logins), max(len(login.name) for login in logins)
        lines += [
            f"  {login.email:<{width[0]}}  {login.name:<{width[1]}}  {login.role.label}" for login in logins
        ]
        lines += ["", *TRY_FIRST_STEPS, ""]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()
