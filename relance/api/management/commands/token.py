"""``python -m relance token ana@example.com "Spreadsheet"``: make a key for the REST API."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from relance.accounts import tokens
from relance.accounts.models import User


class Command(BaseCommand):
    help = "Makes a key for the REST API that acts as a user, and prints it: it cannot be shown again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("name", help="what the key is for")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email=options["email"].lower(), is_active=True).first()
        if user is None:
            raise CommandError(f"Nobody active logs in with {options['email']}.")
        self.stdout.write(tokens.create_token(user, options["name"][:100])[1])
